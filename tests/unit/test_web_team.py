"""The team's page and the minutes in the browser's eyes: what each person sees, what is refused, what is kept as typed."""

import datetime as dt
import io

import pypdf
import pytest
from tests.support.team import ADVISED, AT, CASE, DISPUTED, EQUAL, OTHER, add_assessment, document, does, team_store
from tests.support.web import workspace

from pelvicrt.mdt import accounts, decisions, judgements, newest, opinions, person, questions

PAGE = f"/cases/{CASE}/decision"


@pytest.fixture
def site(tmp_path):
    store = team_store("sqlite", tmp_path)
    yield workspace(store, clock=lambda: AT)
    store.close()


def client(site, login, lang="en"):
    made = site.client(lang=lang)
    with site.store.writing(login, at=AT) as writing:
        made.cookies.set("pelvicrt", accounts.sign_in(writing, person(writing.session, login)))
    return made


def give(site, login, option=ADVISED, sentence="Short course either way."):
    sent = {"option": option, "firmness": 2, "sentence": sentence}
    return client(site, login).post(f"{PAGE}/opinion", data=sent)


def form(option=ADVISED, action="sign", **more):
    sent = {"option": option, "action": action, "case_version": 1, "assessment_number": 1}
    return sent | {"because": "Held dates."} | more


def sign(site, login="chen", **how):
    return client(site, login).post(PAGE, data=form(**how))


def test_an_opinion_is_hidden_from_those_who_have_not_spoken(site):
    assert give(site, "lin", sentence="Only after EMVI.").headers["location"].startswith(PAGE)
    page = client(site, "rao").get(PAGE).text
    assert "Only after EMVI." not in page
    assert "1 given, hidden from you" in page
    give(site, "rao")
    assert "Only after EMVI." in client(site, "rao").get(PAGE).text


def test_the_chair_opens_the_round(site):
    give(site, "lin", sentence="Only after EMVI.")
    assert client(site, "hu").post(f"{PAGE}/open").status_code == 403
    client(site, "chen").post(f"{PAGE}/open")
    assert "Only after EMVI." in client(site, "hu").get(PAGE).text
    assert "Only after EMVI." not in client(site, "vera").get(PAGE).text


def test_new_opinions_are_asked_for_until_the_round_ends_or_the_page_grows_old(site):
    rao = client(site, "rao")
    now = int(AT.timestamp())
    htmx = {"HX-Request": "true"}
    asked = f"{PAGE}/opinions?since={now}&in_round=1"
    assert rao.get(asked, headers=htmx).status_code == 200
    assert rao.get(asked).status_code == 303
    assert rao.get(f"{PAGE}/opinions?since={now - 1300}&in_round=1", headers=htmx).status_code == 286
    sign(site)
    ended = rao.get(asked, headers=htmx)
    assert (ended.status_code, "ended by a signature" in ended.text, "every 5s" in ended.text) == (286, True, False)


def test_a_refused_opinion_comes_back_with_what_was_typed(site):
    answer = give(site, "lin", option="", sentence="Half a thought")
    assert answer.status_code == 422
    assert "Half a thought" in answer.text
    assert "What you wrote is still below" in answer.text


def test_the_liver_surgeon_fills_the_case_from_the_page(site):
    hu = client(site, "hu")
    sent = {
        "on_version": 1,
        "reason": "Vein contact.",
        "value.liver.technical": "borderline",
        "value.liver.flr_percent": "41.5",
    }
    assert hu.post(f"{PAGE}/judgement", data=sent).status_code == 303
    with site.store.reading() as session:
        kept = newest(session, CASE)
        facts = {row.fact: row.value["value"] for row, _ in judgements.judgements_of(session, CASE)}
    assert (kept.case.liver.technical, kept.case.liver.flr_percent, kept.author) == ("borderline", 41.5, "hu")
    assert facts == {"liver.technical": "borderline", "liver.flr_percent": 41.5}
    assert "Vein contact." in hu.get(PAGE).text


