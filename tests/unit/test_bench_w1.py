"""Are the benchmarks of the engine there, and do the two W1 versions and the floor count the same work?"""

import numpy as np
import pytest

from pelvicrt.bench import names, w1, w1_floor, w1_masked
from pelvicrt.engine import lives_statistics


def test_the_engine_has_its_benchmarks() -> None:
    assert {"w1", "w1_scaling", "w1_floor", "w1_crn", "solver"} <= set(names())


def test_the_numpy_version_agrees_with_the_engine() -> None:
    problem = w1.whole(draws=20)
    found = lives_statistics(*problem, seed=1)
    error = np.sqrt((found.result().error[:, :, 0] ** 2).sum(axis=0)) / 20
    other = w1_masked.means(problem, seed=2).mean(axis=0)
    assert np.abs((found.means()[:, :, 0].mean(axis=0) - other) / (error * np.sqrt(2.0))).max() < 4.5


def test_the_floor_counts_the_candidates_of_the_notes() -> None:
    problem = w1.whole(draws=100)
    candidates, stays = w1_floor.counts(problem)
    lives = 3 * 100 * 1000
    assert candidates / lives == pytest.approx(10.0, abs=0.2)
    assert 2.0 < stays / lives < 3.14
