"""What a schedule or an organ's histogram is worth: the door to radiobiology, with the library's numbers filled in."""

from pelvicrt.dose.numbers import alpha_beta, complication_models, lq_validity, response_models, time_factor
from pelvicrt.dose.organs import ApplicableLimits, applicable_limits, complication_chances
from pelvicrt.dose.schedule import Schedule
from pelvicrt.dose.summary import (
    DoseSummary,
    Notice,
    RepairCase,
    Scenario,
    TimeCorrected,
    dose_summary,
)

__all__ = [
    "ApplicableLimits",
    "DoseSummary",
    "Notice",
    "RepairCase",
    "Scenario",
    "Schedule",
    "TimeCorrected",
    "alpha_beta",
    "applicable_limits",
    "complication_chances",
    "complication_models",
    "dose_summary",
    "lq_validity",
    "response_models",
    "time_factor",
]
