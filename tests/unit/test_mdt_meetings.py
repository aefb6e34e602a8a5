"""Meetings and their agenda: order, readiness, what to chase, and what a closed meeting keeps. On both databases."""

import dataclasses
import datetime as dt

import pytest
from tests.support.databases import KINDS
from tests.support.follow_up import SIGNED_AT, assess, filled_store, patient

from pelvicrt.case import with_fact
from pelvicrt.foundation import UNKNOWN, InvalidInput
from pelvicrt.mdt import add_case, agenda, meetings, newest, person, save_case, verify
from pelvicrt.mdt.tables import CaseRow, Meeting, Opinion, Question, Round

ON = dt.date(2026, 5, 6)
TODAY = dt.date(2026, 5, 5)


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    with made.writing("chen", at=SIGNED_AT) as writing:
        for name in ("RL-2", "RL-3"):
            add_case(writing, dataclasses.replace(patient(), id=name), person(writing.session, "chen"))
        meetings.plan_meeting(writing, on=ON, starts="14:00", title="Liver meeting")
    yield made
    made.close()


def do(store, function, *args, **how):
    """Calls a function of the room with the one meeting of the store."""
    with store.writing("chen", at=SIGNED_AT) as writing:
        meeting = meetings.next_meeting(writing.session, today=TODAY) or writing.session.get(Meeting, 1)
        return function(writing, meeting, *args, **how)


def put_on(store, *cases, **how):
    return [do(store, meetings.add_item, case, **how) for case in cases]


def lines(store):
    with store.reading() as session:
        return agenda.agenda(session, meetings.meeting_of(session, 1), today=TODAY)


def order(store):
    return [line.item.case_id for line in lines(store)]


def edit(store, name, value, case_id="example-1"):
    with store.writing("lin", at=SIGNED_AT) as writing:
        kept = newest(writing.session, case_id)
        by = person(writing.session, "lin")
        save_case(writing, with_fact(kept.case, name, value), by, on_version=kept.version)


def test_cases_are_spoken_about_in_the_order_they_came_each_at_its_time(store):
    put_on(store, "example-1", "RL-2", minutes=8)
    put_on(store, "RL-3")
    assert [(line.item.case_id, line.starts.isoformat("minutes")) for line in lines(store)] == [
        ("example-1", "14:00"),
        ("RL-2", "14:08"),
        ("RL-3", "14:16"),
    ]


def test_up_and_down_change_places_with_the_neighbour_and_stop_at_the_ends(store):
    first, second, _ = put_on(store, "example-1", "RL-2", "RL-3")
    do(store, meetings.move, second.id, "earlier")
    assert order(store) == ["RL-2", "example-1", "RL-3"]
    do(store, meetings.move, first.id, "later")
    do(store, meetings.move, first.id, "later")
    assert order(store) == ["RL-2", "RL-3", "example-1"]


def test_a_case_stands_on_an_agenda_once(store):
    first = put_on(store, "example-1", question="Stoma first?")[0]
    again = put_on(store, "example-1")[0]
    assert (again.id, again.question) == (first.id, "Stoma first?")


def test_a_withdrawn_case_stays_with_its_reason_takes_no_time_and_may_come_back(store):
    first = put_on(store, "example-1", "RL-2")[0]
    do(store, meetings.withdraw, first.id, why="transferred")
    assert [(line.item.withdrawn, line.starts) for line in lines(store)] == [
        ("transferred", None),
        ("", dt.time(14, 0)),
    ]
    put_on(store, "example-1")
    assert order(store) == ["RL-2", "example-1"]
    assert lines(store)[1].starts == dt.time(14, 6)
    with pytest.raises(InvalidInput, match="why: found nothing"):
        do(store, meetings.withdraw, first.id, why=" ")


def test_a_case_on_an_open_agenda_is_for_discussion_until_it_is_taken_off(store):
    def standing():
        with store.reading() as session:
            row = session.get(CaseRow, "example-1")
            return row.stage, row.next_on

    item = put_on(store, "example-1")[0]
    assert standing() == ("for_discussion", ON)
    do(store, meetings.withdraw, item.id, why="transferred")
    assert standing() == ("ready", None)


def test_a_closed_meeting_is_kept_as_it_is(store):
    item = put_on(store, "example-1")[0]
    with pytest.raises(InvalidInput, match="found not begun"):
        do(store, meetings.close)
    do(store, meetings.start)
    do(store, meetings.close)
    for change in (
        lambda: do(store, meetings.move, item.id, "later"),
        lambda: put_on(store, "RL-2"),
        lambda: do(store, meetings.withdraw, item.id, why="late"),
        lambda: do(store, meetings.change_item, item.id, question="", minutes=3),
        lambda: do(store, meetings.start),
    ):
        with pytest.raises(InvalidInput, match="expected a meeting that is not closed"):
            change()
    with store.reading() as session:
        assert meetings.next_meeting(session, today=TODAY) is None
        assert [row.id for row in meetings.meetings(session, today=TODAY)[1]] == [1]
        assert verify(session).why is None


