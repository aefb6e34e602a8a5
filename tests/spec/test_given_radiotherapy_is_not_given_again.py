"""A patient who had one course of radiotherapy is offered plans that go on from it, never the other course on top."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from pelvicrt.case import Case, TreatedStep
from pelvicrt.classify import classify
from pelvicrt.evidence import library
from pelvicrt.foundation import UNKNOWN
from pelvicrt.intake import load_case
from pelvicrt.strategies import Candidate, candidates

EXAMPLE = Path(__file__).parents[2] / "examples" / "example-1.yaml"
RULES = {"given-rt.short-course-after-long", "given-rt.long-course-after-short"}
OTHER = {"short_course": "long_course", "long_course": "short_course"}


def offered(given: Any) -> tuple[Candidate, ...]:
    case: Case = dataclasses.replace(load_case(EXAMPLE), treated_so_far=given)
    shelf = library()
    return candidates(case, classify(case, shelf), shelf, dated=False)


def families(found: tuple[Candidate, ...], *, stopped: bool) -> set[str]:
    """The families of schedules that the rules on radiotherapy already given stop, or leave alone."""
    return {
        item.regimen.family
        for item in found
        if item.regimen is not None and bool({reason.rule for reason in item.reasons} & RULES) is stopped
    }


@pytest.mark.parametrize("kind", ["short_course", "long_course"])
def test_the_other_course_is_stopped_and_the_same_goes_on(kind: Any) -> None:
    found = offered((TreatedStep(step=kind, start=dt.date(2026, 3, 2), end=dt.date(2026, 4, 8)),))
    assert families(found, stopped=True) == {OTHER[kind]}
    assert kind in families(found, stopped=False)
    assert all(item.status == "contraindicated" for item in found if {reason.rule for reason in item.reasons} & RULES)


@pytest.mark.parametrize("given", [(), (TreatedStep(step="systemic", start=dt.date(2026, 3, 2)),)])
def test_without_a_course_given_nothing_is_stopped(given: Any) -> None:
    assert not families(offered(given), stopped=True)


def test_unknown_treatment_is_named_and_stops_nothing() -> None:
    named = [item for item in offered(UNKNOWN) if {reason.rule for reason in item.reasons} & RULES]
    assert named
    assert all("treated_so_far" in item.missing for item in named)
    assert all(item.status != "contraindicated" for item in named)
