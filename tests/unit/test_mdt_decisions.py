"""Signing: what is checked, what must be written, who signs, what is kept, and that it never changes. Both databases."""

import copy
import dataclasses
import datetime as dt

import pytest
from tests.support.databases import KINDS
from tests.support.team import (
    ADVISED,
    AT,
    CASE,
    DISPUTED,
    EQUAL,
    OTHER,
    add_assessment,
    document,
    does,
    patient,
    team_store,
)

from pelvicrt.case import with_fact
from pelvicrt.foundation import UNKNOWN, InternalError, InvalidInput, Reason, Text
from pelvicrt.mdt import checks, decisions, judgements, opinions, person, plan, questions, save_case, verify
from pelvicrt.mdt.tables import Decision, DecisionDraft
from pelvicrt.strategies import Timeline
from pelvicrt.strategies import candidates as found

HEIGHT = "j01-omission-height"
TODAY = AT.date()


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = team_store(request.param, tmp_path)
    yield made
    made.close()


def proposal(option=ADVISED, *, version=1, assessment=1, **written):
    given = {"because": "Held dates, fewest delays."} | written
    return decisions.Proposal(option=option, case_version=version, assessment_number=assessment, **given)


def sign(store, option=ADVISED, *, login="chen", at=AT, **how):
    return does(store, login, decisions.sign, proposal(option, **how), at=at)


def states(store, option=ADVISED, today=TODAY):
    with store.reading() as session:
        return {item.name: item.state for item in checks.checks(session, CASE, option, today=today)}


def reassess(store, fact, value, *, version=2, number=2):
    """Changes a fact and assesses the case with it."""
    with store.writing("chen", at=AT) as writing:
        changed = with_fact(patient(), fact, value)
        save_case(writing, changed, person(writing.session, "chen"), on_version=version - 1)
    add_assessment(store, document(**{fact: value}), version=version, number=number)
    return {"version": version, "assessment": number}


def stopped(store):
    """An assessment that stops the chosen option: its status and a rule that blocks it."""
    made = copy.deepcopy(document())
    option = next(item for item in made["strategies"] if item["key"] == OTHER)
    option["status"] = "contraindicated"
    option["reasons"] = [{**option["reasons"][0], "direction": "block", "text": "Full dose was given before"}]
    add_assessment(store, made, number=2)
    return {"assessment": 2, "differs_because": "The patient asks for it.", "against_stop": "Old field lies above."}


def test_a_signed_decision_keeps_choice_advice_and_versions(store):
    signed = sign(store, conditions=" MRI in June. ", told_by="Chen, 8 May", come_back_if="New liver lesion")
    told = signed.document
    assert (signed.number, signed.option, signed.case_version, signed.assessment_number) == (1, ADVISED, 1, 1)
    assert (told["choice"]["letter"], told["choice"]["name"]["zh"]) == (
        "A",
        "完全缓解则等待观察（短程放疗 25 Gy/5 次，延迟手术）",
    )
    assert (told["relation"], told["advice"][0]["key"], told["supersedes"]) == ("among_equals", ADVISED, None)
    assert (told["conditions"], told["told_by"], told["come_back_if"]) == (
        "MRI in June.",
        "Chen, 8 May",
        "New liver lesion",
    )
    assert told["versions"]["library_hash"] == document()["library_hash"]
    assert told["signed_by"] == {"name": "Chen", "discipline": "colorectal_surgery", "role": "chair"}


def test_a_signed_decision_keeps_every_opinion_the_dissent_tagged(store):
    for login, choice in (("lin", ADVISED), ("mei", OTHER)):
        does(store, login, opinions.give_opinion, choice=choice, firmness=3, sentence=f"{login} says so.")
    does(store, "mei", judgements.judge, reason="Fit for a triplet.")
    told = sign(store).document
    assert [(item["name"], item["letter"], item["dissent"], item["sentence"]) for item in told["opinions"]] == [
        ("Lin", "A", False, "lin says so."),
        ("Mei", "C", True, "mei says so."),
    ]
    assert told["judgements"][0]["reason"] == "Fit for a triplet."


def test_signing_makes_the_dated_plan(store):
    sign(store)
    with store.reading() as session:
        steps = plan.current_plan(session, CASE)
    assert steps[0].starts_on == AT.date()


def test_signing_ends_the_round_and_shows_it_to_all(store):
    does(store, "lin", opinions.give_opinion, choice=ADVISED, firmness=1, sentence="Yes.")
    sign(store)
    with store.reading() as session:
        assert opinions.heard(session, CASE, person(session, "lin")).given == 0
        assert opinions.current_round(session, CASE) == 2


