"""Which sources does an assessment rest on, and how fresh is the evidence?"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator

from pelvicrt.assessment.plan import NOT_CHANGED_SOURCES
from pelvicrt.assessment.result import Assessment
from pelvicrt.evidence import KINDS, Library
from pelvicrt.foundation import Reason

UNDATED = frozenset({"sources", "studies", "designs", "accuracies", "structures"})
"""Shelves that do not date an advice: two carry the day of reading in `seen`, the others are not used for it."""


def cited_by(assessment: Assessment) -> tuple[str, ...]:
    """Every source id used anywhere in the assessment, in order of first use."""
    return tuple(dict.fromkeys(_ids(assessment)))


@functools.cache
def evidence_date(library: Library) -> dt.date:
    """The day the newest record of the library was checked."""
    dates: list[dt.date] = [
        record.checked_on
        for kind in KINDS
        if kind not in UNDATED
        for record in library.shelf(kind)
        if hasattr(record, "checked_on")
    ]
    return max(dates)


def plan_sources(assessment: Assessment) -> Iterator[str]:
    """Sources behind the estimates of the dose plans, and behind why they change no simulated number."""
    for plan in assessment.plans:
        for harm in plan.harms:
            yield from harm.estimate.sources
    if any(item.plans for item in assessment.strategies):
        yield from NOT_CHANGED_SOURCES


def _ids(assessment: Assessment) -> Iterator[str]:
    yield from plan_sources(assessment)
    for reason in reasons_of(assessment):
        yield from reason.sources
    for score in assessment.classification.scores:
        yield from score.sources
    for item in assessment.strategies:
        for outcome in item.outcomes.outcomes if item.outcomes else ():
            yield from outcome.sources
    for driver in assessment.advice.recommendation.drivers:
        yield from driver.sources
    for card in assessment.advice.conflicts:
        for *_, sources, _mark in card.positions:
            yield from sources


def reasons_of(assessment: Assessment) -> Iterator[Reason]:
    """Every reason in the assessment: of classes, guideline views, cautions, options and dates."""
    found = assessment.classification
    first = (found.emergency, found.mmr, found.liver, found.pelvis, found.fitness, found.symptomatic)
    for finding in (*first, found.oligometastatic):
        yield from finding.reasons
    for view in found.guideline_views:
        yield from view.reasons
    for caution in found.cautions:
        yield caution.reason
    for item in assessment.strategies:
        dated = item.candidate.timeline
        yield from (*item.candidate.reasons, *item.ranked.reasons, *dated.deviations, *dated.conflict)
        for step in dated.steps:
            yield from step.reasons
