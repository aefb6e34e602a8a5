"""What does the comparison of two plans say? Curves, limits, chances of harm and sentences, as plain values.

Histograms share no coordinates, so two plans may lie on different scans; whether they are of one patient only the user
knows, and the comparison says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import Text
from pelvicrt.plans.results import (
    Complication,
    ConstraintVerdict,
    EvaluatedStructure,
    PlanEvaluation,
    StructureKind,
)

Floats = npt.NDArray[np.float64]
Side = Literal["a", "b", "same"]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CurvePair:
    """Two cumulative curves over one axis of dose [Gy], in percent of the covered volume.

    Physical when `alpha_beta_gy` is None, else in 2 Gy fractions. `mean_a_gy` and `mean_b_gy` are the mean doses.
    """

    alpha_beta_gy: float | None
    dose_gy: Floats
    a_percent: Floats
    b_percent: Floats
    mean_a_gy: float
    mean_b_gy: float

    @property
    def difference_percent(self) -> Floats:
        """Percent of the volume by which b lies above a at each dose."""
        return self.b_percent - self.a_percent

    @property
    def lower(self) -> Side:
        """Whose mean dose is the lower; the same within 0.05 Gy."""
        apart = self.mean_b_gy - self.mean_a_gy
        return "same" if abs(apart) < SAME_GY else "a" if apart > 0 else "b"


SAME_GY = 0.05  # number: mean doses nearer than this are called the same, being what is printed


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StructureComparison:
    """One structure under both plans: physical curves, and those in 2 Gy fractions by alpha/beta, headline first."""

    structure: str
    kind: StructureKind
    a: EvaluatedStructure
    b: EvaluatedStructure
    physical: CurvePair
    eqd2: tuple[CurvePair, ...]

    @property
    def flips(self) -> tuple[float, ...]:
        """Every alpha/beta [Gy] at which another plan has the lower mean dose than in physical terms."""
        return tuple(
            pair.alpha_beta_gy
            for pair in self.eqd2
            if pair.alpha_beta_gy is not None and {pair.lower, self.physical.lower} == {"a", "b"}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConstraintPair:
    """The verdicts of both plans on what is the same question; each under its own template, None where it has none.

    The question is the same when structure, metric and sign agree, a dose within a metric in 2 Gy fractions: `V40Gy` of
    25 fractions stands beside `V23.7Gy` of 5.
    """

    structure: str
    a: ConstraintVerdict | None
    b: ConstraintVerdict | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ComplicationDifference:
    """The chance of one complication under both plans, and b minus a with its 95 % interval from paired draws."""

    model: str
    structure: str
    a: Complication
    b: Complication
    difference: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval excludes no difference."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanComparison:
    """All that is said about two plans side by side.

    `gains` holds, for each plan, what it gains over the other; what one gains is what the other costs. `flips` says
    where physical dose and dose in 2 Gy fractions order the plans differently.
    """

    a: PlanEvaluation
    b: PlanEvaluation
    structures: tuple[StructureComparison, ...]
    only_in_a: tuple[str, ...]
    only_in_b: tuple[str, ...]
    constraints: tuple[ConstraintPair, ...]
    complications: tuple[ComplicationDifference, ...]
    gains_of_a: tuple[Text, ...]
    gains_of_b: tuple[Text, ...]
    flips: tuple[Text, ...]
    notices: tuple[Notice, ...]
