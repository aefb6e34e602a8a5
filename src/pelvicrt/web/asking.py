"""Who asks, in which language, and how is an answer made? One `Asking` for each request; every page gets it."""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import jinja2
from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from pelvicrt.assessment import evidence_date
from pelvicrt.evidence import library
from pelvicrt.foundation import VERSION, Language
from pelvicrt.mdt import Store, User, rights
from pelvicrt.report import kit
from pelvicrt.simulate import MODEL_ID
from pelvicrt.web.service import Service
from pelvicrt.web.words import PageWords

COOKIE: Final = "pelvicrt"
_HERE: Final = Path(__file__).parent
_YEAR_SECONDS: Final = 365 * 24 * 3600
_CHINESE: Final = ("zh", "zh-hans", "zh-cn")


@dataclass
class Asking:
    """One request: who asks (`user`, None when nobody is signed in), in which language, and with which form."""

    request: Request
    service: Service
    lang: Language
    view: str
    token: str
    user_or_none: User | None = None
    form: FormData | None = None

    @property
    def user(self) -> User:
        """The person signed in; pages whose right is not "public" always have one."""
        if self.user_or_none is None:
            raise RuntimeError("nobody is signed in")
        return self.user_or_none

    @property
    def store(self) -> Store:
        """The database."""
        return self.service.store

    @functools.cached_property
    def w(self) -> PageWords:
        """The words."""
        return PageWords(self.lang)

    @functools.cached_property
    def now(self) -> dt.datetime:
        """The moment of this request."""
        return self.service.clock()

    @property
    def today(self) -> dt.date:
        """The day on the wall of this service."""
        return self.now.astimezone().date()

    @property
    def csrf(self) -> str:
        """What a form of this visitor must send back: made from their token, which no other site can read."""
        return hashlib.sha256(f"form|{self.token}".encode()).hexdigest()[:32]

    @property
    def is_htmx(self) -> bool:
        """Whether a fragment is asked for rather than a page."""
        return self.request.headers.get("HX-Request") == "true"

    def may(self, right: str) -> bool:
        """Whether the person signed in holds a right."""
        return self.user_or_none is not None and rights.may(self.user_or_none, right)

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """A whole page."""
        html = environment().get_template(template).render(self._context(context))
        return self._with_cookies(HTMLResponse(html, status_code=status))

    part = page  # a fragment is a template without a frame

    def go(self, url: str, *, said: str = "") -> Response:
        """Sends the browser on after a write; `said` is the key of the sentence the next page says."""
        if said:
            path, hash_, place = url.partition("#")
            url = f"{path}{'&' if '?' in path else '?'}{urlencode({'said': said})}{hash_}{place}"
        if self.is_htmx:
            return Response(status_code=204, headers={"HX-Redirect": url})
        return RedirectResponse(url, status_code=303)

    def here(self, **query: str) -> str:
        """The address of this page with other query values, never a host."""
        url = self.request.url.remove_query_params("said").include_query_params(**query)
        return f"{url.path}?{url.query}" if url.query else url.path

    def _context(self, more: dict[str, Any]) -> dict[str, Any]:
        w = self.w
        said = self.request.query_params.get("said", "")
        return {
            "ask": self,
            "w": w,
            "user": self.user_or_none,
            "may": self.may,
            "date": w.date,
            "moment": w.moment,
            "label": w.label,
            "fact_name": w.fact,
            "csrf_field": functools.partial(_csrf_field, self.csrf),
            "static": static_url,
            "said": w(said) if w.has(said) else "",
            "today": self.today,
            "version": VERSION,
            "model_id": MODEL_ID,
            "evidence_date": evidence_date(library()),
            **more,
        }

    def _with_cookies(self, answer: Response) -> Response:
        kept = self.request.cookies
        if kept.get(COOKIE) != self.token:
            self.start_session(answer, self.token)
        for name, value in (("lang", self.lang), ("view", self.view)):
            if name in self.request.query_params and kept.get(name) != value:
                answer.set_cookie(name, value, max_age=_YEAR_SECONDS, samesite="lax", secure=self.service.secure)
        answer.headers["Vary"] = "HX-Request, Cookie, Accept-Language"
        return answer

    def start_session(self, answer: Response, token: str) -> Response:
        """Gives the browser a token: a visitor's, or, in its place, that of a new sign-in."""
        answer.set_cookie(COOKIE, token, httponly=True, samesite="lax", secure=self.service.secure)
        return answer


def asking(request: Request, service: Service) -> Asking:
    """The request as asked, before anybody is known."""
    return Asking(
        request=request,
        service=service,
        lang=_language(request),
        view="room" if _choice(request, "view") == "room" else "desk",
        token=request.cookies.get(COOKIE) or secrets.token_urlsafe(32),
    )


def _choice(request: Request, name: str) -> str:
    return str(request.query_params.get(name) or request.cookies.get(name) or "")


def _language(request: Request) -> Language:
    chosen = _choice(request, "lang").lower()
    if not chosen:
        chosen = request.headers.get("Accept-Language", "en").partition(",")[0].strip().lower()
    return "zh" if chosen in _CHINESE else "en"


@functools.cache
def environment() -> jinja2.Environment:
    """The templates of the pages, then those of the report."""
    return kit.environment(_HERE / "templates")


def static_file(name: str) -> Path:
    """Where a file that comes with the program lies; the colours are those of the report."""
    return kit.TOKENS if name == kit.TOKENS.name else _HERE / "static" / name


@functools.cache
def static_url(name: str) -> str:
    """The address of a file that comes with the program, changing whenever the file does."""
    digest = hashlib.sha256(static_file(name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def _csrf_field(token: str) -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(token)
