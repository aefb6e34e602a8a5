"""Stages: where a case stands follows from what the store holds, at every turn of its way. On both databases."""

import datetime as dt

import pytest
from tests.support.databases import KINDS
from tests.support.follow_up import SIGNED_AT, assess, filled_store, sign

from pelvicrt.case import with_fact
from pelvicrt.classify import surveillance_schedule
from pelvicrt.foundation import UNKNOWN
from pelvicrt.mdt import deliveries, meetings, newest, person, plan, save_case, stages, verify, visits
from pelvicrt.mdt.deliveries import Given
from pelvicrt.mdt.tables import CaseRow, Question
from pelvicrt.mdt.visits import Findings

CASE = "example-1"
BEFORE = SIGNED_AT - dt.timedelta(days=2)
LATER = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
MEETING_ON = dt.date(2026, 5, 6)


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    yield made
    made.close()


def write(store, function, *, at=SIGNED_AT):
    with store.writing("chen", at=at) as writing:
        made = function(writing)
        stages.refresh(writing, CASE)
        writing.record("test", f"case/{CASE}")
        return made


def stands(store):
    with store.reading() as session:
        row = session.get(CaseRow, CASE)
        assert verify(session).why is None
        return row.stage, row.next_on


def put_on(writing, *, on=MEETING_ON):
    meeting = meetings.plan_meeting(writing, on=on, starts="14:00", title="Liver meeting")
    return meeting, meetings.add_item(writing, meeting, CASE)


def decide(store, *, at=SIGNED_AT, **how):
    def signing(writing):
        return plan.make_plan(writing, CASE, sign(writing, **how))

    return write(store, signing, at=at)


def finish(store, steps):
    """Marks steps as done without a word about what was given."""

    def marking(writing):
        for step in plan.current_plan(writing.session, CASE)[:steps]:
            step.done = True

    write(store, marking)


def test_a_case_is_ready_once_its_newest_facts_are_assessed_and_no_class_waits(store):
    write(store, lambda _: None)
    assert stands(store) == ("ready", None)


def test_facts_that_changed_since_the_assessment_make_a_draft_again(store):
    def editing(writing):
        kept = newest(writing.session, CASE)
        by = person(writing.session, "lin")
        save_case(writing, with_fact(kept.case, "labs.cea_ng_ml", 4.0), by, on_version=kept.version)

    with store.writing("lin", at=SIGNED_AT) as writing:
        editing(writing)
    assert stands(store)[0] == "draft"
    write(store, lambda writing: assess(writing, 2, version=2))
    assert stands(store)[0] == "ready"


def test_a_case_whose_mismatch_repair_is_unknown_stays_a_draft_even_when_assessed(store):
    def editing(writing):
        kept = newest(writing.session, CASE)
        by = person(writing.session, "lin")
        save_case(writing, with_fact(kept.case, "molecular.mmr", UNKNOWN), by, on_version=kept.version)
        assess(writing, 2, version=2)

    write(store, editing)
    assert stands(store)[0] == "draft"


def test_a_case_on_an_agenda_is_for_discussion_on_the_day_of_the_meeting_until_it_is_withdrawn(store):
    with store.writing("chen", at=BEFORE) as writing:
        meeting, item = put_on(writing)
    assert stands(store) == ("for_discussion", MEETING_ON)
    with store.writing("chen", at=BEFORE) as writing:
        meetings.withdraw(writing, meetings.meeting_of(writing.session, meeting.id), item.id, why="no report yet")
    assert stands(store) == ("ready", None)


def test_a_meeting_that_closes_without_a_decision_lets_its_cases_go(store):
    with store.writing("chen", at=BEFORE) as writing:
        meeting, _ = put_on(writing)
        meetings.start(writing, meeting)
        meetings.close(writing, meeting)
    assert stands(store) == ("ready", None)


