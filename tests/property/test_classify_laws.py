"""Laws of three-valued classification: what is settled stays settled, and what is missing really matters."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from tests.support.classify_facts import classified

from pelvicrt.classify import all_scores, look_up_of, result_of, surveillance_schedule

PELVIC = {
    "primary.ct": ["T1-2", "T2", "T3", "T3b", "T3c", "T4a", "Tx"],
    "primary.cn": ["N0", "N1", "N2", "N+", "Nx"],
    "primary.mrf_mm": [0.5, 1, 1.5, 2, 6],
    "primary.emvi": ["absent", "present"],
    "primary.distance_anal_verge_cm": [3, 5, 8, 12],
    "primary.lateral_nodes": [[], [{"short_axis_mm": 8}], [{"short_axis_mm": 4, "malignant_features": False}]],
    "primary.suspicious_node_count": [0, 3, 5],
}
FITNESS = {
    "patient.ecog": [0, 1, 2, 3],
    "patient.ecog_tumour_caused": [True, False],
    "patient.clinical_frailty_scale": [2, 4, 7],
    "patient.asa": [1, 3, 4],
}
EMERGENCY = {
    "symptoms.perforation": ["none", "contained", "free"],
    "symptoms.obstruction": ["none", "impending", "complete"],
    "symptoms.bleeding": ["none", "haemodynamically_unstable"],
    "symptoms.fistula": ["none", "vesical"],
}


@st.composite
def partial_and_full(draw: st.DrawFn, table: Mapping[str, list[Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    full = {name: draw(st.sampled_from(values)) for name, values in table.items()}
    kept = draw(st.sets(st.sampled_from(sorted(table))))
    return {name: value for name, value in full.items() if name in kept}, full


def check_settled_stays(kind: str, less: dict[str, Any], more: dict[str, Any]) -> None:
    before = getattr(classified(less), kind).value
    assert before in {"unknown", getattr(classified(more), kind).value}


@settings(max_examples=150, deadline=None)
@given(partial_and_full(PELVIC))
def test_a_known_pelvic_class_survives_every_further_fact(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    check_settled_stays("pelvis", *pair)


@settings(max_examples=60, deadline=None)
@given(partial_and_full(PELVIC))
def test_a_known_guideline_view_survives_every_further_fact(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    less, more = (classified(known).guideline_views for known in pair)
    assert all(a.value in {"unknown", b.value} for a, b in zip(less, more, strict=True))


@settings(max_examples=100, deadline=None)
@given(partial_and_full(FITNESS))
def test_a_known_fitness_survives_every_further_fact(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    check_settled_stays("fitness", *pair)


@settings(max_examples=100, deadline=None)
@given(partial_and_full(EMERGENCY))
def test_a_known_emergency_survives_every_further_fact(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    check_settled_stays("emergency", *pair)


@settings(max_examples=60, deadline=None)
@given(partial_and_full(EMERGENCY))
def test_an_unknown_emergency_names_only_facts_that_are_unknown(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    less, _ = pair
    assert not set(classified(less).emergency.missing) & set(less)


SCORED = {
    "primary.cn": ["N0", "N2", "N+"],
    "liver.synchronicity": ["synchronous", "early_metachronous"],
    "liver.lesion_count": [1, 2, 5, 12],
    "liver.largest_mm": [10, 50, 80],
    "labs.cea_ng_ml": [5, 20, 200, 900],
    "molecular.ras": ["wild_type", "mutant"],
    "elsewhere": [[], [{"site": "lung", "count": 1}]],
}


@pytest.mark.parametrize("name", [name for name, (score, _) in all_scores().items() if score.kind == "prognostic"])
@settings(max_examples=60, deadline=None)
@given(pair=partial_and_full(SCORED))
def test_the_full_score_lies_in_the_range_given_before(name: str, pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    score, _ = all_scores()[name]
    less, more = (result_of(score, look_up_of(known)) for known in pair)
    if less.value is None and less.range is None:
        assert less.missing
        return
    low, high = less.range or (less.value, less.value)
    final_low, final_high = more.range or (more.value, more.value)
    assert low <= final_low <= final_high <= high


RHYTHMS = ("surveillance-opra", "surveillance-astro-2024", "surveillance-three-monthly", "surveillance-stage-iv-liver")


@given(st.sets(st.sampled_from(RHYTHMS), min_size=1), st.sampled_from(RHYTHMS))
def test_a_further_rhythm_never_leaves_a_longer_gap(chosen: set[str], added: str) -> None:
    def longest_gap(rhythms: set[str], test: str) -> float:
        months = [0, *(v.month for v in surveillance_schedule(rhythms=rhythms) if v.test == test and v.month <= 24)]
        return max((b - a for a, b in itertools.pairwise(months)), default=float("inf"))

    for test in ("endoscopy", "pelvic_mri", "ct", "cea"):
        assert longest_gap(chosen | {added}, test) <= longest_gap(chosen, test)