def test_a_signed_decision_is_never_changed(store):
    sign(store)
    with pytest.raises(InternalError, match="row decisions/example-1/1 is never changed"):
        does(store, "chen", lambda writing, case, _: setattr(writing.session.get(Decision, (case, 1)), "option", OTHER))


def test_a_new_decision_replaces_the_old_only_with_a_reason(store):
    sign(store)
    with pytest.raises(InvalidInput, match="superseded_because: found nothing; expected why the earlier decision"):
        sign(store, EQUAL)
    sign(store, EQUAL, superseded_because="The liver date came free.")
    with store.reading() as session:
        newest, first = decisions.decisions_of(session, CASE)
        assert verify(session).why is None
    assert (newest.number, newest.option, newest.document["supersedes"]) == (2, EQUAL, 1)
    assert (first.number, first.option) == (1, ADVISED)


def test_leaving_the_advice_needs_a_reason_that_is_kept(store):
    with pytest.raises(InvalidInput, match="differs_because: found nothing; expected why the choice differs"):
        sign(store, OTHER)
    told = sign(store, OTHER, differs_because="No short course machine time.").document
    assert (told["relation"], told["differs_because"]) == ("differs", "No short course machine time.")


def test_nothing_is_signed_without_because(store):
    with pytest.raises(InvalidInput, match="because: found nothing; expected why the team chooses this"):
        sign(store, because=" ")
    with store.reading() as session:
        assert decisions.decisions_of(session, CASE) == ()


def test_facts_newer_than_the_assessment_forbid_signing(store):
    with store.writing("rao", at=AT) as writing:
        changed = with_fact(patient(), "primary.emvi", "present")
        save_case(writing, changed, person(writing.session, "rao"), on_version=1)
    assert states(store)["fresh"] == "refused"
    with pytest.raises(InvalidInput, match=r"fresh: .*1 facts are newer than the assessment: assess again"):
        sign(store, version=2)


def test_a_page_opened_before_a_change_cannot_be_signed(store):
    add_assessment(store, document(), number=2)
    with pytest.raises(InvalidInput, match="version: found a change since this page was opened"):
        sign(store)
    sign(store, assessment=2)


def test_a_must_know_fact_that_is_open_needs_a_condition(store):
    now = reassess(store, "molecular.mmr", UNKNOWN)
    assert states(store)["must_know"] == "open"
    with pytest.raises(InvalidInput, match="conditions: found nothing; expected a condition"):
        sign(store, "none", instead="Staging first.", differs_because="-", **now)
    sign(store, "none", instead="Staging first.", differs_because="-", conditions="Mismatch repair first.", **now)


def test_a_disputed_height_needs_a_position(store):
    given = {"differs_because": "Wish of the patient."}
    with pytest.raises(InvalidInput, match=f"position.{HEIGHT}: found nothing; expected the position the team takes"):
        sign(store, DISPUTED, **given)
    told = sign(store, DISPUTED, positions={HEIGHT: "6 cm is high enough."}, **given).document
    assert told["positions"] == [{"conflict": HEIGHT, "said": "6 cm is high enough."}]
    (kept,) = [item for item in told["checks"] if item["name"] == "dispute"]
    assert (kept["state"], kept["written"]) == ("dispute", "6 cm is high enough.")


def test_an_option_that_names_no_disputed_zone_of_this_patient_asks_for_no_position(store):
    assert "dispute" not in states(store)


def test_an_emergency_is_a_stop(store):
    reassess(store, "symptoms.perforation", "free")
    assert states(store, "none")["emergency"] == "stop"


def test_a_real_stop_is_told_in_both_languages(store):
    now = reassess(store, "patient.active_sepsis", True)
    with store.reading() as session:
        found = checks.checks(session, CASE, OTHER, today=TODAY)
    told = {item.text for item in found if item.state == "stop"}
    assert Text("Active sepsis is controlled first", "须先控制活动性脓毒症") in told
    assert (
        sign(store, OTHER, differs_because="-", against_stop="Drained today.", conditions="Sepsis over.", **now) is None
    )


def test_against_a_stop_the_signature_waits_for_another_person(store):
    how = stopped(store)
    assert states(store, OTHER)["stop"] == "stop"
    with pytest.raises(InvalidInput, match="against_stop: found nothing; expected why the team goes against a stop"):
        sign(store, OTHER, **{**how, "against_stop": ""})
    assert sign(store, OTHER, **how) is None
    with store.reading() as session:
        assert decisions.decisions_of(session, CASE) == ()
        assert decisions.draft_of(session, CASE)[0].signed_at == AT
    with pytest.raises(InvalidInput, match="second: found the same person; expected a person other than"):
        does(store, "chen", decisions.sign_second)
    signed = does(store, "hu", decisions.sign_second)
    with store.reading() as session:
        hu, chen = person(session, "hu").id, person(session, "chen").id
        assert session.get(DecisionDraft, CASE) is None
        assert verify(session).why is None
    assert (signed.signed_by_id, signed.second_by_id, signed.document["second_by"]["name"]) == (chen, hu, "Hu")
    assert [item["en"] for item in signed.document["checks"] if item["state"] == "stop"] == [
        "Full dose was given before"
    ]


