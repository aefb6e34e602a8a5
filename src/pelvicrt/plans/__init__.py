"""Does a dose plan do what the strategy asks? Files, histograms, limits and chances of harm in one evaluation."""

from pelvicrt.plans.compared import (
    ComplicationDifference,
    ConstraintPair,
    CurvePair,
    PlanComparison,
    StructureComparison,
)
from pelvicrt.plans.names_file import read_names, write_names
from pelvicrt.plans.naming import known_name, name_structures
from pelvicrt.plans.results import (
    INTENDED_USE,
    METRICS,
    Complication,
    ConstraintVerdict,
    DoseFigures,
    EvaluatedStructure,
    NamedStructure,
    NotKnown,
    PlanEvaluation,
    Proposal,
    TumourResponse,
)

__all__ = [
    "INTENDED_USE",
    "METRICS",
    "Complication",
    "ComplicationDifference",
    "ConstraintPair",
    "ConstraintVerdict",
    "CurvePair",
    "DoseFigures",
    "EvaluatedStructure",
    "NamedStructure",
    "NotKnown",
    "PlanComparison",
    "PlanEvaluation",
    "Proposal",
    "StructureComparison",
    "TumourResponse",
    "known_name",
    "name_structures",
    "read_names",
    "write_names",
]
