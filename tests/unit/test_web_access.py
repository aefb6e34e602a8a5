"""Every route, every role, and nobody: is each let in or kept out exactly as the table beside this file says?

`access.yaml` is written by hand, from the table of pages in the design; a route it does not name fails, and so does a
row without a route. Every write without the token of our own form is refused, and another unit's case is not found.
"""

import re
from pathlib import Path

import pytest
import yaml
from tests.support.filled import fill
from tests.support.web import PEOPLE, Waiting, workspace

from pelvicrt.mdt import Store, person
from pelvicrt.mdt.tables import AuditEntry
from pelvicrt.web.routes import every_route

TABLE = yaml.safe_load((Path(__file__).parent / "access.yaml").read_text(encoding="utf-8"))
ROUTES = [(route.method, route.path) for route in every_route()]
LETTERS = {
    "v": "viewer",
    "c": "contributor",
    "o": "coordinator",
    "h": "chair",
    "p": "physicist",
    "a": "admin",
}


def allowed(method, path):
    """The people the table lets in; `*` is everybody signed in, `public` needs nobody."""
    row = TABLE[f"{method} {path}"]
    return row if row == "public" else set(LETTERS.values()) if row == "*" else {LETTERS[item] for item in row}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('access') / 'store.db'}")
    store.migrate()
    made = workspace(store, assessor=Waiting())
    made.cases = fill(store, cases=2)
    yield made
    store.close()


def address(site, path):
    """The path with the places a filled store has."""
    values = {"case_id": site.cases[0]}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda place: values.get(place.group(1), "1"), path)


def entries(site):
    with site.store.reading() as session:
        return session.query(AuditEntry).count()


def test_the_table_names_every_route_and_no_other():
    assert sorted(f"{method} {path}" for method, path in ROUTES) == sorted(TABLE)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_who_is_not_signed_in_gets_nothing(site, method, path):
    answer = site.client().request(method, address(site, path))
    if allowed(method, path) == "public":
        assert answer.status_code not in {401, 500}
    elif method == "GET" and not path.startswith("/api/"):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_each_role_is_let_in_or_kept_out_as_the_table_says(site, method, path):
    if allowed(method, path) == "public" or path == "/sign-out":
        return
    let_in = set()
    for login in LETTERS.values():
        browser = site.client(login, raise_server_exceptions=True)
        answer = browser.get(address(site, path)) if method == "GET" else browser.post(address(site, path))
        assert answer.status_code not in {401, 500}
        if answer.status_code != 403:
            let_in.add(login)
    assert let_in == allowed(method, path)


@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "POST"])
def test_a_write_without_our_own_form_is_refused_and_nothing_is_written(site, path):
    for login in PEOPLE:
        browser = site.client(login)
        before = entries(site)
        for token in ({}, {"X-CSRF": "0" * 32}, {"X-CSRF": site.client("viewer").csrf()}):
            answer = browser.post(address(site, path), csrf=False, headers=token)
            assert answer.status_code == 403
            assert "did not come from a page" in answer.text
        assert entries(site) == before + 1  # the viewer's own sign-in above


@pytest.mark.parametrize(("method", "path"), [item for item in ROUTES if "{case_id}" in item[1]])
def test_a_case_of_another_unit_is_not_found_by_those_who_see_their_own(site, method, path):
    with site.store.writing("setup") as writing:
        for login in ("viewer", "contributor", "physicist"):
            person(writing.session, login).unit = "elsewhere"
        writing.record("test.move", "person")
    try:
        for login in ("viewer", "contributor", "physicist"):
            browser = site.client(login)
            answer = browser.get(address(site, path)) if method == "GET" else browser.post(address(site, path))
            assert answer.status_code == (404 if login in allowed(method, path) else 403)
    finally:
        with site.store.writing("setup") as writing:
            for login in ("viewer", "contributor", "physicist"):
                person(writing.session, login).unit = ""
            writing.record("test.move", "person")
