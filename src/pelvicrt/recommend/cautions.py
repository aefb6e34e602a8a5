"""Which banners must stand above the advice? Evidence from other patients, observational order, wishes not weighed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pelvicrt.classify import Classification
from pelvicrt.foundation import Text
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
) -> tuple[Text, ...]:
    """Every banner that applies, each once."""
    found = [*_scope(classification), *_from_m0_views(classification)]
    if simulated is not None:
        found += _from_m0([simulated.by_candidate[key] for key in leading if key in simulated.by_candidate])
    if len({key.partition(":")[0] for key in opened} & ORDERS) > 0:
        found.append(words.OBSERVATIONAL)
    if values is not None:
        found += _unused(values, wishes)
    return tuple(dict.fromkeys(found))


def _from_m0_views(classification: Classification) -> Iterator[Text]:
    views = [view.name for view in classification.guideline_views if view.from_m0]
    if views:
        yield words.FROM_M0_VIEW.fill(names=words.plain_list(list(dict.fromkeys(views))))


def _scope(classification: Classification) -> Iterator[Text]:
    """What lies outside the patients this program speaks about, said before anything else."""
    yield from (caution.reason.text for caution in classification.cautions if caution.effect == "scope")


def _from_m0(items: Sequence[CandidateOutcomes]) -> Iterator[Text]:
    """One banner for all options named first: how many of their outcomes come from patients without metastases."""
    touched = {outcome.name for item in items for outcome in item.outcomes if outcome.from_m0}
    if touched:
        yield words.FROM_M0.fill(n=len(touched))


def _unused(values: Values, wishes: Mapping[str, float]) -> Iterator[Text]:
    labels = {wish.name: wish.label for wish in WISHES} | UNMODELLED
    for name in values.unusable:
        if wishes.get(name):
            yield words.UNUSED_WISH.fill(wish=labels[name])
