"""T10: no watch and wait from mrTRG, from a negative biopsy, too early, or after chemotherapy alone."""

from __future__ import annotations

import dataclasses

import pytest

from pelvicrt.classify import Examinations, ResponseJudgement, judge_response
from pelvicrt.foundation import UNKNOWN

ALL_COMPLETE = Examinations(endoscopy="complete", digital_examination="complete", mri_t2="complete", mri_dwi="complete")


def judged(
    days: float = 60, *, rt_given: bool = True, mucinous: object = False, **changes: object
) -> ResponseJudgement:
    seen = dataclasses.replace(ALL_COMPLETE, **changes)
    return judge_response(seen, rt_given=rt_given, days_since_rt_end=days, mucinous_baseline=mucinous)


def test_everything_complete_eight_weeks_after_radiotherapy_opens_watch_and_wait() -> None:
    assert judged().opens_watch_and_wait


def test_a_good_mrtrg_alone_says_nothing() -> None:
    found = judge_response(Examinations(mrtrg=1), rt_given=True, days_since_rt_end=70, mucinous_baseline=False)
    assert (found.value, found.opens_watch_and_wait) == ("unknown", False)
    assert "mrtrg_not_used" in found.flags


@pytest.mark.parametrize("worse", ["near_complete", "incomplete"])
@pytest.mark.parametrize("where", ["endoscopy", "digital_examination"])
def test_a_negative_biopsy_never_upgrades(where: str, worse: str) -> None:
    found = judged(**{where: worse}, biopsy="negative")
    assert found.value == worse
    assert "negative_biopsy_changes_nothing" in found.flags


def test_tumour_in_the_biopsy_ends_it() -> None:
    assert judged(biopsy="tumour").value == "incomplete"


@pytest.mark.parametrize("days", [0, 30, 41])
def test_before_six_weeks_nothing_is_judged(days: int) -> None:
    assert judged(days).value == "not_judgeable"


@pytest.mark.parametrize(("days", "opens"), [(42, False), (55, False), (56, True)])
def test_between_six_and_eight_weeks_a_complete_response_must_be_confirmed(days: int, opens: bool) -> None:
    found = judged(days)
    assert found.value == "complete"
    assert found.opens_watch_and_wait is opens
    assert ("confirm_later" in found.flags) is not opens


def test_an_unknown_time_opens_nothing() -> None:
    found = judge_response(ALL_COMPLETE, rt_given=True, mucinous_baseline=False)
    assert not found.opens_watch_and_wait
    assert found.missing == ("treated_so_far",)


def test_after_chemotherapy_alone_it_is_investigational() -> None:
    found = judged(rt_given=False)
    assert not found.opens_watch_and_wait
    assert "investigational_no_radiotherapy" in found.flags


@pytest.mark.parametrize("mri", ["near_complete", "incomplete"])
def test_mri_alone_in_doubt_makes_it_discordant(mri: str) -> None:
    assert judged(mri_dwi=mri).value == "near_complete_discordant"


def test_mri_does_not_lift_what_the_finger_feels() -> None:
    assert judged(digital_examination="incomplete").value == "incomplete"


def test_the_worse_of_finger_and_endoscopy_decides() -> None:
    assert judged(endoscopy="near_complete", digital_examination="complete").value == "near_complete"


def test_a_mucinous_tumour_is_judged_without_mri_and_flagged() -> None:
    found = judged(mucinous=True, mri_t2="incomplete")
    assert found.value == "complete"
    assert "mri_not_counted_mucinous" in found.flags


def test_unknown_mucin_does_not_discard_a_bad_mri() -> None:
    found = judged(mucinous=UNKNOWN, mri_t2="incomplete")
    assert found.value == "near_complete_discordant"
    assert found.missing == ("primary.mucinous",)


@pytest.mark.parametrize("unseen", ["endoscopy", "digital_examination", "mri_t2", "mri_dwi"])
def test_a_missing_examination_is_not_a_normal_one(unseen: str) -> None:
    found = judged(**{unseen: UNKNOWN})
    assert (found.value, found.opens_watch_and_wait) == ("unknown", False)
    assert found.missing == (f"response.{unseen}",)