def test_a_decision_signed_in_the_meeting_ends_the_discussion_though_the_meeting_goes_on(store):
    with store.writing("chen", at=BEFORE) as writing:
        meeting, _ = put_on(writing)
        meetings.start(writing, meeting)
    steps = decide(store)
    assert stands(store) == ("decided", steps[0].starts_on)


def test_a_decided_case_on_a_new_agenda_is_for_discussion_again(store):
    decide(store)
    with store.writing("chen", at=SIGNED_AT) as writing:
        put_on(writing)
    assert stands(store)[0] == "for_discussion"
    with store.reading() as session:
        assert stages.course(session, CASE) == "decided"


def give(store, **how):
    with store.writing("lin", at=LATER) as writing:
        given = Given(kind="systemic", began_on=dt.date(2026, 8, 3))
        deliveries.record_delivery(writing, person(writing.session, "lin"), CASE, given, deviation="late", **how)


def test_a_decided_case_is_in_treatment_from_the_first_thing_given(store):
    steps = decide(store)
    give(store, step_id=steps[0].id)
    assert stands(store)[0] == "in_treatment"


def test_a_step_that_is_left_out_is_no_treatment(store):
    first = decide(store)[0]
    with store.writing("lin", at=LATER) as writing:
        lin = person(writing.session, "lin")
        deliveries.leave_out(writing, lin, CASE, first.id, on=dt.date(2026, 8, 3), why="declined")
        plan.step_of(writing.session, CASE, first.id).done = False
        stages.refresh(writing, CASE)
        writing.record("test", f"case/{CASE}")
    assert stands(store)[0] == "decided"


def test_a_restaging_is_due_when_it_is_the_next_step(store):
    steps = decide(store)
    before = next(place for place, step in enumerate(steps) if step.kind in stages.RESTAGING_STEPS)
    finish(store, before)
    stage, day = stands(store)
    assert stage == "restaging_due"
    assert day == min(step.starts_on for step in steps[before:])


def test_with_the_last_step_done_follow_up_begins_and_its_first_examination_is_next(store):
    steps = decide(store)
    finish(store, len(steps))
    since = max(step.ends_on for step in steps)
    first = min(visit.due_on for visit in surveillance_schedule(decided_on=since) if visit.due_on > since)
    assert stands(store) == ("follow_up", first)


def test_a_visit_moves_the_next_examination_on(store):
    steps = decide(store)
    finish(store, len(steps))
    _, first = stands(store)
    at = dt.datetime.combine(first, dt.time(9), tzinfo=dt.UTC)
    with store.writing("lin", at=at) as writing:
        lin = person(writing.session, "lin")
        found = Findings(tests=("cea",))
        visits.record_visit(writing, lin, CASE, found, kind="follow_up", on=first, on_version=1)
    stage, day = stands(store)
    assert stage == "follow_up"
    assert day > first


def test_a_decision_without_a_plan_is_in_follow_up_after_the_first_visit(store):
    decide(store, option="none", assessment=None)
    assert stands(store) == ("decided", None)
    with store.writing("lin", at=LATER) as writing:
        lin = person(writing.session, "lin")
        on = dt.date(2027, 2, 1)
        visits.record_visit(writing, lin, CASE, Findings(tests=("cea",)), kind="follow_up", on=on, on_version=1)
    assert stands(store)[0] == "follow_up"


def test_an_answer_that_is_due_comes_before_the_meeting(store):
    due = dt.date(2026, 5, 3)

    def asking(writing):
        chen = person(writing.session, "chen")
        put_on(writing)
        row = Question(case_id=CASE, asked="EMVI?", owner_id=chen.id, due_on=due, author_id=chen.id, at=writing.at)
        writing.session.add(row)

    write(store, asking, at=BEFORE)
    assert stands(store) == ("for_discussion", due)


def test_a_case_nobody_has_heard_of_is_named(store):
    with pytest.raises(KeyError, match="RL-0"), store.writing("chen") as writing:
        stages.refresh(writing, "RL-0")
