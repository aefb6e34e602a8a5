"""T13: oligometastatic and resectable are two questions; more than five lesions deny nobody liver surgery."""

from __future__ import annotations

import datetime as dt

import pytest
from tests.support.classify_facts import classified

from pelvicrt.classify import Classification

BASE = {
    "liver.technical": "resectable",
    "liver.hpb_review_on": dt.date(2026, 4, 28),
    "elsewhere": [],
    "treated_so_far": [],
}


def with_lesions(count: int, **changes: object) -> Classification:
    return classified({**BASE, "liver.lesion_count": count, **changes})


@pytest.mark.parametrize("count", [1, 5, 6, 20])
def test_a_resectable_liver_stays_resectable_whatever_the_number(count: int) -> None:
    assert with_lesions(count).liver.value == "upfront_local"


@pytest.mark.parametrize(("count", "expected"), [(1, "oligo"), (5, "oligo"), (6, "not_oligo")])
def test_oligometastatic_ends_at_five(count: int, expected: str) -> None:
    assert with_lesions(count).oligometastatic.value == expected


def test_metastases_elsewhere_count_too() -> None:
    lung = [{"site": "lung", "count": 2, "treatable": True}]
    assert with_lesions(4, elsewhere=lung).oligometastatic.value == "not_oligo"


def test_the_reason_says_that_resectability_is_another_matter() -> None:
    said = " ".join(reason.text.en for reason in with_lesions(9).oligometastatic.reasons)
    assert "resectability" in said


def test_disease_that_was_wider_before_systemic_therapy_is_induced() -> None:
    from pelvicrt.classify import classify_facts, look_up_of
    from pelvicrt.evidence import library

    now = classify_facts(look_up_of({**BASE, "liver.lesion_count": 3}), library(), baseline=with_lesions(9))
    assert now.oligometastatic.value == "induced"
