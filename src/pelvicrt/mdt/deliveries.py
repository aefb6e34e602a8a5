"""What was really given, and how does it differ from the plan? A row each; a correction stands for the row it replaces.

What was given also enters the facts of the case, so that every later assessment counts its windows from it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.case import Case
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import plan, stages
from pelvicrt.mdt.amending import amended, check_past, without_step
from pelvicrt.mdt.cases import newest, save_case
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import Delivery, PlanStep, User

KINDS: Final = (
    "systemic",
    "immunotherapy",
    "short_course",
    "long_course",
    "palliative_rt",
    "consolidative_rt",
    "liver_local",
    "tme",
    "simultaneous_surgery",
    "transplant",
    "stoma",
)
ONE_DAY: Final = frozenset({"liver_local", "tme", "simultaneous_surgery", "transplant", "stoma"})
"""What takes place on one day, so that its end need not be asked."""
OFF_PLAN_DAYS: Final = 14
"""A step without a window may begin this much later than first planned, or last so much longer, unexplained: ours."""
_DAYS_PER_WEEK: Final = 7
_MEASURES: Final = ("dose_gy", "fractions", "cycles")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One treatment as it was given; without an end it is still under way."""

    kind: str
    began_on: dt.date
    ended_on: dt.date | None = None
    dose_gy: float | None = None
    fractions: int | None = None
    cycles: int | None = None
    agents: tuple[str, ...] = ()


def record_delivery(
    writing: Writing,
    by: User,
    case_id: str,
    given: Given,
    *,
    step_id: int | None = None,
    deviation: str = "",
    replaces: int | None = None,
) -> Delivery:
    """Keeps what was given, adds it to the facts of the case, and finds the dates of the steps to come anew.

    Raises:
        InvalidInput: for an unknown kind, a day to come, values no case can hold, or a deviation without its reason.
        KeyError: when the plan has no such step, or no standing delivery is called `replaces`.
    """
    given = _whole(given)
    _check(writing, case_id, given)
    step = None if step_id is None else plan.step_of(writing.session, case_id, step_id)
    if not deviation.strip() and (found := differences(step, given)):
        raise InvalidInput([_unexplained(case_id, text) for text in found])
    old = None if replaces is None else _standing(writing.session, case_id, replaces)
    _into_case(writing, by, case_id, given, old)
    row = Delivery(
        case_id=case_id,
        plan_step_id=step_id,
        kind=given.kind,
        began_on=given.began_on,
        ended_on=given.ended_on,
        given=_plain(given) | ({} if replaces is None else {"replaces": replaces}),
        deviation=deviation.strip(),
        author_id=by.id,
        at=writing.at,
    )
    _keep(writing, row, step, done=given.ended_on is not None)
    return row


def leave_out(writing: Writing, by: User, case_id: str, step_id: int, *, on: dt.date, why: str) -> Delivery:
    """Keeps that a step of the plan will not be given, and why; the steps after it are dated anew.

    Raises:
        InvalidInput: without a reason, or for a day to come.
        KeyError: when the plan has no such step.
    """
    step = plan.step_of(writing.session, case_id, step_id)
    check_past(case_id, {"on": on}, at=writing.at)
    if not why.strip():
        raise InvalidInput([_unexplained(case_id, _LEFT_OUT)])
    row = Delivery(
        case_id=case_id,
        plan_step_id=step_id,
        kind=step.kind,
        began_on=on,
        ended_on=on,
        given={"left_out": True},
        deviation=why.strip(),
        author_id=by.id,
        at=writing.at,
    )
    _keep(writing, row, step, done=True)
    return row


def standing(session: Session, case_id: str) -> tuple[Delivery, ...]:
    """Every delivery of a case that no later one replaced, by its first day."""
    return standing_of(session.scalars(select(Delivery).where(Delivery.case_id == case_id)).all())


def standing_of(rows: Sequence[Delivery]) -> tuple[Delivery, ...]:
    """Those of one case's deliveries that no later one replaced, by their first day."""
    replaced = {row.given.get("replaces") for row in rows}
    return tuple(sorted((row for row in rows if row.id not in replaced), key=lambda row: (row.began_on, row.id)))


def differences(step: PlanStep | None, given: Given) -> tuple[Text, ...]:
    """Everything in which a treatment differs from its step of the plan; what is under way is not measured yet.

    >>> found = differences(None, Given(kind="stoma", began_on=dt.date(2026, 5, 4)))
    >>> [text.en for text in found]
    ['this was not in the plan']
    """
    if step is None:
        return (_NOT_PLANNED,)
    found = [*_when(step, given.began_on)]
    if given.kind != step.kind:
        found.append(_OTHER_KIND)
    if given.ended_on is None:
        return tuple(found)
    meant = step.window["intended"]
    if given.dose_gy is not None and meant.get("dose_gy") not in {None, given.dose_gy}:
        found.append(_DOSE.fill(given=f"{given.dose_gy:g}", meant=f"{meant['dose_gy']:g}"))
    if given.fractions is not None and meant.get("fractions") not in {None, given.fractions}:
        found.append(_FRACTIONS.fill(given=given.fractions, meant=meant["fractions"]))
    days = (given.ended_on - given.began_on).days + 1
    if "weeks" in meant and abs(days - meant["weeks"] * _DAYS_PER_WEEK) > OFF_PLAN_DAYS:
        found.append(_WEEKS.fill(given=round(days / _DAYS_PER_WEEK), meant=f"{meant['weeks']:g}"))
    return tuple(found)


