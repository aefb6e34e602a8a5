"""Where does the patient stand: emergency, mismatch repair, liver, pelvis, fitness, symptoms, scores, response."""

from pelvicrt.classify.classify import classify, classify_facts
from pelvicrt.classify.dpyd import dpyd_advice
from pelvicrt.classify.results import Caution, Classification, Finding, GuidelineView, ScoreResult

__all__ = [
    "Caution",
    "Classification",
    "Finding",
    "GuidelineView",
    "ScoreResult",
    "classify",
    "classify_facts",
    "dpyd_advice",
]
