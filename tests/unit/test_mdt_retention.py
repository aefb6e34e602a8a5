"""Which cases are erased when, does all of them go, and does the audit still verify? Settings too. On both databases."""

import datetime as dt

import pytest
from sqlalchemy import func, select, text
from tests.support.databases import KINDS, database_url

from pelvicrt.case import Case, with_fact
from pelvicrt.foundation import InvalidInput
from pelvicrt.mdt import Store, add_case, add_person, person, save_case, verify
from pelvicrt.mdt.retention import due, erase, keep_house
from pelvicrt.mdt.settings import Settings, read_settings, save_settings
from pelvicrt.mdt.tables import (
    AgendaItem,
    AssessmentRow,
    AuditEntry,
    Base,
    CaseRow,
    Decision,
    DecisionDraft,
    Delivery,
    FactNote,
    ImportDraft,
    Judgement,
    Meeting,
    Opinion,
    PlanStep,
    Question,
    Round,
    Visit,
)

DAY = dt.date(2026, 5, 4)
NOW = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)
LATER = NOW.replace(year=2031, month=6)
CASE_TABLES = [table for table in Base.metadata.sorted_tables if "case_id" in table.columns]


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = Store(database_url(request.param, tmp_path))
    made.migrate()
    with made.writing("setup", at=NOW) as writing:
        lin = add_person(writing, login="lin", name="Lin", role="chair", discipline="radiology")
        for name in ("RL-1", "RL_1", "RL-2"):
            add_case(writing, Case(id=name, assessed_on=DAY), lin)
    yield made
    made.close()


def everything_about(writing, lin, name):
    """A row of each table that knows cases."""
    here, by = {"case_id": name}, {"author_id": lin.id, "at": NOW}
    meeting = Meeting(on=DAY, starts="08:00", title="Monday", closed_at=NOW)
    step = PlanStep(
        **here, decision=1, place=1, kind="tme", label={}, starts_on=DAY, ends_on=DAY, window={}, remind_days=7
    )
    writing.session.add_all([meeting, step])
    writing.session.flush()
    answered = {"answered_by_id": lin.id, "answered_at": NOW}
    writing.session.add_all(
        [
            AgendaItem(**here, meeting_id=meeting.id, place=1, minutes=10, question="?"),
            FactNote(**here, **by, fact="primary.mrf_mm", kind="entered"),
            AssessmentRow(**here, **by, number=1, assessment_id="a", case_version=1, document={}, letters={}),
            Judgement(**here, **by, discipline="radiology", value={}, reason="seen", case_version=1),
            Round(**here, number=1, begun_at=NOW),
            Opinion(
                **here, **by, round=1, discipline="radiology", choice="x", firmness=1, sentence="s", case_version=1
            ),
            Question(**here, **by, **answered, asked="?", owner_id=lin.id),
            Decision(**here, number=1, case_version=1, option="x", document={}, signed_by_id=lin.id, signed_at=NOW),
            DecisionDraft(**here, **by, document={}),
            Delivery(**here, **by, plan_step_id=step.id, kind="tme", began_on=DAY, given={}),
            Visit(**here, **by, kind="restaging", on=DAY, findings={}, case_version=1),
        ]
    )
    writing.record("demo", f"case/{name}")


def ids(store, months=60, now=LATER):
    with store.reading() as session:
        return [item.case_id for item in due(session, months=months, now=now)]


def set_months(store, months):
    with store.writing("root", at=NOW) as writing:
        save_settings(writing, {"retention_months": months})


def test_an_erased_case_leaves_no_row_and_the_audit_still_verifies(store):
    with store.writing("lin", at=NOW) as writing:
        everything_about(writing, person(writing.session, "lin"), "RL-1")
    with store.writing("root") as writing:
        erase(writing, "RL-1")
    with store.reading() as session:
        for table in CASE_TABLES:
            left = session.scalar(select(func.count()).select_from(table).where(table.c.case_id == "RL-1"))
            assert left == 0, table.name
        assert session.get(CaseRow, "RL-1") is None
        assert verify(session).why is None
        last = session.scalars(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1)).one()
    assert (last.action, last.subject, last.actor) == ("case.erase", "case/RL-1", "root")


def test_the_test_of_erasing_has_a_row_in_every_table_of_a_case(store):
    with store.writing("lin", at=NOW) as writing:
        everything_about(writing, person(writing.session, "lin"), "RL-1")
    with store.reading() as session:
        for table in CASE_TABLES:
            assert session.scalar(select(func.count()).select_from(table).where(table.c.case_id == "RL-1")), table.name


