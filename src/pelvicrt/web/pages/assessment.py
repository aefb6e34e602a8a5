"""What would each option probably bring this patient, and why? The assessment of a case, its wishes, its downloads."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from pelvicrt.assessment import reweigh
from pelvicrt.case import Preferences
from pelvicrt.foundation import UNKNOWN, InvalidInput, Problem, Text, is_known
from pelvicrt.mdt import assessments
from pelvicrt.report import answers
from pelvicrt.web.asking import Asking
from pelvicrt.web.assessing import Seen, begin, seen
from pelvicrt.web.assessor import Answer
from pelvicrt.web.errors import NotFound
from pelvicrt.web.frames import case_frame
from pelvicrt.web.routes import Ask, CaseId, Pages
from pelvicrt.web.showing import SECTIONS, VIEWS, weighed

pages = Pages()
MOST_WISH: Final = 10
_WISH: Final = Text("a whole number from 0 to 10", "0～10 的整数")


@pages.get("/cases/{case_id}/assessment", right="case.read")
def assessment(ask: Ask, case_id: CaseId) -> Response:
    """The newest assessment, or the way to the first one."""
    found = seen(ask, case_id)
    if ask.request.headers.get("HX-Target") == "bring" and found.answer is not None:
        return ask.part("assessment_bring.html.jinja", **_bring(ask, case_id, found.answer))
    return ask.page("assessment.html.jinja", **_context(ask, case_id, found))


@pages.get("/cases/{case_id}/assessments/{number}", right="case.read")
def older(ask: Ask, case_id: CaseId, number: int) -> Response:
    """One assessment of the case by its number."""
    return ask.page("assessment.html.jinja", **_context(ask, case_id, seen(ask, case_id, number)))


@pages.post("/cases/{case_id}/assessment", right="assessment.run")
def run(ask: Ask, case_id: CaseId) -> Response:
    """Begins to assess the newest facts."""
    job = begin(ask, case_id)
    return ask.go(f"/cases/{case_id}/assessment", said="assessment.started" if job else "")


@pages.get("/cases/{case_id}/assessment/state", right="case.read")
def state(ask: Ask, case_id: CaseId) -> Response:
    """Asked every second while the page waits: says so again, or has the page read anew."""
    found = seen(ask, case_id)
    if found.job is not None and not found.job.failed:
        return ask.part("assessment_state.html.jinja", case_id=case_id, job=found.job, old=found.answer is not None)
    return Response(headers={"HX-Refresh": "true"})


@pages.post("/cases/{case_id}/assessment/weights", right="assessment.weigh")
def weights(ask: Ask, case_id: CaseId) -> Response:
    """Who leads under the wishes of the form. Nothing is simulated and nothing is kept."""
    found = seen(ask, case_id)
    if found.answer is None:
        raise NotFound
    tried = _wishes(ask, found.answer)
    if ask.is_htmx:
        return ask.part("assessment_weighed.html.jinja", **(_weighed(ask, found.answer, tried) | {"swap": True}))
    return ask.page("assessment.html.jinja", **_context(ask, case_id, found, tried))


@pages.get("/cases/{case_id}/assessment.json", right="case.read")
def as_json(ask: Ask, case_id: CaseId) -> Response:
    """The newest assessment as data, as it was kept."""
    found = seen(ask, case_id)
    if found.row is None:
        raise NotFound
    with ask.store.reading() as session:
        row = assessments.assessment_of(session, case_id, found.row.number)
    assert row is not None
    text = json.dumps(row.document, ensure_ascii=False, indent=2) + "\n"
    return _download(text.encode(), "application/json", f"{case_id}-{found.row.number}.json")


@pages.get("/cases/{case_id}/assessment.pdf", right="case.read")
async def as_pdf(ask: Ask, case_id: CaseId) -> Response:
    """The newest assessment as a report, made by the worker, for which no thread waits."""
    number, making = await run_in_threadpool(_begin_pdf, ask, case_id)
    return _download(await asyncio.wrap_future(making), "application/pdf", f"{case_id}-{number}.pdf")


@pages.get("/cases/{case_id}/assessment/numbers", right="case.read")
def no_number(ask: Ask, case_id: CaseId) -> Response:
    """An empty drawer."""
    return Response("", media_type="text/html") if ask.is_htmx else ask.go(f"/cases/{case_id}/assessment")


def _begin_pdf(ask: Asking, case_id: str) -> tuple[int, Future[bytes]]:
    found = seen(ask, case_id)
    if found.row is None or found.case is None or found.outdated:
        raise NotFound
    return found.row.number, ask.service.assessor.pdf(found.case, found.row.letters, ask.lang)


def _download(content: bytes, kind: str, name: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _context(ask: Asking, case_id: str, found: Seen, tried: Preferences | None = None) -> dict[str, Any]:
    frame = case_frame(ask, case_id, "assessment")
    context = frame | {
        "case_id": case_id,
        "found": found,
        "answer": found.answer,
        "job": found.job,
        "sections": SECTIONS,
        "stale": bool(frame["newer_facts"]),
    }
    if found.answer is None:
        return context
    return context | _bring(ask, case_id, found.answer) | _weighed(ask, found.answer, tried)


def _bring(ask: Asking, case_id: str, answer: Answer) -> dict[str, Any]:
    wanted = ask.request.query_params.get("show", "")
    return {
        "case_id": case_id,
        "pieces": answer.shown[ask.lang].pieces,
        "views": VIEWS,
        "showing": wanted if wanted in VIEWS else VIEWS[0],
    }


def _weighed(ask: Asking, answer: Answer, tried: Preferences | None) -> dict[str, Any]:
    """The wishes as they stand or are tried, and who leads under them."""
    recorded = answer.light.case.preferences
    if tried is None or tried == recorded:
        light = answer.light
        if ask.lang not in answer.recorded:
            answer.recorded[ask.lang] = weighed(light, ask.lang, answer.letters)
        found = answer.recorded[ask.lang]
    else:
        light = reweigh(answer.light, tried)
        found = weighed(light, ask.lang, answer.letters)
    return found | {
        "tried": tried not in (None, recorded),
        "wishes": [(name, getattr(tried or recorded, name)) for name in light.advice.preference_strips],
        "strips": {strip.wish: strip for strip in answers.strips(found["page"])},
        "is_known": is_known,
        "swap": False,
    }


def _wishes(ask: Asking, answer: Answer) -> Preferences:
    """The wishes of the form; a wish the form does not name stays as recorded.

    Raises:
        InvalidInput: naming each wish that is no whole number from 0 to 10.
    """
    form: Mapping[str, Any] = ask.form or {}
    sent = {name: str(form[name]) for name in answer.light.advice.preference_strips if name in form}
    wrong = [name for name, value in sent.items() if value and not _is_wish(value)]
    if wrong:
        raise InvalidInput([Problem(file="", field=name, found=sent[name][:20], expected=_WISH) for name in wrong])
    given: dict[str, Any] = {name: int(value) if value else UNKNOWN for name, value in sent.items()}
    return dataclasses.replace(answer.light.case.preferences, **given)


def _is_wish(value: str) -> bool:
    return value.isascii() and value.isdigit() and int(value) <= MOST_WISH
