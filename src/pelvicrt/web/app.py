"""What is the application made of? Pages behind their guards, files of its own, error pages, a shield around all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import anyio.to_thread
from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from pelvicrt.foundation import VERSION
from pelvicrt.report import kit
from pelvicrt.web.health import add_health
from pelvicrt.web.logs import RequestLog
from pelvicrt.web.problems import add_handlers
from pelvicrt.web.routes import add_routes
from pelvicrt.web.service import Service
from pelvicrt.web.shield import Shield

_STATIC: Final = Path(__file__).parent / "static"


class _Files(StaticFiles):
    """The program's own files, and the report's colours among them, so that a colour has one place."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        if path == kit.TOKENS.name:
            return str(kit.TOKENS), kit.TOKENS.stat()
        return super().lookup_path(path)


THREADS: Final = 8
"""Requests answered at once; pages take turns at one core, so more at a time would only make each of them later."""


@contextlib.asynccontextmanager
async def _few_at_once(_: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


def make_app(service: Service) -> FastAPI:
    """The application of one service; it asks nothing of the outside and has no page that needs a script."""
    app = FastAPI(
        title="pelvicrt",
        version=VERSION,
        lifespan=_few_at_once,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.service = service
    app.mount("/static", _Files(directory=_STATIC), name="static")
    add_health(app)
    add_routes(app)
    add_handlers(app)
    app.add_middleware(Shield)
    app.add_middleware(RequestLog)
    return app
