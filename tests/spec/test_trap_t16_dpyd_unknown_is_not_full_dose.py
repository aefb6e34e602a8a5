"""T16: without a DPYD result no fluoropyrimidine starting dose is given."""

from __future__ import annotations

import pytest

from pelvicrt.classify import Finding, dpyd_advice, look_up_of


def advice(activity: float | None) -> Finding:
    return dpyd_advice(look_up_of({} if activity is None else {"patient.dpyd_activity": activity}))


def test_unknown_blocks_and_names_the_test() -> None:
    found = advice(None)
    assert found.value == "unknown"
    assert found.missing == ("patient.dpyd_activity",)
    assert [reason.direction for reason in found.reasons] == ["block"]


def test_unknown_says_it_is_not_normal() -> None:
    assert "not normal" in advice(None).reasons[0].text.en


@pytest.mark.parametrize(
    ("activity", "expected"),
    [(0, "avoid"), (0.5, "avoid"), (1, "start_half"), (1.5, "start_reduced_disputed"), (2, "full")],
)
def test_each_activity_score_has_its_start(activity: float, expected: str) -> None:
    assert advice(activity).value == expected


def test_the_dispute_over_one_and_a_half_names_all_three_sides() -> None:
    (reason,) = advice(1.5).reasons
    assert {"cpic-dpyd-2017", "dpwg-dpyd", "dpyd-agency-comparison-2023"} <= set(reason.sources)