def test_a_second_signature_needs_a_first(store):
    does(store, "chen", decisions.save_draft, proposal())
    with pytest.raises(InvalidInput, match="second: found none; expected a decision that waits"):
        does(store, "hu", decisions.sign_second)


def test_facts_that_change_before_the_second_signature_forbid_it(store):
    sign(store, OTHER, **stopped(store))
    with store.writing("rao", at=AT) as writing:
        changed = with_fact(patient(), "primary.emvi", "present")
        save_case(writing, changed, person(writing.session, "rao"), on_version=1)
    with pytest.raises(InvalidInput, match="version: found a change since this page was opened"):
        does(store, "hu", decisions.sign_second)


def test_a_draft_comes_back_as_written_and_goes_when_withdrawn(store):
    wanted = proposal(positions={HEIGHT: "high"}, conditions="EMVI re-read")
    does(store, "chen", decisions.save_draft, wanted)
    with store.reading() as session:
        draft, kept = decisions.draft_of(session, CASE)
    assert (kept, draft.signed_at) == (wanted, None)
    does(store, "chen", lambda writing, case, _: decisions.withdraw_draft(writing, case))
    with store.reading() as session:
        assert decisions.draft_of(session, CASE) is None
        assert verify(session).why is None


def test_none_of_the_options_needs_words_and_makes_no_plan(store):
    with pytest.raises(InvalidInput, match="instead: found nothing; expected what the team wants instead"):
        sign(store, "none", differs_because="Unfit.")
    sign(store, "none", differs_because="Unfit.", instead="Best supportive care.")
    with store.reading() as session:
        assert plan.current_plan(session, CASE) == ()


def test_an_option_nobody_assessed_is_refused(store):
    with pytest.raises(InvalidInput, match="option: found 'prayer'"):
        sign(store, "prayer")


def test_a_liver_review_that_has_grown_old_is_told_on_the_day_of_signing(store):
    later = AT + dt.timedelta(days=40)
    assert "today" not in states(store)
    assert states(store, today=later.date())["today"] == "open"
    with pytest.raises(InvalidInput, match="conditions: found nothing"):
        sign(store, at=later)


def test_what_is_done_and_what_is_open_is_told(store):
    before = states(store)
    assert (before["opinions"], before["liver_surgeon"], before["wishes"], before["fresh"]) == (
        "open",
        "open",
        "done",
        "done",
    )
    does(store, "hu", opinions.give_opinion, choice=ADVISED, firmness=2, sentence="Yes.")
    with store.writing("chen", at=AT) as writing:
        chair, rao = person(writing.session, "chen"), person(writing.session, "rao")
        questions.ask(writing, CASE, chair, asked="EMVI?", owner=rao, due_on=None)
    after = states(store)
    assert (after["opinions"], after["liver_surgeon"], after["questions"]) == ("done", "done", "open")


def test_text_longer_than_a_page_is_refused(store):
    with pytest.raises(InvalidInput, match="because: found 4001; expected at most 4000 characters"):
        does(store, "chen", decisions.save_draft, proposal(because="x" * 4001))


def test_why_an_option_has_no_dates_is_said_in_both_languages(store, monkeypatch):
    why = Text("TME is fixed on 2026-05-18", "TME 已定于 2026-05-18")
    reason = Reason(rule="fixed.tme", text=why, sources=("pelvicrt-convention",), grade="assumption", direction="block")
    timeline = Timeline(feasible=False, conflict=(reason,))
    monkeypatch.setattr(
        checks, "candidates", lambda *given: [dataclasses.replace(item, timeline=timeline) for item in found(*given)]
    )
    late = copy.deepcopy(document())
    schedule = next(item for item in late["strategies"] if item["key"] == ADVISED)["schedule"]
    stored = {"rule": "fixed.tme", "text": why.en, "direction": "block"}
    schedule |= {"feasible": False, "conflict": [stored, stored | {"text": "as it was said before"}]}
    add_assessment(store, late, number=2)
    with store.reading() as session:
        said = [item.text for item in checks.checks(session, CASE, ADVISED, today=TODAY) if item.name == "dates"]
    assert said == [why, Text("as it was said before", "as it was said before")]
