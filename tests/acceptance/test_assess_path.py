"""One case through the whole data path, and its wishes tried again."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from pelvicrt.assessment import Assessment, assess, reweigh
from pelvicrt.case import Case
from pelvicrt.evidence import library
from pelvicrt.foundation import UsageError
from pelvicrt.intake import load_case

EXAMPLE = Path(__file__).parents[2] / "examples" / "example-1.yaml"
DRAWS = 60


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(EXAMPLE)


@pytest.fixture(scope="module")
def steps() -> list[float]:
    return []


@pytest.fixture(scope="module")
def first(case: Case, steps: list[float]) -> Assessment:
    return assess(case, draws=DRAWS, seed=3, progress=steps.append)


def test_the_same_seed_gives_the_same_assessment_but_for_the_time(case: Case, first: Assessment) -> None:
    again = assess(case, draws=DRAWS, seed=3)
    assert (again.id, again.advice, again.citations) == (first.id, first.advice, first.citations)


def test_another_seed_is_another_assessment(case: Case, first: Assessment) -> None:
    assert assess(case, draws=DRAWS, seed=4).id != first.id


def test_every_source_cited_is_in_the_library(first: Assessment) -> None:
    assert first.citations
    assert all(library().source_of(source).id == source for source in first.citations)


def test_progress_ends_at_one(first: Assessment, steps: list[float]) -> None:
    assert first.draws == DRAWS
    assert (steps == sorted(steps), steps[-1]) == (True, 1.0)


def test_the_evidence_is_dated_by_its_newest_check(first: Assessment) -> None:
    """The same as the newest day written in a file of the shelves an advice rests on, read as text."""
    not_of_an_advice = {"sources", "studies", "designs", "accuracies", "structures"}
    files = [path for path in library().folder.rglob("*.yaml") if path.parent.name not in not_of_an_advice]
    days = [day for path in files for day in re.findall(r"^checked_on: (\S+)$", path.read_text("utf-8"), re.MULTILINE)]
    assert first.evidence_date.isoformat() == max(days)


def test_every_option_is_listed_once_and_the_leader_first(first: Assessment) -> None:
    keys = [item.candidate.key for item in first.strategies]
    assert len(set(keys)) == len(keys)
    assert first.advice.recommendation.strategy in (None, keys[0])


def test_trying_the_same_wishes_changes_nothing(case: Case, first: Assessment) -> None:
    again = reweigh(first, case.preferences)
    assert (again.id, again.advice) == (first.id, first.advice)


def test_trying_other_wishes_gives_what_a_new_assessment_would(case: Case, first: Assessment) -> None:
    wishes = dataclasses.replace(case.preferences, organ_preservation=1, survival_over_function=9)
    tried = reweigh(first, wishes)
    fresh = assess(dataclasses.replace(case, preferences=wishes), draws=DRAWS, seed=3)
    assert tried.id == fresh.id
    assert tried.advice.recommendation == fresh.advice.recommendation
    assert [item.candidate for item in tried.strategies] == [item.candidate for item in fresh.strategies]
    assert [(r.candidate, r.status, r.utility_mean) for r in tried.advice.ranked] == [
        (r.candidate, r.status, r.utility_mean) for r in fresh.advice.ranked
    ]


def test_trying_a_refusal_needs_a_new_assessment(case: Case, first: Assessment) -> None:
    with pytest.raises(UsageError, match="only the wishes from 0 to 10"):
        reweigh(first, dataclasses.replace(case.preferences, declines=("surgery",)))
