"""The store of the team: versions, conflicts, the audit chain, and what survives a killed writer. On both databases."""

import datetime as dt
import multiprocessing
import os
import signal
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select, text, update
from tests.support.databases import KINDS, database_url

from pelvicrt.case import Case, with_fact
from pelvicrt.foundation import UNKNOWN, InternalError, InvalidInput
from pelvicrt.mdt import (
    EditConflict,
    Store,
    add_case,
    add_person,
    history,
    newest,
    person,
    save_case,
    verify,
)
from pelvicrt.mdt.tables import AuditEntry, Base, CaseVersion

DAY = dt.date(2026, 5, 4)
PATIENT = Case(id="RL-1", assessed_on=DAY)


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = Store(database_url(request.param, tmp_path))
    made.migrate()
    with made.writing("setup") as writing:
        add_person(writing, login="lin", name="Lin", role="contributor", discipline="radiology")
        add_case(writing, PATIENT, person(writing.session, "lin"))
    yield made
    made.close()


def save(store, case, on_version, login="lin"):
    with store.writing(login) as writing:
        return save_case(writing, case, person(writing.session, login), on_version=on_version)


def test_a_case_comes_back_as_it_was_saved(store):
    save(store, with_fact(PATIENT, "primary.mrf_mm", 0.5), 1)
    with store.reading() as session:
        kept = newest(session, "RL-1")
        assert [item.version for item in history(session, "RL-1")] == [1, 2]
    assert (kept.case.primary.mrf_mm, kept.case.labs.cea_ng_ml, kept.author) == (0.5, UNKNOWN, "lin")


def test_an_edit_that_changes_nothing_makes_no_version(store):
    assert save(store, PATIENT, 1).version == 1
    with store.reading() as session:
        assert len(history(session, "RL-1")) == 1


def test_an_edit_of_an_old_version_writes_nothing_and_comes_back_merged(store):
    save(store, with_fact(PATIENT, "labs.cea_ng_ml", 12.0), 1)
    mine = with_fact(with_fact(PATIENT, "primary.mrf_mm", 0.5), "labs.cea_ng_ml", 99.0)
    with pytest.raises(EditConflict, match="somebody saved version 2 in between; nothing was written") as caught:
        save(store, mine, 1)
    merge = caught.value.merge
    assert (merge.case.primary.mrf_mm, merge.case.labs.cea_ng_ml) == (0.5, 12.0)
    assert [(item.fact, item.before, item.after) for item in merge.clashes] == [("labs.cea_ng_ml", 12.0, 99.0)]
    with store.reading() as session:
        assert newest(session, "RL-1").version == 2
        assert verify(session).entries == 3


def test_a_case_id_is_given_once(store):
    with pytest.raises(InvalidInput, match="an id no case has yet"), store.writing("lin") as writing:
        add_case(writing, PATIENT, person(writing.session, "lin"))


def test_a_role_that_does_not_exist_is_refused(store):
    with pytest.raises(InvalidInput, match="role: found 'king'; expected one of viewer"), store.writing("a") as writing:
        add_person(writing, login="x", name="X", role="king", discipline="nursing")


def test_migrating_again_changes_nothing(store):
    store.migrate()
    with store.reading() as session:
        assert newest(session, "RL-1").version == 1


def test_a_write_that_fails_leaves_no_trace(store):
    def failing():
        with store.writing("lin") as writing:
            save_case(writing, with_fact(PATIENT, "primary.mrf_mm", 1.0), person(writing.session, "lin"), on_version=1)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        failing()
    with store.reading() as session:
        assert newest(session, "RL-1").version == 1
        assert verify(session).entries == 2


