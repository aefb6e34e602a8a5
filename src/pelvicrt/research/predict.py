"""What would a study of these patients have reported? The meeting point of cohorts, model, calibration and replay.

A `Target` is one printed figure with its error on the scale it is compared on; a `Predictor` turns parameter draws
into the expected value of every target. Deterministic: the virtual patients are fixed by a low-discrepancy rule and
shared by all members, so that two parameter sets differ by their parameters only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from pelvicrt.foundation import expit, logit

Floats = npt.NDArray[np.float64]
Progress = Callable[[float], None]
OutcomeClass = Literal[
    "os", "pfs", "relapse", "completion", "pelvic", "toxicity", "response", "symptom", "regrowth", "time"
]
OUTCOME_CLASSES: tuple[OutcomeClass, ...] = (
    "os", "pfs", "relapse", "completion", "pelvic", "toxicity", "response", "symptom", "regrowth", "time",
)  # fmt: skip
Scale = Literal["logit", "log"]
Score = Literal["primary", "secondary", "no"]
_LEAST, _MOST = 1e-9, 1.0 - 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One printed figure of one cohort, with what is needed to compare a prediction with it.

    `observed` is on the natural scale (a proportion, or months); `se_scale` its standard error on `scale`, or None
    when only the count in `exact` = (numerator, denominator) may be used. `outcome_class` names the between-study SD
    (`between_centre.*`) that applies; `weight` is below 1 when patients of another cohort are inside this one;
    `biases` are the ids of bias parameters already inside the expected value. `score` "no" is shown, never scored;
    "secondary" is scored apart and not fitted.
    """

    id: str
    cohort: str
    overlap_group: str
    quantity: str
    arm: str
    subgroup: str
    at_months: float | None
    n: int | None
    outcome_class: OutcomeClass
    scale: Scale
    observed: float
    se_scale: float | None
    exact: tuple[int, int] | None
    score: Score
    weight: float = 1.0
    biases: tuple[str, ...] = ()


class Predictor(Protocol):
    """Anything that says what each target should be under given parameters."""

    @property
    def targets(self) -> tuple[Target, ...]:
        """The figures predicted, in the order of the columns of `expected`."""

    @property
    def parameter_ids(self) -> tuple[str, ...]:
        """The parameters a prediction may depend on, between-study SDs excepted."""

    def expected(self, parameters: Mapping[str, Floats], *, progress: Progress | None = None) -> Floats:
        """Expected values (members, targets) on the natural scale, bias terms included.

        `parameters` maps every one of `parameter_ids` to its values, shape (members,); the same values give the same
        answer whatever stands in the other members. `progress` is told the fraction done.
        """


def on_scale(values: Floats, scale: Scale) -> Floats:
    """Values on the scale errors are added on; proportions of 0 and 1 are kept finite.

    >>> on_scale(np.array([0.5]), "logit").round(9).tolist(), on_scale(np.array([1.0]), "log").tolist()
    ([0.0], [0.0])
    """
    if scale == "log":
        return np.asarray(np.log(np.maximum(values, _LEAST)), dtype=np.float64)
    return logit(np.clip(values, _LEAST, _MOST))


def from_scale(values: Floats, scale: Scale) -> Floats:
    """The inverse of `on_scale`.

    >>> from_scale(np.array([0.0]), "logit").tolist(), from_scale(np.array([0.0]), "log").tolist()
    ([0.5], [1.0])
    """
    return np.asarray(np.exp(values), dtype=np.float64) if scale == "log" else expit(values)
