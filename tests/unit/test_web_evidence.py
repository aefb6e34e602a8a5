"""Every record of the evidence can be found and read in the browser, in both languages."""

import pytest
from tests.support.databases import database_url
from tests.support.web import workspace

from pelvicrt.evidence import KINDS, list_records
from pelvicrt.mdt import Store


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    store = Store(database_url("sqlite", tmp_path_factory.mktemp("evidence")))
    store.migrate()
    yield workspace(store)
    store.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_record_of_every_kind_is_listed_and_shown(site, kind):
    client, first = site.client("viewer"), list_records(kind)[0]["id"]
    assert first in client.get(f"/evidence?kind={kind}").text
    for lang in ("en", "zh-Hans"):
        shown = client.get(f"/evidence/{kind}/{first}?lang={lang}")
        assert shown.status_code == 200
        assert first in shown.text


def test_a_parameter_is_shown_with_its_value_source_and_place(site):
    page = site.client("viewer").get("/evidence/relapse.median").text
    assert "Median 10.5, 95 % between" in page
    assert 'href="/evidence/studies/angelsen-2015-recurrence-states"' in page
    assert "recurrence in 64 %" in page


def test_a_word_narrows_the_list_and_htmx_gets_the_rows_alone(site):
    found = site.client("viewer").get("/evidence?kind=parameters&find=Relapse.Med", headers={"HX-Request": "true"}).text
    assert "relapse.median" in found
    assert "<html" not in found
    assert "sys.progression" not in found


def test_a_record_nobody_knows_is_not_found(site):
    assert site.client("viewer").get("/evidence/no-such-record").status_code == 404


def test_an_unknown_kind_shows_the_parameters(site):
    assert "relapse.median" in site.client("viewer").get("/evidence?kind=rumours").text
