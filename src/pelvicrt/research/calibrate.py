"""Which parameter values agree with both the priors and the published cohorts?

An ensemble smoother finds the region, a quadratic emulator fitted there makes the likelihood cheap, tempered sequential
Monte Carlo samples all parameters and between-study SDs together, and the model itself evaluates the last draws, which
are reweighted by the ratio of the two likelihoods: what ships is a posterior of the model, not of the emulator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import stats

from pelvicrt.evidence import Library
from pelvicrt.foundation import Streams
from pelvicrt.research.calibrate_emulator import Emulator, fit_emulator
from pelvicrt.research.calibrate_evaluate import Model
from pelvicrt.research.calibrate_priors import Priors, read_priors
from pelvicrt.research.calibrate_smc import Particles, effective_size, resample, temper
from pelvicrt.research.heterogeneity import Comparison, fitted
from pelvicrt.research.predict import Predictor
from pelvicrt.research.smoother import Stage, smooth

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Size of a calibration: smoother members and steps, draws of the posterior, at most so many emulator rounds."""

    members: int = 700
    steps: int = 6
    draws: int = 4096
    rounds: int = 3
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """How far the emulator's draws were from the model's posterior.

    `effective_size` of the importance weights, the largest weight, the share of the draws kept when they were
    resampled, and k of the generalised Pareto distribution of the largest weights (below .7: the weights can be relied
    on; Vehtari et al., JMLR 2024;25(72)).
    """

    effective_size: float
    largest_weight: float
    unique_share: float
    pareto_k: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A posterior: scores (draws, size), their predictions (draws, targets), and what led there.

    `targets` are all targets; `used` the places of those fitted. `emulator` predicts the fitted ones only.
    """

    priors: Priors
    comparison: Comparison
    used: npt.NDArray[np.int64]
    scores: Floats
    predicted: Floats
    prior_predicted: Floats
    prior_scores: Floats
    emulator: Emulator
    correction: Correction
    powers: tuple[float, ...]
    settings: Settings
    evaluations: int

    @property
    def fit_comparison(self) -> Comparison:
        """The comparison of the fitted targets alone."""
        return Comparison([self.comparison.targets[place] for place in self.used])


def calibrate(
    predictor: Predictor,
    library: Library,
    *,
    settings: Settings,
    folder: Path | None = None,
    progress: Callable[[float], None] = lambda _: None,
) -> Fit:
    """The joint posterior of the parameters of `predictor` under the priors of `library`.

    The same settings, library and predictor give the same draws, bit for bit. `folder` keeps evaluations so that a
    stopped run goes on.

    Raises:
        ValueError: when no target may be fitted.
    """
    done, work = 0, (settings.steps + 1 + settings.rounds) * settings.members + settings.draws

    def told(members: int) -> None:
        nonlocal done
        done += members
        progress(min(1.0, done / work))

    priors, streams = read_priors(library, predictor.parameter_ids), Streams(settings.seed)
    model = Model(predictor, priors, folder=folder, told=told)
    used = fitted(predictor.targets)
    if not len(used):
        raise ValueError("no figure of these cohorts is scored as primary, so there is nothing to fit")
    comparison = Comparison([predictor.targets[place] for place in used])
    stages = _smoothed(model, comparison, used, settings=settings, streams=streams)
    near = stages[len(stages) // 2 :]
    scores, predicted = _stacked(near)
    emulator = fit_emulator(scores[:, : len(priors.names)], predicted[:, used])
    for number in range(settings.rounds):
        found = _sampled(
            emulator, comparison, priors, members=settings.members, streams=streams, name=f"round/{number}"
        )
        exact = model(found.scores)
        scores, predicted = np.concatenate([scores, found.scores]), np.concatenate([predicted, exact])
        weights = corrections(emulator, comparison, priors, found.scores, exact[:, used])
        if effective_size(weights) >= 0.5 * settings.members:
            break
        emulator = fit_emulator(scores[:, : len(priors.names)], predicted[:, used])
    emulator = fit_emulator(scores[:, : len(priors.names)], predicted[:, used])
    found = _sampled(emulator, comparison, priors, members=settings.draws, streams=streams, name="last")
    exact = model(found.scores)
    weights = corrections(emulator, comparison, priors, found.scores, exact[:, used])
    chosen, correction = _resampled(weights, streams)
    progress(1.0)
    return Fit(
        priors=priors,
        comparison=model.comparison,
        used=used,
        scores=found.scores[chosen],
        predicted=exact[chosen],
        prior_predicted=stages[0].predicted,
        prior_scores=stages[0].scores,
        emulator=emulator,
        correction=correction,
        powers=found.powers,
        settings=settings,
        evaluations=model.evaluations,
    )


def emulated(
    emulator: Emulator, comparison: Comparison, priors: Priors, *, kept: Flags | None = None, widen: float = 1.0
) -> Callable[[Floats], Floats]:
    """The log-likelihood of scores under the emulator, its error added; `kept` leaves out blocks of figures.

    `widen` multiplies the between-study SDs, to see what hangs on their priors.
    """
    blocks = np.ones(len(comparison.blocks), dtype=np.bool_) if kept is None else kept

    def value(scores: Floats) -> Floats:
        predicted = emulator(scores[:, : len(priors.names)])
        tau = widen * priors.tau(scores)
        found = comparison.log_likelihood(predicted, tau, model_variance=emulator.error**2)
        return np.asarray(found[:, blocks].sum(axis=1))

    return value


def corrections(
    emulator: Emulator,
    comparison: Comparison,
    priors: Priors,
    scores: Floats,
    predicted: Floats,
    *,
    kept: Flags | None = None,
) -> Floats:
    """Log importance weights: log-likelihood under the model minus that under the emulator."""
    blocks = np.ones(len(comparison.blocks), dtype=np.bool_) if kept is None else kept
    exact = comparison.log_likelihood(predicted, priors.tau(scores))[:, blocks].sum(axis=1)
    return np.asarray(exact - emulated(emulator, comparison, priors, kept=kept)(scores))


def pareto_k(log_weights: Floats) -> float:
    """Shape of the generalised Pareto distribution of the weights above their tail's cut-off.

    The tail is min(n/5, 3 sqrt(n)) weights; equal weights have no tail (minus infinity).

    >>> pareto_k(np.zeros(100))
    -inf
    """
    weights = np.sort(np.exp(log_weights - log_weights.max()))
    count = int(min(len(weights) // 5, 3 * np.sqrt(len(weights))))
    tail = weights[-count:] - weights[-count - 1]
    if count < 5 or tail[-1] <= 0.0:
        return -np.inf
    return float(stats.genpareto.fit(tail[tail > 0.0], floc=0.0)[0])


def _smoothed(
    model: Model, comparison: Comparison, used: npt.NDArray[np.int64], *, settings: Settings, streams: Streams
) -> tuple[Stage, ...]:
    """The stages of the smoother, with the predictions of all targets kept beside."""
    every: list[Floats] = []

    def evaluate(scores: Floats) -> Floats:
        every.append(model(scores))
        return every[-1][:, used]

    priors = model.priors
    tau = priors.tau(np.zeros((1, priors.size)))[0]
    stages = smooth(
        evaluate,
        priors.start(settings.members, streams, "smoother"),
        observed=comparison.observed,
        covariance=comparison.covariance(tau),
        steps=settings.steps,
        streams=streams,
    )
    return tuple(Stage(scores=item.scores, predicted=whole) for item, whole in zip(stages, every, strict=True))


def _stacked(stages: tuple[Stage, ...]) -> tuple[Floats, Floats]:
    return np.concatenate([item.scores for item in stages]), np.concatenate([item.predicted for item in stages])


def _sampled(
    emulator: Emulator, comparison: Comparison, priors: Priors, *, members: int, streams: Streams, name: str
) -> Particles:
    return temper(
        priors.start(members, streams, name), emulated(emulator, comparison, priors), streams=streams, name=name
    )


def _resampled(log_weights: Floats, streams: Streams) -> tuple[npt.NDArray[np.int64], Correction]:
    weights = np.exp(log_weights - log_weights.max())
    weights = weights / weights.sum()
    chosen = resample(weights, luck=float(streams.uniforms("luck/correction", rows=1)[0, 0]))
    return chosen, Correction(
        effective_size=effective_size(log_weights),
        largest_weight=float(weights.max()),
        unique_share=len(np.unique(chosen)) / len(weights),
        pareto_k=pareto_k(log_weights),
    )
