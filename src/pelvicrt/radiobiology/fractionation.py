"""What do dose, fraction size, time and the gap between two fractions of a day add up to?"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bed:
    """A biologically effective dose [Gy], which means nothing without its alpha/beta [Gy]."""

    value_gy: float
    alpha_beta_gy: float

    def __add__(self, other: Bed) -> Bed:
        _same_tissue("BED", self.alpha_beta_gy, other.alpha_beta_gy)
        return Bed(self.value_gy + other.value_gy, self.alpha_beta_gy)

    def in_two_gy_fractions(self) -> Eqd2:
        """The same effect in fractions of 2 Gy: EQD2 = BED / (1 + 2 / (alpha/beta)) [Gy].

        >>> Bed(37.5, 10).in_two_gy_fractions()
        Eqd2(value_gy=31.25, alpha_beta_gy=10)
        """
        return Eqd2(self.value_gy / (1 + 2 / self.alpha_beta_gy), self.alpha_beta_gy)


@dataclass(frozen=True, slots=True)
class Eqd2:
    """An equivalent dose in 2 Gy fractions [Gy], which means nothing without its alpha/beta [Gy]."""

    value_gy: float
    alpha_beta_gy: float

    def __add__(self, other: Eqd2) -> Eqd2:
        _same_tissue("EQD2", self.alpha_beta_gy, other.alpha_beta_gy)
        return Eqd2(self.value_gy + other.value_gy, self.alpha_beta_gy)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeFactor:
    """Dose lost to repopulation, with the alpha/beta of the same fit; the three numbers may not be parted.

    `dose_per_day_gy` is K [Gy/day], `kick_off_day` is Tk [days]. Taking K from one fit and alpha/beta from another
    answers no question, so a time correction carries its own alpha/beta.
    """

    dose_per_day_gy: float
    kick_off_day: float
    alpha_beta_gy: float


def bed(*, dose_per_fraction_gy: float, fractions: int, alpha_beta_gy: float) -> Bed:
    """Biologically effective dose of equal fractions, no repopulation, full repair between fractions.

    BED = n d (1 + d / (alpha/beta))                                     [Gy]

    Raises:
        ValueError: a dose below zero, no fraction, or an alpha/beta that is not above zero.

    >>> bed(dose_per_fraction_gy=5, fractions=5, alpha_beta_gy=10)
    Bed(value_gy=37.5, alpha_beta_gy=10)
    """
    _check(dose_per_fraction_gy=dose_per_fraction_gy, fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    total_gy = fractions * dose_per_fraction_gy
    return Bed(total_gy * (1 + dose_per_fraction_gy / alpha_beta_gy), alpha_beta_gy)


def eqd2(*, dose_per_fraction_gy: float, fractions: int, alpha_beta_gy: float) -> Eqd2:
    """Equivalent dose in 2 Gy fractions, no repopulation, full repair between fractions.

    EQD2 = n d (d + alpha/beta) / (2 + alpha/beta)                       [Gy]

    Raises:
        ValueError: a dose below zero, no fraction, or an alpha/beta that is not above zero.

    >>> eqd2(dose_per_fraction_gy=5, fractions=5, alpha_beta_gy=3)
    Eqd2(value_gy=40.0, alpha_beta_gy=3)
    """
    _check(dose_per_fraction_gy=dose_per_fraction_gy, fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    total_gy = fractions * dose_per_fraction_gy
    return Eqd2(total_gy * (dose_per_fraction_gy + alpha_beta_gy) / (2 + alpha_beta_gy), alpha_beta_gy)


def total_dose_in_fractions(*, eqd2_gy: float, fractions: int, alpha_beta_gy: float) -> float:
    """Total dose [Gy] that, in `fractions` equal fractions, equals `eqd2_gy` in 2 Gy fractions.

    The positive root of D (D / n + alpha/beta) = EQD2 (2 + alpha/beta).

    Raises:
        ValueError: a dose below zero, no fraction, or an alpha/beta that is not above zero.

    >>> round(total_dose_in_fractions(eqd2_gy=40, fractions=5, alpha_beta_gy=3), 6)
    25.0
    """
    _check(dose_per_fraction_gy=eqd2_gy, fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    half = fractions * alpha_beta_gy / 2
    return -half + math.sqrt(half * half + fractions * eqd2_gy * (2 + alpha_beta_gy))


def eqd2_with_time(*, dose_per_fraction_gy: float, fractions: int, days: float, time: TimeFactor) -> Eqd2:
    """EQD2 less the dose lost to repopulation, alpha/beta, K and kick-off taken from one fit.

    EQD2_T = EQD2 - K max(0, T - Tk), T from first to last fraction, both included      [Gy]

    Raises:
        ValueError: as `eqd2`, or fewer than one day.

    >>> fit = TimeFactor(dose_per_day_gy=0.6, kick_off_day=21, alpha_beta_gy=10)
    >>> round(eqd2_with_time(dose_per_fraction_gy=2, fractions=25, days=33, time=fit).value_gy, 6)
    42.8
    """
    _check_days(days)
    plain = eqd2(dose_per_fraction_gy=dose_per_fraction_gy, fractions=fractions, alpha_beta_gy=time.alpha_beta_gy)
    lost_gy = time.dose_per_day_gy * max(0.0, days - time.kick_off_day)
    return Eqd2(plain.value_gy - lost_gy, time.alpha_beta_gy)


def bed_with_doubling_time(
    *,
    dose_per_fraction_gy: float,
    fractions: int,
    alpha_beta_gy: float,
    days: float,
    kick_off_day: float,
    alpha_per_gy: float,
    doubling_time_days: float,
) -> Bed:
    """BED less repopulation written with the potential doubling time.

    BED_T = BED - ln 2 max(0, T - Tk) / (alpha Tpot)                     [Gy]

    Raises:
        ValueError: as `bed`, fewer than one day, or an alpha or doubling time not above zero.

    >>> round(bed_with_doubling_time(dose_per_fraction_gy=2, fractions=25, alpha_beta_gy=10, days=31, kick_off_day=21,
    ...     alpha_per_gy=0.25, doubling_time_days=4).value_gy, 4)
    53.0685
    """
    _check_days(days)
    if alpha_per_gy <= 0 or doubling_time_days <= 0:
        raise ValueError(f"alpha and doubling time must be above 0; got {alpha_per_gy:g} and {doubling_time_days:g}")
    plain = bed(dose_per_fraction_gy=dose_per_fraction_gy, fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    lost_gy = math.log(2) * max(0.0, days - kick_off_day) / (alpha_per_gy * doubling_time_days)
    return Bed(plain.value_gy - lost_gy, alpha_beta_gy)


def incomplete_repair_factor(*, fractions_per_day: int, gap_hours: float, repair_half_time_hours: float) -> float:
    """Share h of the damage of one fraction still present at the next ones of the same day; 0 is full repair.

    phi = exp(-ln 2 gap / T_half);  h = (2 / m) (phi / (1 - phi)) (m - (1 - phi^m) / (1 - phi)), so h = phi for m = 2.
    Repair over night is taken as complete, which is wrong for half-times of 4 hours and more.

    Raises:
        ValueError: fewer than one fraction a day, or a gap or half-time not above zero.

    >>> incomplete_repair_factor(fractions_per_day=2, gap_hours=6, repair_half_time_hours=1.5)
    0.0625
    """
    if fractions_per_day < 1 or gap_hours <= 0 or repair_half_time_hours <= 0:
        raise ValueError(
            "fractions per day must be 1 or more, gap and repair half-time above 0 hours; "
            f"got {fractions_per_day}, {gap_hours:g} and {repair_half_time_hours:g}"
        )
    if fractions_per_day == 1:
        return 0.0
    phi = float(2.0 ** (-gap_hours / repair_half_time_hours))
    if phi == 1.0:
        # Repair too slow to tell from none: the limit of the formula for phi -> 1, all m fractions act as one.
        return float(fractions_per_day - 1)
    m = fractions_per_day
    # The sum form of m - (1 - phi^m) / (1 - phi), which keeps its digits when phi is close to 1.
    left = sum((1 - phi**k) / (1 - phi) for k in range(1, m))
    return 2 / m * phi * left


def bed_incomplete_repair(
    *,
    dose_per_fraction_gy: float,
    fractions: int,
    alpha_beta_gy: float,
    fractions_per_day: int,
    gap_hours: float,
    repair_half_time_hours: float,
) -> Bed:
    """BED of several fractions a day when repair between them is not complete.

    BED = n d (1 + (1 + h) d / (alpha/beta)), h as in `incomplete_repair_factor`      [Gy]

    Raises:
        ValueError: as `bed` and `incomplete_repair_factor`.

    >>> round(bed_incomplete_repair(dose_per_fraction_gy=1.5, fractions=26, alpha_beta_gy=3, fractions_per_day=2,
    ...     gap_hours=6, repair_half_time_hours=1.5).in_two_gy_fractions().value_gy, 2)
    35.83
    """
    _check(dose_per_fraction_gy=dose_per_fraction_gy, fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    h = incomplete_repair_factor(
        fractions_per_day=fractions_per_day, gap_hours=gap_hours, repair_half_time_hours=repair_half_time_hours
    )
    total_gy = fractions * dose_per_fraction_gy
    return Bed(total_gy * (1 + (1 + h) * dose_per_fraction_gy / alpha_beta_gy), alpha_beta_gy)


def _same_tissue(what: str, left_gy: float, right_gy: float) -> None:
    if left_gy != right_gy:
        raise ValueError(
            f"cannot add {what} for alpha/beta {left_gy:g} Gy to {what} for alpha/beta {right_gy:g} Gy; "
            "recompute both for one tissue"
        )


def _check(*, dose_per_fraction_gy: float, fractions: int, alpha_beta_gy: float) -> None:
    if not (math.isfinite(dose_per_fraction_gy) and dose_per_fraction_gy >= 0):
        raise ValueError(f"a dose must be 0 Gy or more; got {dose_per_fraction_gy:g}")
    if fractions < 1:
        raise ValueError(f"a course has 1 fraction or more; got {fractions}")
    if not (math.isfinite(alpha_beta_gy) and alpha_beta_gy > 0):
        raise ValueError(f"alpha/beta must be above 0 Gy; got {alpha_beta_gy:g}")


def _check_days(days: float) -> None:
    if not (math.isfinite(days) and days >= 1):
        raise ValueError(f"a course lasts 1 day or more, first and last fraction included; got {days:g}")
