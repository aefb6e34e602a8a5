"""Two people work one case in a real browser, from import to signed minutes: both languages, both databases.

A coordinator plans the meeting and brings the case in, upon which it is assessed; a surgeon gives an opinion; the chair
signs and opens the minutes. Every page on the way is held to WCAG 2.2 AA, asks nothing of the outside, and overflows
neither a desk nor a phone. Clicks and seconds from the imported case to a ready agenda entry: `--log-cli-level=INFO`.
"""

import datetime as dt
import io
import logging
import time
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from pypdf import PdfReader
from tests.support.databases import database_url
from tests.support.filled import EXAMPLE
from tests.support.served import add_people, serving
from tests.support.web import PASSWORD

from pelvicrt.mdt import Store, decisions, tables, verify

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOCALE = {"en": "en-GB", "zh": "zh-CN"}
CASE = "example-1"


class Person:
    """One person at a browser; counts clicks, and looks at every page."""

    def __init__(self, browser, base, login, lang, *, width=1440, with_axe=True, outside):
        self.base, self.clicks, self.faults, self.with_axe = base, 0, [], with_axe
        self.context = browser.new_context(viewport={"width": width, "height": 900}, locale=LOCALE[lang])
        self.context.on("request", lambda sent: outside.append(sent.url) if not sent.url.startswith(base) else None)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", PASSWORD)
        self.press("form[action='/sign-in'] button")

    def go(self, path):
        assert self.page.goto(self.base + path).status == 200
        self.look()

    def press(self, selector):
        self.clicks += 1
        self.page.click(selector)
        self.page.wait_for_load_state()

    def look(self):
        """Whether this page keeps the rules every page has to."""
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert self.page.evaluate(wide) <= 0, (self.page.url, "wider than the window")
        if not self.with_axe:
            return
        found = Axe().run(self.page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        named = [
            (item["id"], [node["html"][:120] for node in item["nodes"][:2]]) for item in found.response["violations"]
        ]
        assert not named, (self.page.url, named)


@pytest.fixture
def place(request, tmp_path):
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    url = database_url(request.getfixturevalue("kind"), tmp_path)
    store = Store(url)
    store.migrate()
    add_people(store, with_password=True)
    yield store, url, tmp_path
    store.close()


def wait_until_kept(store, number=1):
    for _ in range(600):
        with store.reading() as session:
            if session.get(tables.AssessmentRow, (CASE, number)) is not None:
                return
        time.sleep(0.2)
    raise TimeoutError("no assessment")


@pytest.mark.parametrize(("kind", "lang"), [("sqlite", "en"), ("postgresql", "zh")])
def test_two_people_work_one_case_from_import_to_signed_minutes(place, kind, lang):
    store, url, folder = place
    outside = []
    with serving(url, folder) as server, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=QUIET)
        coordinator = Person(browser, server.base, "coordinator", lang, outside=outside)
        # Axe takes seconds a page: it looks at the desk in English and at the phone in Chinese.
        chair = Person(browser, server.base, "chair", lang, with_axe=lang == "en", outside=outside)
        surgeon = Person(browser, server.base, "surgeon", lang, width=390, with_axe=lang == "zh", outside=outside)

        coordinator.go("/meetings")
        coordinator.page.fill("#on", (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=2)).isoformat())
        coordinator.page.fill("#title", "Liver meeting")
        coordinator.press("form[action='/meetings'] button")

        coordinator.go("/cases/import")
        coordinator.page.set_input_files("#file", str(EXAMPLE))
        coordinator.press("form[action='/cases/import'] button")
        coordinator.look()
        began, coordinator.clicks = time.perf_counter(), 0
        coordinator.page.check("input[name='on_agenda']")
        coordinator.clicks += 1
        coordinator.press("form[action^='/cases/import/'] button.main")
        wait_until_kept(store)
        seconds = time.perf_counter() - began
        logging.getLogger(__name__).info("ready for the agenda: %d clicks, %.1f s", coordinator.clicks, seconds)
        assert coordinator.clicks <= 2
        coordinator.go("/meetings")
        assert CASE in coordinator.page.inner_text("#agenda")

        for page in ("facts", "assessment", "compare", "decision", "follow-up", "history"):
            chair.go(f"/cases/{CASE}/{page}")
            surgeon.go(f"/cases/{CASE}/{page}")
        for page in ("/cases", "/service", "/evidence", "/help"):
            chair.go(page)
            surgeon.go(page)

        surgeon.go(f"/cases/{CASE}/decision")
        surgeon.page.select_option("#f-option", index=1)
        surgeon.page.fill("#f-sentence", "Two wedges and one ablation; 切除可行")
        surgeon.press("form[action$='/decision/opinion'] button")
        assert "said=" in surgeon.page.url
        surgeon.look()
        for person in (chair, surgeon):
            person.go(f"/cases/{CASE}/assessment/numbers/ranking")
        chair.go(f"/cases/{CASE}/decision")
        chair.press("form[action$='/decision/open'] button")
        sign(chair)
        chair.look()
        with store.reading() as session:
            assert len(decisions.decisions_of(session, CASE)) == 1
        surgeon.go(f"/cases/{CASE}/minutes")
        surgeon.go(f"/cases/{CASE}/follow-up")
        pdf = chair.context.request.get(f"{server.base}/cases/{CASE}/minutes.pdf").body()
        read = PdfReader(io.BytesIO(pdf))
        assert "Twowedgesandoneablation" in "".join("".join(page.extract_text() for page in read.pages).split())
        assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert not chair.faults + surgeon.faults + coordinator.faults
        browser.close()
    assert not outside
    with store.reading() as session:
        assert verify(session).why is None


def sign(chair):
    """Writes what the checks ask for, and signs."""
    page = chair.page
    page.select_option("#f-choice", index=0)
    page.wait_for_timeout(500)
    for box in page.query_selector_all("#asked textarea"):
        box.fill("As discussed; 按讨论")
    chair.press("button[name='action'][value='sign']")
    problems = page.query_selector("#problems")
    assert problems is None, problems.inner_text()
