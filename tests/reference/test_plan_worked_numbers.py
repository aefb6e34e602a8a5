"""Does a whole plan give the worked numbers of the clinical specification (E4) for structures of uniform dose?"""

from __future__ import annotations

import math

import pytest
from tests.support.treatment_plans import box_plan

from pelvicrt.evidence import library
from pelvicrt.plans import evaluate

EQD2 = [
    (25, 5, 31.25, 35.62, 40.00),
    (50.4, 28, 49.56, 48.97, 48.38),
    (45, 25, 44.25, 43.73, 43.20),
    (55, 25, 55.92, 56.56, 57.20),
    (30, 5, 40.00, 47.00, 54.00),
]


def _evaluated(doses_gy, fractions):
    return evaluate(box_plan(doses_gy, fractions=fractions), template=None)


@pytest.mark.parametrize(("dose_gy", "fractions", "at_10", "at_506", "at_3"), EQD2)
def test_equivalent_doses_of_schedules_are_those_of_the_table(dose_gy, fractions, at_10, at_506, at_3) -> None:
    found = _evaluated({"PTV": dose_gy, "Bladder": dose_gy}, fractions)
    target, organ = found.structure("PTV"), found.structure("Bladder")
    assert [each.alpha_beta_gy for each in target.eqd2] == [10.0, 5.06]
    means = [each.histogram.mean_gy for each in (*target.eqd2, *organ.eqd2)]
    assert means == pytest.approx([at_10, at_506, at_3], abs=0.01)


@pytest.mark.parametrize(
    ("dose_gy", "fractions", "eqd2_gy"), [(20, 5, 28.0), (45, 25, 43.2), (15, 25, 10.8), (15, 5, 18)]
)
def test_bins_are_converted_with_the_fractions_of_the_plan(dose_gy, fractions, eqd2_gy) -> None:
    organ = _evaluated({"Bladder": dose_gy}, fractions).structure("Bladder")
    assert organ.eqd2[0].metrics["D50%"] == pytest.approx(eqd2_gy, abs=0.01)


@pytest.mark.parametrize(("dose_gy", "chance"), [(30, 0.1433), (40, 0.2255), (50, 0.3291)])
def test_urgency_of_a_bladder_of_uniform_dose_is_that_of_the_table(dose_gy, chance) -> None:
    found = _evaluated({"Bladder": dose_gy}, dose_gy // 2).complications
    urgency = next(item.estimate for item in found if "urgency" in item.estimate.endpoint.en)
    assert urgency.value == pytest.approx(chance, abs=0.0005)


@pytest.mark.parametrize(("dose_gy", "chance"), [(20, 0.0893), (32, 0.3363), (40, 0.5762)])
def test_leukopenia_at_a_mean_dose_of_the_marrow_is_that_of_the_table(dose_gy, chance) -> None:
    found = _evaluated({"VB_L5+Sacrum": dose_gy}, dose_gy // 2).complications
    assert found[0].estimate.value == pytest.approx(chance, abs=0.0005)


def _physical(eqd2_gy, fractions, alpha_beta_gy):
    """The physical dose behind an EQD2: the root of D (D/n + ab) = EQD2 (2 + ab)."""
    n, ratio = fractions, alpha_beta_gy
    return (-ratio + math.sqrt(ratio**2 + 4 * eqd2_gy * (2 + ratio) / n)) * n / 2


def test_a_bowel_of_three_doses_has_the_equivalent_uniform_dose_and_chance_of_the_table() -> None:
    blocks = [20] * 5 + [40] * 3 + [50] * 2
    plan = {"Bowel_Small": [_physical(dose, 5, 3.0) for dose in blocks]}
    estimate = _evaluated(plan, 5).complications[0].estimate
    assert estimate.equivalent_uniform_dose_gy == pytest.approx(41.059, abs=0.01)
    assert estimate.value == pytest.approx(0.05657, abs=0.0005)


@pytest.mark.parametrize(
    ("dose_gy", "complete", "major"), [(50.4, 0.1448, 0.2835), (60, 0.2032, 0.3736), (70, 0.2810, 0.4776)]
)
def test_regression_at_a_tumour_of_uniform_dose_is_that_of_the_table(dose_gy, complete, major) -> None:
    found = _evaluated({"GTVp": dose_gy}, 28).responses
    physical = [item.estimate.value for item in found if item.estimate.dose_metric == "physical"]
    assert physical == pytest.approx([complete, major], abs=0.0005)


def test_regression_fed_with_the_equivalent_dose_of_short_course_warns_that_it_lies_outside_the_fit() -> None:
    found = _evaluated({"GTVp": 25}, 5).responses
    converted = [item.estimate for item in found if item.estimate.dose_metric == "eqd2"]
    assert converted[0].value == pytest.approx(0.0695, abs=0.0005)
    assert converted[0].flagged("dose_range")


def test_a_shared_library_gives_the_same_bits_twice() -> None:
    plan = box_plan({"PTV": 25, "Bladder": [5, 15, 25]}, fractions=5)
    first, second = (evaluate(plan, template=library().limits["scrt-derived"]) for _ in range(2))
    assert [item.value for item in first.constraints] == [item.value for item in second.constraints]
    assert [item.estimate for item in first.complications] == [item.estimate for item in second.complications]
