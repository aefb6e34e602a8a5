"""What is this schedule worth? Every alpha/beta scenario, time, repair, boost and tumour regression, with warnings."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from pelvicrt.dose.numbers import lq_validity, response_models, time_factor, value
from pelvicrt.dose.schedule import Schedule, check_days, checked, checked_alpha_beta, checked_boost
from pelvicrt.dose.words import lines_of
from pelvicrt.evidence import Library, Regimen, library
from pelvicrt.foundation import Language, Mark, Text
from pelvicrt.radiobiology import (
    Bed,
    LargeFractionSpread,
    LqValidity,
    ResponseEstimate,
    bed,
    bed_incomplete_repair,
    eqd2,
    eqd2_with_time,
    large_fraction_spread,
)

SCENARIOS = (
    "alpha_beta.tumour_planning",
    "alpha_beta.tumour_fitted",
    "alpha_beta.late_low",
    "alpha_beta.late_high",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to know before the numbers are used."""

    kind: str
    text: Text
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """The schedule under one alpha/beta [Gy]; doses None where the formula may not give one number."""

    id: str
    name: Text
    alpha_beta_gy: float
    bed_gy: float | None
    eqd2_gy: float | None
    mark: Mark
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCorrected:
    """EQD2 less repopulation, alpha/beta and daily loss from one fit [Gy]."""

    days: float
    alpha_beta_gy: float
    dose_per_day_gy: float
    kick_off_day: float
    eqd2_gy: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairCase:
    """EQD2 [Gy] when damage is not fully repaired between the fractions of one day."""

    half_time_hours: float
    alpha_beta_gy: float
    eqd2_gy: float
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseSummary:
    """All a schedule is worth; `bed_gy` and `eqd2_gy` hold for `alpha_beta_gy`.

    A boost whose fractions are too large is not added (`boost_included` False) and `spread` says how far models differ;
    for a course of such fractions there is no single number and the doses are None.
    """

    total_gy: float
    fractions: int
    dose_per_fraction_gy: float
    alpha_beta_gy: float
    bed_gy: float | None
    eqd2_gy: float | None
    boost: Schedule | None
    boost_included: bool
    scenarios: tuple[Scenario, ...]
    time_corrected: TimeCorrected | None
    incomplete_repair: tuple[RepairCase, ...]
    spread: LargeFractionSpread | None
    tumour_regression: tuple[ResponseEstimate, ...]
    warnings: tuple[Notice, ...]

    def to_json(self) -> dict[str, Any]:
        """The summary as plain JSON values, both languages of each text."""
        plain: dict[str, Any] = dataclasses.asdict(self)
        return plain

    def lines(self, lang: Language) -> tuple[str, ...]:
        """The summary as lines of text for a terminal."""
        return lines_of(self, lang)


def dose_summary(
    *,
    total_gy: float,
    fractions: int,
    alpha_beta_gy: float | None = None,
    days: float | None = None,
    fractions_per_day: int = 1,
    gap_hours: float | None = None,
    boost_total_gy: float | None = None,
    boost_fractions: int | None = None,
    evidence: Library | None = None,
) -> DoseSummary:
    """What a schedule is worth under every alpha/beta the library holds, with the warnings it deserves.

    `alpha_beta_gy` [Gy] sets the headline only; the scenarios are always all given. `days` run from first to last
    fraction of the course, both included. A boost is a second course given after the first.

    Raises:
        UsageError: a dose, count, time or alpha/beta without meaning, saying what to write instead.

    >>> found = dose_summary(total_gy=25, fractions=5, alpha_beta_gy=10)
    >>> found.bed_gy, found.eqd2_gy
    (37.5, 31.25)
    """
    shelf = evidence or library()
    course = checked(
        Schedule(total_gy=total_gy, fractions=fractions, fractions_per_day=fractions_per_day, gap_hours=gap_hours),
        shelf,
    )
    boost = checked_boost(boost_total_gy, boost_fractions, shelf)
    headline_ab_gy = checked_alpha_beta(alpha_beta_gy, shelf)
    check_days(days, course)
    validity = lq_validity(shelf)
    added = boost if boost and boost.dose_per_fraction_gy <= validity.reasonable_to_gy else None
    dose = _sum(course, added, headline_ab_gy, validity)
    return DoseSummary(
        total_gy=total_gy,
        fractions=fractions,
        dose_per_fraction_gy=course.dose_per_fraction_gy,
        alpha_beta_gy=headline_ab_gy,
        bed_gy=dose.value_gy if dose else None,
        eqd2_gy=dose.in_two_gy_fractions().value_gy if dose else None,
        boost=boost,
        boost_included=added is not None,
        scenarios=tuple(_scenario(name, course, added, validity, shelf) for name in SCENARIOS),
        time_corrected=None if boost else _time_corrected(course, days, validity, shelf),
        incomplete_repair=_incomplete_repair(course, shelf),
        spread=_spread(course, boost, headline_ab_gy, validity, shelf),
        tumour_regression=_regression(course, added, validity, shelf) if added is boost else (),
        warnings=_warnings(course, boost, days, validity, shelf),
    )