def test_the_next_meeting_is_the_nearest_that_takes_the_unit(store):
    with store.writing("chen", at=SIGNED_AT) as writing:
        sooner = dt.date(2026, 5, 5)
        meetings.plan_meeting(writing, on=sooner, starts="08:00", title="North", unit="north")
        assert meetings.next_meeting(writing.session, today=TODAY, unit="north").on == sooner
        assert meetings.next_meeting(writing.session, today=TODAY, unit="south").on == ON


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"starts": "25:00"}, "starts: found no time of day"),
        ({"title": " "}, "title: found nothing"),
        ({"title": "x" * 121}, "title: found 121 characters; expected at most 120 characters"),
        ({"on": dt.date(2025, 5, 6)}, "on: found a day that is over"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused(store, how, said):
    wanted = {"on": ON, "starts": "14:00", "title": "Liver"} | how

    def planning():
        with store.writing("chen", at=SIGNED_AT) as writing:
            meetings.plan_meeting(writing, **wanted)

    with pytest.raises(InvalidInput, match=said):
        planning()


def test_a_length_or_question_that_does_not_fit_a_line_is_refused(store):
    item = put_on(store, "example-1")[0]
    with pytest.raises(InvalidInput, match="minutes: found 0; expected 1 to 60 minutes"):
        do(store, meetings.change_item, item.id, question="", minutes=0)
    with pytest.raises(InvalidInput, match="question: found 301 characters"):
        do(store, meetings.change_item, item.id, question="x" * 301, minutes=5)


def test_an_assessed_case_with_every_class_known_is_ready(store):
    put_on(store, "example-1", "RL-2")
    assert [(line.ready, line.assessment, line.chase) for line in lines(store)] == [
        (True, "current", ()),
        (False, "none", ()),
    ]


def test_a_fact_newer_than_the_assessment_makes_it_stale_and_the_case_not_ready(store):
    put_on(store, "example-1")
    edit(store, "labs.cea_ng_ml", 99.0)
    assert [(line.ready, line.assessment) for line in lines(store)] == [(False, "stale")]


def test_what_a_class_waits_for_is_chased_first_then_by_worth_with_who_has_it(store):
    edit(store, "molecular.mmr", UNKNOWN)
    missing = [
        {"fact": "primary.sphincter", "value": 0.01},
        {"fact": "labs.haemoglobin_g_dl", "value": 0.02},
        {"fact": "molecular.mmr", "value": 0.001},
        {"fact": "liver.extent", "value": 0.0001},
    ]
    with store.writing("lin", at=SIGNED_AT) as writing:
        assess(writing, 2, version=2, missing_information=missing)
    put_on(store, "example-1")
    chased = lines(store)[0].chase
    assert [(line.fact, line.blocks) for line in chased] == [
        ("molecular.mmr", True),
        ("labs.haemoglobin_g_dl", False),
        ("primary.sphincter", False),
    ]
    assert (chased[0].who.en, round(chased[1].worth_days, 1)) == ("pathology", 7.3)
    assert not lines(store)[0].ready


def test_a_liver_review_of_29_days_is_asked_for_again_and_one_of_28_is_not(store):
    put_on(store, "example-1")
    reviewed = patient().liver.hpb_review_on
    with store.reading() as session:
        meeting = meetings.meeting_of(session, 1)
        ages = [
            [
                line.days_old
                for line in agenda.agenda(session, meeting, today=reviewed + dt.timedelta(days=age))[0].chase
            ]
            for age in (28, 29)
        ]
    assert ages == [[], [29]]


def test_a_review_that_a_class_no_longer_accepts_is_old_and_not_unknown(store):
    put_on(store, "example-1")
    with store.writing("lin", at=SIGNED_AT + dt.timedelta(days=100)) as writing:
        later = dataclasses.replace(newest(writing.session, "example-1").case, assessed_on=dt.date(2026, 8, 3))
        later = with_fact(later, "labs.cea_ng_ml", 3.0)
        save_case(writing, later, person(writing.session, "lin"), on_version=1)
    assert [(item.fact, item.days_old) for item in lines(store)[0].chase] == [("liver.hpb_review_on", 7)]


def test_a_question_nobody_answered_says_since_when_the_fact_was_asked_for(store):
    edit(store, "molecular.mmr", UNKNOWN)
    with store.writing("lin", at=SIGNED_AT) as writing:
        lin = person(writing.session, "lin")
        asked = {"case_id": "example-1", "asked": "MMR?", "fact": "molecular.mmr", "owner_id": lin.id, "answer": ""}
        writing.session.add(Question(**asked, author_id=lin.id, at=writing.at))
        writing.record("question.ask", "case/example-1")
    put_on(store, "example-1")
    assert lines(store)[0].chase[0].asked_on == SIGNED_AT.date()


def test_voices_are_disciplines_heard_in_the_round_under_way(store):
    with store.writing("lin", at=SIGNED_AT) as writing:
        lin = person(writing.session, "lin")
        writing.session.add(Round(case_id="example-1", number=1, begun_at=writing.at))
        writing.session.flush()
        said = {"case_id": "example-1", "round": 1, "author_id": lin.id, "choice": "x", "firmness": 2, "sentence": "y"}
        for discipline in ("radiology", "radiology", "coordination", "nursing"):
            writing.session.add(Opinion(**said, discipline=discipline, case_version=1, at=writing.at))
        writing.record("opinion.give", "case/example-1")
    put_on(store, "example-1")
    assert (lines(store)[0].heard, lines(store)[0].voices) == (2, 7)


def test_the_question_is_the_chairs_or_the_one_the_case_raises_and_never_the_advice(store):
    item = put_on(store, "example-1")[0]
    assert lines(store)[0].question.zh == "选择哪个方案，按何顺序？"
    with store.writing("lin", at=SIGNED_AT) as writing:
        assess(writing, 2, conflicts=[{"conflict": "j01-omission-height"}])
    line = lines(store)[0]
    assert line.disputed
    assert "radiotherapy" in line.question.en.lower()
    edit(store, "symptoms.obstruction", "impending")
    assert lines(store)[0].question.en == "What must be done at once?"
    assert lines(store)[0].emergency != "none"
    do(store, meetings.change_item, item.id, question="Stoma or stent?", minutes=4)
    assert (lines(store)[0].question.en, lines(store)[0].item.minutes) == ("Stoma or stent?", 4)
