"""The assessment of a case in the browser: made elsewhere, kept, the same numbers in every view, each explained."""

import dataclasses
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from markupsafe import escape
from tests.support import assessment_builder as builder
from tests.support.databases import database_url
from tests.support.follow_up import patient
from tests.support.web import workspace

from pelvicrt.assessment import assess, reweigh
from pelvicrt.case import with_fact
from pelvicrt.evidence import library
from pelvicrt.mdt import Store, add_case, assessments, newest, person, save_case
from pelvicrt.report import to_json
from pelvicrt.web.assessor import Assessor, lightened
from pelvicrt.web.showing import SECTIONS, VIEWS, show

DRAWS = 100
CASE = "/cases/example-1"
PAGE = f"{CASE}/assessment"
HTMX = {"HX-Request": "true"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    store = Store(database_url("sqlite", tmp_path_factory.mktemp("assess")))
    store.migrate()
    made = workspace(store, assessor=Assessor(draws=DRAWS))
    with store.writing("chair") as writing:
        add_case(writing, patient(), person(writing.session, "chair"))
    yield made
    made.service.assessor.close()
    store.close()


@pytest.fixture(scope="module")
def assessed(site):
    """The site once the worked case has been assessed."""
    asked = site.client("contributor").post(PAGE)
    assert asked.status_code == 303
    _wait(site)
    return site


@pytest.fixture(scope="module")
def whole():
    return assess(patient(), draws=DRAWS)


def _wait(site, seconds=120):
    client, until = site.client("viewer"), time.monotonic() + seconds
    while "HX-Refresh" not in client.get(f"{PAGE}/state", headers=HTMX).headers:
        assert time.monotonic() < until, "the assessment did not end"
        time.sleep(0.2)


def test_a_case_without_assessment_says_what_will_stand_here_and_offers_to_make_it(site):
    page = site.client("contributor").get(PAGE).text
    with site.store.reading() as session:
        if not assessments.assessments(session, "example-1"):
            assert "Not yet assessed" in page
            assert "Assess this case" in page


def test_while_an_assessment_is_made_other_pages_are_answered_at_once(site):
    client = site.client("contributor")
    client.get("/help")
    client.post(PAGE)
    begun = time.monotonic()
    assert client.get("/help").status_code == 200
    assert time.monotonic() - begun < 1
    _wait(site)


def test_a_viewer_may_not_have_a_case_assessed(site):
    assert site.client("viewer").post(PAGE).status_code == 403


def test_the_assessment_is_kept_with_the_letters_of_its_options(assessed):
    with assessed.store.reading() as session:
        row = assessments.newest_assessment(session, "example-1")
        assert row.letters[row.document["recommendation"]["key"]] in "ABCD"
        assert len(set(row.letters.values())) == len(row.document["strategies"])


def test_what_is_kept_is_what_the_command_line_says(assessed, whole):
    expected = json.loads(json.dumps(to_json(whole)))
    found = assessed.client("viewer").get("/api/cases/example-1/assessment").json()
    assert {**found, "created_at": ""} == {**expected, "created_at": ""}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_page_answers_every_question_in_the_order_of_a_meeting(assessed, lang):
    page = assessed.client("viewer", lang=lang).get(PAGE).text
    places = [
        page.index(f'<section class="part" id="{name}"' if name != "situation" else 'id="situation"')
        for name in SECTIONS
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_a_page_and_a_piece(assessed, view):
    client = assessed.client("viewer")
    whole_page = client.get(f"{PAGE}?show={view}").text
    piece = client.get(f"{PAGE}?show={view}", headers={**HTMX, "HX-Target": "bring"}).text
    assert "<html" in whole_page
    assert "<html" not in piece
    assert f'id="view-{view}"' in piece
    assert re.search(rf'show={view}"[^>]*aria-current="true"', piece)


def test_the_same_number_stands_in_the_table_and_in_the_text(assessed):
    client = assessed.client("viewer")
    table, text = (client.get(f"{PAGE}?show={view}").text for view in ("table", "text"))
    numbers = re.compile(r'numbers/(\w+)/([A-Z]\d*)">([^<]+)</a>')
    shown = {(outcome, letter): said for outcome, letter, said in numbers.findall(table)}
    told = {(outcome, letter): said for outcome, letter, said in numbers.findall(text)}
    assert len(shown) > 20
    assert told == shown


def test_every_number_of_the_table_opens_what_stands_behind_it(assessed):
    client = assessed.client("viewer")
    links = set(re.findall(r'href="(/cases/example-1/assessment/numbers/\w+/[^"]+)"', client.get(PAGE).text))
    assert len(links) > 20
    for link in links:
        opened = client.get(link)
        assert opened.status_code == 200, link
        assert "Evidence strength" in opened.text


def test_a_number_names_its_parameters_with_source_place_and_grade(assessed):
    drawer = assessed.client("viewer").get(f"{PAGE}/numbers/overall_survival/A", headers=HTMX).text
    assert "<html" not in drawer
    named = re.findall(r'href="/evidence/([a-z_.0-9]+)"', drawer)
    assert named
    for parameter in named:
        record = library().parameters[parameter]
        assert record.name.en in drawer
        assert str(escape(record.evidence[0].says)) in drawer
        assert record.evidence[0].locator in drawer


def test_chances_and_the_worth_of_facts_open_how_options_were_ranked(assessed, whole):
    client = assessed.client("viewer")
    page = client.get(PAGE).text
    assert len(re.findall(rf'href="{PAGE}/numbers/ranking">[^<]*\d', page)) > 5
    opened = client.get(f"{PAGE}/numbers/ranking").text
    drawer = client.get(f"{PAGE}/numbers/ranking", headers=HTMX).text
    assert ("<html" in opened, "<html" in drawer) == (True, False)
    for item in library().parameters:
        if item.group in {"preference", "outcome.u"}:
            assert f'href="/evidence/{item.id}"' in drawer
    best = max(whole.strategies, key=lambda item: item.ranked.p_best or 0.0)
    assert f">{round(100 * best.ranked.p_best)}<" in drawer
    named = [item.parameter for item in whole.advice.recommendation.would_change_it if item.parameter]
    assert named
    assert all(f'href="/evidence/{name}"' in page for name in named)


@pytest.mark.parametrize("address", ["overall_survival/Q9", "no_such_outcome/A"])
def test_a_number_nobody_showed_is_not_found(assessed, address):
    assert assessed.client("viewer").get(f"{PAGE}/numbers/{address}").status_code == 404


def test_tried_wishes_weigh_anew_as_the_program_would_and_keep_nothing(assessed, whole):
    tried = dataclasses.replace(patient().preferences, organ_preservation=0, low_treatment_burden=10)
    expected = reweigh(whole, tried)
    chances = {item.candidate.key: item.ranked.p_best for item in expected.strategies}
    form = {"organ_preservation": "0", "low_treatment_burden": "10"}
    panel = assessed.client("contributor").post(f"{PAGE}/weights", data=form, headers=HTMX).text
    said = [int(n) for n in re.findall(r"<b>(\d+) %</b>", panel)]
    likely = sorted((round(100 * c) for c in chances.values() if c and c >= 0.05), reverse=True)
    assert said[: len(likely)] == likely[: len(said)]
    assert 'hx-swap-oob="innerHTML:#live"' in panel
    with assessed.store.reading() as session:
        assert newest(session, "example-1").case.preferences == patient().preferences


def test_wishes_can_be_tried_without_a_script(assessed):
    page = assessed.client("contributor").post(f"{PAGE}/weights", data={"organ_preservation": "0"}).text
    assert "With the wishes you try" in page
    assert re.search(r'name="organ_preservation" value="0" checked', page)


@pytest.mark.parametrize("wrong", ["11", "-1", "ten", "５"])
def test_a_wish_that_is_no_step_is_refused_by_name(assessed, wrong):
    answer = assessed.client("contributor").post(f"{PAGE}/weights", data={"avoid_stoma": wrong})
    assert answer.status_code == 422
    assert "avoid_stoma" in answer.text


def test_light_assessments_weigh_as_whole_ones(whole):
    tried = dataclasses.replace(patient().preferences, avoid_stoma=10, survival_over_function=9)
    light, full = reweigh(lightened(whole), tried).advice, reweigh(whole, tried).advice
    assert light.ranked == full.ranked
    assert light.preference_strips == full.preference_strips
    ours, theirs = light.recommendation, full.recommendation
    assert [item.text for item in ours.drivers] == [item.text for item in theirs.drivers]
    assert [item.effect_qalm for item in ours.drivers] == pytest.approx([d.effect_qalm for d in theirs.drivers])
    assert dataclasses.replace(ours, drivers=()) == dataclasses.replace(theirs, drivers=())


def test_an_assessment_is_not_made_twice_for_the_same_facts(assessed):
    with assessed.store.reading() as session:
        before = len(assessments.assessments(session, "example-1"))
    assessed.client("chair").post(PAGE)
    with assessed.store.reading() as session:
        assert len(assessments.assessments(session, "example-1")) == before


def test_the_pdf_and_the_data_can_be_had(assessed):
    client = assessed.client("viewer")
    pdf, data = client.get(f"{PAGE}.pdf"), client.get(f"{PAGE}.json")
    assert pdf.content.startswith(b"%PDF-")
    assert data.json()["case_id"] == "example-1"
    assert "attachment" in data.headers["content-disposition"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_two_options_are_compared_and_the_better_one_stands_on_its_side(assessed, lang):
    page = assessed.client("viewer", lang=lang).get(f"{CASE}/compare").text
    assert page.count('class="thick"') > 10
    swapped = re.findall(r'<option value="([^"]+)" selected', page)
    other = assessed.client("viewer", lang=lang).get(f"{CASE}/compare?left={swapped[1]}&right={swapped[0]}").text
    assert re.findall(r'<option value="([^"]+)" selected', other) == swapped[::-1]


def test_a_named_option_nobody_has_is_replaced_by_a_likely_one(assessed):
    assert assessed.client("viewer").get(f"{CASE}/compare?left=nonsense&right=nonsense").status_code == 200


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("state", ["an_assessment", "one_option", "none_open", "blocked", "emergency", "palliative"])
def test_every_state_an_assessment_can_be_in_has_all_its_pieces(state, lang):
    made = getattr(builder, state)()
    shown = show(made, lang, {})
    assert all(str(piece).strip() for name, piece in shown.pieces.items() if not name.startswith("view_curves"))


def test_a_program_sends_a_case_and_gets_its_assessment(assessed, whole):
    from pelvicrt.intake import dump_case

    answer = assessed.client("contributor").post("/api/assess", json=dump_case(patient()))
    assert answer.status_code == 200
    assert answer.json()["recommendation"] == to_json(whole)["recommendation"]


def test_a_program_that_sends_a_broken_case_is_told_what_to_mend(assessed):
    answer = assessed.client("contributor").post("/api/assess", json={"schema": "pelvicrt.case/1", "id": "a"})
    assert answer.status_code == 422
    assert any("assessed_on" in line for line in answer.json()["problems"])


@pytest.mark.parametrize(
    ("content", "status"), [(b"[1]", 422), (b"{", 422), (b'{"a": "' + b"x" * 1024 * 1024 + b'"}', 413)]
)
def test_a_program_that_sends_no_case_is_refused(assessed, content, status):
    headers = {"content-type": "application/json"}
    assert assessed.client("contributor").post("/api/assess", content=content, headers=headers).status_code == status


def test_a_worker_ends_when_its_server_is_killed(tmp_path):
    script = tmp_path / "server.py"
    script.write_text(
        "import time\nfrom pelvicrt.web.assessor import Assessor\n"
        "if __name__ == '__main__':\n"
        "    print(Assessor().warm().result(), flush=True)\n    time.sleep(300)\n"
    )
    server = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    worker = Path("/proc") / server.stdout.readline().strip()
    assert worker.is_dir()
    server.kill()
    server.communicate()
    until = time.monotonic() + 20
    while worker.is_dir() and "zombie" not in (worker / "status").read_text():
        assert time.monotonic() < until, "the worker outlived its server"
        time.sleep(0.1)


def test_a_program_learns_who_it_is_and_what_a_write_must_carry(assessed):
    client = assessed.client("contributor")
    found = client.get("/api/session").json()
    assert found["role"] == "contributor"
    assert found["csrf"] == client.csrf()


def test_newer_facts_are_named_and_a_new_assessment_can_be_asked_for(assessed):
    with assessed.store.writing("chair") as writing:
        kept = newest(writing.session, "example-1")
        changed = with_fact(kept.case, "labs.cea_ng_ml", 77.0)
        save_case(writing, changed, person(writing.session, "chair"), on_version=kept.version)
    client = assessed.client("contributor")
    assert "Reassess with the newest facts" in client.get(PAGE).text
    with assessed.store.reading() as session:
        before = dict(assessments.letters_of(session, "example-1"))
    client.post(PAGE)
    _wait(assessed)
    with assessed.store.reading() as session:
        rows = assessments.assessments(session, "example-1")
        assert [row.number for row in rows][-1] == len(rows)
        assert before.items() <= dict(rows[-1].letters).items()
    assert client.get(f"{CASE}/assessments/1").status_code == 200
    assert client.get(f"{CASE}/assessments/99").status_code == 404
