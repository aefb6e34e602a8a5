"""What can be done: the strategies with their schedules, status, steps and dates."""

from pelvicrt.strategies.candidates import candidates, plan_dates
from pelvicrt.strategies.dose import regimen_doses
from pelvicrt.strategies.results import Candidate, DatedStep, RegimenDose, Timeline
from pelvicrt.strategies.rules import Judgement
from pelvicrt.strategies.statuses import judgements, statuses
from pelvicrt.strategies.timeline import timeline

__all__ = [
    "Candidate",
    "DatedStep",
    "Judgement",
    "RegimenDose",
    "Timeline",
    "candidates",
    "judgements",
    "plan_dates",
    "regimen_doses",
    "statuses",
    "timeline",
]
