"""Who gets in by which way, what is said to the others, and does the browser end up where it wanted? Both databases."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from limits import RateLimitItemPerMinute
from sqlalchemy import select
from tests.support.databases import database_url
from tests.support.identity_provider import CLIENT, SECRET, Provider
from tests.support.web import PASSWORD, workspace

from pelvicrt.mdt import Store, accounts, add_person, person, verify
from pelvicrt.mdt.tables import AuditEntry, SignIn
from pelvicrt.web import Hospital, Limits

BASE = "http://testserver"
BACK = "/sign-in/hospital/back"


@pytest.fixture
def store(tmp_path):
    made = Store(database_url("sqlite", tmp_path))
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def site(store):
    made = workspace(store)
    with store.writing("setup") as writing:
        accounts.set_password(writing, person(writing.session, "chair"), PASSWORD)
    return made


def test_login_and_password_lead_to_the_page_that_was_wanted(site):
    browser = site.client()
    assert browser.get("/admin/audit").headers["location"] == "/sign-in?next=/admin/audit"
    assert 'name="next" value="/cases/A-1/facts"' in browser.get("/sign-in?next=/cases/A-1/facts").text
    answer = browser.post("/sign-in", data={"login": "chair", "password": PASSWORD, "next": "/cases/A-1/facts"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/A-1/facts")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert browser.get("/").headers["location"] == "/meetings"


@pytest.mark.parametrize("next_", ["https://elsewhere", "//elsewhere", "/\\elsewhere", "/sign-in", "x"])
def test_nobody_is_sent_elsewhere_after_signing_in(site, next_):
    answer = site.client().post("/sign-in", data={"login": "chair", "password": PASSWORD, "next": next_})
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "data", [{"login": "chair", "password": "wrong words here"}, {"login": "x", "password": PASSWORD}, {}]
)
def test_a_refusal_does_not_say_what_was_wrong_and_never_shows_the_password(site, data):
    answer = site.client().post("/sign-in", data=data)
    assert answer.status_code == 401
    assert "login or password is wrong" in answer.text
    assert data.get("password", "none at all") not in answer.text
    assert "登录名或密码有误" in site.client(lang="zh").post("/sign-in", data=data).text


def test_guessing_is_slowed_for_one_login_and_for_one_address(store):
    site = workspace(store, limits=Limits(passwords=RateLimitItemPerMinute(2), sign_ins=RateLimitItemPerMinute(4)))
    tries = [site.client().post("/sign-in", data={"login": login, "password": "x"}).status_code for login in "aaabb"]
    assert tries == [401, 401, 429, 401, 429]


def test_signing_in_needs_our_own_form(site):
    data = {"login": "chair", "password": PASSWORD}
    assert site.client().post("/sign-in", data=data, csrf=False).status_code == 403


def test_signing_out_ends_the_sign_in_for_good(site, store):
    browser = site.client("viewer")
    assert browser.post("/sign-out").headers["location"] == "/sign-in?said=sign_in.out"
    assert "You are signed out." in browser.get("/sign-in?said=sign_in.out").text
    assert browser.get("/").headers["location"] == "/sign-in"
    with store.reading() as session:
        assert session.scalars(select(SignIn)).all() == []


def test_whoever_lay_idle_is_told_why_they_are_asked_again(store):
    clock = [dt.datetime.now(dt.UTC)]
    browser = workspace(store, clock=lambda: clock[0], idle=dt.timedelta(minutes=20)).client("chair")
    assert "nothing was done" not in browser.get("/sign-in").text
    clock[0] += dt.timedelta(minutes=21)
    assert "nothing was done for 20 minutes" in browser.get("/sign-in").text


def link_of(store, login):
    with store.writing("admin") as writing:
        return f"/welcome/{accounts.new_link(writing, person(writing.session, login))}"


def test_a_link_lets_its_owner_choose_a_password_once(site, store):
    url, browser = link_of(store, "surgeon"), site.client()
    assert "For Surgeon, login surgeon" in browser.get(url).text
    chosen = {"password": "three calm words", "again": "three calm words"}
    assert browser.post(url, data=chosen).headers["location"] == "/"
    assert browser.get("/").headers["location"] == "/meetings"
    assert site.client().get(url).status_code == 404
    assert site.client().post(url, data=chosen).status_code == 404
    with store.reading() as session:
        assert accounts.checked(session, "surgeon", "three calm words") is not None
        assert verify(session).why is None


@pytest.mark.parametrize(
    ("password", "again", "needed"),
    [("three calm words", "three calm word", "the same password twice"), ("short", "short", "12 to 200 characters")],
)
def test_a_password_that_is_no_good_leaves_the_link_unspent(site, store, password, again, needed):
    url, browser = link_of(store, "surgeon"), site.client()
    answer = browser.post(url, data={"password": password, "again": again})
    assert answer.status_code == 422
    assert needed in answer.text
    assert password not in answer.text
    assert browser.get(url).status_code == 200


def test_a_link_that_never_was_is_explained_in_both_languages(site):
    assert "This link does not work" in site.client().get("/welcome/nothing").text
    assert "此链接无效" in site.client(lang="zh").get("/welcome/nothing").text


@pytest.fixture
def provider():
    made = Provider()
    yield made
    made.stop()


@pytest.fixture
def hospital(store, provider):
    there = Hospital(issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET)
    made = workspace(store, hospital=there, base_url=BASE)
    with store.writing("setup") as writing:
        add_person(writing, login="wu", name="Wu", role="contributor", discipline="pathology")
        accounts.set_password(writing, person(writing.session, "chair"), PASSWORD)
    return made


def through(browser, provider, login, *, change=None, **claims):
    left = browser.get("/sign-in/hospital?next=/cases").headers["location"]
    assert left.startswith(f"{provider.issuer}/authorize?")
    back = provider.approve(left, login, **claims)
    return browser.get(BACK, params=back | (change or {}))


def test_the_hospital_account_signs_in_whom_an_administrator_has_added(hospital, provider, store):
    for _ in range(2):
        browser = hospital.client()
        answer = through(browser, provider, "wu")
        assert (answer.status_code, answer.headers["location"]) == (303, "/cases")
        assert browser.get("/").headers["location"] == "/meetings"
    with store.reading() as session:
        assert person(session, "wu").external_id == f"{provider.issuer} sub-of-wu"
        actions = session.scalars(select(AuditEntry.action)).all()
        assert actions.count("person.link") == 1
        assert verify(session).why is None


def test_a_changed_name_at_the_hospital_is_still_the_same_person(hospital, provider):
    through(hospital.client(), provider, "wu")
    answer = through(hospital.client(), provider, "wu", preferred_username="wu-married")
    assert answer.headers["location"] == "/cases"


@pytest.mark.parametrize("login", ["stranger", "chair"])
def test_nobody_becomes_a_person_by_a_name_alone(hospital, provider, login):
    """A stranger is not added; the chair, who has a password here, is not taken over by an account of that name."""
    answer = through(hospital.client(), provider, login)
    assert answer.status_code == 403
    assert "no administrator has added you" in answer.text


def test_somebody_else_at_the_hospital_with_the_login_of_a_known_person_stays_out(hospital, provider):
    through(hospital.client(), provider, "wu")
    assert through(hospital.client(), provider, "wu", sub="somebody-else").status_code == 403


@pytest.mark.parametrize(
    ("change", "claims"),
    [
        ({"state": "another"}, {}),
        ({"code": "another"}, {}),
        ({}, {"nonce": "another"}),
        ({}, {"aud": "another"}),
        ({}, {"iss": "https://another"}),
        ({}, {"exp": 1000}),
        ({}, {"preferred_username": ""}),
    ],
)
def test_what_comes_back_otherwise_than_it_left_is_not_believed(hospital, provider, change, claims):
    answer = through(hospital.client(), provider, "wu", change=change, **claims)
    assert answer.status_code == 401
    assert "did not confirm who you are" in answer.text


def test_a_browser_that_never_left_does_not_come_back(hospital, provider):
    left = hospital.client().get("/sign-in/hospital").headers["location"]
    assert hospital.client().get(BACK, params=provider.approve(left, "wu")).status_code == 401


def test_a_service_that_does_not_answer_is_said_calmly(store):
    there = Hospital(issuer="http://127.0.0.1:9", client_id=CLIENT, client_secret=SECRET)
    answer = workspace(store, hospital=there, base_url=BASE).client().get("/sign-in/hospital")
    assert answer.status_code == 502
    assert "did not confirm who you are" in answer.text


def test_without_a_hospital_service_there_is_no_such_way(site):
    assert site.client().get("/sign-in/hospital").status_code == 404
    assert "hospital account" not in site.client().get("/sign-in").text


def test_the_way_to_the_hospital_leads_to_its_own_address_alone(hospital, provider):
    left = urlsplit(hospital.client().get("/sign-in/hospital").headers["location"])
    assert f"{left.scheme}://{left.netloc}" == provider.issuer
    assert SECRET not in left.query
