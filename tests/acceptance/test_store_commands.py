"""Whole paths of `audit verify`, `backup` and `restore` as an administrator runs them, on both databases."""

import re

import pytest
from sqlalchemy import text
from tests.support.command import pelvicrt
from tests.support.databases import KINDS, database_url

from pelvicrt.mdt import Store, add_person, person
from pelvicrt.mdt.demo import add_demo


def filled(url):
    store = Store(url)
    store.migrate()
    with store.writing("setup") as writing:
        lin = add_person(writing, login="lin", name="Lin", role="chair", discipline="radiology")
        assert len(add_demo(writing, lin)) == 6
        assert add_demo(writing, lin) == ()
    return store


@pytest.fixture(params=KINDS)
def url(request, tmp_path):
    made = database_url(request.param, tmp_path)
    filled(made).close()
    return made


def test_a_backup_goes_over_to_the_other_database_and_verifies_there(url, tmp_path):
    code, said, _ = pelvicrt("backup", "-o", tmp_path / "b.gz", "--database", url)
    assert code == 0, said
    (tmp_path / "to").mkdir()
    other = database_url("sqlite" if url.startswith("postgresql") else "postgresql", tmp_path / "to")
    code, restored, error = pelvicrt("restore", tmp_path / "b.gz", "--database", other)
    assert (code, error) == (0, "")
    seal = re.search(r"last seal (\w{64})", said).group(1)
    assert seal in restored
    code, verified, _ = pelvicrt("audit", "verify", "--database", other, "--head", seal)
    assert code == 0
    assert "every row is as it was written" in verified
    assert pelvicrt("restore", tmp_path / "b.gz", "--database", other)[0] == 3


def test_tampering_is_named_and_sets_the_exit_code(url):
    store = Store(url)
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE users SET role = 'admin'"))
    store.close()
    code, _, error = pelvicrt("audit", "verify", "--database", url)
    assert code == 3
    assert "row users/1 was changed after it was written" in error


def test_entries_cut_off_at_the_end_are_found_by_a_seal_noted_earlier(url):
    store = Store(url)
    with store.writing("lin") as writing:
        writing.record("case.print", "case/DEMO-6")
    _, said, _ = pelvicrt("audit", "verify", "--database", url)
    seal = re.search(r"last seal (\w{64})", said).group(1)
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM audit WHERE action = 'case.print'"))
    store.close()
    assert pelvicrt("audit", "verify", "--database", url)[0] == 0
    code, _, error = pelvicrt("audit", "verify", "--database", url, "--head", seal, "--lang", "zh")
    assert code == 3
    assert "末尾记录可能已被删除" in error


def test_a_misspelt_address_is_not_taken_for_an_empty_store(tmp_path):
    missing = f"sqlite:///{tmp_path / 'none.db'}"
    for words in (["audit", "verify"], ["backup", "-o", tmp_path / "b.gz"]):
        code, _, error = pelvicrt(*words, "--database", missing)
        assert code == 3
        assert "found no store; expected a database `pelvicrt serve` has made" in error
    assert not (tmp_path / "none.db").exists()


def test_the_demonstration_cases_belong_to_whoever_loads_them(url):
    store = Store(url)
    with store.reading() as session:
        lin = person(session, "lin")
        notes = session.execute(text("SELECT DISTINCT note, author_id FROM case_versions")).all()
    store.close()
    assert notes == [("demonstration case, not a patient / 演示病例，非真实患者", lin.id)]
