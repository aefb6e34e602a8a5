"""The whole data path: one case in, one explained answer out."""

from pelvicrt.assessment.citations import reasons_of
from pelvicrt.assessment.path import assess, reweigh
from pelvicrt.assessment.result import Assessed, Assessment
from pelvicrt.assessment.what_if import gates_of

__all__ = ["Assessed", "Assessment", "assess", "gates_of", "reasons_of", "reweigh"]
