"""Facts people write, and where they come from: edits, clashes, dates, reasons for not knowing. On both databases."""

import datetime as dt

import pytest
from tests.support.databases import KINDS
from tests.support.follow_up import SIGNED_AT, filled_store

from pelvicrt.foundation import UNKNOWN, InvalidInput
from pelvicrt.mdt import EditConflict, newest, origins, person, verify
from pelvicrt.mdt.entering import Edit, enter

CASE = "example-1"
LATER = SIGNED_AT + dt.timedelta(days=30)


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    yield made
    with made.reading() as session:
        assert verify(session).why is None
    made.close()


def write(store, edits, *, login="lin", at=LATER):
    with store.writing(login, at=at) as writing:
        return enter(writing, person(writing.session, login), CASE, edits)


def edit(store, fact, value, *, on=1, reason="", **how):
    return write(store, {fact: Edit(value=value, on_version=on, reason=reason)}, **how)


def origin(store, fact):
    with store.reading() as session:
        return origins.origins(session, CASE).get(fact)


def test_an_edit_makes_a_version_and_says_who_entered_the_fact(store):
    kept = edit(store, "labs.cea_ng_ml", 4.5)
    assert (kept.version, kept.case.labs.cea_ng_ml) == (2, 4.5)
    said = origin(store, "labs.cea_ng_ml")
    assert (said.kind, said.author, said.at, said.reason) == ("entered", "Lin", LATER, "")


def test_a_new_case_says_of_each_known_fact_who_brought_it_and_nothing_of_the_others(store):
    with store.reading() as session:
        case, said = newest(session, CASE).case, origins.origins(session, CASE)
    assert case.patient.age is not UNKNOWN
    assert case.patient.wexner_score is UNKNOWN
    assert "patient.age" in said
    assert "patient.wexner_score" not in said


def test_an_import_says_so_itself(store):
    with store.writing("chen", at=LATER) as writing:
        chen = person(writing.session, "chen")
        origins.note(writing, CASE, ["labs.cea_ng_ml"], chen, kind="imported", source="registry.csv")
        writing.record("test", f"case/{CASE}")
    said = origin(store, "labs.cea_ng_ml")
    assert (said.kind, said.source) == ("imported", "registry.csv")
    edit(store, "labs.cea_ng_ml", 4.5)
    assert origin(store, "labs.cea_ng_ml").kind == "entered"


def test_edits_of_different_facts_on_one_version_are_both_kept(store):
    edit(store, "labs.cea_ng_ml", 4.5, on=1)
    kept = edit(store, "primary.emvi", "present", on=1, login="chen")
    assert kept.version == 3
    assert (kept.case.labs.cea_ng_ml, kept.case.primary.emvi) == (4.5, "present")


def test_what_a_page_shows_and_nobody_touched_never_undoes_a_newer_edit(store):
    with store.reading() as session:
        seen = newest(session, CASE).case.labs.cea_ng_ml
    edit(store, "labs.cea_ng_ml", 4.5, login="chen")
    kept = write(
        store,
        {
            "labs.cea_ng_ml": Edit(value=seen, on_version=1),
            "primary.emvi": Edit(value="present", on_version=1),
        },
    )
    assert (kept.case.labs.cea_ng_ml, kept.case.primary.emvi) == (4.5, "present")


def test_two_edits_of_one_fact_clash_and_nothing_is_written(store):
    edit(store, "labs.cea_ng_ml", 4.5, login="chen")
    with pytest.raises(EditConflict) as caught:
        write(
            store,
            {
                "labs.cea_ng_ml": Edit(value=9.0, on_version=1),
                "primary.emvi": Edit(value="present", on_version=1),
            },
        )
    clash = caught.value.merge.clashes[0]
    assert (clash.fact, clash.before, clash.after) == ("labs.cea_ng_ml", 4.5, 9.0)
    with store.reading() as session:
        assert newest(session, CASE).version == 2


def test_the_same_edit_twice_is_no_clash(store):
    edit(store, "labs.cea_ng_ml", 4.5, login="chen")
    assert edit(store, "labs.cea_ng_ml", 4.5).version == 2


def test_a_finding_after_the_day_of_the_case_moves_that_day(store):
    kept = edit(store, "liver.hpb_review_on", "2026-06-01")
    assert kept.case.assessed_on == dt.date(2026, 6, 1)


def test_a_day_inside_a_record_moves_the_day_of_the_case_as_well(store):
    kept = edit(store, "treated_so_far", [{"step": "stoma", "start": "2026-05-20", "end": "2026-05-20"}])
    assert kept.case.assessed_on == dt.date(2026, 5, 20)


@pytest.mark.parametrize(
    ("fact", "value", "says"),
    [
        ("liver.hpb_review_on", "2026-09-01", "a day up to today"),
        ("liver.hpb_review_on", "soon", "a date such as"),
        ("primary.mrf_mm", -4.0, "from 0 to 99 mm"),
        ("primary.lateral_nodes", [{"side": "up"}], "left, right"),
        ("primary.colour", "red", "a fact of the contract"),
    ],
)
def test_what_cannot_be_is_refused_by_name_and_nothing_is_written(store, fact, value, says):
    with pytest.raises(InvalidInput) as caught:
        write(store, {fact: Edit(value=value, on_version=1), "primary.emvi": Edit(value="present", on_version=1)})
    assert [problem.field.startswith(fact) for problem in caught.value.problems] == [True]
    assert says in caught.value.problems[0].expected.en
    with store.reading() as session:
        assert newest(session, CASE).version == 1


def test_why_a_fact_is_unknown_is_kept_without_a_new_version_and_falls_away_when_it_is_known(store):
    kept = edit(store, "patient.wexner_score", None, reason="no_answer")
    assert kept.version == 1
    assert origin(store, "patient.wexner_score").reason == "no_answer"
    edit(store, "patient.wexner_score", 5)
    assert origin(store, "patient.wexner_score").reason == ""


def test_a_known_fact_can_be_made_unknown_for_a_reason(store):
    kept = edit(store, "labs.cea_ng_ml", None, reason="unobtainable")
    assert kept.case.labs.cea_ng_ml is UNKNOWN
    assert origin(store, "labs.cea_ng_ml").reason == "unobtainable"


def test_a_reason_nobody_offers_is_refused(store):
    with pytest.raises(InvalidInput, match="not_asked"):
        edit(store, "patient.wexner_score", None, reason="lost")
