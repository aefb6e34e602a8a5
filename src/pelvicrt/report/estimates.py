"""What do the draws of one outcome say? A best estimate, its likely range, and which unit it is told in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pelvicrt.foundation import LOWER_IS_BETTER, Grade
from pelvicrt.report.words import Words
from pelvicrt.simulate import CandidateOutcomes, OutcomeDraws

LOW_PERCENTILE, HIGH_PERCENTILE = 2.5, 97.5
USUAL_HORIZON_MONTHS = 36.0
Kind = Literal["share", "rare", "days", "months", "cost"]
_KINDS: dict[str, Kind] = {
    "postoperative_mortality_90d": "rare",
    "treatment_days": "days",
    "life_months": "months",
    "quality_adjusted_months": "months",
    "cost": "cost",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One outcome at one time. `low`, `high`: 95 % from parameters; `centre_*`: plus differences between centres."""

    outcome: str
    at_months: float | None
    mean: float
    low: float
    high: float
    centre_low: float
    centre_high: float
    grade: Grade
    from_m0: bool
    given: str
    sources: tuple[str, ...]

    @property
    def is_impossible(self) -> bool:
        """Whether the plan rules the outcome out: it never happens in any draw, as keeping a rectum that is removed."""
        ends = (self.mean, self.low, self.high, self.centre_low, self.centre_high)
        return self.outcome == "organ_preservation" and not any(ends)


def kind_of(outcome: str) -> Kind:
    """How an outcome is told: of 100, of 1000 when rare, in days, in months, in units of cost."""
    return _KINDS.get(outcome, "share")


def more_is_better(outcome: str) -> bool:
    """Which direction is good.

    >>> more_is_better("overall_survival"), more_is_better("permanent_stoma")
    (True, False)
    """
    return outcome not in LOWER_IS_BETTER


def spread(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of draws.

    >>> spread(np.arange(41.0))
    (1.0, 39.0)
    """
    low, high = np.percentile(values, [LOW_PERCENTILE, HIGH_PERCENTILE])
    return float(low), float(high)


def estimates_of(draws: OutcomeDraws) -> tuple[Estimate, ...]:
    """One estimate per time, in time order."""
    found = [_estimate(draws, index) for index in range(len(draws.at_months))]
    return tuple(sorted(found, key=lambda item: -1.0 if item.at_months is None else item.at_months))


def estimate_at(outcomes: CandidateOutcomes | None, name: str, months: float | None) -> Estimate | None:
    """The estimate at a time, or of an outcome without time; None when the candidate has none."""
    draws = outcomes.outcome(name) if outcomes else None
    if draws is None:
        return None
    return next((item for item in estimates_of(draws) if item.at_months in (None, months)), None)


def column_at(draws: OutcomeDraws, months: float | None) -> npt.NDArray[np.float64] | None:
    """The draws of one time, so that two candidates can be compared draw by draw."""
    for index, time in enumerate(draws.at_months):
        if math.isnan(time) or time == months:
            return np.asarray(draws.values[:, index], dtype=np.float64)
    return None


def horizon_of(name: str, candidates: tuple[CandidateOutcomes, ...]) -> float | None:
    """The time at which an outcome is shown: three years where predicted, else the latest before, else the first."""
    drawn = [item.outcome(name) for item in candidates]
    times = sorted({time for draws in drawn if draws for time in draws.at_months if not math.isnan(time)})
    if not times or USUAL_HORIZON_MONTHS in times:
        return USUAL_HORIZON_MONTHS if times else None
    earlier = [time for time in times if time < USUAL_HORIZON_MONTHS]
    return earlier[-1] if earlier else times[0]


def scaled(value: float, kind: Kind) -> float:
    """A value in the unit it is told in."""
    return value * {"share": 100.0, "rare": 1000.0}.get(kind, 1.0)


def told(value: float, kind: Kind, words: Words) -> str:
    """A value as a reader sees it; a share that is not zero is never shown as zero, nor as all when it is not all.

    >>> told(0.642, "share", Words("en")), told(0.001, "share", Words("en")), told(0.9999, "share", Words("en"))
    ('64', 'under 1', 'over 99')
    """
    shown, whole = scaled(value, kind), {"share": 100.0, "rare": 1000.0}.get(kind)
    if whole is None:
        return words.number(shown, 1 if kind == "months" and shown < 10 else 0)
    if 0 < shown < 0.5:
        return words("under", n=1)
    if whole - 0.5 <= shown < whole:
        return words("above", n=words.number(whole - 1))
    return words.number(shown)


def told_range(low: float, high: float, kind: Kind, words: Words) -> str:
    """A likely range as a reader sees it."""
    return words.span(told(low, kind, words), told(high, kind, words))


def unit_of(kind: Kind, words: Words) -> str:
    """The unit an outcome is told in."""
    names = {"share": "of_100", "rare": "of_1000", "cost": "cost_units"}
    return words.label("unit", names.get(kind, kind))


def _estimate(draws: OutcomeDraws, index: int) -> Estimate:
    values, centre = draws.values[:, index], draws.centre_values[:, index]
    low, high = spread(values)
    centre_low, centre_high = spread(centre)
    time = draws.at_months[index]
    return Estimate(
        outcome=draws.name,
        at_months=None if math.isnan(time) else time,
        mean=float(np.mean(values)),
        low=low,
        high=high,
        centre_low=centre_low,
        centre_high=centre_high,
        grade=draws.grade,
        from_m0=draws.from_m0,
        given=draws.given,
        sources=draws.sources,
    )
