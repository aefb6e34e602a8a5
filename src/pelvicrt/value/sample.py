"""What is a study worth, before it is done? Expected value of sample information.

    EVSI = E_x[max_a E(NB a | x)] - max_a E(NB a),    x the study's result

Two regressions. The first carries g = E(NB | phi), phi the parameters the study measures (see `partial`). The second
carries E(g | x) on simulated results (Strong, Oakley, Brennan and Breeze 2015), which is E(NB | x) with all noise
from parameters the study cannot touch already gone. The EVSI is the EVPPI times the share of it that the second
reaches: so it lies between 0 and the EVPPI and reaches it when the study settles phi.

As a check that shares nothing with the second regression but the spread it explains, g itself is moved to the
covariance of E(g | x), as moment matching does (Heath, Manolopoulou and Baio 2018): `by_moments`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pelvicrt.value.decide import checked
from pelvicrt.value.estimate import Estimate, Floats, of_mean
from pelvicrt.value.metamodel import fit
from pelvicrt.value.noise import transport
from pelvicrt.value.partial import Gains, evppi
from pelvicrt.value.study import Measure

REPLICATES = 4
"""Results simulated of every draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """EVSI of one study at one size, the EVPPI it could at most reach, and the check by moments."""

    evsi: Estimate
    evppi: Estimate
    by_moments: float
    factor: float


def evsi(net_benefit: Floats, measures: Sequence[Measure], *, seed: int = 0, evpi: float | None = None) -> Sample:
    """Worth per decision of one study that reports `measures`, in a decision on `net_benefit` (draws, options).

    Raises:
        ValueError: when nothing is measured, the rows do not match or there are fewer than 20 draws.

    >>> x = np.linspace(-1, 1, 400)
    >>> nothing = evsi(np.stack([x, 0 * x], axis=1), [Measure(name="x", kind="mean", true=x, n=1e-6)])
    >>> everything = evsi(np.stack([x, 0 * x], axis=1), [Measure(name="x", kind="mean", true=x, n=1e6)])
    >>> round(nothing.evsi.value, 2), round(everything.evsi.value, 2)
    (0.0, 0.25)
    """
    return evsi_by_size(net_benefit, measures, factors=(1.0,), seed=seed, evpi=evpi)[0]


def evsi_by_size(
    net_benefit: Floats,
    measures: Sequence[Measure],
    *,
    factors: Sequence[float],
    seed: int = 0,
    evpi: float | None = None,
) -> tuple[Sample, ...]:
    """The same at several sizes of the study, each `factors` times that of `measures`, in the order given.

    A larger study is never worth less: where the estimates lie otherwise by their errors, the larger takes the value
    of the smaller.

    Raises:
        ValueError: as `evsi`, or when a factor is not above 0.
    """
    given = checked(net_benefit)
    if not measures or min(factors, default=0.0) <= 0:
        raise ValueError("a study must measure something, and every factor of its size must be above 0")
    known = np.stack([measure.true for measure in measures], axis=1)
    partial = evppi(given, known, evpi=evpi)
    gains = Gains.of(given, known)
    ordered = sorted(range(len(factors)), key=lambda i: factors[i])
    found: dict[int, Sample] = {}
    before: Sample | None = None
    for i in ordered:
        sized = [measure.sized(factors[i]) for measure in measures]
        item = _at_size(gains, sized, partial.evppi, factor=factors[i], seed=seed)
        if before is not None and item.evsi.value < before.evsi.value:
            item = Sample(evsi=before.evsi, evppi=item.evppi, by_moments=item.by_moments, factor=item.factor)
        found[i] = before = item
    return tuple(found[i] for i in range(len(factors)))


def _at_size(gains: Gains, measures: Sequence[Measure], most: Estimate, *, factor: float, seed: int) -> Sample:
    full = float(gains.fitted.max(axis=1).mean())
    others = [a for a in range(gains.own.shape[1]) if a != gains.over]
    if full <= 0 or not others:
        nothing = Estimate(value=0.0, standard_error=0.0)
        return Sample(evsi=nothing, evppi=most, by_moments=0.0, factor=factor)
    rows = np.arange(len(gains.own))
    reached, paid, moments = [], [], []
    for replicate in range(REPLICATES):
        result = np.stack([m.shown(seed=seed, replicate=replicate) for m in measures], axis=1)
        expected, left_out = np.zeros_like(gains.own), np.zeros_like(gains.own)
        found = fit(gains.fitted[:, others], result)
        expected[:, others], left_out[:, others] = found.fitted, found.left_out
        reached.append(expected.max(axis=1).mean())
        paid.append(gains.own[rows, left_out.argmax(axis=1)])
        moments.append(_matched(gains.fitted[:, others], expected[:, others]))
    share = min(max(float(np.mean(reached)), 0.0) / full, 1.0)
    error = of_mean(np.mean(paid, axis=0)).standard_error
    scale = most.value / full
    return Sample(
        evsi=Estimate(value=share * most.value, standard_error=error),
        evppi=most,
        by_moments=float(np.mean(moments)) * scale,
        factor=factor,
    )


def _matched(gains: Floats, expected: Floats) -> float:
    """Mean of the largest gain were `gains` to vary with the covariance of `expected`."""
    mean = gains.mean(axis=0)
    move = transport(_covariance(gains), _covariance(expected))
    moved = mean + (gains - mean) @ move.T
    return float(np.maximum(moved.max(axis=1), 0.0).mean())


def _covariance(x: Floats) -> Floats:
    return np.atleast_2d(np.cov(x, rowvar=False))
