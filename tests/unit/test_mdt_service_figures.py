"""Concordance and waiting times of a service, held against cases counted by hand. On both databases."""

import dataclasses
import datetime as dt

import pytest
from tests.support.databases import KINDS
from tests.support.follow_up import CHOSEN, SIGNED_AT, assess, filled_store, options, patient, sign

from pelvicrt.case import with_fact
from pelvicrt.mdt import add_case, concordance, deliveries, meetings, person, plan, waiting
from pelvicrt.mdt.deliveries import Given

DAY = SIGNED_AT.date()
LATER = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)
PERIOD = {"since": DAY - dt.timedelta(days=1), "until": DAY + dt.timedelta(days=60)}
OPEN = next(item["key"] for item in options() if item["status"] == "acceptable" and item["key"] != CHOSEN)
SHUT = next(item["key"] for item in options() if item["status"] == "not_recommended")


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    yield made
    made.close()


def decided(store, name, option, at=SIGNED_AT, unit=""):
    """One more case, assessed and decided."""
    with store.writing("chen", at=at) as writing:
        chair = person(writing.session, "chen")
        add_case(writing, dataclasses.replace(patient(), id=name), chair, unit=unit)
        assess(writing, 1, case_id=name)
        return plan.make_plan(writing, name, sign(writing, option=option, case_id=name))


def found(store, **how):
    with store.reading() as session:
        return concordance.concordance(session, **(PERIOD | how))


def test_decisions_are_counted_by_what_they_made_of_the_advice(store):
    for name, option in (("a", CHOSEN), ("b", OPEN), ("c", SHUT), ("d", "defer"), ("e", CHOSEN)):
        decided(store, name, option)
    assert dict(found(store).agreements) == {
        "advised": 2,
        "equal": 0,
        "acceptable": 1,
        "other": 1,
        "none": 1,
        "not_assessed": 0,
    }
    assert sum(found(store).pairs.values()) == len(found(store).cases) == 5


def test_where_nothing_leads_every_option_of_the_tie_agrees_with_the_advice():
    tie = {"recommendation": {"key": None, "equipoise": True, "alternative_keys": [CHOSEN]}}
    said = tie | {"strategies": list(options())}
    assert concordance.agreement_of(said, CHOSEN) == "equal"
    assert concordance.agreement_of(said, OPEN) == "acceptable"
    assert concordance.agreement_of(None, OPEN) == "not_assessed"


def test_only_the_newest_decision_of_a_case_counts_and_only_in_its_period_and_unit(store):
    decided(store, "a", CHOSEN, unit="north")
    decided(store, "b", CHOSEN, unit="south")
    with store.writing("chen", at=SIGNED_AT + dt.timedelta(days=30)) as writing:
        sign(writing, 2, option=OPEN, case_id="a")
    assert [(case.case_id, case.agreement) for case in found(store, unit="north").cases] == [("a", "acceptable")]
    assert [case.case_id for case in found(store, until=DAY).cases] == ["b"]


def test_a_plan_is_followed_until_a_deviation_says_otherwise(store):
    for name in ("a", "b", "c"):
        steps = decided(store, name, CHOSEN)
        if name == "a":
            continue
        given = Given(kind="systemic", began_on=steps[0].starts_on, ended_on=steps[0].ends_on)
        why = "stopped for a week" if name == "b" else ""
        with store.writing("lin", at=LATER) as writing:
            lin = person(writing.session, "lin")
            deliveries.record_delivery(writing, lin, name, given, step_id=steps[0].id, deviation=why)
    decided(store, "d", "defer")
    cases = {case.case_id: (case.course, case.deviations) for case in found(store).cases}
    assert cases == {"a": ("not_begun", 0), "b": ("deviating", 1), "c": ("under_way", 0), "d": ("no_plan", 0)}


def test_waits_are_days_between_milestones_with_those_who_still_wait_beside(store):
    steps = decided(store, "a", CHOSEN)
    with store.writing("lin", at=LATER) as writing:
        lin = person(writing.session, "lin")
        given = Given(kind="systemic", began_on=DAY + dt.timedelta(days=9))
        deliveries.record_delivery(writing, lin, "a", given, step_id=steps[0].id)
    with store.reading() as session:
        waits = {item.stretch.key: item for item in waiting.waits(session, **PERIOD)}
    begun = waits["signed_begun"]
    assert (begun.n, begun.median, begun.still_waiting) == (1, 9.0, 0)
    assert (waits["entered_signed"].n, waits["entered_signed"].still_waiting) == (1, 1)  # the worked case is undecided
    assert (waits["rt_tme"].n, waits["rt_tme"].median, waits["diagnosed_met"].still_waiting) == (0, None, 0)


def test_the_first_meeting_that_was_held_ends_the_wait_for_one(store):
    with store.writing("chen", at=SIGNED_AT) as writing:
        dated = with_fact(dataclasses.replace(patient(), id="m"), "primary.diagnosed_on", dt.date(2026, 4, 20))
        add_case(writing, dated, person(writing.session, "chen"))
        for day in (6, 13):
            on = dt.date(2026, 5, day)
            meeting = meetings.plan_meeting(writing, on=on, starts="14:00", title="Liver")
            meetings.add_item(writing, meeting, "m")
        meetings.start(writing, meeting)
    with store.reading() as session:
        waits = {item.stretch.key: item for item in waiting.waits(session, **PERIOD)}
    assert (waits["diagnosed_met"].n, waits["diagnosed_met"].median) == (1, 23.0)


def test_quartiles_are_those_of_the_sorted_days():
    day = dt.date(2026, 5, 4)
    cases = [{"signed": day, "begun": day + dt.timedelta(days=n)} for n in (30, 10, 20, 40, 50)]
    found = waiting.wait(waiting.STRETCHES[2], cases)
    assert (found.shortest, found.lower, found.median, found.upper, found.longest) == (10, 20.0, 30.0, 40.0, 50)
