"""When would each step happen? Dates of a plan under its timing windows, or the smallest set of reasons why none exist.

Hard windows, fixed dates and the order of steps are constraints; soft windows cost points per day, elastic waits keep
close to their planned length, and ties go to the earlier date. One worker and a fixed seed make the answer repeatable.
The points are a scheduling convention of this project, not a measure of harm.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pelvicrt.evidence import FactValue, Regimen, Step, Window
from pelvicrt.foundation import InternalError, Reason, Text
from pelvicrt.strategies.agenda import DAY, describe, window_reason
from pelvicrt.strategies.calendar import DAYS_PER_WEEK, WORKING_DAYS, length_days, needs_consecutive_days
from pelvicrt.strategies.events import Gap, bind
from pelvicrt.strategies.results import Timeline
from pelvicrt.strategies.solver import cp_model

OUTSIDE_LIMITS: Final = 1000
NOT_A_MONDAY: Final = 400
TREATMENT_DELAYED: Final = 110
OUTSIDE_PREFERRED: Final = 100
WAIT_CHANGED: Final = 10
"""Points per day: outside the allowed range; per weekend day inside a short course; by which the first step waits;
outside the preferred part; by which a wait differs from its planned length. Every later day of a step costs one."""
WAIT_FREE_DAYS: Final = 3
"""A wait may be this much shorter or longer without points, so that no step is put off only to meet a weekday."""
SLACK_DAYS: Final = 26 * DAYS_PER_WEEK
CONVENTION: Final = ("pelvicrt-convention",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be dated: steps in order, the windows bound to them, and what is already fixed."""

    steps: tuple[Step, ...]
    regimen: Regimen | None
    gaps: tuple[Gap, ...]
    start: dt.date
    fixed: Mapping[str, dt.date] = field(default_factory=dict)
    fixed_ends: Mapping[str, dt.date] = field(default_factory=dict)


def timeline(
    steps: Sequence[Step],
    regimen: Regimen | None,
    windows: Iterable[Window],
    start: dt.date,
    fixed: Mapping[str, dt.date] | None = None,
    *,
    fixed_ends: Mapping[str, dt.date] | None = None,
    context: Mapping[str, FactValue] | None = None,
) -> Timeline:
    """Dates for every step, none before `start` unless fixed (`fixed` by first day, `fixed_ends` by last day).

    Raises:
        KeyError: when `fixed` names a step the plan does not have.
    """
    known = {step.id for step in steps}
    for name in (*(fixed or {}), *(fixed_ends or {})):
        if name not in known:
            raise KeyError(f"no step {name!r} in this plan; its steps are {', '.join(step.id for step in steps)}")
    plan = Plan(
        steps=tuple(steps),
        regimen=regimen,
        gaps=bind(steps, windows, regimen=regimen, context=context),
        start=start,
        fixed=fixed or {},
        fixed_ends=fixed_ends or {},
    )
    solved = _Model(plan).solve()
    if solved is None:
        return Timeline(feasible=False, conflict=_smallest_conflict(plan))
    dates = [(start + DAY * first, start + DAY * last) for first, last in solved]
    return describe(plan.steps, plan.gaps, dates, start)


