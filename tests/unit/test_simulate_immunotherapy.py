"""Immunotherapy first: a complete response keeps the rectum, and rule J10 does not hold the option back."""

import dataclasses

import pytest
from tests.support.simulate_plans import a_case, a_classification

from pelvicrt.case import Preferences
from pelvicrt.classify import classify
from pelvicrt.evidence import library
from pelvicrt.recommend.gates import gate
from pelvicrt.recommend.thresholds import thresholds
from pelvicrt.simulate import simulate
from pelvicrt.strategies import candidates

KEY = "immunotherapy_first"


def options_for(mmr):
    case = dataclasses.replace(a_case(molecular={"mmr": mmr}), preferences=Preferences(organ_preservation=0))
    classes = classify(case, library())
    return case, classes, candidates(case, classes, library())


@pytest.fixture(scope="module")
def deficient():
    return options_for("deficient")


def simulated(case, classes, options):
    mine = [item for item in options if item.key == KEY]
    return simulate(case, classes, mine, library(), draws=40, seed=1).by_candidate[KEY]


def test_a_complete_response_keeps_the_rectum(deficient):
    assert simulated(*deficient).curves["organ_preservation"][:, 12].mean() > 0.1


def test_shipped_strategy_says_that_it_keeps_the_organ(deficient):
    assert next(item for item in deficient[2] if item.key == KEY).organ_preservation_policy


def entrants(case, _, options):
    """What may lead, with every option open and no emergency."""
    classes = a_classification(mmr="deficient")
    lines = thresholds(library())
    opened = gate(case, classes, options, lines, statuses={item.key: "acceptable" for item in options}).entrants
    return {entrant.key: entrant.may_lead for entrant in opened}


def test_immunotherapy_may_lead_without_a_stated_wish_to_keep_the_rectum(deficient):
    assert entrants(*deficient)[KEY]


def test_watch_and_wait_after_radiotherapy_still_needs_that_wish(deficient):
    watching = {key: lead for key, lead in entrants(*deficient).items() if key.startswith("watch_and_wait")}
    assert watching
    assert not any(watching.values())
