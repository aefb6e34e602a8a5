"""Which cases does the next meeting speak about, which are not ready, and what should be chased?"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final, Literal

from fastapi import Form
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from pelvicrt.mdt import agenda, calendars, meetings, newest, rights, tables
from pelvicrt.report import case_line
from pelvicrt.web import assessing
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import NotFound
from pelvicrt.web.routes import Ask, CaseId, Pages

pages = Pages()

ON_AGENDA: Final = frozenset({"ready", "for_discussion", "restaging_due"})
"""Stages in which a case waits for a meeting."""
_PAST_SHOWN: Final = 12
_CHASED: Final = 12

MeetingId = int
Words = Annotated[str, Form(max_length=1000)]


@pages.get("/meetings", right="meeting.read")
def next_one(ask: Ask) -> Response:
    """The next meeting with its agenda, and all others below."""
    with ask.store.reading() as session:
        coming, _ = meetings.meetings(session, today=ask.today)
        return _page(ask, session, coming[0] if coming else None)


@pages.post("/meetings", right="meeting.edit")
def plan_one(
    ask: Ask, *, on: Annotated[dt.date, Form()], starts: Words, title: Words, place: Words = "", unit: Words = ""
) -> Response:
    """Plans a meeting."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        made = meetings.plan_meeting(writing, on=on, starts=starts, title=title, place=place, unit=unit)
    return ask.go(f"/meetings/{made.id}", said="meetings.planned")


@pages.get("/meetings/{meeting_id}", right="meeting.read")
def one(ask: Ask, meeting_id: MeetingId) -> Response:
    """One meeting with its agenda."""
    with ask.store.reading() as session:
        return _page(ask, session, _meeting(session, meeting_id))


@pages.get("/meetings/{meeting_id}/calendar.ics", right="meeting.read")
def as_calendar(ask: Ask, meeting_id: MeetingId) -> Response:
    """The meeting for a calendar."""
    with ask.store.reading() as session:
        meeting = _meeting(session, meeting_id)
        minutes = sum(item.minutes for item in meetings.items(session, meeting_id) if not item.withdrawn)
    data = calendars.meeting_file(meeting, minutes=max(minutes, meetings.USUAL_MINUTES), now=ask.now)
    return Response(data, media_type="text/calendar; charset=utf-8", headers=_named(f"meeting-{meeting_id}.ics"))


@pages.post("/meetings/{meeting_id}/cases", right="meeting.edit")
def add(ask: Ask, meeting_id: MeetingId, case: Annotated[str, Form(max_length=64)], question: Words = "") -> Response:
    """Puts a case on the agenda."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        meeting = _meeting(writing.session, meeting_id)
        row = writing.session.get(tables.CaseRow, case)
        if row is None or not rights.sees(ask.user, row):
            raise NotFound
        meetings.add_item(writing, meeting, case, question=question)
    return ask.go(f"/meetings/{meeting_id}", said="meetings.added")


@pages.post("/cases/{case_id}/next-meeting", right="meeting.edit")
def add_to_next(ask: Ask, case_id: CaseId) -> Response:
    """Puts a case on the agenda of the next meeting of its unit, in one click from anywhere."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        row = writing.session.get(tables.CaseRow, case_id)
        unit = "" if row is None else row.unit
        meeting = meetings.next_meeting(writing.session, today=ask.today, unit=unit)
        if meeting is None:
            return ask.go("/meetings", said="meetings.none_to_add_to")
        meetings.add_item(writing, meeting, case_id)
    return ask.go(f"/meetings/{meeting.id}", said="meetings.added")


@pages.post("/meetings/{meeting_id}/items/{item_id}/move", right="meeting.edit")
def move(
    ask: Ask, meeting_id: MeetingId, item_id: int, way: Annotated[Literal["earlier", "later"], Form()]
) -> Response:
    """One place up or down."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        meeting = _meeting(writing.session, meeting_id)
        try:
            meetings.move(writing, meeting, item_id, way)
        except KeyError as error:
            raise NotFound from error
    if not ask.is_htmx:
        return ask.go(f"/meetings/{meeting_id}#item-{item_id}", said="meetings.moved")
    with ask.store.reading() as session:
        return ask.part(
            "meeting_agenda.html.jinja", **_agenda(ask, session, meeting) | {"announced": ask.w("meetings.moved")}
        )


@pages.post("/meetings/{meeting_id}/items/{item_id}", right="meeting.edit")
def change(
    ask: Ask, meeting_id: MeetingId, item_id: int, minutes: Annotated[int, Form()], question: Words = ""
) -> Response:
    """Rewords the question and sets the length."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        try:
            meeting = _meeting(writing.session, meeting_id)
            meetings.change_item(writing, meeting, item_id, question=question, minutes=minutes)
        except KeyError as error:
            raise NotFound from error
    return ask.go(f"/meetings/{meeting_id}#item-{item_id}", said="meetings.changed")


