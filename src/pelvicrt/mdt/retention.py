"""Which cases are kept no longer, and how do they go? All rows of a case are erased; the audit keeps that they were.

A case is due when nobody wrote about it for the set number of months, no date of it lies ahead, and no meeting that is
still to be held or closed has it. Entries of the audit stay: they name ids, fields and hashes, never what was in them,
and the erasure is itself an entry, so that the chain still verifies and a row that came back would be found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt.settings import NEVER, read_settings
from pelvicrt.mdt.store import Store, Writing
from pelvicrt.mdt.tables import AgendaItem, AuditEntry, Base, CaseRow, ImportDraft, Meeting, Question

_DRAFT_LASTS: Final = dt.timedelta(days=1)
_MONTHS_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A case that is kept no longer, and when the last word on it was written."""

    case_id: str
    last_entry: dt.datetime


def due(session: Session, *, months: int, now: dt.datetime) -> tuple[Due, ...]:
    """The cases a limit of so many months would erase, those longest at rest first; none when the limit is 0."""
    if months == NEVER:
        return ()
    before = months_before(now, months)
    asked = (
        select(CaseRow)
        .where(CaseRow.changed_at < before, or_(CaseRow.next_on.is_(None), CaseRow.next_on <= now.date()))
        .where(CaseRow.id.not_in(select(AgendaItem.case_id).join(Meeting).where(Meeting.closed_at.is_(None))))
        .where(CaseRow.id.not_in(select(Question.case_id).where(Question.answered_at.is_(None))))
    )
    last = ((case.id, _last_entry(session, case)) for case in session.scalars(asked))
    found = (Due(case_id=case_id, last_entry=at) for case_id, at in last if at < before)
    return tuple(sorted(found, key=lambda item: item.last_entry))


def erase(writing: Writing, case_id: str) -> None:
    """Erases a case with everything that was written about it.

    Raises:
        InvalidInput: when the store has no such case.
    """
    session = writing.session
    case = session.get(CaseRow, case_id)
    if case is None:
        expected = Text("a case of this store", "数据库中已有的病例")
        raise InvalidInput([Problem(file="", field="case", found="no such case", expected=expected)])
    versions = case.version
    for rows in _rows_of(session, case_id):
        for row in rows:
            session.delete(row)
        session.flush()
    session.delete(case)
    writing.record("case.erase", f"case/{case_id}", versions=versions)


def keep_house(store: Store, *, now: dt.datetime) -> tuple[str, ...]:
    """What is done once a day: forgets files nobody took in, and erases the cases that are due; which ones.

    Each case goes in a write of its own, so that people at work wait for no more than one.
    """
    with store.writing("system", at=now) as writing:
        for draft in writing.session.scalars(select(ImportDraft).where(ImportDraft.at < now - _DRAFT_LASTS)):
            writing.session.delete(draft)
    with store.reading() as session:
        found = due(session, months=read_settings(session).retention_months, now=now)
    erased = []
    for item in found:
        with store.writing("system", at=now) as writing:
            months = read_settings(writing.session).retention_months
            if any(still.case_id == item.case_id for still in due(writing.session, months=months, now=now)):
                erase(writing, item.case_id)
                erased.append(item.case_id)
    return tuple(erased)


def months_before(moment: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months earlier, or the last day of a month that is shorter.

    >>> months_before(dt.datetime(2026, 3, 31, tzinfo=dt.UTC), 13).date()
    datetime.date(2025, 2, 28)
    """
    years, month = divmod(moment.year * _MONTHS_A_YEAR + moment.month - 1 - months, _MONTHS_A_YEAR)
    first = moment.replace(year=years, month=month + 1, day=1)
    last_day = ((first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)).day
    return first.replace(day=min(moment.day, last_day))


def _last_entry(session: Session, case: CaseRow) -> dt.datetime:
    subject = f"case/{case.id}"
    said = session.scalar(
        select(func.max(AuditEntry.at)).where(
            or_(AuditEntry.subject == subject, AuditEntry.subject.startswith(f"{subject}/", autoescape=True))
        )
    )
    return case.changed_at if said is None else max(case.changed_at, dt.datetime.fromisoformat(said))


def _rows_of(session: Session, case_id: str) -> Iterator[list[Any]]:
    """The rows of a case table by table, those that point to others first."""
    models: dict[Any, Any] = {mapper.local_table: mapper.class_ for mapper in Base.registry.mappers}
    for table in reversed(Base.metadata.sorted_tables):
        if "case_id" in table.columns:
            model = models[table]
            yield list(session.scalars(select(model).where(model.case_id == case_id)))
