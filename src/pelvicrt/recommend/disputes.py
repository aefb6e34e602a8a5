"""On which questions that touch this patient do sources disagree? Shown side by side, never averaged."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from pelvicrt.case import Case, Facts
from pelvicrt.classify import Classification
from pelvicrt.evidence import Conflict, FactValue, Library, holds, parse
from pelvicrt.foundation import UNKNOWN, Unknown
from pelvicrt.recommend.results import ConflictCard


def conflict_cards(case: Case, classification: Classification, library: Library) -> tuple[ConflictCard, ...]:
    """A card for each disagreement whose condition holds, and for each that may hold once a fact is known.

    Raises:
        KeyError: when a conflict asks for a fact that does not exist.
    """
    look_up = look_up_for(case, classification)
    verdicts = ((item, holds(parse(item.applies_when), look_up)) for item in library.conflicts if item.enabled)
    return tuple(
        dataclasses.replace(_card(item, look_up), may_apply_missing=tuple(sorted(verdict.missing)))
        for item, verdict in verdicts
        if verdict.value is not False
    )


def look_up_for(case: Case, classification: Classification) -> Callable[[str], FactValue | Unknown]:
    """One look-up over the case's facts and its classes."""
    facts = Facts(case)
    return lambda name: classification.look_up(name) if name.startswith("class.") else facts.get(name)


def _card(conflict: Conflict, look_up: Callable[[str], FactValue | Unknown]) -> ConflictCard:
    ruler = look_up(conflict.ruler_fact) if conflict.ruler_fact else UNKNOWN
    low, high = conflict.disputed_from, conflict.disputed_to
    return ConflictCard(
        conflict=conflict.id,
        question=conflict.question,
        behaviour=conflict.behaviour,
        positions=tuple(
            (item.who, item.says, item.then, tuple(cited.source for cited in item.evidence), item.mark)
            for item in conflict.positions
        ),
        concerns=conflict.concerns,
        patient_value=float(ruler) if isinstance(ruler, (int, float)) else None,
        disputed=(low, high) if low is not None and high is not None else None,
        unit=conflict.ruler_unit,
        thresholds=tuple((item.threshold, item.who) for item in conflict.positions if item.threshold is not None),
    )
