"""What a parameter may be: distribution families sampled by inverse cumulative distribution."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.foundation import expit, logit

Floats = npt.NDArray[np.float64]
Family = Literal["fixed", "normal", "lognormal", "logitnormal", "beta", "uniform", "truncated_normal"]


@dataclass(frozen=True, slots=True)
class Distribution:
    """One family with its two numbers.

    fixed(a); normal(mean a, sd b); lognormal(median a, sd of the log b); logitnormal(median a, sd of the logit b);
    beta(a, b); uniform(low a, high b); truncated_normal(mean a, sd b), cut at 0.
    """

    family: Family
    a: float
    b: float = 0.0

    def at(self, u: Floats) -> Floats:
        """Values at the probabilities `u` (any shape), by the inverse cumulative distribution function.

        >>> Distribution("lognormal", 0.45, 0.15).at(np.array([0.5])).round(6).tolist()
        [0.45]
        """
        match self.family:
            case "fixed":
                return np.full_like(u, self.a)
            case "normal":
                return self.a + self.b * special.ndtri(u)
            case "lognormal":
                return self.a * np.exp(self.b * special.ndtri(u))
            case "logitnormal":
                return expit(logit(self.a) + self.b * special.ndtri(u))
            case "beta":
                return np.asarray(special.betaincinv(self.a, self.b, u), dtype=np.float64)
            case "uniform":
                return self.a + (self.b - self.a) * u
            case "truncated_normal":
                below = special.ndtr(-self.a / self.b)
                return self.a + self.b * special.ndtri(below + u * (1.0 - below))

    def median(self) -> float:
        """The value half of the draws lie below."""
        return float(self.at(np.array([0.5]))[0])

    def interval(self, level: float = 0.95) -> tuple[float, float]:  # number: the customary level
        """The central interval of a probability level.

        >>> [round(x, 3) for x in Distribution("normal", 0.0, 1.0).interval()]
        [-1.96, 1.96]
        """
        tail = (1.0 - level) / 2.0
        low, high = self.at(np.array([tail, 1.0 - tail]))
        return float(low), float(high)
