"""By how much do two options differ, outcome by outcome? Paired draws, so shared luck and shared doubt cancel."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from pelvicrt.foundation import LOWER_IS_BETTER, OUTCOME_NAMES
from pelvicrt.recommend.results import Comparison
from pelvicrt.recommend.weigh import chance_better
from pelvicrt.recommend.wishes import Floats, at_month
from pelvicrt.simulate import CandidateOutcomes, SimulatedOutcomes

MONTHS: Final = (36, 60)
COLUMNS: Final = 4
"""Options a page can hold side by side."""
LIKELY_RANGE: Final = (2.5, 97.5)  # number: 95 % interval


def comparisons(
    keys: Sequence[str], simulated: SimulatedOutcomes, *, known: Sequence[Comparison] = ()
) -> tuple[Comparison, ...]:
    """Every pair of the first options, in their order, on every outcome both have.

    `known` comparisons of the same draws are taken over, since no wish changes an outcome.
    """
    rows = [simulated.by_candidate[key] for key in keys if key in simulated.by_candidate][:COLUMNS]
    found: dict[tuple[str, str], list[Comparison]] = {}
    for item in known:
        found.setdefault((item.a, item.b), []).append(item)
    return tuple(
        item
        for a, b in itertools.combinations(rows, 2)
        for item in found.get((a.candidate, b.candidate)) or _pair(a, b)
    )


def _pair(a: CandidateOutcomes, b: CandidateOutcomes) -> Iterator[Comparison]:
    for name in OUTCOME_NAMES:
        left, right = a.outcome(name), b.outcome(name)
        if left is None or right is None or left.given != right.given:
            continue
        if len(left.at_months) == 1:
            only = left.at_months[0]
            yield _compared(
                a, b, name, months=None if np.isnan(only) else only, x=left.values[:, 0], y=right.values[:, 0]
            )
            continue
        for months in MONTHS:
            x, y = at_month(left, months), at_month(right, months)
            if x is not None and y is not None:
                yield _compared(a, b, name, months=float(months), x=x, y=y)


def _compared(
    a: CandidateOutcomes, b: CandidateOutcomes, name: str, *, months: float | None, x: Floats, y: Floats
) -> Comparison:
    difference = x - y
    low, high = np.percentile(difference, LIKELY_RANGE)
    better, worse = (y, x) if name in LOWER_IS_BETTER else (x, y)
    return Comparison(
        a=a.candidate,
        b=b.candidate,
        outcome=name,
        at_months=months,
        difference=float(difference.mean()),
        low=float(low),
        high=float(high),
        chance_a_better=chance_better(better, worse),
    )
