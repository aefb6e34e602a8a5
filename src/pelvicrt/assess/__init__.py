"""The whole data path: one case in, one explained answer out."""

from pelvicrt.assess.path import assess, reweigh
from pelvicrt.assess.result import Assessed, Assessment

__all__ = ["Assessed", "Assessment", "assess", "reweigh"]