def test_confirmed_values_are_judgements_and_words_alone_are_too(site):
    rao = client(site, "rao")
    rao.post(
        f"{PAGE}/judgement",
        data={"on_version": 1, "reason": "Read again.", "value.primary.emvi": "absent", "confirm": 1},
    )
    rao.post(f"{PAGE}/judgement", data={"on_version": 1, "reason": "Good pictures.", "value.primary.emvi": "absent"})
    with site.store.reading() as session:
        found = [(row.fact, row.reason) for row, _ in judgements.judgements_of(session, CASE)]
        assert newest(session, CASE).version == 1
    assert found == [("", "Good pictures."), ("primary.emvi", "Read again.")]


def test_a_value_that_is_no_number_is_refused_and_another_discipline_cannot_judge_it(site):
    hu = client(site, "hu")
    bad = hu.post(f"{PAGE}/judgement", data={"on_version": 1, "reason": "x", "value.liver.flr_percent": "half"})
    assert (bad.status_code, "future liver remnant" in bad.text) == (422, True)
    other = hu.post(f"{PAGE}/judgement", data={"on_version": 1, "reason": "x", "value.primary.emvi": "present"})
    assert other.status_code == 422


def test_a_judgement_on_facts_that_changed_meanwhile_is_a_conflict(site):
    sent = {"on_version": 1, "reason": "Seen.", "value.primary.emvi": "present"}
    rao = client(site, "rao")
    rao.post(f"{PAGE}/judgement", data=sent)
    assert (
        client(site, "hu")
        .post(f"{PAGE}/judgement", data={"on_version": 1, "reason": "x", "value.liver.technical": "borderline"})
        .status_code
        == 409
    )


def test_questions_are_asked_and_answered(site):
    with site.store.reading() as session:
        owner = person(session, "rao").id
    chair = client(site, "chen")
    chair.post(f"{PAGE}/question", data={"owner": owner, "asked": "Is EMVI absent?", "due_on": "2026-05-05"})
    assert "due 5 May 2026" in chair.get(PAGE).text
    with site.store.reading() as session:
        (row,) = questions.questions_of(session, CASE)
    rao = client(site, "rao")
    rao.post(f"{PAGE}/question/{row.id}", data={"answer": "Absent indeed."})
    assert "Absent indeed." in rao.get(PAGE).text
    assert rao.post(f"{PAGE}/question/999", data={"answer": "?"}).status_code == 404
    assert chair.post(f"{PAGE}/question", data={"owner": owner, "asked": "?", "due_on": "soon"}).status_code == 422


