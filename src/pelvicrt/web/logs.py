"""What does a running service write down about itself? One JSON object a line, never a word about a patient.

A request is told by its route's template, not its address; an error by its kind and where it happened, not by its text,
which may hold what was being worked on. What libraries say is withheld for the same reason; only where they said it is
kept. Every request has an id, which the answer carries as well.
"""

from __future__ import annotations

import logging
import secrets
import sys
import time
from collections.abc import MutableMapping
from typing import Any, Final, TextIO

import structlog
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID: Final = "X-Request-ID"
_LOG: Final = logging.getLogger("pelvicrt.request")
_FIELDS: Final = (
    "id",
    "method",
    "route",
    "status",
    "ms",
    "user",
    "reference",
    "kind",
    "where",
    "cases",
    "entries",
    "head",
)
_OURS: Final = ("pelvicrt", "uvicorn")
_MS: Final = 1000
_SERVER_ERROR: Final = 500
Event = MutableMapping[str, Any]


class RequestLog:
    """Writes a line for each request; plain ASGI, so that nothing is buffered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and notes what became of it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, name, status = time.perf_counter(), secrets.token_hex(8), _SERVER_ERROR

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = name
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            ms = round((time.perf_counter() - began) * _MS)
            said = {"id": name, "method": scope["method"], "route": _route(scope), "status": status, "ms": ms}
            _LOG.info("request", extra=said | _user(scope))


def write_logs(stream: TextIO = sys.stdout) -> None:
    """Sends all logs of this process to a stream, a JSON object a line."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(allow=_FIELDS),
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            ],
            processors=[_without_words, structlog.stdlib.ProcessorFormatter.remove_processors_meta, _json()],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def _json() -> structlog.processors.JSONRenderer:
    return structlog.processors.JSONRenderer(ensure_ascii=False)


def _without_words(_: Any, __: str, event: Event) -> Event:
    """Takes out every text that is not our own."""
    record: logging.LogRecord = event["_record"]
    error = (event.pop("exc_info", None) or (None, None))[1]
    if error is not None:
        event.update(kind=type(error).__name__, where=_last_place(error))
    if record.name.partition(".")[0] not in _OURS:
        event.update(event="withheld", where=event.get("where", f"{record.filename}:{record.lineno}"))
    return event


def _last_place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"


def _route(scope: Scope) -> str:
    if scope["path"].startswith("/static/"):
        return "/static"
    return getattr(scope.get("route"), "path", None) or "unknown"


def _user(scope: Scope) -> dict[str, int]:
    ask = scope.get("state", {}).get("ask")
    user = None if ask is None else ask.user_or_none
    return {} if user is None else {"user": user.id}
