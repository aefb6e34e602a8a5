"""How long does a step take on the calendar, and on which days may it start?

Appointments fall on working days (Monday to Friday; a site's holidays are not known here). Radiotherapy is given on
working days only, so its length depends on the weekday it starts on. A `wait` is elastic.
"""

from __future__ import annotations

import math
from typing import Final

from pelvicrt.evidence import Regimen, Step
from pelvicrt.strategies.events import PELVIC_RT

DAYS_PER_WEEK: Final = 7
WORKING_DAYS: Final = 5


def treatment_days(fractions: int, fractions_per_day: int, *, first_weekday: int) -> int:
    """Calendar days from first to last fraction, both included, when none is given at a weekend; Monday is 0.

    >>> treatment_days(5, 1, first_weekday=0), treatment_days(28, 1, first_weekday=0)
    (5, 38)
    >>> treatment_days(5, 1, first_weekday=2)
    7
    """
    needed = math.ceil(fractions / fractions_per_day)
    weekends = (first_weekday + needed - 1) // WORKING_DAYS
    return needed + weekends * (DAYS_PER_WEEK - WORKING_DAYS)


def length_days(step: Step, regimen: Regimen | None, *, first_weekday: int) -> int:
    """Days a step takes, first and last included; an operation or a visit takes the day itself."""
    if step.kind in PELVIC_RT and regimen is not None:
        return treatment_days(regimen.fractions, regimen.fractions_per_day, first_weekday=first_weekday)
    return max(1, round(step.weeks * DAYS_PER_WEEK)) if step.weeks else 1


def needs_consecutive_days(step: Step, regimen: Regimen | None) -> bool:
    """Whether the course should run without a weekend in it: short course, so a Monday start is preferred."""
    return step.kind in PELVIC_RT and regimen is not None and regimen.family == "short_course"
