"""The page of every change: versions, what two of them differ in, the audit of the case. On both databases."""

import pytest
from tests.support.follow_up import filled_store
from tests.support.web import workspace

CASE = "example-1"
PAGE = f"/cases/{CASE}/history"


@pytest.fixture
def site(tmp_path):
    store = filled_store("sqlite", tmp_path)
    made = workspace(store)
    client = made.client("coordinator")
    for version, (fact, value) in enumerate([("labs.cea_ng_ml", "7.5"), ("primary.emvi", "present")], start=1):
        answer = client.post(f"/cases/{CASE}/facts/one", data={f"v:{fact}": str(version), fact: value})
        assert answer.status_code == 200
    yield made
    store.close()


def test_the_last_two_versions_are_held_against_each_other(site):
    html = site.client("chair").get(PAGE).text
    assert "From version 2 to version 3" in html
    assert '<td data-l="Version 3">present</td>' in html
    assert "7.5 ng/mL" not in html


def test_any_two_versions_can_be_compared(site):
    html = site.client("chair").get(f"{PAGE}?before=1&after=3").text
    assert '<td data-l="Version 3">7.5 ng/mL</td>' in html
    assert '<td data-l="Version 3">present</td>' in html


def test_versions_name_their_author_and_facts_and_the_audit_never_a_value(site):
    html = site.client("chair").get(f"{PAGE}?before=3&after=3").text
    assert "No fact differs" in html
    assert "Coordinator" in html
    assert "facts saved: CEA" in html
    assert "7.5" not in html


def test_the_page_speaks_chinese(site):
    html = site.client("chair", lang="zh").get(PAGE).text
    assert "从第 2 版到第 3 版" in html
    assert "保存资料：CEA" in html


@pytest.mark.parametrize("query", ["?before=9", "?after=9"])
def test_a_version_the_case_never_had_is_not_found(site, query):
    assert site.client("chair").get(PAGE + query).status_code == 404


@pytest.mark.parametrize("query", ["?before=0", "?after=x", "?before=99999999999999999999"])
def test_a_version_that_is_no_number_is_refused(site, query):
    assert site.client("chair").get(PAGE + query).status_code == 422


def test_a_viewer_may_not_see_who_changed_what(site):
    assert site.client("viewer").get(PAGE).status_code == 403
