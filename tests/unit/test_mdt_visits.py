"""Visits: findings become a new version of the case, the response is judged, examinations fall due. On both databases."""

import datetime as dt

import pytest
from tests.support.databases import KINDS
from tests.support.follow_up import SIGNED_AT, filled_store, sign

from pelvicrt.case import with_fact
from pelvicrt.foundation import InvalidInput
from pelvicrt.mdt import EditConflict, deliveries, newest, person, plan, save_case, verify, visits
from pelvicrt.mdt.deliveries import Given
from pelvicrt.mdt.tables import CaseRow
from pelvicrt.mdt.visits import Findings

LATER = dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC)
ON = dt.date(2026, 11, 2)
ALL_COMPLETE = dict.fromkeys(visits.EXAMINATIONS, "complete")


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    with made.writing("chen", at=SIGNED_AT) as writing:
        plan.make_plan(writing, "example-1", sign(writing))
    yield made
    made.close()


@pytest.fixture
def irradiated(store):
    with store.writing("lin", at=LATER) as writing:
        lin = person(writing.session, "lin")
        given = Given(kind="short_course", began_on=dt.date(2026, 8, 3), ended_on=dt.date(2026, 8, 7))
        deliveries.record_delivery(writing, lin, "example-1", given, deviation="recorded without its step")
    return store


def visit(store, found, *, kind="restaging", on=ON, on_version=None):
    with store.reading() as session:
        version = on_version or newest(session, "example-1").version
    with store.writing("lin", at=LATER) as writing:
        lin = person(writing.session, "lin")
        return visits.record_visit(writing, lin, "example-1", found, kind=kind, on=on, on_version=version)


def case_now(store):
    with store.reading() as session:
        return newest(session, "example-1").case


def stage_now(store):
    with store.reading() as session:
        return session.get(CaseRow, "example-1").stage


def test_a_restaging_makes_a_version_of_that_day_with_what_was_found(irradiated):
    row = visit(irradiated, Findings(facts={"labs.cea_ng_ml": 3.5}, liver="partial", primary="partial"))
    case = case_now(irradiated)
    assert (case.assessed_on, case.labs.cea_ng_ml, row.case_version) == (ON, 3.5, 3)
    assert (case.treated_so_far[-1].step, case.treated_so_far[-1].response_liver) == ("restage", "partial")
    assert row.findings["facts"] == ["labs.cea_ng_ml"]
    with irradiated.reading() as session:
        assert verify(session).why is None


def test_a_response_is_complete_only_when_every_examination_says_so(irradiated):
    part = {name: tier for name, tier in ALL_COMPLETE.items() if not name.startswith("mri")}
    assert visit(irradiated, Findings(seen=part)).findings["response"] == "unknown"
    assert visit(irradiated, Findings(seen=ALL_COMPLETE)).findings["response"] == "complete"
    assert case_now(irradiated).treated_so_far[-1].response_primary == "complete"


def test_a_word_for_the_primary_never_lifts_what_the_examinations_say(irradiated):
    seen = ALL_COMPLETE | {"endoscopy": "near_complete"}
    visit(irradiated, Findings(seen=seen, primary="partial"))
    assert case_now(irradiated).treated_so_far[-1].response_primary == "near_complete"


def test_a_response_without_radiotherapy_opens_nothing(store):
    row = visit(store, Findings(seen=ALL_COMPLETE))
    assert (row.findings["opens_watch_and_wait"], "investigational_no_radiotherapy" in row.findings["flags"]) == (
        False,
        True,
    )


def test_a_restaging_ends_the_step_of_the_plan_that_was_next(store):
    with store.reading() as session:
        first = plan.current_plan(session, "example-1")[0]
    with store.writing("lin", at=LATER) as writing:
        given = Given(kind=first.kind, began_on=first.starts_on, ended_on=first.ends_on)
        deliveries.record_delivery(writing, person(writing.session, "lin"), "example-1", given, step_id=first.id)
    assert stage_now(store) == "restaging_due"
    visit(store, Findings(liver="partial"))
    with store.reading() as session:
        steps = plan.current_plan(session, "example-1")
    assert [(step.kind, step.done) for step in steps[:3]] == [
        ("systemic", True),
        ("restage", True),
        ("short_course", False),
    ]
    assert steps[1].starts_on == ON
    assert stage_now(store) == "in_treatment"


def test_what_others_changed_in_between_is_kept_unless_it_is_the_same_fact(store):
    with store.writing("chen", at=LATER) as writing:
        other = with_fact(newest(writing.session, "example-1").case, "labs.cea_ng_ml", 77.0)
        save_case(writing, other, person(writing.session, "chen"), on_version=1)
    visit(store, Findings(facts={"liver.lesion_count": 2}), on_version=1)
    assert (case_now(store).labs.cea_ng_ml, case_now(store).liver.lesion_count) == (77.0, 2)
    with pytest.raises(EditConflict):
        visit(store, Findings(facts={"labs.cea_ng_ml": 5}), on_version=1)


def test_words_and_values_that_cannot_be_are_refused_by_name(store):
    with pytest.raises(InvalidInput, match="endoscopy: found another word; expected one of complete"):
        visit(store, Findings(seen={"endoscopy": "splendid"}))
    with pytest.raises(InvalidInput, match=r"labs\.cea_ng_ml"):
        visit(store, Findings(facts={"labs.cea_ng_ml": -1}))
    with pytest.raises(InvalidInput, match="facts: found another word"):
        visit(store, Findings(facts={"patient.age": 20}))


def test_examinations_are_done_late_next_or_planned_by_the_stricter_rhythm(store):
    since = dt.date(2026, 1, 5)
    visit(store, Findings(tests=("cea", "ct")), kind="follow_up", on=dt.date(2026, 4, 10))
    with store.reading() as session:
        due = visits.surveillance(visits.visits_of(session, "example-1"), since=since, today=dt.date(2026, 9, 1))
    marker = [(item.month, item.state, item.done_on) for item in due if item.test == "cea"][:4]
    assert marker == [
        (3, "done", dt.date(2026, 4, 10)),
        (6, "late", None),
        (9, "next", None),
        (12, "planned", None),
    ]
    assert [item.month for item in due if item.test == "endoscopy"][:3] == [3, 6, 9]