# --- the parts of the answer ---


def _sum(course: Schedule, boost: Schedule | None, alpha_beta_gy: float, validity: LqValidity) -> Bed | None:
    parts = [course] if boost is None else [course, boost]
    if any(part.dose_per_fraction_gy > validity.reasonable_to_gy for part in parts):
        return None
    total = Bed(0.0, alpha_beta_gy)
    for part in parts:
        total += _bed(part, alpha_beta_gy)
    return total


def _bed(part: Schedule, alpha_beta_gy: float) -> Bed:
    return bed(dose_per_fraction_gy=part.dose_per_fraction_gy, fractions=part.fractions, alpha_beta_gy=alpha_beta_gy)


def _scenario(name: str, course: Schedule, boost: Schedule | None, validity: LqValidity, shelf: Library) -> Scenario:
    parameter = shelf.parameters[f"radiobiology.{name}"]
    alpha_beta_gy = value(shelf, name)
    dose = _sum(course, boost, alpha_beta_gy, validity)
    return Scenario(
        id=name.removeprefix("alpha_beta."),
        name=parameter.name,
        alpha_beta_gy=alpha_beta_gy,
        bed_gy=dose.value_gy if dose else None,
        eqd2_gy=dose.in_two_gy_fractions().value_gy if dose else None,
        mark=parameter.mark,
        sources=tuple(cited.source for cited in parameter.evidence),
    )


def _time_corrected(course: Schedule, days: float | None, validity: LqValidity, shelf: Library) -> TimeCorrected | None:
    if days is None or course.dose_per_fraction_gy > validity.reasonable_to_gy:
        return None
    fit = time_factor(shelf)
    found = eqd2_with_time(
        dose_per_fraction_gy=course.dose_per_fraction_gy, fractions=course.fractions, days=days, time=fit
    )
    parameter = shelf.parameters["radiobiology.time.dose_per_day"]
    return TimeCorrected(
        days=days,
        alpha_beta_gy=fit.alpha_beta_gy,
        dose_per_day_gy=fit.dose_per_day_gy,
        kick_off_day=fit.kick_off_day,
        eqd2_gy=found.value_gy,
        sources=tuple(cited.source for cited in parameter.evidence),
    )


def _incomplete_repair(course: Schedule, shelf: Library) -> tuple[RepairCase, ...]:
    if course.gap_hours is None or course.fractions_per_day == 1:
        return ()
    return tuple(
        RepairCase(
            half_time_hours=value(shelf, half_time),
            alpha_beta_gy=value(shelf, tissue),
            eqd2_gy=bed_incomplete_repair(
                dose_per_fraction_gy=course.dose_per_fraction_gy,
                fractions=course.fractions,
                alpha_beta_gy=value(shelf, tissue),
                fractions_per_day=course.fractions_per_day,
                gap_hours=course.gap_hours,
                repair_half_time_hours=value(shelf, half_time),
            )
            .in_two_gy_fractions()
            .value_gy,
            sources=tuple(cited.source for cited in shelf.parameters[f"radiobiology.{half_time}"].evidence),
        )
        for half_time in ("repair.half_time_pelvic", "repair.half_time_slow")
        for tissue in ("alpha_beta.late_low", "alpha_beta.late_high")
    )


def _spread(
    course: Schedule, boost: Schedule | None, alpha_beta_gy: float, validity: LqValidity, shelf: Library
) -> LargeFractionSpread | None:
    large = [
        part for part in (course, boost) if part is not None and part.dose_per_fraction_gy > validity.reasonable_to_gy
    ]
    if not large:
        return None
    return large_fraction_spread(
        dose_per_fraction_gy=large[0].dose_per_fraction_gy,
        fractions=large[0].fractions,
        alpha_beta_gy=alpha_beta_gy,
        transition_doses_gy=(
            value(shelf, "lq_linear.transition_high"),
            value(shelf, "lq_linear.transition_low"),
        ),
    )


def _regression(
    course: Schedule, boost: Schedule | None, validity: LqValidity, shelf: Library
) -> tuple[ResponseEstimate, ...]:
    dose = _sum(course, boost, value(shelf, "alpha_beta.tumour_planning"), validity)
    if dose is None:
        return ()
    physical_gy = course.total_gy + (boost.total_gy if boost else 0.0)
    return tuple(
        estimate
        for model in response_models(shelf)
        for estimate in (
            model.estimate(physical_gy, dose_metric="physical"),
            model.estimate(dose.in_two_gy_fractions().value_gy, dose_metric="eqd2"),
        )
    )


