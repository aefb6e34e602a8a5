"""Which cases does a meeting speak about, in which order? Kept once closed; a withdrawn case stays, with its reason.

A case comes on the agenda of the next meeting with one call; order goes by one place up or down, never by drag alone.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import stages
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import AgendaItem, CaseRow, Meeting

USUAL_MINUTES: Final = 6
MOST_MINUTES: Final = 60
_CLOCK: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LONGEST: Final = {"title": 120, "place": 120, "unit": 80, "question": 300}


def plan_meeting(writing: Writing, *, on: dt.date, starts: str, title: str, place: str = "", unit: str = "") -> Meeting:
    """A new meeting with an empty agenda.

    Raises:
        InvalidInput: without a title, for a time of day that is none, or a day long past.
    """
    problems = _words(title=title, place=place, unit=unit)
    if not title.strip():
        problems.append(Problem(file="", field="title", found="nothing", expected=_TITLE, found_zh="空"))
    if not _CLOCK.fullmatch(starts):
        problems.append(Problem(file="", field="starts", found="no time of day", expected=_TIME, found_zh="非时刻"))
    if on < writing.at.date() - dt.timedelta(days=1):
        problems.append(Problem(file="", field="on", found="a day that is over", expected=_DAY, found_zh="已过日期"))
    if problems:
        raise InvalidInput(problems)
    meeting = Meeting(on=on, starts=starts, title=title.strip(), place=place.strip(), unit=unit.strip())
    writing.session.add(meeting)
    writing.session.flush()
    writing.record("meeting.plan", f"meeting/{meeting.id}")
    return meeting


def meeting_of(session: Session, meeting_id: int) -> Meeting:
    """One meeting.

    Raises:
        KeyError: when there is no such meeting.
    """
    found = session.get(Meeting, meeting_id)
    if found is None:
        raise KeyError(meeting_id)
    return found


def meetings(session: Session, *, today: dt.date) -> tuple[tuple[Meeting, ...], tuple[Meeting, ...]]:
    """Meetings to come and not closed, the nearest first; and those that are over, the latest first."""
    rows = session.scalars(select(Meeting).order_by(Meeting.on, Meeting.starts, Meeting.id)).all()
    coming = tuple(row for row in rows if row.closed_at is None and row.on >= today)
    return coming, tuple(row for row in reversed(rows) if row not in coming)


def next_meeting(session: Session, *, today: dt.date, unit: str = "") -> Meeting | None:
    """The next meeting that still takes cases of a unit; a meeting of no unit takes every case."""
    open_to = or_(Meeting.unit == "", Meeting.unit == unit)
    return session.scalars(
        select(Meeting)
        .where(Meeting.closed_at.is_(None), Meeting.on >= today, open_to)
        .order_by(Meeting.on, Meeting.starts, Meeting.id)
    ).first()


def items(session: Session, meeting_id: int) -> tuple[AgendaItem, ...]:
    """The agenda of a meeting in speaking order, withdrawn cases included."""
    return tuple(
        session.scalars(select(AgendaItem).where(AgendaItem.meeting_id == meeting_id).order_by(AgendaItem.place))
    )


def add_item(
    writing: Writing, meeting: Meeting, case_id: str, *, question: str = "", minutes: int = USUAL_MINUTES
) -> AgendaItem:
    """Puts a case at the end of an agenda; one that stands there keeps its place, one withdrawn comes back.

    Raises:
        InvalidInput: for a meeting that is closed, or a case the store does not have.
    """
    _open(meeting)
    if writing.session.get(CaseRow, case_id) is None:
        raise InvalidInput([Problem(file=case_id, field="case", found="none", expected=_CASE, found_zh="无")])
    agenda = items(writing.session, meeting.id)
    found = next((item for item in agenda if item.case_id == case_id), None)
    if found is not None and not found.withdrawn:
        return found
    if found is None:
        found = AgendaItem(meeting_id=meeting.id, case_id=case_id, place=1, minutes=minutes, question="", withdrawn="")
        writing.session.add(found)
    found.place = max((item.place for item in agenda), default=0) + 1
    found.withdrawn = ""
    _set(found, question=question, minutes=minutes)
    stages.refresh(writing, case_id)
    writing.record("agenda.add", f"case/{case_id}", meeting=meeting.id)
    return found


def change_item(writing: Writing, meeting: Meeting, item_id: int, *, question: str, minutes: int) -> AgendaItem:
    """Rewords the question of an item and sets its length.

    Raises:
        InvalidInput: for a closed meeting, a length outside 1 to 60 minutes, a question of more than 300 characters.
        KeyError: when the agenda has no such item.
    """
    _open(meeting)
    item = _item(writing.session, meeting, item_id)
    _set(item, question=question, minutes=minutes)
    writing.record("agenda.change", f"case/{item.case_id}", meeting=meeting.id)
    return item


def move(writing: Writing, meeting: Meeting, item_id: int, way: Literal["earlier", "later"]) -> None:
    """Changes places with the neighbour on one side; at the end of the agenda nothing moves.

    Raises:
        InvalidInput: for a closed meeting.
        KeyError: when the agenda has no such item.
    """
    _open(meeting)
    item = _item(writing.session, meeting, item_id)
    agenda = [other for other in items(writing.session, meeting.id) if not other.withdrawn]
    place = agenda.index(item) + (-1 if way == "earlier" else 1)
    if 0 <= place < len(agenda):
        other = agenda[place]
        item.place, other.place = other.place, item.place
        writing.record("agenda.move", f"case/{item.case_id}", meeting=meeting.id, way=way)


def withdraw(writing: Writing, meeting: Meeting, item_id: int, *, why: str) -> None:
    """Takes a case off an agenda; the row stays with the reason.

    Raises:
        InvalidInput: for a closed meeting, or without a reason.
        KeyError: when the agenda has no such item.
    """
    _open(meeting)
    item = _item(writing.session, meeting, item_id)
    if not why.strip():
        raise InvalidInput([Problem(file="", field="why", found="nothing", expected=_WHY, found_zh="空")])
    item.withdrawn = why.strip()
    stages.refresh(writing, item.case_id)
    writing.record("agenda.withdraw", f"case/{item.case_id}", meeting=meeting.id)


def start(writing: Writing, meeting: Meeting) -> None:
    """Notes that a meeting began; starting again changes nothing.

    Raises:
        InvalidInput: for a closed meeting.
    """
    _open(meeting)
    if meeting.begun_at is None:
        meeting.begun_at = writing.at
        writing.record("meeting.start", f"meeting/{meeting.id}")


def close(writing: Writing, meeting: Meeting) -> None:
    """Closes a meeting: its agenda is kept as it is.

    Raises:
        InvalidInput: for a meeting that never began, or is closed.
    """
    _open(meeting)
    if meeting.begun_at is None:
        raise InvalidInput([Problem(file="", field="meeting", found="not begun", expected=_BEGUN, found_zh="未开始")])
    meeting.closed_at = writing.at
    for item in items(writing.session, meeting.id):
        stages.refresh(writing, item.case_id)
    writing.record("meeting.close", f"meeting/{meeting.id}")


def _set(item: AgendaItem, *, question: str, minutes: int) -> None:
    problems = _words(question=question)
    if not 1 <= minutes <= MOST_MINUTES:
        problems.append(Problem(file="", field="minutes", found=str(minutes), expected=_MINUTES))
    if problems:
        raise InvalidInput(problems)
    item.question, item.minutes = question.strip(), minutes


def _item(session: Session, meeting: Meeting, item_id: int) -> AgendaItem:
    item = session.get(AgendaItem, item_id)
    if item is None or item.meeting_id != meeting.id:
        raise KeyError((meeting.id, item_id))
    return item


def _open(meeting: Meeting) -> None:
    if meeting.closed_at is not None:
        raise InvalidInput([Problem(file="", field="meeting", found="closed", expected=_NOT_CLOSED, found_zh="已结束")])


def _words(**texts: str) -> list[Problem]:
    return [
        Problem(
            file="",
            field=name,
            found=f"{len(text)} characters",
            expected=_AT_MOST.fill(n=_LONGEST[name]),
            found_zh=f"{len(text)} 个字符",
        )
        for name, text in texts.items()
        if len(text) > _LONGEST[name]
    ]


_TITLE = Text("a name for the meeting", "会议名称")
_TIME = Text("a time like 14:00", "如 14:00 的时刻")
_DAY = Text("today or a day to come", "今天或之后的日期")
_CASE = Text("a case of this store", "本库中的病例")
_MINUTES = Text(f"1 to {MOST_MINUTES} minutes", f"1～{MOST_MINUTES} 分钟")
_WHY = Text("a reason in your words", "用您的话写明原因")
_BEGUN = Text("a meeting that has begun", "已开始的会议")
_NOT_CLOSED = Text("a meeting that is not closed", "尚未结束的会议")
_AT_MOST = Text("at most {n} characters", "至多 {n} 个字符")
