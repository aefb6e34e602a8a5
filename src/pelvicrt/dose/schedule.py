"""Is this a schedule somebody could give? Equal fractions, and what is refused about them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from pelvicrt.dose.numbers import value
from pelvicrt.evidence import Library
from pelvicrt.foundation import Text, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Equal fractions: total dose [Gy], number, fractions a day, gap between fractions of one day [hours]."""

    total_gy: float
    fractions: int
    fractions_per_day: int = 1
    gap_hours: float | None = None

    @property
    def dose_per_fraction_gy(self) -> float:
        """Dose per fraction [Gy]."""
        return self.total_gy / self.fractions


def checked(course: Schedule, shelf: Library) -> Schedule:
    """The same schedule, once it makes sense.

    Raises:
        UsageError: a dose, count or gap without meaning, saying what to write instead.
    """
    if course.fractions < 1 or course.fractions_per_day < 1:
        raise UsageError(_FRACTIONS.fill(n=min(course.fractions, course.fractions_per_day)))
    most_gy = value(shelf, "plausible.total_dose_max")
    if not 0 < course.total_gy <= most_gy:
        raise UsageError(_TOTAL.fill(dose=f"{course.total_gy:g}", most=f"{most_gy:g}"))
    most_gy = value(shelf, "plausible.dose_per_fraction_max")
    if course.dose_per_fraction_gy > most_gy:
        raise UsageError(_PER_FRACTION.fill(d=f"{course.dose_per_fraction_gy:g}", most=f"{most_gy:g}"))
    if course.fractions_per_day > 1 and course.gap_hours is None:
        raise UsageError(_GAP_MISSING.fill(n=course.fractions_per_day))
    if course.gap_hours is not None and not 0 < course.gap_hours <= 24 / course.fractions_per_day:
        raise UsageError(_GAP.fill(gap=f"{course.gap_hours:g}", most=f"{24 / course.fractions_per_day:g}"))
    return course


def checked_boost(total_gy: float | None, fractions: int | None, shelf: Library) -> Schedule | None:
    """The boost, when one is asked for.

    Raises:
        UsageError: half a boost, or one without meaning.
    """
    if total_gy is None and fractions is None:
        return None
    if total_gy is None or fractions is None:
        raise UsageError(_BOOST_HALF)
    return checked(Schedule(total_gy=total_gy, fractions=fractions), shelf)


def checked_alpha_beta(alpha_beta_gy: float | None, shelf: Library) -> float:
    """The alpha/beta of the headline [Gy], the planning value unless another is asked for.

    Raises:
        UsageError: a value without meaning.
    """
    if alpha_beta_gy is None:
        return value(shelf, "alpha_beta.tumour_planning")
    most_gy = value(shelf, "plausible.alpha_beta_max")
    if not 0 < alpha_beta_gy <= most_gy:
        raise UsageError(_ALPHA_BETA.fill(ab=f"{alpha_beta_gy:g}", most=f"{most_gy:g}"))
    return alpha_beta_gy


def check_days(days: float | None, course: Schedule) -> None:
    """Refuse fewer days than the fractions need.

    Raises:
        UsageError: naming the least number of days.
    """
    least = math.ceil(course.fractions / course.fractions_per_day)
    if days is not None and not (math.isfinite(days) and days >= least):
        raise UsageError(_DAYS.fill(days=f"{days:g}", least=least))


_FRACTIONS = Text("the number of fractions must be 1 or more; you wrote {n}", "分次数须 ≥1；您填写的是 {n}")
_TOTAL = Text(
    "the total dose must be above 0 and up to {most} Gy; you wrote {dose}. A larger number is usually a typing error",
    "总剂量须大于 0 且不超过 {most} Gy；您填写的是 {dose}。更大的数值多为录入错误",
)
_PER_FRACTION = Text(
    "the dose per fraction may be up to {most} Gy; this schedule has {d} Gy. Check total dose and number of fractions",
    "每次剂量不超过 {most} Gy；该方案为 {d} Gy。请核对总剂量与分次数",
)
_GAP_MISSING = Text(
    "with {n} fractions a day, state the hours between them (for example 6)",
    "每日 {n} 次时，须写明间隔小时数（例如 6）",
)
_GAP = Text(
    "the gap between fractions of one day must be above 0 and up to {most} hours; you wrote {gap}",
    "同日分次间隔须大于 0 且不超过 {most} 小时；您填写的是 {gap}",
)
_BOOST_HALF = Text(
    "a boost needs its total dose and its number of fractions; give both or neither",
    "补量须同时写明总剂量和分次数；请都填或都不填",
)
_ALPHA_BETA = Text(
    "alpha/beta must be above 0 and up to {most} Gy; you wrote {ab}",
    "α/β 须大于 0 且不超过 {most} Gy；您填写的是 {ab}",
)
_DAYS = Text(
    "the days run from first to last fraction, both included, so here at least {least}; you wrote {days}",
    "天数从首次到末次（含两端），此处至少为 {least}；您填写的是 {days}",
)
