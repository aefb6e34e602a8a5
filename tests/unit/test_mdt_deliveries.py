"""What was really given: held against the plan, added to the facts, and later steps dated from it. On both databases."""

import datetime as dt

import pytest
from sqlalchemy import select
from tests.support.databases import KINDS
from tests.support.follow_up import SIGNED_AT, filled_store, sign

from pelvicrt.foundation import InvalidInput
from pelvicrt.mdt import deliveries, newest, person, plan, verify
from pelvicrt.mdt.deliveries import Given
from pelvicrt.mdt.tables import AuditEntry

LATER = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    with made.writing("chen", at=SIGNED_AT) as writing:
        plan.make_plan(writing, "example-1", sign(writing))
    yield made
    made.close()


def steps_now(store):
    with store.reading() as session:
        return {step.window["step"]: step for step in plan.current_plan(session, "example-1")}


def record(store, given, name=None, at=LATER, **how):
    step_id = None if name is None else steps_now(store)[name].id
    with store.writing("lin", at=at) as writing:
        by = person(writing.session, "lin")
        return deliveries.record_delivery(writing, by, "example-1", given, step_id=step_id, **how)


def short_course(step, shift=0, **how):
    began = step.starts_on + dt.timedelta(days=shift)
    given = {"dose_gy": 25, "fractions": 5} | how
    return Given(kind="short_course", began_on=began, ended_on=began + dt.timedelta(days=4), **given)


def test_what_was_given_as_planned_needs_no_reason_and_ends_its_step(store):
    step = steps_now(store)["rt"]
    record(store, short_course(step), "rt")
    assert steps_now(store)["rt"].done
    with store.reading() as session:
        treated = newest(session, "example-1").case.treated_so_far
        assert verify(session).why is None
    assert [(item.step, item.dose_gy, item.fractions) for item in treated] == [("short_course", 25.0, 5)]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"dose_gy": 20, "fractions": 4}, "found 20 Gy instead of 25"),
        ({"fractions": 6}, "found 6 fractions instead of 5"),
        ({"shift": 28}, "found begun 28 days later than planned"),
    ],
)
def test_a_treatment_unlike_its_plan_is_refused_until_somebody_says_why(store, how, said):
    given = short_course(steps_now(store)["rt"], **how)
    with pytest.raises(InvalidInput, match=f"deviation: {said}; expected a reason in your words"):
        record(store, given, "rt")
    row = record(store, given, "rt", deviation="  patient was ill ")
    assert row.deviation == "patient was ill"


def test_a_treatment_nobody_planned_needs_a_reason(store):
    stoma = Given(kind="stoma", began_on=dt.date(2026, 5, 20))
    with pytest.raises(InvalidInput, match="this was not in the plan"):
        record(store, stoma)
    assert record(store, stoma, deviation="obstruction").ended_on == dt.date(2026, 5, 20)


def test_an_operation_inside_a_hard_stop_is_told_with_the_reason_of_the_stop(store):
    record(store, short_course(steps_now(store)["rt"]), "rt")
    tme = steps_now(store)["tme"]
    stop = tme.window["hard_stops"][0]
    found = deliveries.differences(tme, Given(kind="tme", began_on=dt.date.fromisoformat(stop["start"])))
    assert "11 to 17 days after radiotherapy began is the time with most complications" in [t.en for t in found]


def test_chemotherapy_four_weeks_too_short_is_a_difference(store):
    step = steps_now(store)["systemic"]
    ended = step.starts_on + dt.timedelta(weeks=8)
    found = deliveries.differences(step, Given(kind="systemic", began_on=step.starts_on, ended_on=ended, cycles=4))
    assert [text.en for text in found] == ["8 weeks instead of 12"]


def test_radiotherapy_given_late_moves_what_follows_and_its_windows(store):
    before = steps_now(store)
    record(store, short_course(before["rt"], shift=14), "rt", at=SIGNED_AT + dt.timedelta(days=130))
    after = steps_now(store)
    assert after["tme"].starts_on > before["tme"].starts_on
    assert after["tme"].window["hard_stops"][0]["start"] == (
        (before["rt"].starts_on + dt.timedelta(days=14 + 11)).isoformat()
    )


def test_what_is_under_way_has_no_end_and_is_not_measured_yet(store):
    step = steps_now(store)["systemic"]
    row = record(store, Given(kind="systemic", began_on=step.starts_on), "systemic")
    assert (row.ended_on, steps_now(store)["systemic"].done) == (None, False)


def test_a_correction_stands_for_the_row_it_replaces_in_the_list_and_in_the_facts(store):
    step = steps_now(store)["systemic"]
    first = record(store, Given(kind="systemic", began_on=step.starts_on), "systemic")
    ended = step.starts_on + dt.timedelta(days=83)
    whole = Given(kind="systemic", began_on=step.starts_on, ended_on=ended, cycles=6, agents=("oxaliplatin",))
    second = record(store, whole, "systemic", replaces=first.id)
    with store.reading() as session:
        assert [row.id for row in deliveries.standing(session, "example-1")] == [second.id]
        treated = newest(session, "example-1").case.treated_so_far
    assert [(item.step, item.cycles, item.end) for item in treated] == [("systemic", 6, ended)]
    assert steps_now(store)["systemic"].done
    with pytest.raises(KeyError):
        record(store, whole, "systemic", replaces=first.id)


def test_a_step_left_out_needs_a_reason_and_no_longer_holds_up_the_others(store):
    def leave_out(why):
        with store.writing("lin", at=SIGNED_AT + dt.timedelta(days=1)) as writing:
            lin = person(writing.session, "lin")
            return deliveries.leave_out(writing, lin, "example-1", liver.id, on=SIGNED_AT.date(), why=why)

    before = steps_now(store)
    liver = before["liver"]
    with pytest.raises(InvalidInput, match="found a step that is left out"):
        leave_out(" ")
    row, after = leave_out("lesions vanished"), steps_now(store)
    assert (row.given, after["liver"].done) == ({"left_out": True}, True)
    assert "window.hepatectomy-tme" in {why["rule"] for why in before["tme"].window["why"]}
    assert "window.hepatectomy-tme" not in {why["rule"] for why in after["tme"].window["why"]}


def test_a_day_to_come_is_refused_in_both_languages(store):
    given = Given(kind="stoma", began_on=dt.date(2027, 1, 1))
    with pytest.raises(InvalidInput, match="began_on: found a day to come; expected a day up to today") as caught:
        record(store, given, deviation="x")
    assert "尚未到来的日期" in caught.value.message.zh


def test_a_dose_no_case_can_hold_is_refused_by_name(store):
    given = short_course(steps_now(store)["rt"], dose_gy=-3)
    with pytest.raises(InvalidInput, match="dose_gy"):
        record(store, given, "rt", deviation="typing error")


def test_the_audit_names_the_delivery_and_none_of_its_values(store):
    record(store, short_course(steps_now(store)["rt"], dose_gy=17.25), "rt", deviation="stopped by fever")
    with store.reading() as session:
        said = " ".join(entry.detail for entry in session.scalars(select(AuditEntry)))
    assert '"delivery":' in said
    assert "17.25" not in said
    assert "fever" not in said