@pages.post("/meetings/{meeting_id}/items/{item_id}/withdraw", right="meeting.edit")
def withdraw(ask: Ask, meeting_id: MeetingId, item_id: int, why: Words) -> Response:
    """Takes a case off the agenda, with the reason."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        try:
            meetings.withdraw(writing, _meeting(writing.session, meeting_id), item_id, why=why)
        except KeyError as error:
            raise NotFound from error
    return ask.go(f"/meetings/{meeting_id}", said="meetings.withdrawn")


@pages.post("/meetings/{meeting_id}/start", right="meeting.edit")
def start(ask: Ask, meeting_id: MeetingId) -> Response:
    """Begins the meeting with its first case; those that wait for an assessment get one."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        meetings.start(writing, _meeting(writing.session, meeting_id))
        cases = [item.case_id for item in meetings.items(writing.session, meeting_id) if not item.withdrawn]
    assessing.prepare(ask, cases)
    return ask.go(f"/cases/{cases[0]}/assessment" if cases else f"/meetings/{meeting_id}")


@pages.post("/meetings/{meeting_id}/close", right="meeting.edit")
def close(ask: Ask, meeting_id: MeetingId) -> Response:
    """Ends the meeting; its agenda is kept as it is."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        meetings.close(writing, _meeting(writing.session, meeting_id))
    return ask.go(f"/meetings/{meeting_id}", said="meetings.closed")


def _meeting(session: Session, meeting_id: int) -> tables.Meeting:
    try:
        return meetings.meeting_of(session, meeting_id)
    except KeyError as error:
        raise NotFound from error


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def _page(ask: Asking, session: Session, meeting: tables.Meeting | None) -> Response:
    coming, past = meetings.meetings(session, today=ask.today)
    shown: dict[str, Any] = {"meeting": meeting, "coming": coming, "past": past[:_PAST_SHOWN], "waiting": ()}
    if meeting is not None:
        shown |= _agenda(ask, session, meeting)
        on_it = {item.case_id for item in meetings.items(session, meeting.id) if not item.withdrawn}
        shown["waiting"] = () if meeting.closed_at else _waiting(ask, session, on_it)
    return ask.page("meetings.html.jinja", **shown)


def _agenda(ask: Asking, session: Session, meeting: tables.Meeting) -> dict[str, Any]:
    """The agenda as this person may see it: a case of another unit keeps its place and its time, and nothing else."""
    lines = agenda.agenda(session, meeting, today=ask.today)
    seen = {line.item.case_id for line in lines if _sees(ask, session, line.item.case_id)}
    spoken = [line for line in lines if not line.item.withdrawn]
    known = [line for line in spoken if line.item.case_id in seen]
    return {
        "meeting": meeting,
        "lines": lines,
        "seen": seen,
        "said_of": {line.item.case_id: _in_short(ask, line.case) for line in known},
        "first": spoken[0].item.id if spoken else None,
        "last": spoken[-1].item.id if spoken else None,
        "minutes": sum(line.item.minutes for line in spoken),
        "count": len(spoken),
        "ready": sum(1 for line in known if line.ready),
        "urgent": [line for line in known if line.emergency not in {"none", "unknown"}],
        "chase": agenda.in_order(item for line in known for item in line.chase)[:_CHASED],
        "announced": "",
    }


def _in_short(ask: Asking, case: Any) -> str:
    """Person, tumour and liver, without the date that the case line of a page ends with."""
    return case_line(case, ask.w).rpartition(" · ")[0]


def _sees(ask: Asking, session: Session, case_id: str) -> bool:
    row = session.get(tables.CaseRow, case_id)
    return row is not None and rights.sees(ask.user, row)


def _waiting(ask: Asking, session: Session, on_it: set[str]) -> list[tuple[tables.CaseRow, str]]:
    """Cases that wait for a meeting and are not on this one, the longest unchanged first."""
    rows = session.scalars(
        select(tables.CaseRow).where(tables.CaseRow.stage.in_(ON_AGENDA)).order_by(tables.CaseRow.changed_at)
    )
    waiting = [row for row in rows if row.id not in on_it and rights.sees(ask.user, row)]
    return [(row, _in_short(ask, newest(session, row.id).case)) for row in waiting]
