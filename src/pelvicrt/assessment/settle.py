"""How many draws does an answer need? As many as it takes until doubling them has moved no probability by 0.01."""

from __future__ import annotations

import math
from typing import Any

from pelvicrt.assessment.path import Progress, assess
from pelvicrt.assessment.result import Assessment
from pelvicrt.case import Case

TOLERANCE = 0.01  # number: the line of this project for the error of a probability from too few draws
FEWEST_DRAWS, MOST_DRAWS = 1000, 16_000
_STEP = 500
_DIGITS = 6
"""Decimals at which a move is held against the tolerance: 55 of 5,500 draws are 0.01, whatever the last bits say."""
_SPARE = 1.2  # number: of draws above those the square root law asks for, so that one more round is rarely needed
_FIRST_ROUND = 0.1  # number: of the progress told, for the first round of several


def assess_settled(
    case: Case,
    *,
    draws: int = FEWEST_DRAWS,
    tolerance: float = TOLERANCE,
    most_draws: int = MOST_DRAWS,
    progress: Progress | None = None,
    **others: Any,
) -> Assessment:
    """`assess` from `draws` on with more and more draws, until the last doubling moved nothing above `tolerance`.

    What has to stand still are all reported probabilities: best estimates, ends of likely ranges, and chances of being
    better or best (`Advice.convergence`). `most_draws` ends it unsettled; the assessment says so itself. The answer is
    the one that `assess` gives with the same number of draws.

    Raises:
        ValueError: when `tolerance` is not above 0 or `most_draws` is below `draws`.
    """
    if tolerance <= 0.0 or most_draws < draws:
        raise ValueError(f"tolerance {tolerance} must be above 0 and most_draws {most_draws} at least draws {draws}")
    told, share = 0.0, _FIRST_ROUND
    while True:
        made = assess(case, draws=draws, progress=_part(progress, told, share), **others)
        moved = made.advice.convergence
        if (moved is not None and round(moved.largest, _DIGITS) <= tolerance) or draws >= most_draws:
            return made
        del made  # a large answer is not held while a larger one is made
        told, share = told + share, (1.0 - told - share) * (1.0 - _FIRST_ROUND)
        draws = min(most_draws, needed(draws, 1.0 if moved is None else moved.largest, tolerance))


def needed(draws: int, moved: float, tolerance: float) -> int:
    """Draws at which a move of `moved` at `draws` falls to `tolerance`: it shrinks with the square root of the draws.

    >>> needed(1000, 0.02, 0.01)
    5000
    """
    wanted = _SPARE * draws * (moved / tolerance) ** 2
    return max(draws + _STEP, _STEP * math.ceil(round(wanted / _STEP, 6)))


def _part(progress: Progress | None, told: float, share: float) -> Progress | None:
    return None if progress is None else lambda done: progress(told + share * done)
