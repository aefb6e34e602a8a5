"""Which steps of a plan were already given, and when? What was given but does not fit the plan stands before it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pelvicrt.case import Case, TreatedStep
from pelvicrt.evidence import Step
from pelvicrt.foundation import Text, Unknown

EVENTS: Final = {
    "systemic": "systemic",
    "immunotherapy": "immunotherapy",
    "short_course": "rt",
    "long_course": "rt",
    "palliative_rt": "rt",
    "consolidative_rt": "rt",
    "liver_local": "liver",
    "tme": "tme",
    "simultaneous_surgery": "liver+tme",
    "stoma": "stoma",
    "transplant": "transplant",
    "restage": "restage",
}
PASSED_OVER: Final = frozenset({"wait", "restage", "assess_pelvis"})
PRIOR_RT: Final = "prior-rt"
_GIVEN: Final = Text("{label} (given)", "{label}（已完成）")


@dataclass(slots=True)
class Given:
    """A plan with what was already given: earlier steps outside it stand first, done steps carry their dates."""

    steps: list[Step]
    fixed: dict[str, dt.date] = field(default_factory=dict)
    fixed_ends: dict[str, dt.date] = field(default_factory=dict)
    undated: list[str] = field(default_factory=list)


def with_history(plan: Sequence[Step], case: Case) -> Given:
    """The plan's steps still to come and those given, with known dates fixed.

    A step given takes the place of the next planned step of its kind when only waits and visits stand between; a step
    that fits nowhere is put before the plan, so that windows counted from it are kept.
    """
    given = Given(steps=list(plan))
    _add_prior_rt(given, case)
    treated = () if isinstance(case.treated_so_far, Unknown) else case.treated_so_far
    before = len(given.steps) - len(plan)
    cursor = before
    for number, step in enumerate(treated, start=1):
        if isinstance(step.step, Unknown) or isinstance(step.start, Unknown):
            given.undated.append(f"treated_so_far.{number}.start")
            continue
        place = _place(given.steps, cursor, step.step)
        if place is None:
            given.steps.insert(cursor, _outside(step, number))
            place = cursor
        else:
            del given.steps[cursor:place]
            place = cursor
            given.steps[place] = _with_agents(given.steps[place], step)
        _fix(given, given.steps[place], step)
        cursor = place + 1
    return given


def _place(steps: Sequence[Step], cursor: int, kind: str) -> int | None:
    for number in range(cursor, len(steps)):
        if steps[number].kind == kind:
            return number
        if steps[number].kind not in PASSED_OVER:
            return None
    return None


def _outside(step: TreatedStep, number: int) -> Step:
    kind = str(step.step)
    words = Text(kind.replace("_", " "), _CHINESE.get(kind, kind))
    made = Step(id=f"given-{number}", kind=kind, label=_GIVEN.fill(label=words), event=EVENTS[kind])  # type: ignore[arg-type]
    return _with_agents(made, step)


def _with_agents(planned: Step, step: TreatedStep) -> Step:
    return planned if isinstance(step.agents, Unknown) else dataclasses.replace(planned, agents=step.agents)


def _fix(given: Given, planned: Step, step: TreatedStep) -> None:
    if not isinstance(step.start, Unknown):
        given.fixed[planned.id] = step.start
    if not isinstance(step.end, Unknown):
        given.fixed_ends[planned.id] = step.end


def _add_prior_rt(given: Given, case: Case) -> None:
    courses = () if isinstance(case.patient.prior_pelvic_rt, Unknown) else case.patient.prior_pelvic_rt
    ends = [course.end_date for course in courses if not isinstance(course.end_date, Unknown)]
    if len(ends) < len(courses):
        given.undated.append("patient.prior_pelvic_rt")
    if ends:
        label = Text("Earlier pelvic radiotherapy", "既往盆腔放疗")
        given.steps.insert(0, Step(id=PRIOR_RT, kind="wait", label=label, event="prior_rt"))
        given.fixed[PRIOR_RT] = given.fixed_ends[PRIOR_RT] = max(ends)


_CHINESE: Final = {
    "systemic": "全身治疗",
    "immunotherapy": "免疫治疗",
    "short_course": "短程放疗",
    "long_course": "长程同步放化疗",
    "palliative_rt": "姑息性放疗",
    "consolidative_rt": "巩固性放疗",
    "liver_local": "肝切除或消融",
    "tme": "TME",
    "simultaneous_surgery": "同期手术",
    "stoma": "转流性造口",
    "transplant": "肝移植",
    "restage": "再分期",
}
