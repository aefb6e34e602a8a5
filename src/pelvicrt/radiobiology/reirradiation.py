"""What do two courses add up to at one point, and what must be said before anybody reads the sum?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pelvicrt.foundation import Text
from pelvicrt.radiobiology.flags import Flag
from pelvicrt.radiobiology.fractionation import Eqd2
from pelvicrt.radiobiology.large_fractions import LqValidity, summable_bed

SpatialBasis = Literal["voxel_sum", "same_point", "prescriptions_only"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Equal fractions given to one point: dose per fraction [Gy] and how many."""

    dose_per_fraction_gy: float
    fractions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeDose:
    """The sum of courses in 2 Gy fractions [Gy], no recovery between them, with what it may not be read as."""

    eqd2: Eqd2
    spatial_basis: SpatialBasis
    flags: tuple[Flag, ...]


def cumulative_eqd2(
    courses: Sequence[Course],
    *,
    alpha_beta_gy: float,
    spatial_basis: SpatialBasis,
    validity: LqValidity,
    recovery: Literal["none"] = "none",
) -> CumulativeDose:
    """EQD2 of several courses at one point, no recovery assumed [Gy].

    `spatial_basis` must be stated: doses of one voxel, of one named point, or prescriptions only. The last is flagged,
    because a sum of prescriptions is the dose of no organ.

    Raises:
        UsageError: a course whose dose per fraction cannot be added (contact or large brachytherapy fractions).
        ValueError: no course, or numbers `bed` refuses.

    >>> limits = LqValidity(comfortable_to_gy=6, reasonable_to_gy=10, arguable_to_gy=18)
    >>> first, second = Course(dose_per_fraction_gy=1.8, fractions=28), Course(dose_per_fraction_gy=1.5, fractions=26)
    >>> total = cumulative_eqd2([first, second], alpha_beta_gy=3, spatial_basis="same_point", validity=limits)
    >>> round(total.eqd2.value_gy, 2), [flag.kind for flag in total.flags]
    (83.48, ['no_recovery'])
    """
    if not courses:
        raise ValueError("a cumulative dose needs at least one course")
    if recovery != "none":
        raise ValueError(f"no recovery between courses is established for the pelvis; got {recovery!r}, use 'none'")
    total = Eqd2(0.0, alpha_beta_gy)
    flags: list[Flag] = [Flag("no_recovery", _NO_RECOVERY)]
    for course in courses:
        effect = summable_bed(
            dose_per_fraction_gy=course.dose_per_fraction_gy,
            fractions=course.fractions,
            alpha_beta_gy=alpha_beta_gy,
            validity=validity,
        )
        total += effect.in_two_gy_fractions()
        flags.extend(validity.flags(course.dose_per_fraction_gy))
    if spatial_basis == "prescriptions_only":
        flags.append(Flag("no_spatial_dose", _NO_SPATIAL_DOSE))
    return CumulativeDose(eqd2=total, spatial_basis=spatial_basis, flags=tuple(flags))


_NO_RECOVERY = Text(
    "no recovery between the courses is assumed, whatever the time between them",
    "无论两疗程间隔多久，均假定组织没有恢复",
)
_NO_SPATIAL_DOSE = Text(
    "a sum of prescriptions is the dose of no organ: the two dose distributions must be laid over each other before "
    "any limit is judged",
    "处方剂量之和不等于任何器官的实际剂量：须先将两次剂量分布叠加，才能对照限值",
)
