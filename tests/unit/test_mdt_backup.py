"""Does a backup bring everything back, into either database, and is a bad one refused with the store untouched?"""

import datetime as dt
import gzip
import itertools
import json

import pytest
from sqlalchemy import select, text
from tests.support.databases import KINDS, database_url

from pelvicrt.case import Case, with_fact
from pelvicrt.foundation import InvalidInput
from pelvicrt.mdt import Store, accounts, add_case, add_person, history, person, save_case, verify
from pelvicrt.mdt.backup import restore_backup, write_backup
from pelvicrt.mdt.tables import AuditEntry, Decision, SignIn, User

PATIENT = Case(id="RL-1", assessed_on=dt.date(2026, 5, 4))
NOW = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)


def empty(kind, folder):
    folder.mkdir(exist_ok=True)
    return Store(database_url(kind, folder))


def filled(kind, folder):
    store = empty(kind, folder)
    store.migrate()
    with store.writing("setup", at=NOW) as writing:
        lin = add_person(writing, login="lin", name="林", role="chair", discipline="radiology")
        accounts.set_password(writing, lin, "calm exact honest")
        add_case(writing, PATIENT, lin)
    with store.writing("lin", at=NOW) as writing:
        lin = person(writing.session, "lin")
        save_case(writing, with_fact(PATIENT, "labs.cea_ng_ml", 12.345678901234567), lin, on_version=1)
        signed = {"case_id": "RL-1", "number": 1, "case_version": 2, "option": "none", "signed_by_id": lin.id}
        writing.session.add(Decision(**signed, document={"because": '理由 & "quotes"', "n": 0.1}, signed_at=NOW))
        writing.record("decision.sign", "case/RL-1")
        accounts.sign_in(writing, lin)
    return store


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled(request.param, tmp_path / "from")
    yield made
    made.close()


@pytest.mark.parametrize(("source", "target"), list(itertools.product(KINDS, KINDS)))
def test_everything_comes_back_in_either_database_and_ids_go_on(source, target, tmp_path):
    store, other = filled(source, tmp_path / "from"), empty(target, tmp_path / "to")
    made = write_backup(store, tmp_path / "b.gz")
    assert restore_backup(other, tmp_path / "b.gz") == made
    with other.writing("lin") as writing:
        added = add_person(writing, login="wu", name="Wu", role="viewer", discipline="nursing")
        assert added.id == person(writing.session, "lin").id + 1
    with store.reading() as before, other.reading() as after:
        assert history(before, "RL-1") == history(after, "RL-1")
        assert before.scalars(select(Decision)).one().document == after.scalars(select(Decision)).one().document
        assert accounts.checked(after, "lin", "calm exact honest") is not None
        assert after.scalars(select(SignIn)).all() == []
        assert verify(after).why is None
        actions = after.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert actions[-3:] == ["backup.write", "backup.restore", "person.add"]
    for each in (store, other):
        each.close()


def test_only_its_owner_may_read_a_backup(store, tmp_path):
    write_backup(store, tmp_path / "b.gz")
    assert (tmp_path / "b.gz").stat().st_mode & 0o777 == 0o600


def test_nothing_is_overwritten_without_force(store, tmp_path):
    write_backup(store, tmp_path / "b.gz")
    with pytest.raises(InvalidInput, match="found a file; expected a file that does not exist yet, or --force"):
        write_backup(store, tmp_path / "b.gz")
    with pytest.raises(InvalidInput, match="found a store in use; expected an empty store, or --force"):
        restore_backup(store, tmp_path / "b.gz")


def test_force_puts_the_backup_in_place_of_what_the_store_held(store, tmp_path):
    write_backup(store, tmp_path / "b.gz")
    with store.writing("setup") as writing:
        add_person(writing, login="late", name="Late", role="viewer", discipline="nursing")
    restore_backup(store, tmp_path / "b.gz", force=True)
    with store.reading() as session:
        assert session.scalars(select(User.login)).all() == ["lin"]
        assert verify(session).why is None


def rewritten(path, change):
    """The backup with its lines changed, and a trailer that fits them when the change says so."""
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    path.write_bytes(gzip.compress("\n".join(change(lines)).encode() + b"\n"))


DAMAGE = {
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-200]),
    "another kind of file": lambda path: path.write_bytes(gzip.compress(b'{"format": "other"}\n')),
    "no file": lambda path: path.unlink(),
    "a damaged or other file": lambda path: path.write_text("id,age\n1,2\n"),
    "rows that were changed": lambda path: rewritten(path, lambda s: [x.replace("radiology", "nursing") for x in s]),
    "a file cut short": lambda path: rewritten(path, lambda lines: lines[:-1]),
    "pelvicrt 0": lambda path: rewritten(
        path, lambda lines: [json.dumps({**json.loads(lines[0]), "version": "0", "tables": "9999"}), *lines[1:]]
    ),
}


@pytest.mark.parametrize("found", DAMAGE)
def test_a_bad_backup_is_refused_in_words_and_the_store_stays_as_it_was(store, tmp_path, found):
    file = tmp_path / "b.gz"
    write_backup(store, file)
    DAMAGE[found](file)
    with pytest.raises(InvalidInput, match=found):
        restore_backup(store, file, force=True)
    with store.reading() as session:
        assert [item.version for item in history(session, "RL-1")] == [1, 2]
        assert verify(session).why is None


def test_a_forged_backup_whose_hash_fits_still_fails_the_audit(store, tmp_path):
    """Somebody rewrites a row and the sum at the end; the chain in the file does not vouch for that row."""
    import hashlib

    def forge(lines):
        rows = [line.replace("12.345678901234567", "99.0") for line in lines[1:-1]]
        end = json.loads(lines[-1]) | {"sha256": hashlib.sha256("".join(rows).encode()).hexdigest()}
        return [lines[0], *rows, json.dumps(end)]

    file = tmp_path / "b.gz"
    write_backup(store, file)
    rewritten(file, forge)
    with pytest.raises(InvalidInput, match="row case_versions/RL-1/2 was changed after it was written"):
        restore_backup(store, file, force=True)
    with store.reading() as session:
        assert history(session, "RL-1")[1].case.labs.cea_ng_ml == 12.345678901234567


def test_a_store_that_was_tampered_with_is_not_backed_up_as_if_it_were_sound(store, tmp_path):
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE case_versions SET note = 'x' WHERE version = 2"))
    with pytest.raises(InvalidInput, match="row case_versions/RL-1/2 was changed"):
        write_backup(store, tmp_path / "b.gz")
    assert not (tmp_path / "b.gz").exists()


def test_a_snapshot_does_not_see_what_is_written_meanwhile(store):
    with store.snapshot() as session:
        before = verify(session)
        with store.writing("lin") as writing:
            add_case(writing, Case(id="RL-2", assessed_on=PATIENT.assessed_on), person(writing.session, "lin"))
        session.expire_all()
        assert verify(session) == before
        assert before.why is None
