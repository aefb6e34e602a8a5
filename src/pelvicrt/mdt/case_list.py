"""Which cases may a person see, found by id, stage, missing facts and next date, one page of them at a time?

All that is searched or shown stands in typed columns, written with each version: no facts are parsed for a list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pelvicrt.mdt.rights import sees_all
from pelvicrt.mdt.tables import AgendaItem, AssessmentRow, CaseRow, Meeting, User

PAGE: Final = 50
SOON: Final = dt.timedelta(days=7)
MONTH: Final = dt.timedelta(days=30)
Missing = Literal["", "some", "none"]
Due = Literal["", "late", "week", "month", "undated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: part of an id, a stage, whether facts are missing, and when the next date is.

    An empty value asks for nothing. `late` are dates before today, `week` and `month` those until then, late ones
    included, `undated` those without a date.
    """

    words: str = ""
    stage: str = ""
    missing: Missing = ""
    due: Due = ""
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One case of the list. `meeting` is the meeting still to come whose agenda it stands on."""

    row: CaseRow
    assessed_at: dt.datetime | None
    meeting: Meeting | None

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts a class waits for."""
        return tuple(self.row.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """One page of the cases found, how many were found in all, and how many this person may see at all."""

    lines: tuple[Line, ...]
    found: int
    seen: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; one when nothing was found."""
        return max(1, -(-self.found // PAGE))


def find_cases(session: Session, user: User, wanted: Wanted, *, today: dt.date) -> CaseList:
    """The cases a person may see that fit what is wanted: those with a next date first, the nearest of them on top.

    A page past the last is the last.
    """
    own = _seen_by(user)
    fits = [*own, *_conditions(wanted, today)]
    found = session.scalar(select(func.count()).select_from(CaseRow).where(*fits)) or 0
    seen = session.scalar(select(func.count()).select_from(CaseRow).where(*own)) or 0
    page = min(max(1, wanted.page), max(1, -(-found // PAGE)))
    rows = session.scalars(
        select(CaseRow)
        .where(*fits)
        .order_by(CaseRow.next_on.is_(None), CaseRow.next_on, CaseRow.changed_at.desc(), CaseRow.id)
        .offset((page - 1) * PAGE)
        .limit(PAGE)
    ).all()
    return CaseList(lines=_lines(session, rows, today), found=found, seen=seen, page=page)


def _seen_by(user: User) -> list[ColumnElement[bool]]:
    """The same as `rights.sees`, asked of the database."""
    return [] if sees_all(user) else [CaseRow.unit == user.unit]


def _conditions(wanted: Wanted, today: dt.date) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    made += [CaseRow.id.icontains(word, autoescape=True) for word in wanted.words.split()]
    if wanted.stage:
        made.append(CaseRow.stage == wanted.stage)
    if wanted.missing:
        made.append(CaseRow.missing_count > 0 if wanted.missing == "some" else CaseRow.missing_count == 0)
    if wanted.due:
        made.append(_due(wanted.due, today))
    return made


def _due(due: Due, today: dt.date) -> ColumnElement[bool]:
    if due == "undated":
        return CaseRow.next_on.is_(None)
    if due == "late":
        return CaseRow.next_on < today
    return CaseRow.next_on <= today + (SOON if due == "week" else MONTH)


def _lines(session: Session, rows: Sequence[CaseRow], today: dt.date) -> tuple[Line, ...]:
    names = [row.id for row in rows]
    newest = select(AssessmentRow.case_id, func.max(AssessmentRow.at)).where(AssessmentRow.case_id.in_(names))
    assessed = dict(session.execute(newest.group_by(AssessmentRow.case_id)).all())
    agenda = session.execute(
        select(AgendaItem.case_id, Meeting)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.case_id.in_(names), AgendaItem.withdrawn == "")
        .where(Meeting.closed_at.is_(None), Meeting.on >= today)
        .order_by(Meeting.on.desc(), Meeting.starts.desc())
    )
    meetings = dict(agenda.all())
    return tuple(Line(row=row, assessed_at=assessed.get(row.id), meeting=meetings.get(row.id)) for row in rows)
