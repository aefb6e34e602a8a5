"""What may a program ask? A case, its assessment, and the assessment of a case it sends; all as JSON under /api."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import Annotated, Any, Final

from fastapi import Body
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from pelvicrt.intake import parse_case
from pelvicrt.mdt import assessments
from pelvicrt.mdt import tables as rows
from pelvicrt.web.assessor import Answer
from pelvicrt.web.errors import NotFound
from pelvicrt.web.routes import Ask, CaseId, Pages

pages = Pages()
LARGEST_CASE: Final = 1024 * 1024
"""Bytes of a case sent for assessment; a real one has some ten thousand."""


class Refusal(BaseModel):
    """Why a request was refused; `problems` name fields and what is expected there."""

    title: str
    said: str
    problems: list[str]


class Session(BaseModel):
    """Who asks, and what every write must send back in the header X-CSRF."""

    login: str
    role: str
    discipline: str
    csrf: str


class CaseDocument(BaseModel):
    """A case as its newest version has it; `document` is a case file of the contract."""

    id: str
    version: int
    stage: str
    document: dict[str, Any]


_REFUSALS: Final[dict[int | str, dict[str, Any]]] = {
    code: {"model": Refusal} for code in (400, 401, 403, 404, 411, 413, 422, 429)
}


@pages.get("/api/session", right="signed_in", response_model=Session, responses=_REFUSALS)
def session(ask: Ask) -> Session:
    """Who is signed in."""
    user = ask.user
    return Session(login=user.login, role=user.role, discipline=user.discipline, csrf=ask.csrf)


@pages.get("/api/cases/{case_id}", right="case.read", response_model=CaseDocument, responses=_REFUSALS)
def case(ask: Ask, case_id: CaseId) -> CaseDocument:
    """The newest version of a case."""
    with ask.store.reading() as reading:
        row = reading.get(rows.CaseRow, case_id)
        if row is None:
            raise NotFound
        version = reading.get(rows.CaseVersion, (case_id, row.version))
        assert version is not None
        return CaseDocument(id=case_id, version=version.version, stage=row.stage, document=version.document)


@pages.get("/api/cases/{case_id}/assessment", right="case.read", response_model=dict[str, Any], responses=_REFUSALS)
def assessment(ask: Ask, case_id: CaseId) -> dict[str, Any]:
    """The newest assessment of a case as it was kept: `pelvicrt.assessment/1`."""
    with ask.store.reading() as reading:
        row = assessments.newest_assessment(reading, case_id)
    if row is None:
        raise NotFound
    return row.document


@pages.post("/api/assess", right="assessment.run", response_model=dict[str, Any], responses=_REFUSALS)
async def assess(ask: Ask, document: Annotated[dict[str, Any], Body()]) -> dict[str, Any]:
    """Assesses a case file and keeps nothing; takes some seconds, in which other requests are answered."""
    size = ask.request.headers.get("content-length", "")
    if not size.isdigit():
        raise HTTPException(411)
    if int(size) > LARGEST_CASE:
        raise HTTPException(413)
    future = await run_in_threadpool(_begun, ask, document)
    # Waited for without a thread, of which there are few; shielded, since others may wait for the same work.
    return (await asyncio.shield(asyncio.wrap_future(future))).documents[ask.lang]


def _begun(ask: Ask, document: dict[str, Any]) -> Future[Answer]:
    return ask.service.assessor.asked(parse_case(document, file="request"), {})
