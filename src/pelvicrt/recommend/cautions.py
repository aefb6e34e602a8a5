"""Which banners must stand above the advice? Evidence from other patients, observational order, wishes not weighed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pelvicrt.classify import Classification
from pelvicrt.foundation import OUTCOME_NAMES, Text
from pelvicrt.recommend import words
from pelvicrt.recommend.wishes import UNMODELLED, WISHES, Values
from pelvicrt.simulate import CandidateOutcomes, SimulatedOutcomes

ORDERS: Final = frozenset({"liver_first", "rectum_first", "interval", "simultaneous"})
"""Strategies that differ by the order of liver and rectum; no trial has randomised it."""


def warnings(
    leading: Sequence[str],
    opened: Sequence[str],
    *,
    classification: Classification,
    simulated: SimulatedOutcomes | None,
    values: Values | None,
    wishes: Mapping[str, float],
    names: Mapping[str, Text],
) -> tuple[Text, ...]:
    """Every banner that applies, each once."""
    found = [*_from_m0_views(classification)]
    if simulated is not None:
        found += _from_m0([simulated.by_candidate[key] for key in leading if key in simulated.by_candidate], names)
    if len({key.partition(":")[0] for key in opened} & ORDERS) > 0:
        found.append(words.OBSERVATIONAL)
    if values is not None:
        found += _unused(values, wishes)
    return tuple(dict.fromkeys(found))


def _from_m0_views(classification: Classification) -> Iterator[Text]:
    views = [view.name for view in classification.guideline_views if view.from_m0]
    if views:
        yield words.FROM_M0_VIEW.fill(names=words.plain_list(list(dict.fromkeys(views))))


def _from_m0(items: Sequence[CandidateOutcomes], names: Mapping[str, Text]) -> Iterator[Text]:
    """One banner for all options named first: which of their figures come from patients without metastases."""
    by_option = {item.candidate: {outcome.name for outcome in item.outcomes if outcome.from_m0} for item in items}
    outcomes = [words.OUTCOMES[name] for name in OUTCOME_NAMES if any(name in found for found in by_option.values())]
    touched = [names[key] for key, found in by_option.items() if found]
    if outcomes:
        yield words.FROM_M0.fill(outcomes=words.plain_list(outcomes), a=words.listed(touched, most=3))


def _unused(values: Values, wishes: Mapping[str, float]) -> Iterator[Text]:
    labels = {wish.name: wish.label for wish in WISHES} | UNMODELLED
    for name in values.unusable:
        if wishes.get(name):
            yield words.UNUSED_WISH.fill(wish=labels[name])
