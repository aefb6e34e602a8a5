"""Do the numbers of a whole assessment obey the laws every reader takes for granted?"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from pelvicrt import load_case
from pelvicrt.assessment import Assessment, assess
from pelvicrt.case import with_fact
from pelvicrt.evidence import library
from pelvicrt.report.words import Words
from pelvicrt.simulate import CandidateOutcomes

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"
PATIENTS = {
    "resectable": {},
    "unresectable": {"liver.technical": "unresectable", "symptoms.bleeding": "recurrent"},
    "deficient": {"molecular.mmr": "deficient", "patient.severe_autoimmunity": False},
}
AMOUNTS = {"life_months", "quality_adjusted_months", "treatment_days", "cost"}
FALLING = ("overall_survival", "progression_free_survival")
RISING = ("local_recurrence", "distant_progression", "all_sites_cleared")


@cache
def answer(patient: str) -> Assessment:
    case = load_case(EXAMPLE)
    for fact, value in PATIENTS[patient].items():
        case = with_fact(case, fact, value)
    return assess(case, draws=200, seed=3)


def simulated(patient: str) -> list[CandidateOutcomes]:
    found = [item.outcomes for item in answer(patient).strategies if item.outcomes]
    assert found
    return found


@pytest.mark.parametrize("patient", PATIENTS)
def test_every_outcome_has_an_interval_a_grade_and_a_source_of_the_library(patient: str) -> None:
    for item in simulated(patient):
        for outcome in item.outcomes:
            assert outcome.values.shape[1:] == outcome.centre_values.shape[1:]
            assert len(outcome.values) == 200
            assert outcome.grade
            assert outcome.sources, (item.candidate, outcome.name)
            assert all(library().source_of(source) for source in outcome.sources)


@pytest.mark.parametrize("patient", PATIENTS)
def test_every_condition_of_an_outcome_is_told_in_chinese(patient: str) -> None:
    words = Words("zh")
    said = {words.given(found.given) for item in simulated(patient) for found in item.outcomes if found.given}
    assert said
    assert not [words for words in said if re.search(r"[A-Za-z]{3,}", words)]


@pytest.mark.parametrize("patient", PATIENTS)
def test_probabilities_stay_between_0_and_1(patient: str) -> None:
    for item in simulated(patient):
        for outcome in item.outcomes:
            if outcome.name not in AMOUNTS:
                drawn = np.concatenate([outcome.values.ravel(), outcome.centre_values.ravel()])
                assert drawn.min() >= -1e-12, outcome.name
                assert drawn.max() <= 1 + 1e-12, outcome.name


@pytest.mark.parametrize("patient", PATIENTS)
def test_survival_never_rises_and_cumulative_incidence_never_falls(patient: str) -> None:
    for item in simulated(patient):
        for name in FALLING:
            assert (np.diff(item.curves[name], axis=1) <= 1e-12).all(), (item.candidate, name)
        for name in RISING:
            assert (np.diff(item.curves[name], axis=1) >= -1e-12).all(), (item.candidate, name)


@pytest.mark.parametrize("patient", PATIENTS)
def test_the_living_and_the_dead_by_cause_make_everybody(patient: str) -> None:
    for item in simulated(patient):
        everybody = item.curves["overall_survival"] + sum(item.death_by_cause.values())
        np.testing.assert_allclose(everybody, 1.0, atol=1e-9)


@pytest.mark.parametrize("patient", PATIENTS)
def test_chances_of_being_best_sum_to_one_and_losses_are_not_negative(patient: str) -> None:
    ranked = [item.ranked for item in answer(patient).strategies]
    chances = [item.p_best for item in ranked if item.p_best is not None]
    assert sum(chances) == pytest.approx(1.0)
    assert all((item.expected_loss or 0.0) >= 0.0 for item in ranked)
