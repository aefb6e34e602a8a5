"""Can an administrator see to people, settings and the audit by plain forms, and is what must not happen refused?"""

import datetime as dt
import re
from pathlib import Path

import pytest
from sqlalchemy import select, text
from tests.support.databases import database_url
from tests.support.web import workspace

import pelvicrt
from pelvicrt.mdt import Store, accounts, person, settings, verify
from pelvicrt.mdt.tables import CaseRow
from pelvicrt.web.words import page_words

LATER = dt.timedelta(days=400)
NEW = {"login": "wu", "name": "Wu <b>", "role": "contributor", "discipline": "pathology", "unit": "north"}


@pytest.fixture
def site(tmp_path):
    store = Store(database_url("sqlite", tmp_path))
    store.migrate()
    yield workspace(store)
    store.close()


def of(site, login):
    with site.store.reading() as session:
        return person(session, login)


def link_in(page):
    return re.search(r'value="http://testserver(/welcome/[\w-]+)"', page).group(1)


def change(site, login, **wanted):
    user = of(site, login)
    held = {"name": user.name, "role": user.role, "discipline": user.discipline, "unit": user.unit, "active": "1"}
    return site.client("admin").post(f"/admin/people/{user.id}", data=held | wanted)


def test_a_person_is_added_and_gets_in_by_the_link_shown_once(site):
    page = site.client("admin").post("/admin/people", data=NEW)
    assert "Wu &lt;b&gt;" in page.text
    assert "<b>" not in page.text.replace("<b>Administration</b>", "")
    browser = site.client()
    browser.post(link_in(page.text), data={"password": "three calm words", "again": "three calm words"})
    assert browser.get("/").headers["location"] == "/meetings"
    assert "/welcome/" not in site.client("admin").get("/admin").text


def test_a_person_of_the_hospital_is_added_without_a_link(site):
    answer = site.client("admin").post("/admin/people", data=NEW | {"way": "hospital"})
    assert answer.headers["location"] == "/admin?said=admin.added"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"login": "chair"}, "expected a login nobody has yet"),
        ({"role": "king"}, "expected one of viewer"),
        ({"name": " "}, "expected 1 to 120 characters"),
        ({"login": "x" * 90}, "expected 1 to 80 characters"),
    ],
)
def test_a_person_that_cannot_be_is_refused_in_words(site, wrong, said):
    answer = site.client("admin").post("/admin/people", data=NEW | wrong)
    assert answer.status_code == 422
    assert said in answer.text


def test_a_person_switched_off_is_out_at_their_next_request_and_stays_named(site):
    browser = site.client("surgeon")
    assert browser.get("/").headers["location"] == "/meetings"
    assert change(site, "surgeon", active="").status_code == 303
    assert browser.get("/").headers["location"] == "/sign-in"
    assert "not active" in site.client("admin").get("/admin").text


def test_a_role_taken_away_is_obeyed_at_the_next_request(site):
    browser = site.client("admin")
    change(site, "chair", role="admin")
    change(site, "admin", role="viewer")
    assert browser.get("/admin").status_code == 403


@pytest.mark.parametrize("wanted", [{"active": ""}, {"role": "viewer"}])
def test_the_last_administrator_cannot_leave(site, wanted):
    answer = change(site, "admin", **wanted)
    assert answer.status_code == 422
    assert "at least one active administrator" in answer.text
    assert of(site, "admin").role == "admin"


def test_a_new_link_replaces_the_old_one(site):
    browser, url = site.client("admin"), f"/admin/people/{of(site, 'surgeon').id}/link"
    old, new = (link_in(browser.post(url).text) for _ in range(2))
    assert site.client().get(old).status_code == 404
    assert site.client().get(new).status_code == 200


def test_settings_are_kept_and_the_idle_time_holds_at_once(site):
    answer = site.client("admin").post("/admin/settings", data={"idle_minutes": 7, "retention_months": 0})
    assert answer.status_code == 303
    assert site.service.idle == dt.timedelta(minutes=7)
    with site.store.reading() as session:
        assert settings.read_settings(session).idle_minutes == 7


@pytest.mark.parametrize("wrong", [{"idle_minutes": 2}, {"retention_months": 3}, {"idle_minutes": "many"}])
def test_settings_out_of_range_are_refused(site, wrong):
    answer = site.client("admin").post("/admin/settings", data={"idle_minutes": 7, "retention_months": 0} | wrong)
    assert answer.status_code == 422
    assert site.service.idle == dt.timedelta(minutes=30)


