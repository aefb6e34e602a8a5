"""Does the simulated work item W1 agree with hesim and with the printed solver values?"""

import numpy as np
import pytest

from pelvicrt.bench import w1
from pelvicrt.engine.lives import lives_statistics

# hesim 0.5.6: means over 1,000 draws and 1,000 patients; columns life-years, QALYs, cost.
HESIM = np.array([[3.727946, 2.602726, 36732.95], [3.848025, 2.690864, 36727.78], [3.761965, 2.631178, 36424.33]])
# One patient, parameters of the table: renewal solver of the notes, step 0.0125 y.
QALYS, GAINS, COSTS = (2.535364, 2.620679, 2.572959), (0.085315, 0.037596), (36008.42, 35900.04, 35795.68)


@pytest.fixture(scope="module")
def whole():
    return lives_statistics(*w1.whole(), seed=1)


@pytest.fixture(scope="module")
def one():
    return lives_statistics(*w1.one_patient(), seed=3, lives=4_000_000)


def test_all_draws_and_patients_agree_with_hesim(whole) -> None:
    means = whole.means()[:, :, 0].mean(axis=0)
    own = np.sqrt((whole.result().error[:, :, 0] ** 2).sum(axis=0)) / 1000
    assert np.abs((means - HESIM) / (own * np.sqrt(2.0))).max() < 3.0


def test_events_per_life_are_those_of_the_notes(whole) -> None:
    assert whole.transitions.sum() / 3e6 == pytest.approx(9.41 / 3.0, abs=0.005)


def test_four_million_lives_agree_with_the_printed_solver(one) -> None:
    means, error = one.means()[0, :, 0], one.result().error[0, :, 0]
    assert np.abs((means[:, 1] - QALYS) / error[:, 1]).max() < 3.0
    assert np.abs((means[:, 2] - COSTS) / error[:, 2]).max() < 3.0


def test_gains_under_shared_luck_agree_with_the_printed_solver(one) -> None:
    gains, error = (part[0, 1:, 0, 1] for part in one.increments())
    assert error.max() < 0.0003
    assert np.abs((gains - GAINS) / error).max() < 3.0


def test_shared_luck_cuts_the_variance_of_a_gain_twentyfold(one) -> None:
    error = one.result().error[0, :, 0, 1]
    apart = error[1:] ** 2 + error[0] ** 2
    ratio = apart / one.increments()[1][0, 1:, 0, 1] ** 2
    assert ratio.mean() > 20.0
