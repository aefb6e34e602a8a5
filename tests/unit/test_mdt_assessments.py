"""Assessments are kept as shown, one number each; the letters of a case's options last. Both databases."""

import pytest
from tests.support.databases import KINDS
from tests.support.follow_up import CHOSEN, document, filled_store

from pelvicrt.mdt import assessments, person, verify

CASE = "example-1"


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    yield made
    made.close()


def keep(store, assessment_id="x-1", *, version=1, letters=None):
    with store.writing("lin") as writing:
        author = person(writing.session, "lin")
        return assessments.keep_assessment(
            writing,
            author,
            case_id=CASE,
            case_version=version,
            document=document(id=assessment_id),
            letters=letters or {CHOSEN: "A", "no_rt_surgery": "B"},
        )


def test_the_next_assessment_gets_the_next_number_and_is_the_newest(store):
    assert keep(store).number == 2
    with store.reading() as session:
        assert assessments.newest_assessment(session, CASE).assessment_id == "x-1"
        assert [row.number for row in assessments.assessments(session, CASE)] == [1, 2]
        assert assessments.assessment_of(session, CASE, 2).document["id"] == "x-1"
        assert assessments.assessment_of(session, CASE, 3) is None


def test_the_same_assessment_of_the_same_version_is_not_kept_twice(store):
    assert keep(store).number == keep(store).number


def test_a_letter_once_given_stays_even_when_a_later_assessment_names_it_otherwise(store):
    keep(store, letters={CHOSEN: "C", "transplant": "B"})
    with store.reading() as session:
        assert assessments.letters_of(session, CASE) == {CHOSEN: "A", "transplant": "B"}


def test_a_case_without_assessment_has_no_letters(store):
    with store.reading() as session:
        assert assessments.letters_of(session, "nobody") == {}


def test_keeping_an_assessment_is_vouched_for_in_the_audit(store):
    keep(store)
    with store.reading() as session:
        assert verify(session).why is None
