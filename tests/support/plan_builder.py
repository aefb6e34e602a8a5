"""Small plans for tests of the timeline, and a slow search over every date as its oracle."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

from pelvicrt.evidence import Cited, Regimen, Step, Window
from pelvicrt.foundation import Text
from pelvicrt.strategies.calendar import length_days
from pelvicrt.strategies.timeline import (
    NOT_A_MONDAY,
    OUTSIDE_LIMITS,
    OUTSIDE_PREFERRED,
    TREATMENT_DELAYED,
    WAIT_CHANGED,
    WAIT_FREE_DAYS,
)

TODAY = dt.date(2026, 11, 22)
SEEN = (Cited(source="pelvicrt-convention"),)


def words(text: str) -> Text:
    return Text(text, text)


def a_step(name: str, kind: str, **more: object) -> Step:
    return Step(id=name, kind=kind, label=words(name), **more)  # type: ignore[arg-type]


def a_window(name: str, first: str, second: str, **more: object) -> Window:
    return Window(
        id=name,
        name=words(name),
        from_event=first,
        to_event=second,
        reason=words(name),
        evidence=SEEN,
        grade="assumption",
        mark="D",
        valid_from=TODAY,
        checked_on=TODAY,
        **more,  # type: ignore[arg-type]
    )


def a_schedule(family: str = "short_course", fractions: int = 5) -> Regimen:
    return Regimen(
        id="schedule",
        name=words("schedule"),
        family=family,  # type: ignore[arg-type]
        intent="preoperative",
        total_gy=25,
        fractions=fractions,
        duration_days=5,
        evidence=SEEN,
        grade="assumption",
        mark="D",
        valid_from=TODAY,
        checked_on=TODAY,
    )


Days = list[tuple[int, int]]


def every_plan(steps: Sequence[Step], regimen: Regimen | None, start: dt.date, horizon: int) -> Iterator[Days]:
    """Every way to put the steps on working days in order; waits fill what is left between their neighbours."""
    real = [number for number, step in enumerate(steps) if step.kind != "wait"]
    for chosen in itertools.combinations(range(horizon), len(real)):
        firsts = dict(zip(real, chosen, strict=True))
        if any((start + dt.timedelta(days=day)).weekday() > 4 for day in chosen):
            continue
        days: Days = []
        for number, step in enumerate(steps):
            if number in firsts:
                first = firsts[number]
                weekday = (start + dt.timedelta(days=first)).weekday()
                days.append((first, first + length_days(step, regimen, first_weekday=weekday) - 1))
            else:
                days.append((days[-1][1] + 1, firsts[number + 1] - 1))
        in_order = all(later[0] > earlier[1] for earlier, later in itertools.pairwise(days))
        if in_order and all(last >= first - 1 for first, last in days):
            yield days


def points(
    steps: Sequence[Step], regimen: Regimen | None, days: Days, windows: Sequence[tuple[Window, int, int]]
) -> float:
    """What a plan costs, written again without the solver; a broken hard window costs infinity."""
    total = sum(first for first, _ in days) + TREATMENT_DELAYED * days[0][0]
    for step, (first, last) in zip(steps, days, strict=True):
        if step.kind == "wait":
            planned = length_days(step, regimen, first_weekday=0)
            total += WAIT_CHANGED * max(0, abs(last - first + 1 - planned) - min(WAIT_FREE_DAYS, planned))
        if step.kind == "short_course":
            total += NOT_A_MONDAY * (last - first + 1 - length_days(step, regimen, first_weekday=0))
    for window, earlier, later in windows:
        gap = days[later][0] - days[earlier][1 if window.from_event.endswith("end") else 0]
        total += _window_points(window, gap)
    return total


def _window_points(window: Window, gap: int) -> float:
    low, high = window.min_days, window.max_days
    outside = max(0, (low or -(10**6)) - gap, gap - (high if high is not None else 10**6))
    if window.hard:
        forbidden = window.forbidden_days
        return float("inf") if outside or (forbidden and forbidden[0] <= gap <= forbidden[1]) else 0
    best = window.preferred_days
    return OUTSIDE_LIMITS * outside + (OUTSIDE_PREFERRED * max(0, best[0] - gap, gap - best[1]) if best else 0)
