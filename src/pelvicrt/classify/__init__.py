"""Where does the patient stand: emergency, mismatch repair, liver, pelvis, fitness, symptoms, scores, response."""

from pelvicrt.classify.classify import classify, classify_facts
from pelvicrt.classify.dpyd import dpyd_advice
from pelvicrt.classify.examples import answer_of, look_up_of
from pelvicrt.classify.lars import lars_score
from pelvicrt.classify.response import Examinations, ResponseJudgement, judge_response
from pelvicrt.classify.results import Caution, Classification, Finding, GuidelineView, ScoreResult
from pelvicrt.classify.rules import rule_facts
from pelvicrt.classify.scoring import Score, all_scores, prognostic_scores, result_of
from pelvicrt.classify.surveillance import SurveillanceVisit, surveillance_schedule
from pelvicrt.classify.synchronicity import synchronicity_views

__all__ = [
    "Caution",
    "Classification",
    "Examinations",
    "Finding",
    "GuidelineView",
    "ResponseJudgement",
    "Score",
    "ScoreResult",
    "SurveillanceVisit",
    "all_scores",
    "answer_of",
    "classify",
    "classify_facts",
    "dpyd_advice",
    "judge_response",
    "lars_score",
    "look_up_of",
    "prognostic_scores",
    "result_of",
    "rule_facts",
    "surveillance_schedule",
    "synchronicity_views",
]
