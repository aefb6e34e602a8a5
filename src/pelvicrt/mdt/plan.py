"""What happens when, after the team has decided? The dated plan of the signed option, and what moves it.

The plan has a row for each step that is still to come. What was given and what is booked stays where it is; all other
dates are found anew under the timing windows. When booked dates break a rule nothing moves, and they say which.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pelvicrt.case import Case
from pelvicrt.evidence import Regimen, library
from pelvicrt.foundation import InvalidInput, Problem, Reason, Text
from pelvicrt.mdt import stages
from pelvicrt.mdt.cases import newest, version_of
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import AssessmentRow, Decision, PlanStep, User
from pelvicrt.strategies import DatedStep, Timeline, plan_dates

REMIND_DAYS: Final[Mapping[str, int]] = {"liver_local": 21, "tme": 21, "simultaneous_surgery": 21, "transplant": 21}
"""Days before a step at which it is called to mind, a habit of ours: theatres are booked weeks ahead."""
REMIND_USUALLY: Final = 7
LONGEST_REMINDER: Final = 90
_RADIOTHERAPY: Final = frozenset({"short_course", "long_course", "palliative_rt", "consolidative_rt"})


def make_plan(writing: Writing, case_id: str, decision: Decision) -> tuple[PlanStep, ...]:
    """The plan of a decision that is being signed, dated from the day of signing; none when no option was chosen.

    Raises:
        InvalidInput: when the evidence on this machine no longer holds the option as it was assessed.
    """
    option = option_of(writing.session, decision)
    if option is None:
        return ()
    case = _on(version_of(writing.session, case_id, decision.case_version).case, writing.at.date())
    dated = _dates(case, option)
    day = case.assessed_on
    coming = [step for step in dated.steps if step.kind != "wait" and step.end >= day]
    rows = tuple(_row(case_id, decision.number, place, step, option) for place, step in enumerate(coming, start=1))
    writing.session.add_all(rows)
    stages.refresh(writing, case_id)
    writing.record("plan.make", f"case/{case_id}", decision=decision.number, steps=len(rows))
    return rows


def option_of(session: Session, decision: Decision) -> dict[str, Any] | None:
    """The option a decision chose, as its assessment described it; None when it chose none."""
    if decision.assessment_number is None:
        return None
    row = session.get(AssessmentRow, (decision.case_id, decision.assessment_number))
    options = [] if row is None else row.document["strategies"]
    return next((option for option in options if option["key"] == decision.option), None)


def current_plan(session: Session, case_id: str) -> tuple[PlanStep, ...]:
    """The steps of the newest decision's plan, in order; empty when nothing is decided or nothing was to be dated."""
    last = select(func.max(Decision.number)).where(Decision.case_id == case_id).scalar_subquery()
    return tuple(
        session.scalars(
            select(PlanStep).where(PlanStep.case_id == case_id, PlanStep.decision == last).order_by(PlanStep.place)
        )
    )


def plan_of(session: Session, case_id: str, decision: int) -> tuple[PlanStep, ...]:
    """The steps of one decision's plan, in order."""
    asked = select(PlanStep).where(PlanStep.case_id == case_id, PlanStep.decision == decision)
    return tuple(session.scalars(asked.order_by(PlanStep.place)))


def step_of(session: Session, case_id: str, step_id: int) -> PlanStep:
    """One step of the current plan of a case.

    Raises:
        KeyError: when that plan has no such step.
    """
    found = next((step for step in current_plan(session, case_id) if step.id == step_id), None)
    if found is None:
        raise KeyError((case_id, step_id))
    return found


def book(
    writing: Writing, case_id: str, step_id: int, *, on: dt.date | None, remind_days: int, owner: User | None
) -> tuple[Text, ...]:
    """Books a step for a day (None frees it), says who sees to it and when to remind; finds the other dates anew.

    Answers what the booked dates break; then no other date has moved.

    Raises:
        InvalidInput: for a step that is done, or a reminder more than 90 days ahead.
        KeyError: when the current plan has no such step.
    """
    step = step_of(writing.session, case_id, step_id)
    if step.done:
        raise InvalidInput([Problem(file=case_id, field="step", found="done", expected=_OPEN, found_zh="已完成")])
    if not 0 <= remind_days <= LONGEST_REMINDER:
        raise InvalidInput([Problem(file=case_id, field="remind_days", found=str(remind_days), expected=_DAYS)])
    step.remind_days = remind_days
    step.owner_id = None if owner is None else owner.id
    step.window = {**step.window, "booked": None if on is None else on.isoformat()}
    if on is not None:
        step.starts_on, step.ends_on = on, on + (step.ends_on - step.starts_on)
    broken = redate(writing, case_id)
    stages.refresh(writing, case_id)
    writing.record("plan.book", f"case/{case_id}", step=step.id, booked=on is not None)
    return broken