def test_checking_a_choice_writes_nothing_and_keeps_what_was_typed(site):
    chair = client(site, "chen")
    part = chair.post(PAGE, data=form(DISPUTED, "check", because="Typed."), headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="asked"')
    assert "May radiotherapy be left out at this height?" in part.text
    assert ">Typed.</textarea>" in part.text
    whole = chair.post(PAGE, data=form(DISPUTED, "check", because="Typed."))
    assert (whole.status_code, ">Typed.</textarea>" in whole.text) == (200, True)
    with site.store.reading() as session:
        assert decisions.draft_of(session, CASE) is None


def test_only_the_chair_signs_and_a_refusal_keeps_the_words(site):
    assert sign(site, "lin").status_code == 403
    refused = sign(site, option=OTHER, because="Machine time.")
    assert (refused.status_code, ">Machine time.</textarea>" in refused.text) == (422, True)
    assert "Differs from the advice because" in refused.text
    done = sign(site)
    assert done.headers["location"] == f"{PAGE}?said=decision.said.signed#signed"


def test_a_signed_decision_is_read_by_all_and_changed_by_nobody(site):
    give(site, "mei", OTHER, "Four cycles first.")
    sign(site, conditions="EMVI re-read.")
    for login in ("vera", "chen"):
        page = client(site, login).get(PAGE).text
        assert all(
            said in page for said in ("Held dates.", "EMVI re-read.", "Four cycles first.", "dissent, kept on record")
        )
        assert 'id="decision-form"' not in page
    again = client(site, "chen").get(f"{PAGE}?new=1").text
    assert "This replaces decision 1: write why" in again


def test_a_draft_is_kept_and_withdrawn(site):
    chair = client(site, "chen")
    chair.post(PAGE, data=form(action="draft", because="Not sure yet."))
    assert "Not sure yet." in chair.get(PAGE).text
    chair.post(PAGE, data=form(action="withdraw"))
    assert "Not sure yet." not in chair.get(PAGE).text
    assert chair.post(PAGE, data=form(action="burn")).status_code == 404


def test_against_a_stop_two_people_sign(site):
    made = {
        **document(),
        "classification": {
            **document()["classification"],
            "emergency": {**document()["classification"]["emergency"], "value": "emergency_surgery"},
        },
    }
    add_assessment(site.store, made, number=2)
    first = sign(site, assessment_number=2, against_stop="Stoma is planned today.")
    assert "decision.said.waits" in first.headers["location"]
    assert "You gave the first signature" in client(site, "chen").get(PAGE).text
    assert client(site, "vera").post(f"{PAGE}/second").status_code == 403
    assert client(site, "chen").post(f"{PAGE}/second").status_code == 422
    assert "Sign as second person" in client(site, "hu").get(PAGE).text
    client(site, "hu").post(f"{PAGE}/second")
    page = client(site, "vera").get(PAGE).text
    assert "second signature Hu (Liver surgery)" in page


def test_there_are_no_minutes_before_a_signature(site):
    assert client(site, "vera").get(f"/cases/{CASE}/minutes").status_code == 404
    assert client(site, "vera").get(f"/cases/{CASE}/minutes.pdf").status_code == 404


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "en",
            (
                "decision 1",
                "Held dates.",
                "dissent",
                "Four cycles first.",
                "Alive, 3 years",
                "Short course radiotherapy",
            ),
        ),
        ("zh", ("第 1 号决定", "Held dates.", "不同意见", "Four cycles first.", "3 年存活", "短程放疗", "分期")),
    ],
)
def test_page_and_pdf_of_the_minutes_say_the_same_in_either_language(site, lang, words):
    give(site, "mei", OTHER, "Four cycles first.")
    sign(site)
    vera = client(site, "vera", lang)
    page = vera.get(f"/cases/{CASE}/minutes").text
    made = vera.get(f"/cases/{CASE}/minutes.pdf")
    pdf = pypdf.PdfReader(io.BytesIO(made.content))
    text = "".join(sheet.extract_text() for sheet in pdf.pages).replace("\n", "")
    for said in words:
        assert said in page
        assert said.replace(" ", "") in text.replace(" ", "")
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert made.headers["content-disposition"] == f'inline; filename="minutes-1-{lang}.pdf"'
    fonts = {font for sheet in pdf.pages for font in sheet["/Resources"]["/Font"].values()}
    assert all("/FontFile3" in _descriptor(font) or "/FontFile2" in _descriptor(font) for font in fonts)


def _descriptor(font):
    return font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()


def test_the_minutes_of_a_replaced_decision_stay(site):
    sign(site)
    sign(site, option=EQUAL, because="Second thoughts.", superseded_because="New date.")
    vera = client(site, "vera")
    assert "Second thoughts." in vera.get(f"/cases/{CASE}/minutes").text
    assert "Held dates." in vera.get(f"/cases/{CASE}/minutes?n=1").text
    assert vera.get(f"/cases/{CASE}/minutes?n=3").status_code == 404


def test_script_in_every_field_is_shown_and_never_run(site):
    evil = "<script>alert(1)</script>"
    give(site, "mei", OTHER, evil)
    with site.store.reading() as session:
        owner = person(session, "rao").id
    client(site, "chen").post(f"{PAGE}/question", data={"owner": owner, "asked": evil})
    client(site, "mei").post(f"{PAGE}/judgement", data={"on_version": 1, "reason": evil})
    sign(site, because=evil, conditions=evil, told_by=evil, come_back_if=evil)
    for url in (PAGE, f"/cases/{CASE}/minutes"):
        page = client(site, "chen").get(url).text
        assert evil not in page
        assert "&lt;script&gt;" in page


def test_every_sentence_of_the_page_is_in_the_readers_language(site):
    does(site.store, "hu", opinions.give_opinion, choice=ADVISED, firmness=2, sentence="好")
    sign(site)
    page = client(site, "chen", "zh").get(f"{PAGE}?new=1").text
    assert all(said in page for said in ("团队决定", "专科判断", "签署前核对", "以主席身份签署", "完全缓解则等待观察"))
    assert not any(said in page for said in ("Opinions", "Judgements", "Sign as chair", "Watch and wait"))
    assert dt.date(2026, 5, 4).isoformat() in page
