"""Do the logs say what an operator needs and never a word about a patient? Is health what it says?"""

import io
import json
import logging
import warnings

import pytest
from starlette.responses import Response
from tests.support.web import workspace

from pelvicrt.mdt import Store
from pelvicrt.web import write_logs

SECRET = "RL-0042 man 58"


@pytest.fixture
def store(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'store.db'}")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def lines():
    root, stream = logging.getLogger(), io.StringIO()
    before, levels = list(root.handlers), {name: logging.getLogger(name).level for name in ("", "pelvicrt", "uvicorn")}
    write_logs(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.captureWarnings(capture=False)
    root.handlers[:] = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_request_is_told_by_its_template_with_its_id_and_who_asked(store, lines):
    answer = workspace(store).client("chair").get("/help?q=RL-0042")
    said = lines()[-1]
    assert said["event"] == "request"
    assert (said["method"], said["route"], said["status"], said["id"]) == (
        "GET",
        "/help",
        200,
        answer.headers["x-request-id"],
    )
    assert isinstance(said["ms"], int)
    assert isinstance(said["user"], int)
    assert "RL-0042" not in json.dumps(lines())


def test_an_address_nobody_serves_is_not_repeated(store, lines):
    workspace(store).client().get("/cases/RL-0042/nothing-here")
    assert lines()[-1]["route"] == "unknown"
    assert "RL-0042" not in json.dumps(lines())


def test_an_error_is_told_by_its_kind_and_place_and_not_by_its_words(store, lines):
    site = workspace(store)

    def fails() -> Response:
        raise RuntimeError(SECRET)

    site.app.add_api_route("/fails", fails)
    site.client("chair", raise_server_exceptions=False).get("/fails")
    logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=RuntimeError(SECRET))
    errors = [item for item in lines() if item.get("kind") == "RuntimeError"]
    assert len(errors) == 2
    assert errors[0]["where"].startswith("test_web_logs.py:")
    assert [item["status"] for item in lines() if item["event"] == "request"] == [500]
    assert SECRET not in json.dumps(lines())


def test_what_libraries_say_is_withheld(lines):
    logging.getLogger("sqlalchemy.pool").warning("lost %s", SECRET)
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.warn(SECRET, stacklevel=1)
    assert [item["event"] for item in lines()] == ["withheld", "withheld"]
    assert lines()[0]["where"].startswith("test_web_logs.py:")
    assert SECRET not in json.dumps(lines())


def test_alive_and_ready_differ_when_the_database_is_gone(store, tmp_path):
    browser = workspace(store).client()
    assert (browser.get("/health").status_code, browser.get("/ready").status_code) == (200, 200)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'older'")
    assert (browser.get("/health").status_code, browser.get("/ready").status_code) == (200, 503)