def test_an_erased_row_that_comes_back_behind_the_program_is_found(store):
    with store.writing("root") as writing:
        erase(writing, "RL-2")
    with store.engine.begin() as connection:
        columns = "unit, version, stage, missing, missing_count, created_at, changed_at"
        connection.execute(
            text(f"INSERT INTO cases (id, {columns}) SELECT 'RL-2', {columns} FROM cases WHERE id = 'RL-1'")
        )
    with store.reading() as session:
        assert verify(session).why == "row cases/RL-2 was never written by this program"


def test_a_case_is_due_only_after_the_months_have_passed(store):
    just = NOW.replace(year=2031)
    assert ids(store, now=just) == []
    assert set(ids(store, now=just + dt.timedelta(seconds=1))) == {"RL-1", "RL-2", "RL_1"}


def test_nothing_is_ever_due_when_no_limit_is_set(store):
    assert ids(store, months=0) == []


def test_a_word_about_the_case_keeps_it_and_only_it(store):
    with store.writing("lin", at=LATER - dt.timedelta(days=400)) as writing:
        writing.record("case.print", "case/RL_1/minutes")
    assert set(ids(store)) == {"RL-1", "RL-2"}


def test_a_newer_version_keeps_the_case(store):
    with store.writing("lin", at=LATER - dt.timedelta(days=400)) as writing:
        case = with_fact(Case(id="RL-1", assessed_on=DAY), "labs.cea_ng_ml", 5.0)
        save_case(writing, case, person(writing.session, "lin"), on_version=1)
    assert set(ids(store)) == {"RL_1", "RL-2"}


def a_date_ahead(writing, lin):
    writing.session.get(CaseRow, "RL-1").next_on = LATER.date() + dt.timedelta(days=1)


def a_meeting_to_come(writing, lin):
    meeting = Meeting(on=DAY, starts="08:00", title="Monday")
    writing.session.add(meeting)
    writing.session.flush()
    writing.session.add(AgendaItem(case_id="RL-1", meeting_id=meeting.id, place=1, minutes=10, question="?"))


def an_open_question(writing, lin):
    writing.session.add(Question(case_id="RL-1", asked="?", owner_id=lin.id, author_id=lin.id, at=NOW))


@pytest.mark.parametrize("why", [a_date_ahead, a_meeting_to_come, an_open_question])
def test_a_case_with_something_still_to_come_is_not_closed(store, why):
    with store.writing("lin", at=NOW) as writing:
        why(writing, person(writing.session, "lin"))
        writing.record("demo", "case/RL-1")
    assert set(ids(store)) == {"RL_1", "RL-2"}


def test_the_daily_round_erases_what_is_due_and_forgets_old_drafts(store):
    with store.writing("lin", at=NOW) as writing:
        lin = person(writing.session, "lin")
        writing.session.add_all(
            [
                ImportDraft(id="old", user_id=lin.id, at=NOW, document={}),
                ImportDraft(id="new", user_id=lin.id, at=LATER - dt.timedelta(hours=1), document={}),
            ]
        )
    assert keep_house(store, now=LATER) == ()
    set_months(store, 60)
    assert set(keep_house(store, now=LATER)) == {"RL-1", "RL_1", "RL-2"}
    with store.reading() as session:
        assert session.scalars(select(ImportDraft.id)).all() == ["new"]
        assert verify(session).why is None


def test_settings_hold_their_first_values_until_changed(store):
    with store.reading() as session:
        assert read_settings(session) == Settings()
    set_months(store, 120)
    set_months(store, 60)
    with store.reading() as session:
        assert read_settings(session) == Settings(retention_months=60)
        said = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
        assert said.count("settings.save") == 2
        assert verify(session).why is None


def test_a_setting_that_stays_the_same_is_not_written(store):
    set_months(store, 0)
    with store.reading() as session:
        assert "settings.save" not in session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize(("name", "value"), [("idle_minutes", 0), ("idle_minutes", 121), ("retention_months", 11)])
def test_a_setting_out_of_range_is_refused_and_nothing_changed(store, name, value):
    wanted = {"idle_minutes": 20, "retention_months": 60} | {name: value}
    with pytest.raises(InvalidInput, match=f"{name}: found {value}; expected"), store.writing("root") as writing:
        save_settings(writing, wanted)
    with store.reading() as session:
        assert read_settings(session) == Settings()