def test_the_cases_a_shorter_retention_would_erase_are_named_before_they_go(site):
    admin = site.client("admin")
    assert admin.post("/admin/demo", data={"unit": "north"}).status_code == 303
    admin.post("/admin/settings", data={"idle_minutes": 30, "retention_months": 12})
    assert "No case is due." in admin.get("/admin/settings").text
    now = dt.datetime.now(dt.UTC) + LATER
    late = workspace(site.store, clock=lambda: now)
    with site.store.writing("admin", at=now) as writing:
        token = accounts.sign_in(writing, person(writing.session, "admin"))
    browser = late.client()
    browser.cookies.set("pelvicrt", token)
    page = browser.get("/admin/settings").text
    assert "Cases that will be erased with the next daily round: 6" in page
    assert "DEMO-6, last entry" in page


def test_the_demonstration_cases_are_added_once_to_the_unit_that_was_named(site):
    admin = site.client("admin")
    for _ in range(2):
        admin.post("/admin/demo", data={"unit": "north"})
    with site.store.reading() as session:
        assert {(case.id, case.unit) for case in session.scalars(select(CaseRow))} == {
            (f"DEMO-{number}", "north") for number in range(1, 7)
        }
    assert "They are here." in admin.get("/admin/settings").text


def test_the_audit_is_found_by_thing_and_person_and_paged(site):
    admin = site.client("admin")
    admin.post("/admin/demo")
    page = admin.get("/admin/audit").text
    assert "case added" in page
    assert "rows" not in page
    assert page.count("case DEMO-") == 6
    one = admin.get("/admin/audit?about=DEMO-3").text
    assert re.findall(r"case DEMO-\d", one) == ["case DEMO-3"]
    wanted = {"role": "chair", "unit": "north"}
    admin.post(f"/admin/people/{of(site, 'surgeon').id}", data={"name": "S", "discipline": "nursing"} | wanted)
    said = site.client("admin", lang="zh").get("/admin/audit").text
    changed = "修改项：可以登录、学科、姓名、角色、科室"
    assert f"可以登录：否；学科：护理；{changed}；角色：主持人；科室：north" in said
    assert "No entry like that." in admin.get("/admin/audit?by=nobody").text
    with site.store.writing("admin") as writing:
        for number in range(120):
            writing.record("case.print", f"case/P-{number}")
    first = admin.get("/admin/audit").text
    older = re.search(r'href="(/admin/audit\?before=\d+)"', first).group(1)
    assert "case P-119" in first
    assert "case P-119" not in admin.get(older).text
    assert "case P-3<" in admin.get(older).text


def test_the_audit_page_says_whether_the_chain_is_whole_and_names_what_is_not(site):
    admin = site.client("admin")
    with site.store.reading() as session:
        head = verify(session).head
    page = admin.get("/admin/audit/verify").text
    assert "The chain is whole" in page
    assert head in page
    with site.store.engine.begin() as connection:
        connection.execute(text("UPDATE users SET unit = 'x' WHERE login = 'viewer'"))
    broken = admin.get("/admin/audit/verify")
    assert "The audit does not verify" in broken.text
    assert f"row users/{of(site, 'viewer').id} was changed" in broken.text


def test_every_action_the_audit_hears_of_has_words_in_both_languages():
    source = Path(pelvicrt.__file__).parent
    said = "\n".join(
        path.read_text(encoding="utf-8") for room in ("mdt", "web") for path in (source / room).rglob("*.py")
    )
    actions = set(re.findall(r'(?:\.record\(|action=)\s*"([a-z_.]+)"', said))
    assert len(actions) > 20
    assert {action for action in actions if f"action.{action}" not in page_words()} == set()


def test_every_page_of_administration_is_said_in_chinese(site):
    admin = site.client("admin", lang="zh")
    for url in (
        "/admin",
        "/admin/settings",
        "/admin/audit",
        "/admin/audit/verify",
        f"/admin/people/{of(site, 'chair').id}",
    ):
        page = admin.get(url)
        assert page.status_code == 200
        assert "管理" in page.text
        assert "Administration" not in page.text
