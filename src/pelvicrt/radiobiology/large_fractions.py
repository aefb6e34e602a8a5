"""What can be said about fractions too large for the linear-quadratic formula? A spread, never one number."""

from __future__ import annotations

from dataclasses import dataclass

from pelvicrt.foundation import Text, UsageError
from pelvicrt.radiobiology.flags import Flag
from pelvicrt.radiobiology.fractionation import Bed, bed


@dataclass(frozen=True, slots=True, kw_only=True)
class LqValidity:
    """Doses per fraction [Gy] up to which the linear-quadratic formula is comfortable, reasonable and arguable."""

    comfortable_to_gy: float
    reasonable_to_gy: float
    arguable_to_gy: float

    def __post_init__(self) -> None:
        if not 0 < self.comfortable_to_gy <= self.reasonable_to_gy <= self.arguable_to_gy:
            raise ValueError("the three limits of validity must rise from comfortable to arguable")

    def flags(self, dose_per_fraction_gy: float) -> tuple[Flag, ...]:
        """The warning a dose per fraction deserves, none inside the comfortable range.

        >>> LqValidity(comfortable_to_gy=6, reasonable_to_gy=10, arguable_to_gy=18).flags(5)
        ()
        """
        if dose_per_fraction_gy <= self.comfortable_to_gy:
            return ()
        words = _BEYOND if dose_per_fraction_gy > self.reasonable_to_gy else _OUTSIDE
        filled = words.fill(
            d=f"{dose_per_fraction_gy:g}", comfortable=f"{self.comfortable_to_gy:g}", limit=f"{self.reasonable_to_gy:g}"
        )
        return (Flag("large_fraction", filled),)


_OUTSIDE = Text(
    "{d} Gy per fraction is above {comfortable} Gy, where the linear-quadratic formula is less certain",
    "每次 {d} Gy 超过 {comfortable} Gy，线性二次模型的把握下降",
)
_BEYOND = Text(
    "{d} Gy per fraction is beyond {limit} Gy, where the linear-quadratic formula is no longer reasonable; "
    "not added to other courses",
    "每次 {d} Gy 超过 {limit} Gy，线性二次模型已不适用；不与其他疗程相加",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeFractionSpread:
    """BED of large fractions under several assumptions: (transition dose [Gy] or None for plain LQ, BED).

    The distance between `low_gy` and `high_gy` is the reason why no single number is given.
    """

    by_assumption: tuple[tuple[float | None, Bed], ...]
    low_gy: float
    high_gy: float
    flag: Flag


def bed_lq_linear(
    *, dose_per_fraction_gy: float, fractions: int, alpha_beta_gy: float, transition_dose_gy: float
) -> Bed:
    """BED when the survival curve runs straight, along its tangent, beyond a transition dose.

    d <= dT: BED = n d (1 + d / (alpha/beta));
    d > dT:  BED = n [dT (1 + dT / (alpha/beta)) + (1 + 2 dT / (alpha/beta)) (d - dT)]      [Gy]

    No transition dose is established for the rectum, so this serves sensitivity only [@brenner-lq-2008].

    Raises:
        ValueError: as `bed`, or a transition dose not above zero.

    >>> bed_lq_linear(dose_per_fraction_gy=30, fractions=3, alpha_beta_gy=10, transition_dose_gy=10)
    Bed(value_gy=240.0, alpha_beta_gy=10)
    """
    if transition_dose_gy <= 0:
        raise ValueError(f"the transition dose must be above 0 Gy; got {transition_dose_gy:g}")
    curved_gy = min(dose_per_fraction_gy, transition_dose_gy)
    curved = bed(dose_per_fraction_gy=curved_gy, fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    slope = 1 + 2 * transition_dose_gy / alpha_beta_gy
    return Bed(curved.value_gy + fractions * slope * (dose_per_fraction_gy - curved_gy), alpha_beta_gy)


def large_fraction_spread(
    *,
    dose_per_fraction_gy: float,
    fractions: int,
    alpha_beta_gy: float,
    transition_doses_gy: tuple[float, ...],
) -> LargeFractionSpread:
    """BED of a contact or brachytherapy boost under plain LQ and under each transition dose [Gy].

    Raises:
        ValueError: as `bed_lq_linear`.

    >>> spread = large_fraction_spread(dose_per_fraction_gy=30, fractions=3, alpha_beta_gy=10,
    ...     transition_doses_gy=(20, 10))
    >>> spread.low_gy, spread.high_gy
    (240.0, 360.0)
    """
    plain = bed(dose_per_fraction_gy=dose_per_fraction_gy, fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    straight = tuple(
        (
            transition_gy,
            bed_lq_linear(
                dose_per_fraction_gy=dose_per_fraction_gy,
                fractions=fractions,
                alpha_beta_gy=alpha_beta_gy,
                transition_dose_gy=transition_gy,
            ),
        )
        for transition_gy in transition_doses_gy
    )
    values = [plain.value_gy, *(each.value_gy for _, each in straight)]
    words = _SPREAD.fill(low=f"{min(values):.0f}", high=f"{max(values):.0f}")
    return LargeFractionSpread(
        by_assumption=((None, plain), *straight),
        low_gy=min(values),
        high_gy=max(values),
        flag=Flag("large_fraction", words),
    )


_SPREAD = Text(
    "the biologically effective dose of the large fractions lies anywhere from {low} to {high} Gy by model; "
    "it is not added to external-beam dose",
    "大分割部分的生物有效剂量随模型不同可为 {low}～{high} Gy；不与外照射剂量相加",
)


def summable_bed(*, dose_per_fraction_gy: float, fractions: int, alpha_beta_gy: float, validity: LqValidity) -> Bed:
    """A BED that may be added to another course, which it may only inside the reasonable range of the formula.

    Raises:
        UsageError: the dose per fraction is beyond `validity.reasonable_to_gy`; ask `large_fraction_spread` instead.
        ValueError: as `bed`.

    >>> limits = LqValidity(comfortable_to_gy=6, reasonable_to_gy=10, arguable_to_gy=18)
    >>> summable_bed(dose_per_fraction_gy=5, fractions=5, alpha_beta_gy=10, validity=limits)
    Bed(value_gy=37.5, alpha_beta_gy=10)
    """
    if dose_per_fraction_gy > validity.reasonable_to_gy:
        raise UsageError(
            _REFUSED.fill(d=f"{dose_per_fraction_gy:g}", n=fractions, limit=f"{validity.reasonable_to_gy:g}")
        )
    return bed(dose_per_fraction_gy=dose_per_fraction_gy, fractions=fractions, alpha_beta_gy=alpha_beta_gy)


_REFUSED = Text(
    "{n} fractions of {d} Gy cannot be added as linear-quadratic dose: the formula is not reasonable beyond {limit} Gy "
    "per fraction. Report the physical dose, or ask for the sensitivity spread",
    "{n} 次、每次 {d} Gy 不能按线性二次模型相加：超过每次 {limit} Gy 该模型不适用。请报告物理剂量，或查看敏感性范围",
)
