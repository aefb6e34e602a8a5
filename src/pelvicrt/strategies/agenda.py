"""What does a dated plan show: allowed ranges, hard stops, deviations, days without systemic therapy?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from pelvicrt.evidence import Step
from pelvicrt.foundation import Reason, Text
from pelvicrt.strategies.events import SYSTEMIC, Gap
from pelvicrt.strategies.results import DatedStep, Timeline

DAY: Final = dt.timedelta(days=1)
Dates = list[tuple[dt.date, dt.date]]


def describe(steps: Sequence[Step], gaps: Sequence[Gap], dates: Dates, start: dt.date) -> Timeline:
    """A feasible timeline with its ranges and deviations; `dates` are first and last day of every step."""
    return Timeline(
        feasible=True,
        steps=tuple(_dated(steps, gaps, number, dates) for number in range(len(steps))),
        deviations=tuple(reason for gap in gaps if (reason := _deviation(gap, dates)) is not None),
        days_without_systemic=_days_without_systemic(steps, dates, start),
        days_to_full_systemic=_days_to_systemic(steps, dates, start),
    )


def _dated(steps: Sequence[Step], gaps: Sequence[Gap], number: int, dates: Dates) -> DatedStep:
    step = steps[number]
    bound = [gap for gap in gaps if gap.later == number and gap.later_edge == "start" and gap.earlier != number]
    soft = [gap for gap in bound if not gap.window.hard]
    return DatedStep(
        step_id=step.id,
        kind=step.kind,
        label=step.label,
        start=dates[number][0],
        end=dates[number][1],
        window=_shared([_range(gap, dates, "limits") for gap in soft]),
        preferred=_shared([_range(gap, dates, "preferred") for gap in soft]),
        hard_stops=tuple(stop for gap in bound if (stop := _stop(gap, dates)) is not None),
        reasons=tuple(window_reason(gap, direction="neutral") for gap in bound),
    )


def _range(gap: Gap, dates: Dates, which: str) -> tuple[dt.date, dt.date] | None:
    window = gap.window
    low, high = (window.min_days, window.max_days) if which == "limits" else (window.preferred_days or (None, None))
    if low is None and high is None:
        return None
    origin = _edge_date(gap.earlier, gap.earlier_edge, dates)
    open_end = max(dates[gap.later][0], origin + DAY * max(low or 0, *(window.preferred_days or (0,))))
    return origin + DAY * (low or 0), origin + DAY * high if high is not None else open_end


def _shared(ranges: list[tuple[dt.date, dt.date] | None]) -> tuple[dt.date, dt.date] | None:
    """The part all ranges have in common; the first of them when they have none."""
    known = [item for item in ranges if item is not None]
    if not known:
        return None
    low, high = max(item[0] for item in known), min(item[1] for item in known)
    return (low, high) if low <= high else known[0]


def _stop(gap: Gap, dates: Dates) -> tuple[dt.date, dt.date, Text] | None:
    window = gap.window
    if not window.hard:
        return None
    closed = window.forbidden_days or ((0, window.min_days - 1) if window.min_days else None)
    if closed is None:
        return None
    origin = _edge_date(gap.earlier, gap.earlier_edge, dates)
    return origin + DAY * closed[0], origin + DAY * closed[1], window.reason


def _edge_date(number: int, edge: str, dates: Dates) -> dt.date:
    return dates[number][0] if edge == "start" else dates[number][1]


def gap_days(gap: Gap, dates: Dates) -> int:
    """Days between the two ends a window speaks about [days]."""
    later = _edge_date(gap.later, gap.later_edge, dates)
    return (later - _edge_date(gap.earlier, gap.earlier_edge, dates)).days


def _deviation(gap: Gap, dates: Dates) -> Reason | None:
    window, days = gap.window, gap_days(gap, dates)
    low, high = window.preferred_days or (window.min_days, window.max_days)
    away = max(0 if low is None else low - days, 0 if high is None else days - high)
    if window.hard or away <= 0:
        return None
    text = Text(
        "{name}: {days} days, {away} outside the preferred {low} to {high}; {reason}",
        "{name}：{days} 天，偏离首选范围 {low}～{high} 天达 {away} 天；{reason}",
    )
    filled = text.fill(name=window.name, days=days, away=away, low=_open(low), high=_open(high), reason=window.reason)
    return _reason(gap, filled, direction="against")


def _open(bound: int | None) -> Text:
    return Text("any", "不限") if bound is None else Text(str(bound), str(bound))


def window_reason(gap: Gap, *, direction: str) -> Reason:
    """Why a window exists, as a reason with its sources."""
    return _reason(
        gap, Text("{name}: {why}", "{name}：{why}").fill(name=gap.window.name, why=gap.window.reason), direction
    )


def _reason(gap: Gap, text: Text, direction: str) -> Reason:
    return Reason(
        rule=f"window.{gap.window.id}",
        text=text,
        sources=tuple(cited.source for cited in gap.window.evidence),
        grade=gap.window.grade,
        mark=gap.window.mark,
        direction=direction,  # type: ignore[arg-type]
    )


def _days_to_systemic(steps: Sequence[Step], dates: Dates, start: dt.date) -> int | None:
    found = [days[0] for step, days in zip(steps, dates, strict=True) if step.kind in SYSTEMIC]
    return max(0, (min(found) - start).days) if found else None


def _days_without_systemic(steps: Sequence[Step], dates: Dates, start: dt.date) -> int:
    """Days from the assessment to the last day of the plan on which no full-dose systemic therapy runs."""
    last = max(end for _, end in dates)
    treated = {
        first + DAY * n
        for step, (first, end) in zip(steps, dates, strict=True)
        if step.kind in SYSTEMIC
        for n in range((end - first).days + 1)
    }
    return sum(1 for n in range((last - start).days + 1) if start + DAY * n not in treated)
