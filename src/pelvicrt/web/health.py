"""Is the service alive, and can it work? Two addresses for whatever watches it; they say nothing else."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_UNAVAILABLE: Final = 503


def add_health(app: FastAPI) -> None:
    """Adds both addresses, outside the pages: they read no cookie and, the first, no database."""
    app.add_api_route("/health", health, include_in_schema=False, response_model=None)
    app.add_api_route("/ready", ready, include_in_schema=False, response_model=None)


async def health() -> Response:
    """The process answers."""
    return JSONResponse({"status": "alive"})


def ready(request: Request) -> Response:
    """The database answers as well, and its tables are those of this version."""
    if request.app.state.service.store.is_current():
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "no database"}, status_code=_UNAVAILABLE)
