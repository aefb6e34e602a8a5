"""Can the calibration be believed? Figures missed, ranks, what hangs on the heterogeneity priors, synthetic truths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from pelvicrt.foundation import Streams
from pelvicrt.research.calibrate import Fit, emulated
from pelvicrt.research.calibrate_smc import temper
from pelvicrt.research.leave_out import Foreseen, foresee

Floats = npt.NDArray[np.float64]
DISCREPANT = 1.5  # number: standard errors from which a figure is listed as missed
BINS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One figure and how far it lies from the posterior predictive, in standard errors (observed minus expected)."""

    cohort: str
    target: str
    observed: float
    expected: float
    z: float
    fitted: bool


def discrepancies(fit: Fit) -> tuple[Discrepancy, ...]:
    """Every figure, worst first; the error contains parameters, between-study differences and sampling."""
    tau = (fit.priors.tau(fit.scores) ** 2).mean(axis=0)[fit.comparison.outcome_class]
    spread = np.sqrt(fit.predicted.var(axis=0) + tau + fit.comparison.variance)
    z = (fit.comparison.observed - fit.predicted.mean(axis=0)) / spread
    found = [
        Discrepancy(
            cohort=item.cohort,
            target=item.id,
            observed=item.observed,
            expected=_natural(fit.predicted[:, place].mean(), item.scale),
            z=float(z[place]),
            fitted=bool(place in fit.used),
        )
        for place, item in enumerate(fit.comparison.targets)
    ]
    return tuple(sorted(found, key=lambda item: -abs(item.z)))


def in_sample(fit: Fit, *, prior: bool = False) -> tuple[Foreseen, ...]:
    """The fitted figures as new studies would print them, under the posterior (or the prior)."""
    scores, predicted = (fit.prior_scores, fit.prior_predicted) if prior else (fit.scores, fit.predicted)
    name = "prior-predictive" if prior else "posterior-predictive"
    tau = fit.priors.tau(scores)
    return foresee(fit.fit_comparison, predicted[:, fit.used], tau, streams=Streams(fit.settings.seed), name=name)


def rank_histogram(found: tuple[Foreseen, ...]) -> list[int]:
    """How many figures fall into each tenth of their predictive distribution: flat when it is right."""
    return [int(n) for n in np.histogram([item.rank for item in found], bins=BINS, range=(0.0, 1.0))[0]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The parameter whose mean moves most [prior SD] when the between-study SDs are multiplied, and by how much."""

    factor: float
    most_moved: str
    moved: float
    moved_beyond_a_quarter: tuple[str, ...]


def heterogeneity_sensitivity(fit: Fit, *, factors: tuple[float, ...] = (0.5, 2.0)) -> tuple[Sensitivity, ...]:
    """What other between-study SDs would change, all with the emulator."""
    streams, members = Streams(fit.settings.seed), fit.settings.members
    count = len(fit.priors.names)

    def mean(factor: float) -> Floats:
        likelihood = emulated(fit.emulator, fit.fit_comparison, fit.priors, widen=factor)
        start = fit.priors.start(members, streams, "sensitivity")
        scores = temper(start, likelihood, streams=streams, name="sensitivity").scores
        return np.asarray(scores[:, :count].mean(axis=0))

    base = mean(1.0)
    found = []
    for factor in factors:
        moved = mean(factor) - base
        worst = int(np.argmax(np.abs(moved)))
        beyond = [fit.priors.names[i] for i in np.argsort(-np.abs(moved)) if abs(moved[i]) > 0.25]
        found.append(
            Sensitivity(
                factor=factor,
                most_moved=fit.priors.names[worst],
                moved=float(moved[worst]),
                moved_beyond_a_quarter=tuple(beyond),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticTruths:
    """Ranks of known parameter values among posterior draws fitted to figures made from them.

    `inside95` and `inside50` are shares over truths and informed parameters; `smallest_p` is the smallest of the
    Kolmogorov-Smirnov tests of uniform ranks, one a parameter, times their number (Bonferroni).
    """

    truths: int
    parameters: int
    inside95: float
    inside50: float
    smallest_p: float


def synthetic_truths(
    fit: Fit,
    names: tuple[str, ...],
    *,
    truths: int = 50,
    members: int = 256,
    progress: Callable[[float], None] = lambda _: None,
) -> SyntheticTruths:
    """Simulation-based calibration (Talts et al. 2018) of sampler and likelihood, with the emulator as the model.

    Parameters, SDs and deviations of studies are drawn from their priors, figures made from them with the printed
    errors, and the posterior sampled again; the truth's rank in it must be uniform.
    """
    streams, places = Streams(fit.settings.seed), [fit.priors.columns.index(name) for name in names]
    truth = special.ndtri(streams.uniforms("luck/truth", rows=truths, columns=fit.priors.size))
    ranks = np.empty((truths, len(places)))
    for number in range(truths):
        comparison = fit.fit_comparison.with_figures(
            fit.emulator(truth[[number], : len(fit.priors.names)]),
            fit.priors.tau(truth[[number]]),
            model_variance=fit.emulator.error**2,
            streams=streams,
            name=f"truth/{number}",
        )
        likelihood = emulated(fit.emulator, comparison, fit.priors)
        start = fit.priors.start(members, streams, f"truth/{number}")
        found = temper(start, likelihood, streams=streams, name=f"truth/{number}").scores
        ranks[number] = (found[:, places] < truth[number, places]).mean(axis=0)
        progress((number + 1) / truths)
    tests = [stats.kstest(ranks[:, place], "uniform").pvalue for place in range(len(places))]
    tail, quarter = 0.025, 0.25  # number: the central 95 and 50 %
    return SyntheticTruths(
        truths=truths,
        parameters=len(places),
        inside95=float(((ranks > tail) & (ranks < 1.0 - tail)).mean()),
        inside50=float(((ranks > quarter) & (ranks < 1.0 - quarter)).mean()),
        smallest_p=float(min(1.0, min(tests) * len(tests))),
    )


def _natural(value: float, scale: str) -> float:
    return float(np.exp(value) if scale == "log" else special.expit(value))
