"""The dated plan of a signed decision: as assessed, moved by the day of signing, held by what is booked. Both databases."""

import datetime as dt

import pytest
from sqlalchemy import select
from tests.support.databases import KINDS
from tests.support.follow_up import ASSESSED_ON, CHOSEN, SIGNED_AT, assess, filled_store, options, sign

from pelvicrt.foundation import InvalidInput
from pelvicrt.mdt import person, plan, verify
from pelvicrt.mdt.tables import AuditEntry

WEEK = dt.timedelta(days=7)


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    yield made
    made.close()


def signed(store, at=SIGNED_AT, **how):
    with store.writing("chen", at=at) as writing:
        return plan.make_plan(writing, "example-1", sign(writing, **how))


def steps_now(store):
    with store.reading() as session:
        return {step.window["step"]: step for step in plan.current_plan(session, "example-1")}


def booked(store, name, on, at=SIGNED_AT, **how):
    step = steps_now(store)[name]
    with store.writing("lin", at=at) as writing:
        owner = person(writing.session, "lin")
        return plan.book(writing, "example-1", step.id, **({"on": on, "remind_days": 10, "owner": owner} | how))


def test_a_decision_signed_on_the_day_of_the_assessment_has_the_dates_the_team_saw(store):
    made = signed(store)
    shown = next(item for item in options() if item["key"] == CHOSEN)["timeline"]
    expected = [(item["step"], item["start"], item["end"]) for item in shown if item["kind"] != "wait"]
    assert [(s.window["step"], s.starts_on.isoformat(), s.ends_on.isoformat()) for s in made] == expected
    assert expected[0][1] == ASSESSED_ON.isoformat()


def test_a_decision_signed_three_weeks_later_has_no_step_before_that_day(store):
    made = signed(store, at=SIGNED_AT + 3 * WEEK)
    assert made[0].starts_on == ASSESSED_ON + 3 * WEEK
    assert [step.place for step in made] == list(range(1, len(made) + 1))


def test_every_step_is_named_in_both_languages_with_its_window_and_the_reasons_for_it(store):
    tme = {step.window["step"]: step for step in signed(store)}["tme"]
    assert (tme.label["en"], tme.label["zh"]) == ("TME", "TME")
    low, high = tme.window["window"]
    assert low <= tme.starts_on.isoformat() <= high
    assert {reason["rule"] for reason in tme.window["why"]} >= {"window.scrt-tme-zone"}
    assert tme.window["hard_stops"][0]["why"]["zh"] == "放疗开始后第 11～17 天并发症最多"


def test_radiotherapy_says_what_is_meant_to_be_given(store):
    made = {step.window["step"]: step for step in signed(store)}
    assert made["rt"].window["intended"] == {"dose_gy": 25, "fractions": 5}
    assert made["systemic"].window["intended"]["weeks"] == 12
    assert (made["tme"].remind_days, made["rt"].remind_days) == (21, 7)


def test_a_decision_for_none_of_the_options_has_no_plan(store):
    assert signed(store, option="none") == ()
    assert signed(store, number=2, assessment=None) == ()


def test_a_newer_decision_replaces_the_plan(store):
    signed(store)
    signed(store, at=SIGNED_AT + WEEK, number=2, option="no_rt_surgery")
    assert {step.decision for step in steps_now(store).values()} == {2}


def test_an_option_the_evidence_no_longer_holds_is_refused(store):
    strange = [{**next(iter(options())), "id": "abandoned", "key": "abandoned"}]
    with store.writing("chen", at=SIGNED_AT) as writing:
        assess(writing, 2, strategies=strange)
    with pytest.raises(InvalidInput, match="found abandoned; expected an option of the evidence on this machine"):
        signed(store, assessment=2, option="abandoned")


def test_booking_a_step_moves_what_follows_and_keeps_its_window(store):
    before = {name: step.starts_on for name, step in ((s.window["step"], s) for s in signed(store))}
    assert booked(store, "rt", before["rt"] + 2 * WEEK) == ()
    after = steps_now(store)
    assert after["rt"].starts_on == before["rt"] + 2 * WEEK
    assert after["tme"].starts_on >= before["tme"] + WEEK
    assert after["systemic"].starts_on == before["systemic"]
    assert (after["rt"].remind_days, after["rt"].owner_id is not None) == (10, True)


def test_a_booking_inside_a_hard_stop_moves_nothing_and_says_which_rule_it_breaks(store):
    before = {step.window["step"]: step.starts_on for step in signed(store)}
    booked(store, "rt", before["rt"])
    in_zone = before["rt"] + dt.timedelta(days=14)
    broken = booked(store, "tme", in_zone)
    after = steps_now(store)
    assert any("11 to 17 days" in text.en for text in broken)
    assert any("11 to 17 days" in text["en"] for text in after["tme"].window["breaks"])
    assert after["tme"].starts_on == in_zone
    assert after["liver"].starts_on == before["liver"]


def test_a_freed_booking_goes_back_to_where_the_windows_put_it(store):
    before = {step.window["step"]: step.starts_on for step in signed(store)}
    booked(store, "rt", before["rt"] + 2 * WEEK)
    booked(store, "rt", None)
    assert steps_now(store)["rt"].starts_on == before["rt"]


def test_a_reminder_a_year_ahead_is_refused(store):
    signed(store)
    with pytest.raises(InvalidInput, match="remind_days: found 365; expected 0 to 90 days"):
        booked(store, "rt", None, remind_days=365)


def test_every_change_of_the_plan_is_vouched_for_without_a_date_in_the_audit(store):
    first = signed(store)[0]
    day = first.starts_on + 20 * WEEK
    booked(store, "rt", day)
    with store.reading() as session:
        assert verify(session).why is None
        assert not any(day.isoformat() in entry.detail for entry in session.scalars(select(AuditEntry)))
