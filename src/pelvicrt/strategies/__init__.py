"""What can be done: the strategies with their schedules, status, steps and dates."""

from pelvicrt.strategies.results import Candidate, DatedStep, RegimenDose, Timeline

__all__ = ["Candidate", "DatedStep", "RegimenDose", "Timeline"]
