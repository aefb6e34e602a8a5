"""Can the options be told apart on one outcome? Words from paired draws, on the ladder of chances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.recommend import Comparison
from pelvicrt.report.estimates import column_at, estimate_at, kind_of, more_is_better, told
from pelvicrt.report.options import Option
from pelvicrt.report.words import Words

LADDER = ((0.975, "plain"), (0.9, "very"), (0.75, "probably"))
"""Chance at which a difference is stated plainly, as very probable, as probable; below: too close to tell apart."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one row of the ledger says; `apart` is False when the options are too close."""

    said: str
    apart: bool


def rung(chance: float) -> str | None:
    """The word for a chance, or None below the ladder.

    >>> rung(0.8), rung(0.95), rung(0.99), rung(0.6)
    ('probably', 'very', 'plain', None)
    """
    return next((word for least, word in LADDER if chance > least or (chance == least and word == "probably")), None)


def verdict(
    options: tuple[Option, ...],
    outcome: str,
    months: float | None,
    comparisons: tuple[Comparison, ...],
    words: Words,
) -> Verdict | None:
    """Who stands apart from all others: the best if it does, else the worst; None with fewer than two to compare."""
    chances = _chances(options, outcome, months, comparisons)
    if len(chances) < 2:
        return None
    if not _visibly_different(options, outcome, months, words):
        return Verdict(words("verdict.same"), apart=False)
    more = more_is_better(outcome)
    best = max(chances, key=lambda item: min(chances[item].values()))
    word = rung(min(chances[best].values()))
    if word:
        return Verdict(_say(word, best, words, more=more), apart=True)
    worst = max(chances, key=lambda item: min(chances[other][item] for other in chances if other != item))
    word = rung(min(chances[other][worst] for other in chances if other != worst))
    if word:
        return Verdict(_say(word, worst, words, more=not more), apart=True)
    return Verdict(words("verdict.same"), apart=False)


def _visibly_different(options: tuple[Option, ...], outcome: str, months: float | None, words: Words) -> bool:
    """Whether any two best estimates differ once rounded as shown; a sure but invisible difference helps nobody."""
    found = [estimate_at(item.assessed.outcomes, outcome, months) for item in options]
    return len({told(item.mean, kind_of(outcome), words) for item in found if item}) > 1


def _say(word: str, letter: str, words: Words, *, more: bool) -> str:
    return words(f"verdict.{word}_{'more' if more else 'fewer'}", letter=letter)


def _chances(
    options: tuple[Option, ...], outcome: str, months: float | None, comparisons: tuple[Comparison, ...]
) -> dict[str, dict[str, float]]:
    """For each letter, its chance of being better than each other letter."""
    drawn = [item for item in options if _draws(item, outcome, months) is not None]
    return {
        left.letter: {
            right.letter: _chance(left, right, outcome, months, comparisons)
            for right in drawn
            if right.letter != left.letter
        }
        for left in drawn
    }


def _chance(
    left: Option, right: Option, outcome: str, months: float | None, comparisons: tuple[Comparison, ...]
) -> float:
    """The chance that `left` is better: as recommend says, else from the same paired draws; ties count half."""
    for item in comparisons:
        if item.outcome == outcome and item.at_months in (None, months):
            if (item.a, item.b) == (left.key, right.key):
                return item.chance_a_better
            if (item.a, item.b) == (right.key, left.key):
                return 1 - item.chance_a_better
    ours, theirs = _draws(left, outcome, months), _draws(right, outcome, months)
    assert ours is not None
    assert theirs is not None
    difference = ours - theirs
    sign = 1 if more_is_better(outcome) else -1
    return float(np.mean(sign * difference > 0) + 0.5 * np.mean(difference == 0))


def _draws(option: Option, outcome: str, months: float | None) -> npt.NDArray[np.float64] | None:
    outcomes = option.assessed.outcomes
    draws = outcomes.outcome(outcome) if outcomes else None
    return None if draws is None else column_at(draws, months)
