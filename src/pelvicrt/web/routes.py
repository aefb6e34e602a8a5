"""How does a page become a route? A page says which right it needs; no route exists without one.

A module in `pages` holds `pages = Pages()` and its functions; it is found by its name, nothing is registered elsewhere.
Before a page runs, the guard has checked, in this order: who asks, that a write comes from our own form, that the
person holds the right, and, where the path names a case, that they may see it.
"""

from __future__ import annotations

import hmac
import importlib
import pkgutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, FastAPI, Path
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse

from pelvicrt.mdt import accounts, rights, tables
from pelvicrt.web import pages as pages_package
from pelvicrt.web.asking import Asking, asking
from pelvicrt.web.errors import Forbidden, ForgedForm, NotFound, SignInNeeded
from pelvicrt.web.service import Service

PUBLIC: Final = "public"
SIGNED_IN: Final = "signed_in"
WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MOST_FIELDS: Final = 2000
_LARGEST_FIELD: Final = 1024 * 1024
_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")

CaseId = Annotated[str, Path(max_length=64)]
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Route:
    """One route: how it is asked for, and the right it needs."""

    method: str
    path: str
    right: str
    endpoint: Callable[..., Any]
    more: dict[str, Any]


@dataclass(slots=True)
class Pages:
    """The routes of one module of pages."""

    routes: list[Route] = field(default_factory=list)

    def get(self, path: str, *, right: str, **more: Any) -> Callable[[Endpoint], Endpoint]:
        """A page to read; `more` goes to FastAPI."""
        return self._add("GET", path, right, more)

    def post(self, path: str, *, right: str, **more: Any) -> Callable[[Endpoint], Endpoint]:
        """A write."""
        return self._add("POST", path, right, more)

    def _add(self, method: str, path: str, right: str, more: dict[str, Any]) -> Callable[[Endpoint], Endpoint]:
        if right not in {PUBLIC, SIGNED_IN} and right not in rights.RIGHTS:
            raise ValueError(f"{path}: nobody has heard of the right {right!r}")

        def keep(endpoint: Endpoint) -> Endpoint:
            self.routes.append(Route(method, path, right, endpoint, more))
            return endpoint

        return keep


def every_route() -> Iterator[Route]:
    """Every route of every module of pages."""
    for module in sorted(pkgutil.iter_modules(pages_package.__path__), key=lambda item: item.name):
        yield from importlib.import_module(f"{pages_package.__name__}.{module.name}").pages.routes


def add_routes(app: FastAPI) -> None:
    """Makes every page of the app, each behind its guard."""
    for route in every_route():
        is_api = route.path.startswith("/api/")
        shape: dict[str, Any] = {} if is_api else {"response_class": HTMLResponse, "response_model": None}
        app.add_api_route(
            route.path,
            route.endpoint,
            methods=[route.method],
            dependencies=[Depends(_guard(route))],
            include_in_schema=is_api,
            **{**shape, **route.more},
        )


async def _asked(request: Request) -> AsyncIterator[Asking]:
    """Reads the form and finds out who asks; kept for the guard, the page and the error page alike."""
    service: Service = request.app.state.service
    ask = asking(request, service)
    request.state.ask = ask
    ask.form = await _form(request)
    try:
        ask.user_or_none = await run_in_threadpool(_whose, ask)
        yield ask
    finally:
        if ask.form is not None:
            await ask.form.close()  # an upload lies in a temporary file


Ask = Annotated[Asking, Depends(_asked)]


async def _form(request: Request) -> FormData | None:
    if request.method not in WRITES or not request.headers.get("content-type", "").startswith(_FORMS):
        return None
    return await request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=_LARGEST_FIELD)


def _whose(ask: Asking) -> Any:
    with ask.store.reading() as session:
        found = accounts.signed_in(session, ask.token, now=ask.now, idle=ask.service.idle)
    if found is None:
        return None
    user, stale = found
    if stale:
        accounts.touch(ask.store, ask.token, now=ask.now)
    return user


def _guard(route: Route) -> Callable[..., Awaitable[None]]:
    async def check(ask: Ask) -> None:
        if route.right != PUBLIC and ask.user_or_none is None:
            raise SignInNeeded
        if ask.user_or_none is not None:
            ask.service.limits.count(ask.service.limits.requests, str(ask.user.id))
        if route.method in WRITES:
            _check_own_form(ask)
        if route.right not in {PUBLIC, SIGNED_IN} and not rights.may(ask.user, route.right):
            raise Forbidden(route.right)
        if "case_id" in ask.request.path_params and not await run_in_threadpool(_sees, ask):
            raise NotFound

    return check


def _check_own_form(ask: Asking) -> None:
    sent = ask.request.headers.get("X-CSRF") or (ask.form.get("csrf") if ask.form else None) or ""
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), ask.csrf.encode()):
        raise ForgedForm
    if ask.user_or_none is not None:
        ask.service.limits.count(ask.service.limits.writes, str(ask.user.id))


def _sees(ask: Asking) -> bool:
    with ask.store.reading() as session:
        case = session.get(tables.CaseRow, ask.request.path_params["case_id"])
    return case is not None and rights.sees(ask.user, case)
