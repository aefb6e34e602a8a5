"""How good were the predictions? Coverage, errors, slope and sharpness, overall, by class and by cohort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from pelvicrt.research.leave_out import Foreseen
from pelvicrt.research.predict import OUTCOME_CLASSES
from pelvicrt.research.replay import Replay

_PLACES = 4


def finding_row(item: Foreseen) -> dict[str, Any]:
    """One figure with the keys of the contract, and its rank among the predictions (the PIT value)."""
    target = item.target
    return {
        "quantity": target.quantity,
        "arm": target.arm or None,
        "subgroup": target.subgroup or None,
        "at_months": target.at_months,
        "n": target.n,
        "observed": _round(target.observed),
        "mean": _round(item.expected),
        "low50": _round(item.low50),
        "high50": _round(item.high50),
        "low95": _round(item.low95),
        "high95": _round(item.high95),
        "inside50": item.inside50,
        "inside95": item.inside95,
        "pit": _round(item.rank),
        "outcome_class": target.outcome_class,
        "score": target.score,
        "weight": target.weight,
    }


def scored(found: Sequence[Foreseen]) -> list[Foreseen]:
    """The figures that count: primary outcomes."""
    return [item for item in found if item.target.score == "primary"]


def coverage(found: Sequence[Foreseen]) -> dict[str, Any]:
    """Coverage and errors of some figures; errors of proportions as they are, of times in months.

    `signed_error` is predicted minus observed; `mae` by outcome class, weighted by nothing.
    """
    shares = [item for item in found if item.target.scale == "logit"]
    times = [item for item in found if item.target.scale == "log"]
    classes = [kind for kind in OUTCOME_CLASSES if any(x.target.outcome_class == kind for x in found)]
    return {
        "findings": len(found),
        "coverage95": _mean([float(item.inside95) for item in found]),
        "coverage50": _mean([float(item.inside50) for item in found]),
        "mae": {kind: _mean([abs(_error(x)) for x in found if x.target.outcome_class == kind]) for kind in classes},
        "signed_error": {kind: _mean([_error(x) for x in found if x.target.outcome_class == kind]) for kind in classes},
        "mae_proportions": _mean([abs(_error(item)) for item in shares]),
        "mae_months": _mean([abs(_error(item)) for item in times]),
        "calibration_slope": calibration_slope(shares),
        "median_width95_proportions": _median([item.high95 - item.low95 for item in shares]),
        "median_ratio95_times": _median([item.high95 / max(item.low95, 1e-9) for item in times]),
    }


def summary(made: Replay) -> dict[str, Any]:
    """The summary of the contract; primary outcomes only, the others apart."""
    primary = scored(made.found)
    classes = [kind for kind in OUTCOME_CLASSES if any(x.target.outcome_class == kind for x in primary)]
    return {
        **coverage(primary),
        "median_width95_os36_n100": None if made.os36_width is None else _round(made.os36_width),
        "by_class": {kind: coverage([x for x in primary if x.target.outcome_class == kind]) for kind in classes},
        "by_cohort": {
            name: coverage(rows) for name in made.cohorts if (rows := [x for x in primary if x.target.cohort == name])
        },
        "secondary": coverage([item for item in made.found if item.target.score == "secondary"]),
        "not_replayed": len(made.unanswered),
    }


def calibration_slope(found: Sequence[Foreseen]) -> float | None:
    """Slope of observed on predicted proportions by least squares: 1 when predictions spread as outcomes do.

    None with fewer than three figures or no spread of the predictions.
    """
    if len(found) < 3:
        return None
    x = np.array([item.expected for item in found])
    y = np.array([item.target.observed for item in found])
    spread = float(((x - x.mean()) ** 2).sum())
    return None if spread <= 0.0 else _round(float(((x - x.mean()) * (y - y.mean())).sum()) / spread)


def to_json(made: Replay) -> dict[str, Any]:
    """The whole answer with the keys of the contract."""
    return {
        "schema": "pelvicrt.replay/1",
        "draws": made.draws,
        "seed": made.seed,
        "cohorts": [
            {
                "id": name,
                "findings": [finding_row(item) for item in made.of(name)],
                "not_replayed": [
                    {
                        "quantity": item.quantity,
                        "arm": item.arm or None,
                        "subgroup": item.subgroup or None,
                        "at_months": item.at_months,
                        "observed": item.observed,
                        "because": {"en": item.because.en, "zh": item.because.zh},
                    }
                    for item in made.unanswered
                    if item.cohort == name
                ],
                "assumed": [
                    {
                        "arm": item.arm or None,
                        "about": item.about,
                        "taken": item.taken,
                        "because": {"en": item.because.en, "zh": item.because.zh},
                    }
                    for item in made.assumed.get(name, ())
                ],
                "without_use": list(made.unused.get(name, ())),
            }
            for name in made.cohorts
        ],
        "summary": summary(made),
    }


def _error(item: Foreseen) -> float:
    return item.expected - item.target.observed


def _mean(values: Sequence[float]) -> float | None:
    return _round(float(np.mean(values))) if values else None


def _median(values: Sequence[float]) -> float | None:
    return _round(float(np.median(values))) if values else None


def _round(value: float) -> float:
    return round(float(value), _PLACES)
