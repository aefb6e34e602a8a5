"""Does every request pass the guard, and does every refusal say what, why and what to do, in both languages?"""

import datetime as dt

import pytest
from limits import RateLimitItemPerMinute
from starlette.requests import Request
from starlette.responses import Response
from tests.support.web import workspace

from pelvicrt.mdt import Store
from pelvicrt.web import Limits
from pelvicrt.web.routes import Pages, every_route
from pelvicrt.web.shield import HEADERS


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'store.db'}")
    made.migrate()
    yield made
    made.close()


def test_a_route_cannot_be_made_without_a_known_right():
    with pytest.raises(ValueError, match="nobody has heard"):
        Pages().get("/x", right="case.raed")
    assert all(route.right for route in every_route())


def test_a_visitor_is_sent_to_sign_in_and_told_nothing(store):
    answer = workspace(store).client().get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_help_is_open_in_both_languages_and_the_choice_is_kept(store):
    browser = workspace(store).client()
    assert "Keys and help" in browser.get("/help").text
    chinese = browser.get("/help?lang=zh-Hans").text
    assert '<html lang="zh-Hans"' in chinese
    assert "按键与帮助" in browser.get("/help").text


def test_every_answer_carries_the_policy_and_no_page_is_stored(store):
    browser = workspace(store).client()
    for url in ("/help", "/nowhere", "/static/app.css"):
        headers = browser.get(url).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
    assert browser.get("/help").headers["cache-control"] == "no-store"
    assert "script-src" not in HEADERS["Content-Security-Policy"]
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_an_unknown_page_says_so_calmly(store):
    answer = workspace(store).client("chair").get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page or case" in answer.text


def test_a_sign_in_that_lay_idle_is_over(store):
    clock = [dt.datetime.now(dt.UTC)]
    site = workspace(store, clock=lambda: clock[0], idle=dt.timedelta(minutes=10))
    browser = site.client("chair")
    assert browser.get("/").headers["location"] == "/meetings"
    clock[0] += dt.timedelta(minutes=11)
    assert browser.get("/").headers["location"] == "/sign-in"


def test_too_many_requests_are_refused_with_a_time_to_wait(store):
    browser = workspace(store, limits=Limits(requests=RateLimitItemPerMinute(3))).client("viewer")
    answers = [browser.get("/") for _ in range(4)]
    assert [item.status_code for item in answers] == [303, 303, 303, 429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 61


def test_a_body_too_large_is_refused_before_it_is_read(store):
    site = workspace(store)

    async def takes(request: Request) -> Response:
        return Response(str(len(await request.body())))

    site.app.add_api_route("/takes", takes, methods=["POST"])
    browser = site.client("chair")
    assert browser.post("/takes", content=b"x" * (11 * 1024 * 1024)).text == str(11 * 1024 * 1024)
    answer = browser.post("/takes", content=b"x" * (13 * 1024 * 1024))
    assert answer.status_code == 413
    assert "At most 12 MB" in answer.text


def test_an_unexpected_error_shows_a_reference_and_logs_no_content(store, caplog):
    site = workspace(store)

    def fails() -> Response:
        raise RuntimeError("RL-0042 man 58")

    site.app.add_api_route("/fails", fails)
    answer = site.client("chair", raise_server_exceptions=False).get("/fails")
    assert answer.status_code == 500
    record = next(item for item in caplog.records if item.name == "pelvicrt.web")
    assert record.reference in answer.text
    assert "RL-0042" not in answer.text + record.getMessage() + str(record.__dict__["where"])