def test_the_audit_says_which_facts_changed_and_never_their_values(store):
    save(store, with_fact(PATIENT, "labs.cea_ng_ml", 4711.0), 1)
    with store.reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.number)).all()
    assert (entries[-1].actor, entries[-1].action, entries[-1].subject) == ("lin", "case.save", "case/RL-1")
    assert '"facts":["labs.cea_ng_ml"]' in entries[-1].detail
    assert not any("4711" in item.detail for item in entries)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (
            update(AuditEntry).where(AuditEntry.number == 2).values(actor="nobody"),
            "entry 2 was changed after it was written",
        ),
        (text("DELETE FROM audit WHERE number = 2"), "entry 2 is missing"),
        (
            update(AuditEntry).where(AuditEntry.number == 3).values(previous="0" * 64),
            "entry 3 does not follow the entry before it",
        ),
    ],
)
def test_tampering_with_one_entry_is_found_and_named(store, damage, why):
    for version in (1, 2):
        save(store, with_fact(PATIENT, "primary.mrf_mm", float(version)), version)
    with store.engine.begin() as connection:
        connection.execute(damage)
    with store.reading() as session:
        found = verify(session)
    assert (found.why, found.broken_at) == (why, int(why.split()[1]))


def _writes(url, number, acknowledged):
    """Saves one case after another and says so only when the store has it."""
    store = Store(url)
    for turn in range(1000):
        case = Case(id=f"W{number}-{turn}", assessed_on=DAY)
        with store.writing("lin") as writing:
            add_case(writing, case, person(writing.session, "lin"))
        acknowledged.put(case.id)


def test_what_was_acknowledged_survives_writers_killed_by_signal(store):
    context = multiprocessing.get_context("spawn")
    said = context.Queue()
    writers = [context.Process(target=_writes, args=(store.url, number, said)) for number in range(4)]
    for writer in writers:
        writer.start()
    seen = {said.get(timeout=60) for _ in range(60)}
    for writer in writers:
        os.kill(writer.pid, signal.SIGKILL)
    for writer in writers:
        writer.join()
    time.sleep(0.2)
    with store.reading() as session:
        kept = set(session.scalars(select(CaseVersion.case_id)))
        found = verify(session)
        entries = session.scalars(select(AuditEntry.subject).where(AuditEntry.action == "case.add")).all()
    assert seen <= kept
    assert found.why is None
    assert sorted(kept) == sorted(item.removeprefix("case/") for item in entries)
    assert found.entries == len(kept) + 1


@pytest.mark.parametrize("url", ["mysql://h/x", "no address"])
def test_another_kind_of_database_is_refused_in_words(url):
    with pytest.raises(InvalidInput, match="expected sqlite:///FILE or postgresql://"):
        Store(url)


def test_a_database_that_does_not_answer_is_named_without_its_password():
    with pytest.raises(InvalidInput, match="a database that answers") as caught:
        Store("postgresql://u:secret@127.0.0.1:9/x").migrate()
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        ("UPDATE case_versions SET note = 'x' WHERE version = 2", "row case_versions/RL-1/2 was changed"),
        ("DELETE FROM case_versions WHERE version = 2", "row case_versions/RL-1/2 is missing"),
        ("UPDATE users SET role = 'admin'", "row users/1 was changed"),
        (
            "INSERT INTO settings (name, value) VALUES ('idle', '{}')",
            "row settings/idle was never written by this program",
        ),
    ],
)
def test_tampering_with_one_row_of_any_table_is_found_and_named(store, damage, why):
    save(store, with_fact(PATIENT, "primary.mrf_mm", 1.0), 1)
    with store.engine.begin() as connection:
        connection.execute(text(damage))
    with store.reading() as session:
        found = verify(session)
    assert found.why is not None
    assert found.why.startswith(why)


def test_a_write_the_audit_was_not_told_of_is_not_kept(store):
    with pytest.raises(InternalError, match="row users/1 was written without a word"), store.writing("x") as writing:
        person(writing.session, "lin").role = "admin"
    with store.reading() as session:
        assert person(session, "lin").role == "contributor"


def test_a_kept_version_cannot_be_changed_by_the_program_itself(store):
    with store.writing("x") as writing:
        writing.session.scalars(select(CaseVersion)).one().note = "other"
        with pytest.raises(InternalError, match="never changed"):
            writing.record("case.save", "case/RL-1")
        writing.session.expunge_all()


def test_the_migrations_make_the_tables_the_program_reads(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
