"""Does an assessment show where it was simulated? Every outcome must have the same bits on a cluster as here."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pelvicrt.assessment import assess
from pelvicrt.compute import Threads, executor_for
from pelvicrt.intake import load_case

ROOT = Path(__file__).resolve().parents[2]


def every_array(assessment):
    for key, candidate in assessment.simulated.by_candidate.items():
        for item in candidate.outcomes:
            yield f"{key}/{item.name}", item.values
            yield f"{key}/{item.name}/centre", item.centre_values
        yield from ((f"{key}/curve/{name}", curve) for name, curve in candidate.curves.items())


@pytest.fixture(scope="module")
def case():
    return load_case(ROOT / "examples" / "example-1.yaml")


@pytest.fixture(scope="module")
def here(case):
    with Threads(1) as executor:
        return assess(case, draws=500, executor=executor)


def assert_same(found, here) -> None:
    mine, theirs = dict(every_array(here)), dict(every_array(found))
    assert mine.keys() == theirs.keys()
    assert not [name for name in mine if not np.array_equal(mine[name], theirs[name], equal_nan=True)]


def test_an_assessment_has_the_same_bits_on_two_threads(case, here) -> None:
    with Threads(2) as executor:
        assert_same(assess(case, draws=500, executor=executor), here)


def test_an_assessment_has_the_same_bits_on_two_worker_processes(case, here) -> None:
    with executor_for("local:2") as executor:
        assert_same(assess(case, draws=500, executor=executor), here)
