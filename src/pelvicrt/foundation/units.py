"""How times change unit. Inside the program: Gy, days (schedules), months (outcomes); conversions happen only here."""

from typing import Final

DAYS_PER_MONTH: Final = 365.25 / 12
WEEKS_PER_MONTH: Final = DAYS_PER_MONTH / 7
MONTHS_PER_YEAR: Final = 12


def months_from_days(days: float) -> float:
    """Months [months] of a number of days [days]; a month is 365.25 / 12 days.

    >>> round(months_from_days(365.25), 6)
    12.0
    """
    return days / DAYS_PER_MONTH


def months_from_weeks(weeks: float) -> float:
    """Months [months] of a number of weeks [weeks].

    >>> round(months_from_weeks(52.178571428), 4)
    12.0
    """
    return weeks / WEEKS_PER_MONTH
