"""Where the patient stands: emergency, mismatch repair, liver, pelvis, fitness, symptoms, cautions, scores."""

from pelvicrt.classify.results import Caution, Classification, Finding, GuidelineView, ScoreResult

__all__ = ["Caution", "Classification", "Finding", "GuidelineView", "ScoreResult"]
