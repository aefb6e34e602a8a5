"""Does the timeline solver find the best dates, never break a hard window, and name what it could not keep?"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.plan_builder import a_schedule, a_step, a_window, every_plan, points

from pelvicrt.strategies import Timeline, timeline

MONDAY = dt.date(2026, 5, 4)
HORIZON = 56
RT = a_step("rt", "short_course", event="rt")
CHEMO = a_step("chemo", "systemic", weeks=1, event="systemic")
TME = a_step("tme", "tme", event="tme")
PAUSE = a_step("pause", "wait", weeks=1)
SCHEDULE = a_schedule()


def days_of(found: Timeline, start: dt.date) -> list[tuple[int, int]]:
    return [((step.start - start).days, (step.end - start).days) for step in found.steps]


@st.composite
def soft_windows(draw: st.DrawFn, name: str, first: str, second: str):
    low = draw(st.integers(0, 8))
    best = draw(st.integers(low, 11))
    end = draw(st.integers(best, 14))
    return a_window(name, first, second, min_days=low, preferred_days=(best, best), max_days=end)


@settings(max_examples=12, deadline=None)
@given(
    weekday=st.integers(0, 6),
    chemo=soft_windows("chemo", "rt.end", "systemic.start"),
    surgery=soft_windows("surgery", "systemic.end", "tme.start"),
    closed=st.integers(5, 18),
    length=st.integers(0, 6),
)
def test_no_other_dates_cost_less_than_the_solvers(weekday, chemo, surgery, closed, length):
    start = MONDAY + dt.timedelta(days=weekday)
    zone = a_window("zone", "rt.start", "tme.start", forbidden_days=(closed, closed + length), hard=True)
    steps = [RT, CHEMO, TME]
    bound = [(chemo, 0, 1), (surgery, 1, 2), (zone, 0, 2)]
    best = min(points(steps, SCHEDULE, days, bound) for days in every_plan(steps, SCHEDULE, start, HORIZON))
    found = timeline(steps, SCHEDULE, [chemo, surgery, zone], start)
    assert points(steps, SCHEDULE, days_of(found, start), bound) == best


@settings(max_examples=12, deadline=None)
@given(weekday=st.integers(0, 6), surgery=soft_windows("surgery", "rt.end", "tme.start"))
def test_an_elastic_wait_is_stretched_at_the_least_cost(weekday, surgery):
    start = MONDAY + dt.timedelta(days=weekday)
    steps = [RT, PAUSE, TME]
    best = min(points(steps, SCHEDULE, days, [(surgery, 0, 2)]) for days in every_plan(steps, SCHEDULE, start, HORIZON))
    found = timeline(steps, SCHEDULE, [surgery], start)
    assert points(steps, SCHEDULE, days_of(found, start), [(surgery, 0, 2)]) == best


@settings(max_examples=40, deadline=None)
@given(
    weekday=st.integers(0, 6),
    rt_on=st.integers(0, 20),
    tme_on=st.integers(0, 60),
    closed=st.tuples(st.integers(5, 12), st.integers(0, 8)),
)
def test_a_hard_window_is_kept_or_named_as_the_conflict(weekday, rt_on, tme_on, closed):
    start = MONDAY + dt.timedelta(days=weekday)
    zone = a_window("zone", "rt.start", "tme.start", forbidden_days=(closed[0], sum(closed)), hard=True)
    fixed = {"rt": start + dt.timedelta(days=rt_on), "tme": start + dt.timedelta(days=tme_on)}
    found = timeline([RT, TME], SCHEDULE, [zone], start, fixed)
    if found.feasible:
        assert not closed[0] <= (found.steps[1].start - found.steps[0].start).days <= sum(closed)
    else:
        assert {reason.rule for reason in found.conflict} & {"window.zone", "order.rt.tme"}


@settings(max_examples=40, deadline=None)
@given(weekday=st.integers(0, 6), surgery=soft_windows("surgery", "rt.end", "tme.start"), tme_on=st.integers(8, 60))
def test_a_soft_window_is_kept_or_reported(weekday, surgery, tme_on):
    start = MONDAY + dt.timedelta(days=weekday)
    found = timeline([RT, TME], SCHEDULE, [surgery], start, {"tme": start + dt.timedelta(days=tme_on)})
    if not found.feasible:
        return
    gap = (found.steps[1].start - found.steps[0].end).days
    assert (gap == surgery.preferred_days[0]) == (not found.deviations)


@settings(max_examples=30, deadline=None)
@given(weekday=st.integers(0, 6), weeks=st.floats(1, 20), wait=st.floats(0.5, 8))
def test_steps_keep_their_order_and_fall_on_working_days(weekday, weeks, wait):
    start = MONDAY + dt.timedelta(days=weekday)
    steps = [RT, a_step("pause", "wait", weeks=wait), a_step("chemo", "systemic", weeks=weeks, event="systemic"), TME]
    found = timeline(steps, SCHEDULE, [], start)
    assert all(a.end < b.start for a, b in zip(found.steps, found.steps[1:], strict=False))
    assert all(step.start.weekday() < 5 for step in found.steps if step.kind != "wait")
    assert found.steps[0].start >= start


@pytest.mark.parametrize("day", range(7))
def test_the_same_plan_gives_the_same_dates(day):
    start = MONDAY + dt.timedelta(days=day)
    surgery = a_window("surgery", "rt.end", "tme.start", min_days=28, preferred_days=(42, 42), max_days=56)
    first, second = (timeline([RT, PAUSE, TME], SCHEDULE, [surgery], start) for _ in range(2))
    assert first == second
