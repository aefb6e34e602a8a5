"""Any multi-state model: described as arrays, solved on a grid, or simulated life by life."""

from pelvicrt.engine.families import Law
from pelvicrt.engine.laws import law_of, parameter_count
from pelvicrt.engine.model import (
    NO_LIMIT,
    SOJOURN,
    Effect,
    Family,
    Model,
    Numbers,
    Patients,
    Result,
    Rewards,
)

__all__ = [
    "NO_LIMIT",
    "SOJOURN",
    "Effect",
    "Family",
    "Law",
    "Model",
    "Numbers",
    "Patients",
    "Result",
    "Rewards",
    "law_of",
    "parameter_count",
]
