"""Does the API answer whatever it is sent, well or badly formed, without an error of its own? Asked by schemathesis."""

import contextlib

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from tests.support.filled import fill
from tests.support.web import workspace

from pelvicrt.mdt import Store

SENT = {}
# Schemathesis would import every name of our `from ... import ...` as a module to read its constants. Importing the folder
# of records by its name puts that module in the place of the function `pelvicrt.evidence.library`.
AS_STRANGER = schemathesis.Config.from_dict({"analysis": {"constants": {"enabled": False}}})


@pytest.fixture(scope="module")
def described(tmp_path_factory):
    store = Store(f"sqlite:///{tmp_path_factory.mktemp('api') / 'store.db'}")
    store.migrate()
    site = workspace(store)
    fill(store, cases=1)
    chair = site.client("chair")
    SENT.update(cookies={"pelvicrt": chair.cookies["pelvicrt"]}, headers={"X-CSRF": chair.csrf()})
    yield schemathesis.openapi.from_asgi("/api/openapi.json", site.app, config=AS_STRANGER)
    store.close()


def test_no_request_makes_the_api_fail(described):
    asked = 0
    for found in described.get_all_operations():
        for modes in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

            @given(case=found.ok().as_strategy(generation_mode=modes))
            @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
            def ask(case):
                nonlocal asked
                asked += 1
                answer = case.call(**SENT)
                assert answer.status_code < 500, answer.text

            with contextlib.suppress(Unsatisfiable):  # a route without anything to get wrong
                ask()
    assert asked > 40


def test_every_route_of_the_api_is_described(described):
    paths = set(described.raw_schema["paths"])
    assert {"/api/session", "/api/cases/{case_id}", "/api/assess"} <= paths
