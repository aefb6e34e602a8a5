"""Would the calibration have foreseen a study it had not seen? Every group of overlapping studies left out in turn.

The posterior without the group is sampled with the emulator, evaluated by the model and reweighted. The figures left
out are then predicted for a new study: parameters, a deviation of that study in each outcome class, and the luck of its
patients.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.foundation import Streams
from pelvicrt.research.calibrate import Fit, corrections, emulated, pareto_k
from pelvicrt.research.calibrate_evaluate import Model
from pelvicrt.research.calibrate_smc import effective_size, resample, temper
from pelvicrt.research.heterogeneity import Comparison
from pelvicrt.research.predict import Target, from_scale

Floats = npt.NDArray[np.float64]
_LEVELS = (0.025, 0.25, 0.5, 0.75, 0.975)  # number: ends of the central 95 and 50 % intervals
REPEATS = 8
"""New studies predicted from each draw, so that the ends of the intervals carry little luck."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One figure beside its prediction [natural scale]; `at_100` is the width of the 95 % interval for 100 patients."""

    target: Target
    expected: float
    low95: float
    low50: float
    high50: float
    high95: float
    rank: float
    at_100: float

    @property
    def inside95(self) -> bool:
        """Whether the printed figure lies in the central 95 % interval."""
        return self.rank > _LEVELS[0] and self.rank < _LEVELS[-1]

    @property
    def inside50(self) -> bool:
        """Whether the printed figure lies in the central 50 % interval."""
        return self.rank > _LEVELS[1] and self.rank < _LEVELS[-2]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One group left out: how well the posterior without it was sampled, and its figures foreseen."""

    group: str
    effective_share: float
    pareto_k: float
    foreseen: tuple[Foreseen, ...]


def leave_out(
    fit: Fit, model: Model, *, members: int = 400, progress: Callable[[float], None] = lambda _: None
) -> tuple[LeftOut, ...]:
    """Every group of the fitted targets left out in turn; `members` draws of each are evaluated by the model."""
    groups = list(dict.fromkeys(block.overlap_group for block in fit.fit_comparison.blocks))
    found = []
    for number, group in enumerate(groups):
        found.append(_one(fit, model, group, members))
        progress((number + 1) / len(groups))
    return tuple(found)


def _one(fit: Fit, model: Model, group: str, members: int) -> LeftOut:
    comparison, streams, name = fit.fit_comparison, Streams(fit.settings.seed), f"leave-out/{group}"
    kept = np.array([block.overlap_group != group for block in comparison.blocks])
    likelihood = emulated(fit.emulator, comparison, fit.priors, kept=kept)
    particles = temper(fit.priors.start(members, streams, name), likelihood, streams=streams, name=name)
    predicted = model(particles.scores)
    weights = corrections(fit.emulator, comparison, fit.priors, particles.scores, predicted[:, fit.used], kept=kept)
    shares = np.exp(weights - weights.max())
    chosen = resample(shares / shares.sum(), luck=0.5)
    places = [p for p in fit.used if fit.comparison.targets[p].overlap_group == group]
    return LeftOut(
        group=group,
        effective_share=effective_size(weights) / members,
        pareto_k=pareto_k(weights),
        foreseen=foresee(
            Comparison([fit.comparison.targets[p] for p in places]),
            predicted[chosen][:, places],
            fit.priors.tau(particles.scores[chosen]),
            streams=streams,
            name=name,
        ),
    )


def foresee(
    comparison: Comparison, predicted: Floats, tau: Floats, *, streams: Streams, name: str
) -> tuple[Foreseen, ...]:
    """What new studies would print, given predictions (draws, targets) and SDs (draws, classes), beside what was."""
    drawn = comparison.new_studies(predicted, tau, streams=streams, name=name, repeats=REPEATS)
    at_100 = comparison.new_studies(predicted, tau, streams=streams, name=name, repeats=REPEATS, patients=100)
    return tuple(
        _foreseen(
            target,
            float(comparison.observed[place]),
            predicted=predicted[:, place],
            drawn=drawn[:, place],
            at_100=at_100[:, place],
        )
        for place, target in enumerate(comparison.targets)
    )


def _foreseen(target: Target, observed: float, *, predicted: Floats, drawn: Floats, at_100: Floats) -> Foreseen:
    low95, low50, middle, high50, high95 = from_scale(np.quantile(drawn, _LEVELS), target.scale)
    narrow, wide = from_scale(np.quantile(at_100, (_LEVELS[0], _LEVELS[-1])), target.scale)
    center = middle if target.scale == "log" else from_scale(predicted, target.scale).mean()
    return Foreseen(
        target=target,
        expected=float(center),
        low95=float(low95),
        low50=float(low50),
        high50=float(high50),
        high95=float(high95),
        rank=float((drawn < observed).mean() + 0.5 * (drawn == observed).mean()),
        at_100=float(wide - narrow),
    )


def summary(found: tuple[Foreseen, ...]) -> dict[str, float | int | None]:
    """Coverage, mean absolute errors and sharpness of figures foreseen."""
    shares = [item for item in found if item.target.scale == "logit"]
    survival = [item for item in shares if item.target.outcome_class == "os"]
    three_years = [item.at_100 for item in survival if item.target.at_months == 36]
    return {
        "figures": len(found),
        "inside95": _mean([float(item.inside95) for item in found]),
        "inside50": _mean([float(item.inside50) for item in found]),
        "mae_overall_survival": _mean([_miss(item) for item in survival]),
        "mae_other_proportions": _mean([_miss(item) for item in shares if item.target.outcome_class != "os"]),
        "mae_medians_months": _mean([_miss(item) for item in found if item.target.scale == "log"]),
        "width95_os36_n100": float(np.median(three_years)) if three_years else None,
    }


def _miss(item: Foreseen) -> float:
    return abs(item.expected - item.target.observed)


def _mean(values: list[float]) -> float | None:
    return float(np.mean(values)) if values else None
