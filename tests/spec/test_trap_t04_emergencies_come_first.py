"""T4: obstruction, perforation and unstable bleeding come before any plan, however short its radiotherapy is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from pelvicrt.assessment import Assessment, assess
from pelvicrt.case import with_fact
from pelvicrt.intake import load_case

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"
EMERGENCIES = {
    ("symptoms.perforation", "free"): "emergency_surgery",
    ("symptoms.obstruction", "complete"): "decompress_first",
    ("symptoms.obstruction", "impending"): "decompress_or_fast_track",
    ("symptoms.bleeding", "haemodynamically_unstable"): "stabilise_first",
    ("symptoms.perforation", "contained"): "drain_or_divert_first",
}


@cache
def said(fact: str, value: str) -> Assessment:
    return assess(with_fact(load_case(EXAMPLE), fact, value), draws=100, seed=1)


@pytest.mark.parametrize(("fact", "emergency"), EMERGENCIES.items(), ids=str)
def test_t04_the_emergency_is_named(fact: tuple[str, str], emergency: str) -> None:
    assert said(*fact).classification.emergency.value == emergency


@pytest.mark.parametrize("fact", EMERGENCIES, ids=str)
def test_t04_nothing_is_recommended_before_it_is_settled(fact: tuple[str, str]) -> None:
    answer = said(*fact)
    assert answer.advice.recommendation.strategy is None
    assert all(item.ranked.status != "recommended" for item in answer.strategies)


@pytest.mark.parametrize("fact", EMERGENCIES, ids=str)
def test_t04_the_headline_says_act_first(fact: tuple[str, str]) -> None:
    assert said(*fact).advice.recommendation.headline.en.startswith("Act first")