def _when(step: PlanStep, began: dt.date) -> list[Text]:
    stops = [stop for stop in step.window["hard_stops"] if stop["start"] <= began.isoformat() <= stop["end"]]
    found = [Text(stop["why"]["en"], stop["why"]["zh"]) for stop in stops]
    window = step.window["window"]
    if window is not None and not window[0] <= began.isoformat() <= window[1]:
        found.append(_OUTSIDE.fill(first=window[0], last=window[1]))
    first = dt.date.fromisoformat(step.window["first"][0])
    if window is None and (began - first).days > OFF_PLAN_DAYS:
        found.append(_LATE.fill(days=(began - first).days))
    return found


def _whole(given: Given) -> Given:
    if given.kind not in ONE_DAY or given.ended_on is not None:
        return given
    return Given(kind=given.kind, began_on=given.began_on, ended_on=given.began_on)


def _check(writing: Writing, case_id: str, given: Given) -> None:
    if given.kind not in KINDS:
        expected = Text(f"one of {', '.join(KINDS)}", f"{'、'.join(KINDS)} 之一")
        raise InvalidInput([Problem(file=case_id, field="kind", found=repr(given.kind), expected=expected)])
    check_past(case_id, {"began_on": given.began_on, "ended_on": given.ended_on}, at=writing.at)


def _into_case(writing: Writing, by: User, case_id: str, given: Given, old: Delivery | None) -> None:
    kept = newest(writing.session, case_id)
    case: Case = kept.case
    if old is not None and not old.given.get("left_out"):
        case = without_step(case, _as_treated(_given_of(old)))
    case = amended(case, on=given.ended_on or given.began_on, step=_as_treated(given))
    save_case(writing, case, by, on_version=kept.version, note="delivery")


def _as_treated(given: Given) -> dict[str, Any]:
    """A treatment in the words of the contract; what nobody wrote down is left out, so that it stays unknown."""
    said: dict[str, Any] = {"step": given.kind, "start": given.began_on.isoformat()}
    if given.ended_on is not None:
        said["end"] = given.ended_on.isoformat()
    said |= {name: value for name in _MEASURES if (value := getattr(given, name)) is not None}
    return said | ({"agents": list(given.agents)} if given.agents else {})


def _given_of(row: Delivery) -> Given:
    known: Mapping[str, Any] = {name: row.given.get(name) for name in _MEASURES}
    agents = tuple(row.given.get("agents", ()))
    return Given(kind=row.kind, began_on=row.began_on, ended_on=row.ended_on, agents=agents, **known)


def _plain(given: Given) -> dict[str, Any]:
    return {key: value for key, value in _as_treated(given).items() if key not in {"step", "start", "end"}}


def _standing(session: Session, case_id: str, delivery_id: int) -> Delivery:
    found = next((row for row in standing(session, case_id) if row.id == delivery_id), None)
    if found is None:
        raise KeyError((case_id, delivery_id))
    return found


def _keep(writing: Writing, row: Delivery, step: PlanStep | None, *, done: bool) -> None:
    writing.session.add(row)
    if step is not None:
        step.done = done
        step.starts_on, step.ends_on = row.began_on, row.ended_on or max(step.ends_on, row.began_on)
    plan.redate(writing, row.case_id)
    stages.refresh(writing, row.case_id)
    writing.record("delivery.add", f"case/{row.case_id}", delivery=row.id, step=row.plan_step_id)


def _unexplained(case_id: str, text: Text) -> Problem:
    return Problem(file=case_id, field="deviation", found=text.en, expected=_REASON, found_zh=text.zh)


_REASON = Text("a reason in your words", "用您的话写明原因")
_NOT_PLANNED = Text("this was not in the plan", "计划中没有此项治疗")
_OTHER_KIND = Text("another treatment than planned", "与计划的治疗种类不同")
_LEFT_OUT = Text("a step that is left out", "未实施的步骤")
_DOSE = Text("{given} Gy instead of {meant}", "{given} Gy，计划 {meant} Gy")
_FRACTIONS = Text("{given} fractions instead of {meant}", "{given} 次，计划 {meant} 次")
_WEEKS = Text("{given} weeks instead of {meant}", "{given} 周，计划 {meant} 周")
_OUTSIDE = Text("begun outside the window {first} to {last}", "开始日期不在时间窗 {first}～{last} 内")
_LATE = Text("begun {days} days later than planned", "比计划晚 {days} 天开始")
