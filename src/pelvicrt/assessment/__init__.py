"""The whole data path: one case in, one explained answer out."""

from pelvicrt.assessment.citations import evidence_date, plan_sources, reasons_of
from pelvicrt.assessment.identity import identity
from pelvicrt.assessment.pair import head_to_head
from pelvicrt.assessment.path import assess, reweigh
from pelvicrt.assessment.plan import NOT_CHANGED, NOT_CHANGED_SOURCES, PlanHarm, PlanToxicity
from pelvicrt.assessment.result import Assessed, Assessment
from pelvicrt.assessment.settle import MOST_DRAWS, assess_settled
from pelvicrt.assessment.what_if import gates_of

__all__ = [
    "MOST_DRAWS",
    "NOT_CHANGED",
    "NOT_CHANGED_SOURCES",
    "Assessed",
    "Assessment",
    "PlanHarm",
    "PlanToxicity",
    "assess",
    "assess_settled",
    "evidence_date",
    "gates_of",
    "head_to_head",
    "identity",
    "plan_sources",
    "reasons_of",
    "reweigh",
]
