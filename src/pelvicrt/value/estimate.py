"""What does an estimate from draws look like? A value with its standard error, and how that is worked out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

BLOCKS = 40
"""Blocks of draws left out in turn; enough for a standard error that is itself sure to about 11 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value with its standard error over the draws, both in the unit of net benefit."""

    value: float
    standard_error: float


def of_mean(contributions: Floats) -> Estimate:
    """The mean of one contribution a draw, with its standard error; a single draw has none (0).

    >>> of_mean(np.array([1.0, 3.0]))
    Estimate(value=2.0, standard_error=1.0)
    """
    n = len(contributions)
    spread = float(contributions.std(ddof=1)) if n > 1 else 0.0
    return Estimate(value=float(contributions.mean()), standard_error=spread / float(np.sqrt(n)))


def jackknife_error(statistic: Callable[[Ints], Floats], *, draws: int, blocks: int = BLOCKS) -> Floats:
    """Standard error of `statistic(rows)` by leaving out blocks of draws in turn (grouped jackknife).

    SE^2 = (g - 1)/g sum_j (t_j - mean t)^2 over the g blocks. Draws are dealt to blocks in turn, so that drift along
    the draws does no harm.

    >>> x = np.array([1.0, 2.0, 3.0, 4.0])
    >>> round(float(jackknife_error(lambda rows: x[rows].mean(), draws=4)), 6)  # the sd of x over the root of 4
    0.645497
    """
    used = min(blocks, draws)
    if used < 2:
        return np.zeros_like(np.asarray(statistic(np.arange(draws)), dtype=np.float64))
    block = np.arange(draws) % used
    left_out = np.stack([np.asarray(statistic(np.flatnonzero(block != j))) for j in range(used)])
    deviations = left_out - left_out.mean(axis=0)
    return np.asarray(np.sqrt((used - 1) / used * (deviations**2).sum(axis=0)))
