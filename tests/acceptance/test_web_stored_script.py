"""A script written into every text a person can leave behind: is it only ever shown, never run? In a real browser."""

import datetime as dt
import re
import threading
import time
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import sync_playwright
from tests.support.databases import free_port
from tests.support.filled import fill
from tests.support.web import workspace

from pelvicrt.mdt import Store, person
from pelvicrt.web.routes import every_route

pytestmark = pytest.mark.browser
CHROMIUM = Path("/usr/bin/chromium")
EVIL = "<script>window.ran = 1</script>\"'><img src=x onerror=\"window.ran = 1\"><svg/onload='window.ran=1'>{{7*7}}"
SHORT = "<script>ran=1</script>"


@pytest.fixture
def site(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    store.migrate()
    made = workspace(store)
    made.case = fill(store, cases=1)[0]
    yield made
    store.close()


def leave_behind(site):
    """The script in every text field there is: names, questions, reasons, opinions, files, searches."""
    today = dt.datetime.now(dt.UTC).date()
    with site.store.writing("setup") as writing:
        for login in ("chair", "surgeon", "coordinator"):
            person(writing.session, login).name = EVIL[:120]
        writing.record("test.rename", "person")
        owner = str(person(writing.session, "chair").id)
    chair, surgeon, admin = site.client("chair"), site.client("surgeon"), site.client("admin")
    case = f"/cases/{site.case}"
    coming = (today + dt.timedelta(days=3)).isoformat()
    sent = [
        (chair, "/meetings", {"on": coming, "starts": "14:00", "title": EVIL[:120], "place": EVIL[:120]}),
        (chair, f"{case}/next-meeting", {}),
        (chair, "/meetings/1/items/1", {"question": EVIL[:300], "minutes": "6"}),
        (surgeon, f"{case}/decision/opinion", {"option": "none", "firmness": "2", "sentence": EVIL}),
        (surgeon, f"{case}/decision/judgement", {"on_version": "1", "reason": EVIL}),
        (chair, f"{case}/decision/question", {"asked": EVIL, "owner": owner, "due_on": coming}),
        (chair, f"{case}/decision/question/1", {"answer": EVIL}),
        (chair, f"{case}/decision/open", {}),
        (chair, f"{case}/decision", {"option": "none", "case_version": "1", "assessment_number": "1", "action": "draft",
                                     "because": EVIL, "conditions": EVIL, "told_by": EVIL, "instead": EVIL}),
        (admin, "/admin/people", {"login": "evil", "name": EVIL[:120], "role": "viewer", "discipline": "nursing",
                                  "unit": SHORT}),
    ]  # fmt: skip
    for browser, url, data in sent:
        answer = browser.post(url, data=data)
        assert answer.status_code in {200, 303}, (url, answer.status_code, re.sub(r"<[^>]+>", " ", answer.text)[-600:])


def test_a_script_left_in_every_text_is_shown_and_never_run(site):
    if not CHROMIUM.exists():
        pytest.skip("no Chromium on this machine")
    leave_behind(site)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(site.app, port=port, log_config=None))
    running = threading.Thread(target=server.run, daemon=True)
    running.start()
    while not server.started:
        time.sleep(0.05)
    base = f"http://127.0.0.1:{port}"
    places = {"case_id": site.case, "meeting_id": "1", "person_id": "1", "number": "1"}
    looked = 0
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--no-first-run"])
        for login in ("chair", "admin"):
            context = browser.new_context()
            token = site.client(login).cookies["pelvicrt"]
            context.add_cookies([{"name": "pelvicrt", "value": token, "url": base}])
            page = context.new_page()
            for route in every_route():
                names = set(re.findall(r"\{(\w+)", route.path))
                if route.method != "GET" or not names <= set(places) or "." in route.path or "/api/" in route.path:
                    continue
                url = re.sub(r"\{(\w+)[^}]*\}", lambda found: places[found.group(1)], route.path)
                for query in ("", f"?find={SHORT}&about={SHORT}&said={SHORT}&next={SHORT}"):
                    page.goto(base + url + query)
                    assert page.evaluate("window.ran") is None, url
                    looked += 1
        browser.close()
    server.should_exit = True
    running.join()
    assert looked > 40
    decision = site.client("chair").get(f"/cases/{site.case}/decision").text
    assert "&lt;script&gt;window.ran" in decision
    assert "<script>window.ran" not in decision