def redate(writing: Writing, case_id: str) -> tuple[Text, ...]:
    """Finds the dates of all steps still to come anew, from what was given so far and what is booked.

    Answers the rules that booked dates break; then no date has moved. The caller records.
    """
    steps = current_plan(writing.session, case_id)
    left = [step for step in steps if not step.done]
    decision = writing.session.get(Decision, (case_id, steps[0].decision)) if steps else None
    option = None if decision is None else option_of(writing.session, decision)
    if option is None or not left:
        return ()
    case = _on(newest(writing.session, case_id).case, writing.at.date())
    booked = {step.window["step"]: dt.date.fromisoformat(day) for step in left if (day := step.window["booked"])}
    over = {step.window["step"] for step in steps if step.done}  # what was given counts through the facts of the case
    found = _dates(case, option, booked=booked, over=over)
    broken = tuple(reason.text for reason in found.conflict)
    dated = {step.step_id: step for step in found.steps}
    for step in left:
        _move(step, dated.get(step.window["step"]), broken if step.window["booked"] else ())
    writing.session.flush()
    return broken


def _on(case: Case, day: dt.date) -> Case:
    """The case as it is planned from a day on, which is never before the day of its facts."""
    return dataclasses.replace(case, assessed_on=max(case.assessed_on, day))


def _dates(
    case: Case,
    option: Mapping[str, Any],
    *,
    booked: Mapping[str, dt.date] | None = None,
    over: Collection[str] = (),
) -> Timeline:
    try:
        return plan_dates(
            case,
            library(),
            strategy=option["id"],
            regimen=option["regimen"],
            steps={step["id"] for step in option["steps"]}.difference(over),
            booked=booked,
        )
    except KeyError as error:
        found = f"{option['key']}"
        raise InvalidInput([Problem(file=case.id, field="option", found=found, expected=_STILL_KNOWN)]) from error


def _move(step: PlanStep, dated: DatedStep | None, broken: Sequence[Text]) -> None:
    breaks = [_both(text) for text in broken]
    if dated is None:  # nothing could be dated, or the step was passed over by what was given
        step.window = {**step.window, "breaks": breaks}
        return
    step.starts_on, step.ends_on = dated.start, dated.end
    step.window = {**step.window, **_window(dated), "breaks": breaks}


def _row(case_id: str, decision: int, place: int, step: DatedStep, option: Mapping[str, Any]) -> PlanStep:
    planned: dict[str, Any] = {
        "step": step.step_id,
        "booked": None,
        "left_out": False,
        "breaks": [],
        "intended": _intended(step, option),
    }
    return PlanStep(
        case_id=case_id,
        decision=decision,
        place=place,
        kind=step.kind,
        label=_both(step.label),
        starts_on=step.start,
        ends_on=step.end,
        window={**planned, "first": [step.start.isoformat(), step.end.isoformat()], **_window(step)},
        remind_days=REMIND_DAYS.get(step.kind, REMIND_USUALLY),
        done=False,
    )


def _window(step: DatedStep) -> dict[str, Any]:
    """What a step may do on the calendar, as plain data in both languages."""
    return {
        "window": None if step.window is None else [day.isoformat() for day in step.window],
        "preferred": None if step.preferred is None else [day.isoformat() for day in step.preferred],
        "hard_stops": [
            {"start": start.isoformat(), "end": end.isoformat(), "why": _both(why)}
            for start, end, why in step.hard_stops
        ],
        "why": [_why(reason) for reason in step.reasons],
    }


def _why(reason: Reason) -> dict[str, Any]:
    return {**_both(reason.text), "rule": reason.rule, "sources": list(reason.sources), "grade": reason.grade}


def _intended(step: DatedStep, option: Mapping[str, Any]) -> dict[str, Any]:
    """What the step is meant to give, so that what was given can be held against it."""
    if step.kind in _RADIOTHERAPY and option["regimen"] is not None:
        regimen: Regimen = library().regimens[option["regimen"]]
        return {"dose_gy": regimen.total_gy, "fractions": regimen.fractions}
    described: Mapping[str, Any] = next((item for item in option["steps"] if item["id"] == step.step_id), {})
    return {key: described[key] for key in ("weeks", "agents") if described.get(key)}


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "zh": text.zh}


_OPEN = Text("a step that is still to come", "尚未完成的步骤")
_DAYS = Text(f"0 to {LONGEST_REMINDER} days", f"0～{LONGEST_REMINDER} 天")
_STILL_KNOWN = Text(
    "an option of the evidence on this machine; assess the case again", "本机证据库中的方案；请重新评估该病例"
)
