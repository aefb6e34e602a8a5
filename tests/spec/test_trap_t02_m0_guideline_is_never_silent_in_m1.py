"""T2: advice for patients without metastases must say so when it is read across to patients with them."""

from __future__ import annotations

import pytest
from tests.support.classify_facts import classified

from pelvicrt.evidence import Guideline, library

PATIENT = {
    "primary.ct": "T3b",
    "primary.cn": "N1",
    "primary.mrf_mm": 4,
    "primary.emvi": "absent",
    "primary.distance_anal_verge_cm": 8,
    "primary.lateral_nodes": [],
}
PELVIC = [item for item in library().guidelines if item.question in {"pelvic_risk", "pelvic_summary"}]


@pytest.mark.parametrize("guideline", PELVIC, ids=lambda item: item.id)
def test_every_pelvic_guideline_is_marked_as_from_m0(guideline: Guideline) -> None:
    assert guideline.from_m0


def test_every_view_shown_is_marked_as_from_m0() -> None:
    assert all(view.from_m0 for view in classified(PATIENT).guideline_views)


def test_every_reason_of_every_view_is_marked_as_from_m0() -> None:
    assert all(reason.from_m0 for view in classified(PATIENT).guideline_views for reason in view.reasons)


def test_the_summary_class_says_it_is_read_across() -> None:
    (reason,) = classified(PATIENT).pelvis.reasons
    assert reason.from_m0
    assert "without metastases" in reason.text.en
    assert "外推" in reason.text.zh


def test_the_liver_class_is_not_marked_as_from_m0() -> None:
    assert not any(reason.from_m0 for reason in classified(PATIENT).liver.reasons)
