"""Does a dose plan do what the strategy asks? Files, histograms, limits and chances of harm in one evaluation."""

from pelvicrt.plans.as_json import evaluation_json, json_text
from pelvicrt.plans.as_sr import measured_values, write_evaluation_report
from pelvicrt.plans.as_text import evaluation_text
from pelvicrt.plans.compare import compare
from pelvicrt.plans.compared import (
    ComplicationDifference,
    ConstraintPair,
    CurvePair,
    PlanComparison,
    StructureComparison,
)
from pelvicrt.plans.compared_json import comparison_json
from pelvicrt.plans.compared_text import comparison_text
from pelvicrt.plans.evaluate import evaluate
from pelvicrt.plans.limits_file import template_for, template_of
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
from pelvicrt.plans.sum_views import sum_json, sum_text
from pelvicrt.plans.summing import PlanSum, SummedDose, SummedStructure, sum_plans
from pelvicrt.plans.toxicity import toxicity_of
from pelvicrt.plans.writing import render_comparison, render_evaluation, write_comparison, write_evaluation

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
    "compare",
    "comparison_json",
    "comparison_text",
    "evaluate",
    "evaluation_json",
    "evaluation_text",
    "json_text",
    "known_name",
    "measured_values",
    "name_structures",
    "read_names",
    "render_comparison",
    "render_evaluation",
    "sum_json",
    "sum_plans",
    "sum_text",
    "template_for",
    "template_of",
    "toxicity_of",
    "write_comparison",
    "write_evaluation",
    "write_evaluation_report",
    "write_names",
]
