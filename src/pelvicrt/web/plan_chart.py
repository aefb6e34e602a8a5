"""Where on the paper does each step of a dated plan stand? One row a step; positions only, the template draws them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pelvicrt.mdt import tables
from pelvicrt.report import Words

LEFT: Final = 210
WIDTH: Final = 900
ROW: Final = 38
TOP: Final = 30
_RIGHT: Final = 20
_NARROWEST: Final = 6
_MONTH_ROOM: Final = 62
SHAPES: Final = {
    "systemic": "sys",
    "immunotherapy": "sys",
    "short_course": "rt",
    "long_course": "rt",
    "palliative_rt": "rt",
    "consolidative_rt": "rt",
    "restage": "dec",
    "assess_pelvis": "dec",
}
"""How a kind of step is drawn; everything else is an operation."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One step: its row, its shape, and where its span, window and hard stops lie."""

    step: tables.PlanStep
    y: int
    shape: str
    x: float
    wide: float
    window: tuple[float, float] | None
    stops: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole picture."""

    bars: tuple[Bar, ...]
    months: tuple[tuple[float, str], ...]
    today: float | None
    height: int
    first: dt.date
    last: dt.date


def chart(steps: Sequence[tables.PlanStep], words: Words, *, today: dt.date) -> Chart | None:
    """The picture of a plan; none when there is nothing to draw."""
    if not steps:
        return None
    first, last = min(_days(steps)), max(_days(steps))
    if first <= today <= last + dt.timedelta(days=60):
        last = max(last, today)
    span = max((last - first).days, 1)

    def x(day: dt.date) -> float:
        return round(LEFT + (WIDTH - LEFT - _RIGHT) * (day - first).days / span, 1)

    bars = tuple(_bar(step, TOP + ROW * row, x) for row, step in enumerate(steps))
    inside = first <= today <= last
    height = TOP + ROW * len(bars) + 8
    return Chart(bars, _months(first, last, x, words), x(today) if inside else None, height, first, last)


def _bar(step: tables.PlanStep, y: int, x: Callable[[dt.date], float]) -> Bar:
    window = step.window["window"]
    return Bar(
        step=step,
        y=y,
        shape=SHAPES.get(step.kind, "op"),
        x=x(step.starts_on),
        wide=max(x(step.ends_on) - x(step.starts_on), _NARROWEST),
        window=None if window is None or step.done else (x(_day(window[0])), x(_day(window[1]))),
        stops=()
        if step.done
        else tuple((x(_day(stop["start"])), x(_day(stop["end"]))) for stop in step.window["hard_stops"]),
    )


def _days(steps: Sequence[tables.PlanStep]) -> list[dt.date]:
    found = [day for step in steps for day in (step.starts_on, step.ends_on)]
    for step in (item for item in steps if not item.done):
        found += [_day(day) for day in step.window["window"] or ()]
        found += [_day(stop[edge]) for stop in step.window["hard_stops"] for edge in ("start", "end")]
    return found


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _months(
    first: dt.date, last: dt.date, x: Callable[[dt.date], float], words: Words
) -> tuple[tuple[float, str], ...]:
    """The first day of each month with its name, left out where there is no room for it."""
    marks: list[tuple[float, str]] = []
    free = float(LEFT)
    day = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
    while day <= last:
        roomy = x(day) >= free
        marks.append((x(day), words.month(day, with_year=day.month == 1) if roomy else ""))
        free = x(day) + _MONTH_ROOM if roomy else free
        day = dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return tuple(marks)
