"""Who gets in, for how long, and what may they do? On both databases."""

import datetime as dt

import pytest
from tests.support.databases import KINDS, database_url

from pelvicrt.foundation import InvalidInput
from pelvicrt.mdt import ROLES, Store, accounts, add_person, person, rights, verify
from pelvicrt.mdt.tables import CaseRow, SignIn, User

NOW = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)
IDLE = dt.timedelta(minutes=30)
GOOD = "calm exact honest"


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = Store(database_url(request.param, tmp_path))
    made.migrate()
    with made.writing("setup", at=NOW) as writing:
        lin = add_person(writing, login="lin", name="Lin", role="contributor", discipline="radiology")
        accounts.set_password(writing, lin, GOOD)
    yield made
    made.close()


def begin(store, at=NOW):
    with store.writing("lin", at=at) as writing:
        return accounts.sign_in(writing, person(writing.session, "lin"))


def whose(store, token, now):
    with store.reading() as session:
        return accounts.signed_in(session, token, now=now, idle=IDLE)


def test_the_right_password_opens_and_nothing_else_does(store):
    with store.reading() as session:
        assert accounts.checked(session, "lin", GOOD).login == "lin"
        assert accounts.checked(session, "lin", GOOD + "!") is None
        assert accounts.checked(session, "nobody", GOOD) is None


def test_a_password_is_kept_as_argon2id_and_tokens_only_as_hashes(store):
    token = begin(store)
    with store.reading() as session:
        assert person(session, "lin").password_hash.startswith("$argon2id$")
        assert session.get(SignIn, token) is None
        assert session.get(SignIn, accounts.token_hash(token)) is not None


@pytest.mark.parametrize("bad", ["short", "a" * 40, "x" * 201, ""])
def test_a_weak_password_is_refused_in_words(store, bad):
    with pytest.raises(InvalidInput, match="12 to 200 characters"), store.writing("lin") as writing:
        accounts.set_password(writing, person(writing.session, "lin"), bad)


def test_a_sign_in_ends_when_idle_and_lives_while_used(store):
    token = begin(store)
    assert whose(store, token, NOW + IDLE)[0].login == "lin"
    assert whose(store, token, NOW + IDLE + dt.timedelta(seconds=1)) is None
    accounts.touch(store, token, now=NOW + IDLE)
    assert whose(store, token, NOW + IDLE + IDLE) is not None


def test_a_sign_in_ends_after_a_shift_however_busy(store):
    token = begin(store)
    for minutes in range(20, 12 * 60, 20):
        accounts.touch(store, token, now=NOW + dt.timedelta(minutes=minutes))
    assert whose(store, token, NOW + accounts.SIGN_IN_LASTS + dt.timedelta(seconds=1)) is None


def test_signing_out_a_new_password_and_leaving_end_every_sign_in(store):
    first, second, third = begin(store), begin(store), begin(store)
    with store.writing("lin", at=NOW) as writing:
        accounts.sign_out(writing, first)
    assert whose(store, first, NOW) is None
    assert whose(store, second, NOW) is not None
    with store.writing("lin", at=NOW) as writing:
        accounts.set_password(writing, person(writing.session, "lin"), GOOD + " again")
    assert whose(store, second, NOW) is None
    assert whose(store, third, NOW) is None
    fourth = begin(store)
    with store.writing("admin") as writing:
        person(writing.session, "lin").active = False
        writing.record("person.leave", "person/1")
    assert whose(store, fourth, NOW) is None
    with store.reading() as session:
        assert accounts.checked(session, "lin", GOOD + " again") is None


def test_a_link_works_once_and_for_a_day(store):
    def link(at):
        with store.writing("admin", at=at) as writing:
            return accounts.new_link(writing, person(writing.session, "lin"))

    def use(token, at):
        with store.writing("lin", at=at) as writing:
            return accounts.use_link(writing, token, "a new long password")

    token = link(NOW)
    assert use(token, NOW).login == "lin"
    with pytest.raises(InvalidInput, match="unused"):
        use(token, NOW)
    late = link(NOW)
    with pytest.raises(InvalidInput, match="unused"):
        use(late, NOW + accounts.LINK_LASTS + dt.timedelta(seconds=1))
    with store.reading() as session:
        assert verify(session).why is None


def test_the_first_link_is_made_until_somebody_has_a_password(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    store.migrate()
    lost, token = accounts.first_link(store), accounts.first_link(store)
    with pytest.raises(InvalidInput), store.writing("admin") as writing:
        accounts.use_link(writing, lost, GOOD)
    with store.writing("admin") as writing:
        assert accounts.use_link(writing, token, GOOD).role == "admin"
    assert accounts.first_link(store) is None


def test_every_right_has_holders_among_the_roles_and_an_unknown_one_raises():
    assert all(holders and holders <= set(ROLES) for holders in rights.RIGHTS.values())
    with pytest.raises(KeyError):
        rights.may(User(role="admin", discipline="coordination"), "decision.sing")


def test_an_administrator_takes_no_part_in_decisions_and_a_viewer_writes_nothing():
    admin, viewer = (User(role=role, discipline="coordination") for role in ("admin", "viewer"))
    held = {right for right in rights.RIGHTS if rights.may(admin, right)}
    assert not {right for right in held if right.split(".")[0] in {"decision", "opinion", "judgement", "round"}}
    writes = {right for right in rights.RIGHTS if rights.may(viewer, right)}
    assert all(right.endswith(".read") for right in writes)


def test_a_unit_sees_its_own_cases_and_who_leads_sees_all():
    case = CaseRow(unit="north")
    seen = {
        (role, discipline, unit): rights.sees(User(role=role, discipline=discipline, unit=unit), case)
        for role in ROLES
        for discipline in ("radiology", "coordination")
        for unit in ("north", "south")
    }
    blind = {key for key, sight in seen.items() if not sight}
    assert blind == {
        ("viewer", "radiology", "south"),
        ("viewer", "coordination", "south"),
        ("contributor", "radiology", "south"),
        ("physicist", "radiology", "south"),
        ("physicist", "coordination", "south"),
    }
