"""Opinions, judgements, questions: hidden until one's own is given, filled in with author and reason, answered once."""

import datetime as dt

import pytest
from tests.support.databases import KINDS
from tests.support.team import ADVISED, AT, CASE, EQUAL, OTHER, does, team_store

from pelvicrt.case import CONTRACT_FACTS
from pelvicrt.foundation import InvalidInput
from pelvicrt.mdt import DISCIPLINES, EditConflict, judgements, newest, opinions, person, questions, verify
from pelvicrt.mdt.tables import AuditEntry, FactNote, Opinion

DAY = dt.timedelta(days=1)
TOMORROW = AT.date() + DAY


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = team_store(request.param, tmp_path)
    yield made
    made.close()


def give(store, login, choice=ADVISED, firmness=2, sentence="Short course either way."):
    return does(store, login, opinions.give_opinion, choice=choice, firmness=firmness, sentence=sentence)


def seen_by(store, login):
    with store.reading() as session:
        return opinions.heard(session, CASE, person(session, login))


def test_opinions_stay_hidden_until_ones_own_is_given(store):
    give(store, "lin")
    give(store, "hu", choice=EQUAL)
    before = seen_by(store, "rao")
    assert (before.voices, before.given, before.hidden, before.own) == ((), 2, 2, None)
    give(store, "rao")
    after = seen_by(store, "rao")
    assert [(voice.name, voice.choice) for voice in after.voices] == [("Lin", ADVISED), ("Hu", EQUAL), ("Rao", ADVISED)]


def test_the_chair_opens_the_round_for_those_who_judge_and_not_for_viewers(store):
    give(store, "lin")
    with store.writing("chen", at=AT) as writing:
        opened = opinions.open_round(writing, CASE)
        assert opinions.open_round(writing, CASE) is opened
    assert [voice.name for voice in seen_by(store, "hu").voices] == ["Lin"]
    assert seen_by(store, "hu").opened_at == AT
    assert seen_by(store, "vera").voices == ()


def test_a_person_has_one_voice_and_a_change_of_mind_is_kept(store):
    give(store, "lin")
    give(store, "lin", choice=OTHER, firmness=3)
    (voice,) = seen_by(store, "lin").voices
    assert (voice.choice, voice.firmness, voice.first_said) == (OTHER, 3, ADVISED)
    assert opinions.tally(seen_by(store, "lin").voices) == ((OTHER, 1),)
    with store.reading() as session:
        assert session.query(Opinion).count() == 2


def test_the_count_has_the_choice_of_most_people_first(store):
    for login, choice in (("lin", EQUAL), ("hu", ADVISED), ("rao", ADVISED), ("mei", "none")):
        give(store, login, choice)
    assert opinions.tally(seen_by(store, "lin").voices) == ((ADVISED, 2), (EQUAL, 1), ("none", 1))


def test_disciplines_still_to_speak_are_named_without_coordinators_and_viewers(store):
    give(store, "hu")
    assert seen_by(store, "kos").silent == ("colorectal_surgery", "radiation_oncology", "radiology", "medical_oncology")


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"choice": "prayer"}, "option: found 'prayer'; expected an option of the newest assessment"),
        ({"firmness": 4}, r"firmness: found 4; expected 1 \(weakly\)"),
        ({"sentence": "  "}, "sentence: found 0 characters; expected a reason of 1 to 600"),
        ({"sentence": "x" * 601}, "sentence: found 601 characters"),
        ({"login": "kos"}, "discipline: found coordination; expected somebody who judges the case"),
    ],
)
def test_an_opinion_that_says_nothing_usable_is_refused(store, how, message):
    with pytest.raises(InvalidInput, match=message):
        give(store, **({"login": "lin"} | how))
    assert seen_by(store, "lin").given == 0


def test_the_liver_surgeons_word_fills_the_case_with_date_author_and_reason(store):
    reason = "Segments 6 and 7 plus an ablation."
    value = "resectable_with_ablation"
    at = AT + 3 * DAY
    does(store, "hu", judgements.judge, fact="liver.technical", value=value, reason=reason, on_version=1, at=at)
    with store.reading() as session:
        kept = newest(session, CASE)
        note = session.get(FactNote, (CASE, "liver.technical"))
        ((row, name),) = judgements.judgements_of(session, CASE)
        hu = person(session, "hu").id
    assert (kept.version, kept.author, kept.case.liver.technical) == (2, "hu", value)
    assert (kept.case.liver.hpb_review_on, kept.case.assessed_on) == (at.date(), at.date())
    assert (note.kind, note.author_id, note.at) == ("judged", hu, at)
    assert (row.fact, row.reason, row.case_version, name, row.at) == ("liver.technical", reason, 2, "Hu", at)


