"""What could still be learned: studies under way or planned, and how often an examination is right."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pelvicrt.evidence.records import STRICT, Cited
from pelvicrt.foundation import Grade, Mark, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a planned study would tell of one parameter of the model, and with how many patients.

    `likelihood`: a share of `n` patients (proportion), the log of a hazard ratio from `n` events (log_ratio), or two
    arms of `n` patients each (odds_ratio). An odds ratio is `parameter` itself, or the odds of `parameter` over those
    of `against`; `reference` is the expected share in the arm compared with. `between` names the parameter that says
    how far studies differ from each other and from this patient's centre.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    parameter: str
    likelihood: Literal["proportion", "log_ratio", "odds_ratio"]
    n: float
    between: str
    against: str = ""
    reference: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A study under way or planned, as far as its results are not in the model yet: who, how many, what it counts."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    question: Text
    population: Text
    from_m0: bool
    patients: int
    endpoint: Text
    measures: tuple[Measured, ...]
    evidence: tuple[Cited, ...]
    mark: Mark
    valid_from: dt.date
    checked_on: dt.date
    note: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How often an examination is right about a fact of yes or no; `positive` and `negative` are the fact's values."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    name: Text
    fact: str
    positive: str
    negative: str
    sensitivity: float
    specificity: float
    evidence: tuple[Cited, ...]
    grade: Grade
    mark: Mark
    valid_from: dt.date
    checked_on: dt.date
    note: Text