# --- warnings ---


def _warnings(
    course: Schedule, boost: Schedule | None, days: float | None, validity: LqValidity, shelf: Library
) -> tuple[Notice, ...]:
    found = [
        Notice(kind=flag.kind, text=flag.text, sources=("brenner-lq-2008", "sfjro-lq-notes"))
        for part in (course, boost)
        if part is not None
        for flag in validity.flags(part.dose_per_fraction_gy)
    ]
    found.extend(_bed_cut(course, boost, validity, shelf))
    if course.fractions_per_day > 1:
        found.append(Notice(kind="incomplete_repair", text=_FULL_REPAIR))
    if boost is None:
        found.extend(_order_flips(course, validity, shelf))
    elif days is not None:
        found.append(Notice(kind="time_left_out", text=_TIME_LEFT_OUT))
    return tuple(found)


def _bed_cut(course: Schedule, boost: Schedule | None, validity: LqValidity, shelf: Library) -> list[Notice]:
    cut = shelf.parameters["radiobiology.palliation.bed_cut"]
    alpha_beta_gy = value(shelf, "alpha_beta.tumour_planning")
    dose = _sum(course, boost, alpha_beta_gy, validity)
    if dose is None or dose.value_gy >= cut.spread.a:
        return []
    words = _BELOW_CUT.fill(bed=f"{dose.value_gy:.1f}", cut=f"{cut.spread.a:g}", ab=f"{alpha_beta_gy:g}")
    return [Notice(kind="bed_cut", text=words, sources=tuple(cited.source for cited in cut.evidence))]


def _order_flips(course: Schedule, validity: LqValidity, shelf: Library) -> list[Notice]:
    """Schedules of the library that are above this one under one tumour alpha/beta and below it under the other."""
    planning_gy, fitted_gy = (value(shelf, f"alpha_beta.tumour_{which}") for which in ("planning", "fitted"))
    notices: dict[tuple[float, int], Notice] = {}
    if course.dose_per_fraction_gy > validity.reasonable_to_gy:
        return []
    for other in shelf.regimens:
        if not _comparable(other, validity):
            continue
        at_planning, at_fitted = (_lead(course, other, alpha_beta_gy) for alpha_beta_gy in (planning_gy, fitted_gy))
        if at_planning * at_fitted < 0:
            words = (_FLIP_UP if at_planning < 0 else _FLIP_DOWN).fill(
                total=f"{other.total_gy:g}", n=other.fractions, first=f"{planning_gy:g}", second=f"{fitted_gy:g}"
            )
            notices[other.total_gy, other.fractions] = Notice(kind="order_flips", text=words)
    return list(notices.values())


def _comparable(other: Regimen, validity: LqValidity) -> bool:
    single = other.fractions_per_day == 1 and other.boost_total_gy is None
    return other.enabled and other.lq_valid and single and other.total_gy / other.fractions <= validity.reasonable_to_gy


def _lead(course: Schedule, other: Regimen, alpha_beta_gy: float) -> float:
    own = eqd2(
        dose_per_fraction_gy=course.dose_per_fraction_gy, fractions=course.fractions, alpha_beta_gy=alpha_beta_gy
    )
    theirs = eqd2(
        dose_per_fraction_gy=other.total_gy / other.fractions, fractions=other.fractions, alpha_beta_gy=alpha_beta_gy
    )
    difference = own.value_gy - theirs.value_gy
    return 0.0 if math.isclose(difference, 0.0, abs_tol=1e-9) else difference


_FULL_REPAIR = Text(
    "the scenarios assume full repair between fractions of one day; see the values with incomplete repair",
    "各情景假定同日分次间完全修复；请参看不完全修复的数值",
)
_TIME_LEFT_OUT = Text(
    "no correction for time: the fit behind it holds no schedule with a boost",
    "未作时间校正：其拟合数据中没有含补量的方案",
)
_BELOW_CUT = Text(
    "BED {bed} Gy is below the {cut} Gy cut of one series at alpha/beta {ab}; another saw long control below it. "
    "Never a term of a ranking",
    "BED {bed} Gy 低于某队列的 {cut} Gy 分界（α/β 取 {ab}）；另一队列低于该值仍长期控制。不参与排序",
)
_FLIP_UP = Text(
    "the order against {total} Gy in {n} depends on alpha/beta: lower at {first} Gy, higher at {second} Gy",
    "与 {total} Gy/{n} 次的高低取决于 α/β：取 {first} Gy 时较低，取 {second} Gy 时较高",
)
_FLIP_DOWN = Text(
    "the order against {total} Gy in {n} depends on alpha/beta: higher at {first} Gy, lower at {second} Gy",
    "与 {total} Gy/{n} 次的高低取决于 α/β：取 {first} Gy 时较高，取 {second} Gy 时较低",
)
