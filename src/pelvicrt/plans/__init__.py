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
from pelvicrt.plans.sum_views import sum_json, sum_json_text, sum_text
from pelvicrt.plans.summing import PlanSum, SummedDose, SummedStructure, sum_plans

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
    "PlanSum",
    "Proposal",
    "StructureComparison",
    "SummedDose",
    "SummedStructure",
    "TumourResponse",
    "known_name",
    "name_structures",
    "read_names",
    "sum_json",
    "sum_json_text",
    "sum_plans",
    "sum_text",
    "write_names",
]
