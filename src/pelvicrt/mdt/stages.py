"""Where does a case stand, and when must somebody next look at it? Found from what the store holds, never typed in.

A stage says what comes next, not what day it is, so that it stays true over night: `restaging_due` means that the next
step of the plan is a restaging, and `next_on` says when.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pelvicrt.classify import surveillance_schedule
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import (
    AgendaItem,
    AssessmentRow,
    CaseRow,
    Decision,
    Delivery,
    Meeting,
    PlanStep,
    Question,
    Visit,
)

STAGES: Final = ("draft", "ready", "for_discussion", "decided", "in_treatment", "restaging_due", "follow_up")
RESTAGING_STEPS: Final = frozenset({"restage", "assess_pelvis"})


def refresh(writing: Writing, case_id: str) -> str:
    """Finds the stage and the next date of a case anew; the caller records, and may go on to.

    Raises:
        KeyError: when the store has no such case.
    """
    session = writing.session
    session.flush()
    row = session.get(CaseRow, case_id)
    if row is None:
        raise KeyError(case_id)
    decision = newest_decision(session, case_id)
    steps = () if decision is None else _steps(session, decision)
    meeting_day = _meeting_day(session, case_id, decision)
    if meeting_day is not None:
        row.stage = "for_discussion"
    else:
        row.stage = course(session, case_id) or ("ready" if is_ready(session, row) else "draft")
    row.next_on = _next_day(session, row, decision, steps, meeting_day)
    return row.stage


def is_ready(session: Session, row: CaseRow) -> bool:
    """Whether the newest assessment rests on the newest facts and no class a discussion needs waits for a fact."""
    rested_on = session.scalars(
        select(AssessmentRow.case_version)
        .where(AssessmentRow.case_id == row.id)
        .order_by(AssessmentRow.number.desc())
        .limit(1)
    ).one_or_none()
    return rested_on == row.version and row.missing_count == 0


def course(session: Session, case_id: str) -> str | None:
    """The stage that follows from the newest decision, whatever meeting the case is on; None when none is signed."""
    decision = newest_decision(session, case_id)
    if decision is None:
        return None
    steps = _steps(session, decision)
    left = [step for step in steps if not step.done]
    if left and left[0].kind in RESTAGING_STEPS:
        return "restaging_due"
    if not left and (steps or _followed(session, decision)):
        return "follow_up"
    given = session.scalars(
        select(Delivery.given).where(Delivery.case_id == decision.case_id, Delivery.at >= decision.signed_at)
    )
    return "in_treatment" if any(not item.get("left_out") for item in given) else "decided"


def newest_decision(session: Session, case_id: str) -> Decision | None:
    """The decision signed last; None when none is."""
    return session.scalars(
        select(Decision).where(Decision.case_id == case_id).order_by(Decision.number.desc()).limit(1)
    ).one_or_none()


def _steps(session: Session, decision: Decision) -> Sequence[PlanStep]:
    return session.scalars(
        select(PlanStep)
        .where(PlanStep.case_id == decision.case_id, PlanStep.decision == decision.number)
        .order_by(PlanStep.place)
    ).all()


def _meeting_day(session: Session, case_id: str, decision: Decision | None) -> dt.date | None:
    """The day of the nearest open meeting that has still to speak about the case."""
    meetings = session.scalars(
        select(Meeting)
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.case_id == case_id, AgendaItem.withdrawn == "", Meeting.closed_at.is_(None))
        .order_by(Meeting.on)
    )
    return next((meeting.on for meeting in meetings if not _settled(meeting, decision)), None)


def _settled(meeting: Meeting, decision: Decision | None) -> bool:
    """Whether the decision was taken in that meeting, or after its day."""
    if decision is None:
        return False
    begun = meeting.begun_at is not None and meeting.begun_at <= decision.signed_at
    return begun or meeting.on < decision.signed_at.date()


def _followed(session: Session, decision: Decision) -> bool:
    visits = select(func.count()).where(
        Visit.case_id == decision.case_id, Visit.kind == "follow_up", Visit.at >= decision.signed_at
    )
    return bool(session.scalar(visits))


def _next_day(
    session: Session, row: CaseRow, decision: Decision | None, steps: Sequence[PlanStep], meeting_day: dt.date | None
) -> dt.date | None:
    """The first of: the meeting, the next step, an answer that is due, an examination of the follow-up."""
    days = [meeting_day, *(step.starts_on for step in steps if not step.done)]
    days += session.scalars(select(Question.due_on).where(Question.case_id == row.id, Question.answered_at.is_(None)))
    if decision is not None and row.stage == "follow_up":
        since = max((step.ends_on for step in steps), default=decision.signed_at.date())
        days.append(_examination_day(session, row.id, since))
    return min((day for day in days if day is not None), default=None)


def _examination_day(session: Session, case_id: str, since: dt.date) -> dt.date | None:
    last = session.scalar(select(func.max(Visit.on)).where(Visit.case_id == case_id)) or since
    due = (visit.due_on for visit in surveillance_schedule(decided_on=since))
    return min((day for day in due if day is not None and day > max(last, since)), default=None)