class _Model:
    """The plan as a constraint model; with `explain`, every hard rule can be switched on by its own literal."""

    def __init__(self, plan: Plan, *, explain: bool = False) -> None:
        self.cp = cp_model()
        self.model = self.cp.CpModel()
        self.plan = plan
        self.explain = explain
        self.reasons: dict[int, Reason] = {}
        self.literals: list[Any] = []
        self.cost: list[Any] = []
        first = min([plan.start, *plan.fixed.values(), *plan.fixed_ends.values()])
        self.origin = first - DAY * first.weekday()
        self.horizon = (plan.start - self.origin).days + _longest(plan)
        self.starts: list[Any] = []
        self.ends: list[Any] = []
        for step in plan.steps:
            self._add_step(step)
        if plan.steps and not self._is_fixed(plan.steps[0]):
            self.cost.append(TREATMENT_DELAYED * self.starts[0])
        self._add_order()
        for gap in plan.gaps:
            self._add_gap(gap)

    def solve(self) -> list[tuple[int, int]] | None:
        """First and last day of every step, counted from `origin`; None when the hard rules contradict each other."""
        self.model.minimize(sum(self.cost) + sum(self.starts))
        solver = self._solver()
        status = solver.solve(self.model)
        if status == self.cp.INFEASIBLE:
            return None
        if status != self.cp.OPTIMAL:
            raise InternalError(Text("the timeline was not solved to the end", "时间表求解未完成"))
        shift = (self.plan.start - self.origin).days
        return [(solver.value(s) - shift, solver.value(e) - shift) for s, e in zip(self.starts, self.ends, strict=True)]

    def contradicts(self, literals: Sequence[Any]) -> list[int] | None:
        """A set of literal indices that cannot hold together, or None when they can."""
        self.model.clear_assumptions()
        self.model.add_assumptions(list(literals))
        solver = self._solver()
        if solver.solve(self.model) != self.cp.INFEASIBLE:
            return None
        return list(solver.sufficient_assumptions_for_infeasibility())

    def _solver(self) -> Any:
        solver = self.cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        solver.parameters.cp_model_presolve = False  # plans are small: presolving takes longer than solving
        return solver

    def _hard(self, reason: Reason) -> Any:
        """A literal that switches one hard rule on; true from the start unless conflicts are being explained."""
        literal = self.model.new_bool_var("")
        if self.explain:
            self.literals.append(literal)
            self.reasons[literal.index] = reason
        else:
            self.model.add(literal == 1)
        return literal

    def _add_step(self, step: Step) -> None:
        start = self.model.new_int_var(0, self.horizon, "")
        is_fixed = self._is_fixed(step)
        lengths = [length_days(step, self.plan.regimen, first_weekday=day) for day in range(DAYS_PER_WEEK)]
        if is_fixed:
            end = self._fixed_end(step, start, lengths)
        elif step.kind == "wait":
            end = self._elastic_end(start, lengths[0])
        else:
            end = self._working_day_end(step, start, lengths)
        if not is_fixed and step.kind != "wait":  # a pause may have begun with a step given before the assessment
            earliest = (self.plan.start - self.origin).days
            self.model.add(start >= earliest)
        self.starts.append(start)
        self.ends.append(end)

    def _fixed_end(self, step: Step, start: Any, lengths: list[int]) -> Any:
        end = self.model.new_int_var(-1, self.horizon + max(lengths), "")
        fixed_start, fixed_end = self.plan.fixed.get(step.id), self.plan.fixed_ends.get(step.id)
        literal = self._hard(_fixed_reason(step, fixed_start, fixed_end))
        if fixed_start is not None:
            day = (fixed_start - self.origin).days
            self.model.add(start == day).only_enforce_if(literal)
            if fixed_end is None:
                self.model.add(end == day + lengths[fixed_start.weekday()] - 1).only_enforce_if(literal)
        if fixed_end is not None:
            self.model.add(end == (fixed_end - self.origin).days).only_enforce_if(literal)
        self.model.add(end >= start)
        return end

    def _elastic_end(self, start: Any, planned: int) -> Any:
        end = self.model.new_int_var(-1, self.horizon, "")
        self.model.add(end >= start - 1)
        free = min(WAIT_FREE_DAYS, planned)
        self._charge(end - start + 1, low=planned - free, high=planned + free, points=WAIT_CHANGED)
        return end

    def _working_day_end(self, step: Step, start: Any, lengths: list[int]) -> Any:
        week = self.model.new_int_var(0, self.horizon // DAYS_PER_WEEK, "")
        weekday = self.model.new_int_var(0, WORKING_DAYS - 1, "")
        self.model.add(start == DAYS_PER_WEEK * week + weekday)
        possible = lengths[:WORKING_DAYS]
        if len(set(possible)) == 1:
            return self._shifted(start, possible[0] - 1)
        length = self.model.new_int_var(min(possible), max(possible), "")
        self.model.add_element(weekday, possible, length)
        if needs_consecutive_days(step, self.plan.regimen):
            self._charge(length, low=min(possible), high=min(possible), points=NOT_A_MONDAY)
        end = self.model.new_int_var(0, self.horizon + max(possible), "")
        self.model.add(end == start + length - 1)
        return end

    def _shifted(self, start: Any, days: int) -> Any:
        end = self.model.new_int_var(0, self.horizon + days, "")
        self.model.add(end == start + days)
        return end

    def _add_order(self) -> None:
        for number in range(1, len(self.plan.steps)):
            before, after = self.plan.steps[number - 1], self.plan.steps[number]
            if self._is_past(before) and self._is_past(after):
                continue
            literal = self._hard(_order_reason(before, after))
            next_day = self.ends[number - 1] + 1
            elastic = any(step.kind == "wait" and not self._is_fixed(step) for step in (before, after))
            rule = self.starts[number] == next_day if elastic else self.starts[number] >= next_day
            self.model.add(rule).only_enforce_if(literal)

    def _is_fixed(self, step: Step) -> bool:
        return step.id in self.plan.fixed or step.id in self.plan.fixed_ends

    def _is_past(self, step: Step) -> bool:
        fixed = self.plan.fixed.get(step.id, self.plan.fixed_ends.get(step.id))
        return fixed is not None and fixed < self.plan.start

    def _edge(self, number: int, edge: str) -> Any:
        return self.starts[number] if edge == "start" else self.ends[number]

    def _add_gap(self, gap: Gap) -> None:
        days = self._edge(gap.later, gap.later_edge) - self._edge(gap.earlier, gap.earlier_edge)
        window = gap.window
        if window.hard:
            if not self._both_past(gap):
                self._forbid(gap, days)
            return
        if window.min_days is not None or window.max_days is not None:
            self._charge(days, low=window.min_days, high=window.max_days, points=OUTSIDE_LIMITS)
        if window.preferred_days is not None:
            low, high = window.preferred_days
            self._charge(days, low=low, high=high, points=OUTSIDE_PREFERRED)

    def _both_past(self, gap: Gap) -> bool:
        return self._is_past(self.plan.steps[gap.earlier]) and self._is_past(self.plan.steps[gap.later])

    def _forbid(self, gap: Gap, days: Any) -> None:
        literal = self._hard(window_reason(gap, direction="block"))
        window = gap.window
        if window.min_days is not None:
            self.model.add(days >= window.min_days).only_enforce_if(literal)
        if window.max_days is not None:
            self.model.add(days <= window.max_days).only_enforce_if(literal)
        if window.forbidden_days is not None:
            first, last = window.forbidden_days
            later = self.model.new_bool_var("")
            self.model.add(days <= first - 1).only_enforce_if([literal, later.negated()])
            self.model.add(days >= last + 1).only_enforce_if([literal, later])

    def _charge(self, days: Any, *, low: int | None, high: int | None, points: int) -> None:
        if self.explain:
            return
        outside = self.model.new_int_var(0, 4 * self.horizon, "")
        if low is not None:
            self.model.add(outside >= low - days)
        if high is not None:
            self.model.add(outside >= days - high)
        self.cost.append(points * outside)


def _longest(plan: Plan) -> int:
    lengths = sum(max(length_days(step, plan.regimen, first_weekday=day) for day in range(5)) for step in plan.steps)
    asked = sum(max(gap.window.min_days or 0, *(gap.window.preferred_days or (0,))) for gap in plan.gaps)
    fixed = max([0, *((day - plan.start).days for day in (*plan.fixed.values(), *plan.fixed_ends.values()))])
    return lengths + asked + fixed + SLACK_DAYS


def _smallest_conflict(plan: Plan) -> tuple[Reason, ...]:
    """The reasons that contradict each other and of which none can be left out (deletion of one at a time)."""
    model = _Model(plan, explain=True)
    by_index = {literal.index: literal for literal in model.literals}
    core = model.contradicts(model.literals)
    if core is None:
        raise InternalError(Text("an impossible timeline gave no reason", "时间表无解但未能找出原因"))
    kept = list(core)
    for index in core:
        fewer = [other for other in kept if other != index]
        if model.contradicts([by_index[other] for other in fewer]) is not None:
            kept = fewer
    return tuple(model.reasons[index] for index in sorted(kept))


def _fixed_reason(step: Step, start: dt.date | None, end: dt.date | None) -> Reason:
    text = Text("{label} is fixed on {day}", "{label} 已定于 {day}").fill(label=step.label, day=start or end)
    return Reason(rule=f"fixed.{step.id}", text=text, sources=CONVENTION, grade="assumption", direction="block")


def _order_reason(before: Step, after: Step) -> Reason:
    text = Text("{after} comes after {before}", "{after} 须在 {before} 之后").fill(
        before=before.label, after=after.label
    )
    return Reason(
        rule=f"order.{before.id}.{after.id}", text=text, sources=CONVENTION, grade="assumption", direction="block"
    )
