"""What is in this file, what is wrong with it, and shall its cases come in? Shown first, written only when told to."""

from __future__ import annotations

import functools
import re
from typing import Annotated, Any, Final

from fastapi import File, Form, UploadFile
from sqlalchemy.orm import Session
from starlette.responses import Response

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import imports, meetings, tables
from pelvicrt.web import assessing
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import NotFound
from pelvicrt.web.routes import Ask, Pages

pages = Pages()

_PREPARED: Final = 30
"""Cases for a meeting that are assessed as they come in; more would keep others waiting for minutes."""
_PLACE: Final = re.compile(r"row (\d+)(?:, column (.+))?")


@pages.get("/cases/import", right="case.add")
def choose(ask: Ask) -> Response:
    """The form that takes a file."""
    return _choose(ask)


@pages.post("/cases/import", right="case.add")
def upload(ask: Ask, file: Annotated[UploadFile | None, File()] = None) -> Response:
    """Reads a file; what can be used waits for its owner, what cannot is named."""
    if file is None or not file.filename:
        return _choose(ask, (Problem(file="", field="(file)", found="none", expected=_A_FILE, found_zh="无"),))
    try:
        found = imports.read_upload(file.filename, file.file.read())
    except InvalidInput as refusal:
        return _choose(ask, refusal.problems)
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        draft = imports.keep_draft(writing, found, ask.user)
    return ask.go(f"/cases/import/{draft.id}")


@pages.get("/cases/import/{draft_id}", right="case.add")
def preview(ask: Ask, draft_id: str) -> Response:
    """What the file holds, before anything is written."""
    with ask.store.reading() as session:
        found = imports.drafted(_draft(ask, session, draft_id))
        taken = imports.taken_ids(session, (case.id for case in found.cases))
        meeting = _meeting(ask, session)
    new = len(found.cases) - len(taken)
    shown: dict[str, Any] = {"found": found, "taken": taken, "new": new, "meeting": meeting, "draft_id": draft_id}
    return ask.page("imports_preview.html.jinja", where=functools.partial(_where, ask), **shown)


@pages.post("/cases/import/{draft_id}", right="case.add")
def take_in(ask: Ask, draft_id: str, on_agenda: Annotated[str, Form(max_length=3)] = "") -> Response:
    """Takes every new case in, all at once, if wanted onto the agenda of the next meeting."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        draft = _draft(ask, writing.session, draft_id)
        meeting = _meeting(ask, writing.session) if on_agenda else None
        added = imports.take_in(writing, draft, ask.user, meeting=meeting)
    if meeting is not None and len(added) <= _PREPARED:
        assessing.prepare(ask, added)
    if len(added) == 1:
        return ask.go(f"/cases/{added[0]}/facts", said="imports.taken_one")
    return ask.go("/cases", said="imports.taken" if added else "imports.taken_none")


def _choose(ask: Asking, problems: tuple[Problem, ...] = ()) -> Response:
    shown: dict[str, Any] = {"problems": problems, "most": imports.MOST_CASES, "where": functools.partial(_where, ask)}
    return ask.page("imports.html.jinja", status=422 if problems else 200, **shown)


def _where(ask: Asking, problem: Problem) -> str:
    """The place of a problem as the reader's language says it: a row, a cell, a field or the whole file."""
    place = _PLACE.fullmatch(problem.field)
    if problem.field == "(file)":
        return ask.w("imports.whole", file=problem.file)
    if place is None:
        return problem.field
    row, column = place.groups()
    return ask.w("imports.cell", row=row, column=column) if column else ask.w("imports.row", row=row)


def _draft(ask: Asking, session: Session, draft_id: str) -> tables.ImportDraft:
    try:
        return imports.draft_of(session, draft_id, ask.user, now=ask.now)
    except KeyError:
        raise NotFound from None


def _meeting(ask: Asking, session: Session) -> tables.Meeting | None:
    """The next meeting, for those who may put cases on its agenda."""
    if not ask.may("meeting.edit"):
        return None
    return meetings.next_meeting(session, today=ask.today, unit=ask.user.unit)


_A_FILE = Text("a CSV, Excel, YAML or JSON file", "CSV、Excel、YAML 或 JSON 文件")
