"""The page of facts: forms, autosave, gaps, errors, clashes and rights, as a browser meets them. On both databases."""

import datetime as dt
import re

import pytest
from tests.support.follow_up import assess, filled_store
from tests.support.web import workspace

from pelvicrt.foundation import UNKNOWN
from pelvicrt.mdt import newest, origins, verify

CASE = "example-1"
PAGE = f"/cases/{CASE}/facts"
NOW = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def site(tmp_path):
    store = filled_store("sqlite", tmp_path)
    yield workspace(store, clock=lambda: dt.datetime.now(dt.UTC))
    with store.reading() as session:
        assert verify(session).why is None
    store.close()


def now(site):
    with site.store.reading() as session:
        return newest(session, CASE)


def one(client, fact, value="", *, on=1, **more):
    data = {f"v:{fact}": str(on), fact: value, **more}
    return client.post(f"{PAGE}/one", data=data, headers={"HX-Request": "true"})


def whole(html):
    """The form as a browser without script would send it."""
    form = {}
    for tag in re.findall(r"<input[^>]*form=\"facts-form\"[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag).group(1), re.search(r'value="([^"]*)"', tag)
        if 'type="checkbox"' not in tag or " checked" in tag:
            form.setdefault(name, []).append(value.group(1) if value else "on")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        form[name] = [chosen.group(1) if chosen else re.search(r'value="([^"]*)"', options).group(1)]
    return form


def test_a_form_sent_back_as_it_came_changes_nothing(site):
    client = site.client("chair")
    answer = client.post(PAGE, data=whole(client.get(PAGE).text))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?said=facts.saved")
    assert now(site).version == 1


def test_the_whole_form_saves_what_was_typed_without_script(site):
    client = site.client("chair")
    form = whole(client.get(PAGE).text) | {"labs.cea_ng_ml": "７.5", "primary.emvi": "present"}
    form |= {"primary.lateral_nodes.1.side": "left", "primary.lateral_nodes.1.short_axis_mm": "8"}
    form.pop("none:primary.lateral_nodes", None)
    assert client.post(PAGE, data=form).status_code == 303
    case = now(site).case
    assert (case.labs.cea_ng_ml, case.primary.emvi, now(site).version) == (7.5, "present", 2)
    assert [(node.side, node.short_axis_mm) for node in case.primary.lateral_nodes] == [("left", 8.0)]


def test_one_field_is_kept_as_it_changes_and_answers_what_follows(site):
    answer = one(site.client("chair"), "labs.cea_ng_ml", "7.5")
    assert answer.status_code == 200
    assert 'id="f-labs-cea_ng_ml-s"' in answer.text
    assert 'id="f-labs-cea_ng_ml-v" name="v:labs.cea_ng_ml" value="2"' in answer.text
    assert all(f'id="{part}" hx-swap-oob="true"' in answer.text for part in ("so-far", "next-test", "from-where"))
    assert now(site).case.labs.cea_ng_ml == 7.5


def test_two_people_write_different_facts_of_one_version_and_both_stand(site):
    one(site.client("chair"), "labs.cea_ng_ml", "7.5")
    one(site.client("coordinator"), "primary.emvi", "present")
    assert (now(site).case.labs.cea_ng_ml, now(site).case.primary.emvi) == (7.5, "present")


def test_an_emptied_field_is_unknown(site):
    one(site.client("chair"), "labs.cea_ng_ml", "")
    assert now(site).case.labs.cea_ng_ml is UNKNOWN


def test_unknown_with_its_reason_is_shown_again(site):
    client = site.client("chair")
    one(client, "patient.wexner_score", "", **{"u:patient.wexner_score": "on", "why:patient.wexner_score": "no_answer"})
    html = client.get(PAGE).text
    assert 'name="u:patient.wexner_score" form="facts-form" data-unknown checked' in html
    field = html[html.index('name="why:patient.wexner_score"') :][:900]
    assert '<option value="no_answer" selected>' in field
    assert now(site).version == 1


@pytest.mark.parametrize(("lang", "says"), [("en", "write a number from 0 to 99 mm"), ("zh", "数值 0～99 mm")])
def test_an_impossible_value_is_refused_where_it_stands_and_kept_on_the_page(site, lang, says):
    client = site.client("chair", lang=lang)
    answer = one(client, "primary.mrf_mm", "-4")
    assert (answer.status_code, 'data-state="err"' in answer.text, says in answer.text) == (422, True, True)
    form = whole(client.get(PAGE).text) | {"primary.mrf_mm": "-4", "labs.cea_ng_ml": "7.5"}
    answer = client.post(PAGE, data=form)
    assert answer.status_code == 422
    assert 'href="#f-primary-mrf_mm"' in answer.text
    assert re.search(r'name="labs.cea_ng_ml"[^>]*value="7.5"', answer.text)
    assert re.search(r'name="primary.mrf_mm"[^>]*value="-4"[^>]*aria-invalid="true"', answer.text)
    assert now(site).version == 1


def test_words_where_a_number_belongs_are_refused_not_dropped(site):
    assert one(site.client("chair"), "labs.cea_ng_ml", "about five").status_code == 422
    assert now(site).version == 1


def test_a_clash_becomes_a_page_on_which_a_person_chooses_and_nothing_else_is_lost(site):
    chair, other = site.client("chair"), site.client("coordinator")
    form = whole(chair.get(PAGE).text)
    one(other, "labs.cea_ng_ml", "9")
    form |= {"labs.cea_ng_ml": "7.5", "primary.emvi": "present"}
    answer = chair.post(PAGE, data=form)
    assert answer.status_code == 409
    assert "Coordinator" in answer.text
    assert "9 ng/mL" in answer.text
    assert "7.5 ng/mL" in answer.text
    carried = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.text):
        carried.setdefault(name, []).append(value)
    carried.pop("csrf")
    theirs = carried | {"pick:labs.cea_ng_ml": "theirs"}
    assert chair.post(PAGE, data=theirs).status_code == 303
    assert (now(site).case.labs.cea_ng_ml, now(site).case.primary.emvi) == (9.0, "present")


def test_one_who_keeps_the_own_value_of_a_clash_writes_it_over(site):
    chair = site.client("chair")
    one(site.client("coordinator"), "labs.cea_ng_ml", "9")
    answer = one(chair, "labs.cea_ng_ml", "7.5")
    assert answer.status_code == 409
    assert "“9 ng/mL”" in answer.text
    assert 'name="v:labs.cea_ng_ml"' not in answer.text  # the whole form still clashes until a person chose
    version = re.search(r'hx-vals="{&#34;v:labs.cea_ng_ml&#34;: &#34;(\d+)&#34;}"', answer.text).group(1)
    assert one(chair, "labs.cea_ng_ml", "7.5", on=version).status_code == 200
    assert now(site).case.labs.cea_ng_ml == 7.5


def test_a_clash_that_was_shown_is_asked_again_when_the_whole_form_is_saved(site):
    chair = site.client("chair")
    form = whole(chair.get(PAGE).text) | {"labs.cea_ng_ml": "7.5"}
    one(site.client("coordinator"), "labs.cea_ng_ml", "9")
    one(chair, "labs.cea_ng_ml", "7.5")
    assert chair.post(PAGE, data=form).status_code == 409
    assert now(site).case.labs.cea_ng_ml == 9.0


def test_rows_that_clash_or_are_refused_stay_as_they_were_typed(site):
    chair = site.client("chair")
    one(site.client("coordinator"), "elsewhere", **{"elsewhere.1.site": "lung"})
    answer = one(chair, "elsewhere", **{"elsewhere.1.site": "bone", "elsewhere.1.station": "L4"})
    assert answer.status_code == 409
    assert '<fieldset class="f many" id="f-elsewhere-f"' in answer.text
    assert 'name="elsewhere.1.station" form="facts-form" type="text" value="L4"' in answer.text
    assert 'name="v:elsewhere" value="1"' in answer.text
    answer = one(chair, "elsewhere", on=2, **{"elsewhere.1.site": "bone", "elsewhere.1.count": "many"})
    assert answer.status_code == 422
    assert 'name="elsewhere.1.count" form="facts-form" type="text" value="many"' in answer.text


def test_a_physicist_writes_what_radiotherapy_knows_and_nothing_else(site):
    client = site.client("physicist")
    html = client.get(PAGE).text
    assert 'name="v:patient.hip_prosthesis"' in html
    assert 'name="v:liver.technical"' not in html
    assert one(client, "patient.hip_prosthesis", "left").status_code == 200
    assert one(client, "liver.technical", "borderline").status_code == 403
    assert now(site).case.patient.hip_prosthesis == "left"


def test_a_viewer_reads_every_fact_and_has_no_field(site):
    html = site.client("viewer").get(PAGE).text
    assert "facts-form" not in html
    assert "mismatch repair" in html
    assert one(site.client("viewer"), "labs.cea_ng_ml", "7.5").status_code == 403


def test_every_fact_of_the_page_has_both_languages(site):
    html = site.client("chair", lang="zh").get(PAGE).text
    main = html[html.index("<main") : html.index("</main>")]
    words = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]+>", " ", main)))
    allowed = {"ASA", "BRAF", "Charlson", "FLR", "MRF", "CEA", "DPYD", "ECOG", "EMVI", "HER", "INR", "Karnofsky", "MRI", "POLE", "POLD", "RAS",
               "TME", "UGT", "Wexner", "mol", "min", "pMMR", "dMMR", "Chen", "NRS", "MSI", "LDH"}  # fmt: skip
    assert words <= allowed, words - allowed


def test_the_next_best_test_comes_from_the_newest_assessment_while_it_is_still_unknown(site):
    item = {"fact": "patient.wexner_score", "value": 0.02, "chance_changes_advice": 0.31, "blocks": [], "who": "x"}
    with site.store.writing("chen") as writing:
        assess(writing, 2, missing_information=[item])
    client = site.client("chair")
    assert "31 % chance" in client.get(PAGE).text
    one(client, "patient.wexner_score", "5")
    assert "31 % chance" not in client.get(PAGE).text


@pytest.mark.parametrize("data", [{}, {"v:labs.colour": "1"}, {"v:labs.cea_ng_ml": "one"}, {"labs.cea_ng_ml": "3"}])
def test_a_form_this_page_did_not_make_is_refused(site, data):
    assert site.client("chair").post(f"{PAGE}/one", data=data).status_code == 422
    assert site.client("chair").post(PAGE, data=data).status_code == 422


def test_a_version_the_case_never_had_is_not_found(site):
    assert one(site.client("chair"), "labs.cea_ng_ml", "3", on=99).status_code == 404


def test_a_stored_script_is_shown_harmless(site):
    client = site.client("chair")
    bad = "<script>alert(1)</script>"
    one(client, "elsewhere", **{"elsewhere.1.site": "lung", "elsewhere.1.station": bad})
    assert now(site).case.elsewhere[0].station == bad
    assert bad not in client.get(PAGE).text
    with site.store.reading() as session:
        assert origins.origins(session, CASE)["elsewhere"].author == "Chair"
