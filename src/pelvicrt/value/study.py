"""What would a study show, if the parameters were those of a draw? Summary statistics of a study not yet done.

A study measures a parameter of the model in its own patients and centres. Its own true value differs from the model's
by the spread between studies (on the logit of a proportion, on the log of a ratio), and what it reports differs from
its own value by chance. The spread between studies is why even an endless study does not tell everything.

All luck comes from named streams that do not depend on the size of the study, so that a larger study is the same study
with less chance in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import special

from pelvicrt.foundation import Streams, expit, logit
from pelvicrt.value.estimate import Floats

Likelihood = Literal["proportion", "log_ratio", "odds_ratio", "mean"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a study measures of one parameter; `true` holds its draws, (draws,).

    proportion   `true` in 0..1, seen as a share of n patients (binomial)
    log_ratio    `true` a ratio above 0 (hazard ratio), its log seen with SD 2 / sqrt(n) for n events in two equal arms
    odds_ratio   `true` a ratio above 0, seen as two binomial arms of n patients; `reference` is the first arm's chance
    mean         `true` any number, seen with SD `spread` / sqrt(n)

    `between` is the SD between studies on the logit (proportion, odds_ratio), the log (log_ratio) or as it is (mean).
    """

    name: str
    kind: Likelihood
    true: Floats
    n: float
    between: float = 0.0
    reference: Floats | None = None
    spread: float = 1.0

    def __post_init__(self) -> None:
        if self.n <= 0 or self.between < 0:
            raise ValueError(f"{self.name}: n must be above 0 and the spread between studies 0 or more")
        if (self.kind == "odds_ratio") != (self.reference is not None):
            raise ValueError(f"{self.name}: an odds ratio needs the chance in its reference arm, nothing else does")

    def sized(self, factor: float) -> Measure:
        """The same measure in a study `factor` times the size.

        >>> Measure(name="x", kind="proportion", true=np.array([0.5]), n=10).sized(2.5).n
        25.0
        """
        return Measure(
            name=self.name,
            kind=self.kind,
            true=self.true,
            n=self.n * factor,
            between=self.between,
            reference=self.reference,
            spread=self.spread,
        )

    def shown(self, *, seed: int, replicate: int) -> Floats:
        """What the study reports in each draw, (draws,): a share, a mean, or the log of a ratio."""
        luck = Streams(seed).uniforms(f"luck/study/{self.name}/{replicate}", rows=len(self.true), columns=3)
        own = self._own(special.ndtri(luck[:, 0]) * self.between)
        match self.kind:
            case "proportion":
                return _share(luck[:, 1], self.n, own)
            case "odds_ratio":
                assert self.reference is not None
                treated = expit(logit(self.reference) + np.log(own))
                arms = _share(luck[:, 1], self.n, self.reference), _share(luck[:, 2], self.n, treated)
                # Half a patient is added to every cell, so that an arm without an event still has a log odds.
                odds = [np.log((share * self.n + 0.5) / ((1 - share) * self.n + 0.5)) for share in arms]
                # Only the contrast is told: the reference arm's chance in the study's patients is not the model's.
                return np.asarray(odds[1] - odds[0])
            case "log_ratio":
                return np.asarray(np.log(own) + special.ndtri(luck[:, 1]) * 2 / np.sqrt(self.n))
            case "mean":
                return np.asarray(own + special.ndtri(luck[:, 1]) * self.spread / np.sqrt(self.n))

    def _own(self, shift: Floats) -> Floats:
        """The value in the study's own patients."""
        match self.kind:
            case "proportion":
                return np.asarray(expit(logit(self.true) + shift))
            case "mean":
                return np.asarray(self.true + shift)
            case _:
                return np.asarray(self.true * np.exp(shift))


def _share(luck: Floats, n: float, chance: Floats) -> Floats:
    """The share seen among n patients, by the inverse of the binomial distribution."""
    whole = max(1, round(n))
    from scipy import stats

    return np.asarray(stats.binom.ppf(luck, whole, chance), dtype=np.float64) / whole
