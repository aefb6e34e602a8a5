"""Is a case found by its id, stage, missing facts and next date, and only by those who may see it? On both databases."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy import event
from tests.support.databases import KINDS
from tests.support.follow_up import SIGNED_AT, filled_store, patient

from pelvicrt.case import Case, with_fact
from pelvicrt.foundation import UNKNOWN
from pelvicrt.mdt import add_case, add_person, case_list, meetings, newest, person, save_case, verify
from pelvicrt.mdt.case_list import PAGE, Wanted, find_cases
from pelvicrt.mdt.missing import missing_facts
from pelvicrt.mdt.tables import CaseRow

TODAY = dt.date(2026, 5, 5)
DAY = dt.timedelta(days=1)
CASES = {  # unit, stage, next date
    "N-1": ("north", "draft", None),
    "N-2": ("north", "in_treatment", TODAY - DAY),
    "N_3": ("north", "follow_up", TODAY + 20 * DAY),
    "S-1": ("south", "ready", TODAY),
}


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    with made.writing("chen", at=SIGNED_AT) as writing:
        add_person(writing, login="nora", name="Nora", role="viewer", discipline="nursing", unit="north")
        for name, (unit, stage, day) in CASES.items():
            bare = name == "N-1"
            case = Case(id=name, assessed_on=TODAY) if bare else dataclasses.replace(patient(), id=name)
            add_case(writing, case, person(writing.session, "chen"), unit=unit)
            row = writing.session.get(CaseRow, name)
            row.stage, row.next_on = stage, day
            writing.record("test.stage", f"case/{name}")
    yield made
    made.close()


def found(store, login="chen", **wanted):
    with store.reading() as session:
        return find_cases(session, person(session, login), Wanted(**wanted), today=TODAY)


def names(store, login="nora", **wanted):
    return [line.row.id for line in found(store, login, **wanted).lines]


def test_a_person_sees_the_cases_of_the_own_unit_and_a_chair_all(store):
    assert set(names(store, "nora")) == {"N-1", "N-2", "N_3"}
    assert set(names(store, "chen")) == {*CASES, "example-1"}
    assert found(store, "nora", words="S-1").lines == ()


def test_the_nearest_date_stands_on_top_and_cases_without_one_last(store):
    assert names(store) == ["N-2", "N_3", "N-1"]


def test_part_of_an_id_finds_it_in_either_case_and_marks_of_a_pattern_are_letters(store):
    assert names(store, words="n-") == ["N-2", "N-1"]
    assert names(store, words="_") == ["N_3"]
    assert names(store, words="%") == []
    assert names(store, words="3 n") == ["N_3"]


def test_stage_missing_facts_and_next_date_each_narrow_the_list(store):
    assert names(store, stage="follow_up") == ["N_3"]
    assert names(store, missing="some") == ["N-1"]
    assert names(store, missing="none") == ["N-2", "N_3"]
    assert names(store, due="late") == ["N-2"]
    assert names(store, due="week") == ["N-2"]
    assert names(store, due="month") == ["N-2", "N_3"]
    assert names(store, due="undated") == ["N-1"]
    assert names(store, "chen", due="week", stage="ready") == ["S-1"]


def test_missing_facts_follow_each_version_of_the_case(store):
    before = next(line for line in found(store).lines if line.row.id == "N-2")
    assert before.missing == missing_facts(patient()) == ()
    with store.writing("chen", at=SIGNED_AT) as writing:
        case = with_fact(newest(writing.session, "N-2").case, "molecular.mmr", UNKNOWN)
        save_case(writing, case, person(writing.session, "chen"), on_version=1)
    after = next(line for line in found(store).lines if line.row.id == "N-2")
    assert after.missing == ("molecular.mmr",)
    assert after.row.missing_count == 1
    with store.reading() as session:
        assert verify(session).why is None


def test_a_case_says_when_it_was_assessed_and_which_meeting_speaks_of_it_next(store):
    with store.writing("chen", at=SIGNED_AT) as writing:
        for on in (TODAY + 9 * DAY, TODAY + 2 * DAY):
            meeting = meetings.plan_meeting(writing, on=on, starts="14:00", title="Liver meeting")
            meetings.add_item(writing, meeting, "N-1")
    lines = {line.row.id: line for line in found(store).lines}
    assert lines["N-1"].meeting.on == TODAY + 2 * DAY
    assert lines["N-2"].meeting is None
    assert lines["example-1"].assessed_at is not None
    assert lines["N-1"].assessed_at is None


def test_a_thousand_cases_come_a_page_at_a_time_in_five_questions_and_no_facts_are_parsed(store, monkeypatch):
    with store.writing("chen", at=SIGNED_AT) as writing:
        for number in range(1000):
            row = CaseRow(id=f"M-{number:04}", unit="north", version=0, created_at=SIGNED_AT, changed_at=SIGNED_AT)
            row.missing = []
            writing.session.add(row)
        writing.record("test.fill", "store")
    monkeypatch.setattr("pelvicrt.mdt.cases.parse_case", None)
    asked = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    first, last = found(store, words="M-"), found(store, words="M-", page=999)
    assert (first.found, first.pages, len(first.lines)) == (1000, 1000 // PAGE, PAGE)
    assert (last.page, last.lines[-1].row.id) == (first.pages, "M-0999")
    questions = [text for text in asked if "users" not in text and text.startswith("SELECT")]
    assert len(questions) == 2 * 5
    assert not any("document" in text for text in questions)
    assert case_list.CaseList(lines=(), found=0, seen=0, page=1).pages == 1
