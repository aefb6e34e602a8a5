"""T3: nobody is called unresectable without a liver team's review on sufficient imaging."""

from __future__ import annotations

import pytest
from tests.support.classify_facts import classified, facts

GIVEN_UP = {
    "liver.lesion_count": 14,
    "liver.largest_mm": 90,
    "liver.technical": "unresectable",
    "liver.hpb_review_on": "2026-04-28",
    "liver.mri_done": True,
    "elsewhere": [],
    "treated_so_far": [],
}


def liver(**changes: object) -> object:
    import datetime as dt

    given = facts(GIVEN_UP, **changes)
    if isinstance(given.get("liver.hpb_review_on"), str):
        given["liver.hpb_review_on"] = dt.date.fromisoformat(given["liver.hpb_review_on"])
    return classified(given).liver


def test_reviewed_and_well_imaged_may_be_called_unresectable() -> None:
    assert liver().value == "unresectable"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"liver__hpb_review_on": None}, "liver.hpb_review_on"),
        ({"liver__hpb_review_on": "2026-03-01"}, "liver.hpb_review_on"),
        ({"liver__mri_done": None}, "liver.mri_done"),
        ({"liver__mri_done": False}, "liver.ct_sufficient_per_hpb"),
        ({"liver__mri_done": False, "liver__ct_sufficient_per_hpb": False}, "liver.mri_done"),
        ({"liver__technical": None}, "liver.technical"),
        ({"liver__technical": None, "liver__diffuse": True, "liver__hpb_review_on": None}, "liver.hpb_review_on"),
        ({"liver__technical": None, "liver__diffuse": True, "liver__mri_done": None}, "liver.mri_done"),
    ],
)
def test_without_review_or_imaging_the_liver_is_unknown_and_says_what_it_needs(
    changes: dict[str, object], missing: str
) -> None:
    found = liver(**changes)
    assert found.value == "unknown"
    assert missing in found.missing


def test_a_stale_review_is_named_as_stale() -> None:
    said = " ".join(reason.text.en for reason in liver(liver__hpb_review_on="2026-03-01").reasons)
    assert "stale" in said


def test_fourteen_lesions_alone_do_not_make_it_unresectable() -> None:
    assert liver(liver__technical="resectable").value == "upfront_local"