def test_confirming_what_the_case_says_is_a_judgement_without_a_new_version(store):
    does(store, "rao", judgements.judge, fact="primary.mrf_mm", value=3, reason="Read again.", on_version=1)
    with store.reading() as session:
        assert newest(session, CASE).version == 1
        assert judgements.judgements_of(session, CASE)[0][0].case_version == 1


def test_a_judgement_in_words_changes_no_fact(store):
    does(store, "mei", judgements.judge, reason="Fit for a triplet.")
    with store.reading() as session:
        assert newest(session, CASE).version == 1
        assert judgements.judgements_of(session, CASE)[0][0].fact == ""


def test_a_judgement_on_an_old_version_writes_nothing(store):
    does(store, "rao", judgements.judge, fact="primary.emvi", value="present", reason="Seen.", on_version=1)
    with pytest.raises(EditConflict):
        does(store, "hu", judgements.judge, fact="liver.technical", value="borderline", reason="No.", on_version=1)
    with store.reading() as session:
        assert len(judgements.judgements_of(session, CASE)) == 1
        assert session.get(FactNote, (CASE, "liver.technical")).kind == "entered"


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"reason": " "}, "reason: found 0 characters"),
        ({"fact": "primary.emvi", "value": "present"}, "fact: found 'primary.emvi'; expected a fact this discipline"),
        ({"value": "perhaps"}, "liver.technical: found 'perhaps'"),
    ],
)
def test_a_judgement_without_reason_of_another_discipline_or_of_a_strange_value_is_refused(store, how, message):
    given = {"fact": "liver.technical", "value": "resectable", "reason": "Seen.", "on_version": 1} | how
    with pytest.raises(InvalidInput, match=message):
        does(store, "hu", judgements.judge, **given)


def test_every_discipline_judges_facts_the_contract_has():
    assert set(judgements.FACTS_OF) <= set(DISCIPLINES)
    assert {fact for facts in judgements.FACTS_OF.values() for fact in facts} <= set(CONTRACT_FACTS)


def ask(store, login="chen", owner="rao", due_on=TOMORROW, asked="Is there EMVI?", **how):
    with store.writing(login, at=AT) as writing:
        people = [person(writing.session, name) for name in (login, owner)]
        return questions.ask(writing, CASE, people[0], asked=asked, owner=people[1], due_on=due_on, **how)


def answer(store, question, text="No, read again today.", login="rao"):
    return does(store, login, lambda writing, case, who: questions.answer(writing, case, question.id, who, text))


def test_questions_stand_by_the_day_they_are_due_and_the_answered_ones_last(store):
    answered = ask(store, due_on=AT.date())
    later, sooner, open_ended = ask(store, due_on=AT.date() + 3 * DAY), ask(store), ask(store, due_on=None)
    answer(store, answered)
    with store.reading() as session:
        found = questions.questions_of(session, CASE)
    assert [row.id for row in found] == [sooner.id, later.id, open_ended.id, answered.id]
    assert [questions.is_late(row, AT.date() + 2 * DAY) for row in found] == [True, False, False, False]
    assert (found[-1].answer, found[-1].answered_at) == ("No, read again today.", AT)


def test_a_question_is_answered_once(store):
    question = ask(store)
    answer(store, question)
    with pytest.raises(InvalidInput, match="question: found answered; expected a question that is still open"):
        answer(store, question, "Yes.")
    with pytest.raises(KeyError):
        does(store, "rao", lambda writing, case, who: questions.answer(writing, "another", question.id, who, "No"))


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"asked": ""}, "asked: found 0 characters; expected 1 to 1000 characters"),
        ({"due_on": AT.date() - DAY}, "due_on: found 2026-05-03; expected today or a later day"),
        ({"fact": "primary.colour"}, "fact: found 'primary.colour'"),
        ({"owner": "vera"}, "owner: found somebody who cannot answer"),
    ],
)
def test_a_question_nobody_can_answer_is_refused(store, how, message):
    with pytest.raises(InvalidInput, match=message):
        ask(store, **how)


def test_the_audit_vouches_for_all_of_it_and_repeats_no_words(store):
    give(store, "lin")
    ask(store)
    does(store, "hu", judgements.judge, fact="liver.technical", value="borderline", reason="Vein.", on_version=1)
    with store.reading() as session:
        assert verify(session).why is None
        told = " ".join(session.scalars(AuditEntry.__table__.select().with_only_columns(AuditEntry.detail)))
    assert not any(word in told for word in ("borderline", "Vein", "EMVI", "Short course", ADVISED))
