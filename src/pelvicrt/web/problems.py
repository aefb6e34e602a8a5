"""What does a reader see when something is wrong? One page, or JSON under /api, saying what, why, and what to do."""

from __future__ import annotations

import logging
import secrets
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from pelvicrt.foundation import InvalidInput
from pelvicrt.mdt import EditConflict, rights
from pelvicrt.web.asking import Asking, asking
from pelvicrt.web.errors import Forbidden, ForgedForm, NotFound, SignInNeeded, TooMany

_LOG: Final = logging.getLogger("pelvicrt.web")
_STATUS: Final = {400: "refused", 404: "not_found", 405: "not_found", 413: "too_large", 415: "refused"}


def add_handlers(app: FastAPI) -> None:
    """Every error gets its page."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(Forbidden, _forbidden)
    app.add_exception_handler(ForgedForm, lambda request, _: answer(request, 403, "forged"))
    app.add_exception_handler(NotFound, lambda request, _: answer(request, 404, "not_found"))
    app.add_exception_handler(TooMany, _too_many)
    app.add_exception_handler(InvalidInput, _invalid)
    app.add_exception_handler(EditConflict, _conflict)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def answer(request: Request, status: int, kind: str, *, lines: list[str] | None = None, **values: str) -> Response:
    """The page of one kind of problem, or the same as JSON under /api."""
    ask: Asking = getattr(request.state, "ask", None) or asking(request, request.app.state.service)
    title, said = ask.w(f"problem.{kind}.title"), ask.w(f"problem.{kind}.said", **values)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"title": title, "said": said, "problems": lines or []}, status_code=status)
    if ask.is_htmx:
        return ask.part("problem_part.html.jinja", status=status, title=title, explained=said, lines=lines or [])
    return ask.page("problem.html.jinja", status=status, title=title, explained=said, lines=lines or [])


def _sign_in(request: Request, _: Exception) -> Response:
    if request.url.path.startswith("/api/") or request.method != "GET":
        return answer(request, 401, "sign_in")
    target = "/sign-in" if request.url.path == "/" else f"/sign-in?next={request.url.path}"
    if request.headers.get("HX-Request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=303)


def _forbidden(request: Request, error: Any) -> Response:
    w = request.state.ask.w
    roles = w.join(w(f"role.{role}") for role in sorted(rights.RIGHTS[error.right]))
    return answer(request, 403, "forbidden", roles=roles)


def _too_many(request: Request, error: Any) -> Response:
    made = answer(request, 429, "too_many", seconds=str(error.wait_seconds))
    made.headers["Retry-After"] = str(error.wait_seconds)
    return made


def _invalid(request: Request, error: Any) -> Response:
    lang = asking(request, request.app.state.service).lang
    return answer(request, 422, "invalid", lines=[problem.say(lang).lstrip(": ：") for problem in error.problems])


def _conflict(request: Request, error: Any) -> Response:
    lang = asking(request, request.app.state.service).lang
    return answer(request, 409, "conflict", lines=[error.message.say(lang)])


def _unreadable(request: Request, error: Any) -> Response:
    """Names the fields; what stood in them may be of a patient and is not repeated."""
    names = dict.fromkeys(".".join(map(str, item["loc"][1:])) or str(item["loc"][0]) for item in error.errors())
    return answer(request, 422, "unreadable", lines=list(names))


def _http(request: Request, error: Any) -> Response:
    made = answer(request, error.status_code, _STATUS.get(error.status_code, "refused"))
    made.headers.update(error.headers or {})
    return made


def _unexpected(request: Request, error: Exception) -> Response:
    """The log gets the kind of error and where, under a reference; never what was being worked on."""
    reference = secrets.token_hex(4)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"
    _LOG.error("unexpected", extra={"reference": reference, "kind": type(error).__name__, "where": where})
    return answer(request, 500, "unexpected", reference=reference)
