"""What simulate guesses could stand in a case file: every assumed value is accepted as that fact."""

import datetime as dt

import numpy as np
import pytest

from pelvicrt.case import Case, with_fact
from pelvicrt.classify import classify
from pelvicrt.evidence import library
from pelvicrt.simulate import simulate

SPARSE = Case(id="sparse", assessed_on=dt.date(2026, 5, 4))


@pytest.fixture(scope="module")
def guessed():
    return simulate(SPARSE, classify(SPARSE, library()), [], library(), draws=5000, seed=1)


def test_a_sparse_case_leaves_the_facts_of_the_model_to_be_guessed(guessed):
    assert {"patient.age", "liver.lesion_count", "liver.largest_mm", "primary.mrf_mm"} <= set(guessed.assumed)


def test_every_assumed_value_is_accepted_as_that_fact(guessed):
    for fact, drawn in guessed.assumed.items():
        for value in set(drawn.tolist()):
            with_fact(SPARSE, fact, value)


def test_an_assumed_age_is_in_whole_years(guessed):
    ages = guessed.assumed["patient.age"]
    assert all(type(age) is int for age in ages)
    assert np.mean(ages.astype(float)) == pytest.approx(61.0, abs=0.5)


def test_a_guess_stands_for_its_draw_of_the_prior(guessed):
    drawn, prior = guessed.assumed["patient.age"].astype(float), guessed.parameter_draws["population.age"]
    assert np.abs(drawn - prior).max() <= 0.5


def test_a_patient_with_lesions_to_count_has_at_least_one(guessed):
    assert min(guessed.assumed["liver.lesion_count"]) >= 1
