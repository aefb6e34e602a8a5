"""How does one get in and out? By password, by a link that works once, or by the hospital's own account."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final

from fastapi import Form, Query
from starlette.responses import RedirectResponse, Response

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import Store, User, accounts, identities, tables
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import NotFound
from pelvicrt.web.oidc import KEPT_SECONDS, Hospital, SignInFailed
from pelvicrt.web.routes import PUBLIC, SIGNED_IN, Ask, Pages

pages = Pages()
_KEPT: Final = "pelvicrt_oidc"
_BACK: Final = "/sign-in/hospital/back"
_REFUSED: Final = 401
_LONGEST: Final = 500
Line = Annotated[str, Form(max_length=_LONGEST)]


@pages.get("/sign-in", right=PUBLIC)
def sign_in_page(ask: Ask, next: str = "/") -> Response:  # noqa: A002 -- the address of the page that was wanted
    """The form; says so when the last sign-in lay idle."""
    return _form(ask, local(next), idle=_lay_idle(ask))


@pages.post("/sign-in", right=PUBLIC)
def sign_in(ask: Ask, login: Line = "", password: Line = "", next: Line = "/") -> Response:  # noqa: A002
    """By login and password; the answer does not say which of both was wrong."""
    _count(ask, login)
    with ask.store.reading() as session:
        user = accounts.checked(session, login.strip(), password)
    if user is None:
        return _form(ask, local(next), status=_REFUSED, wrong=True, login=login)
    return _begun(ask, user, local(next))


@pages.post("/sign-out", right=SIGNED_IN)
def sign_out(ask: Ask) -> Response:
    """Ends the sign-in of this browser."""
    with ask.store.writing(ask.user.login) as writing:
        accounts.sign_out(writing, ask.token)
    return ask.go("/sign-in", said="sign_in.out")


@pages.get("/welcome/{token}", right=PUBLIC)
def welcome(ask: Ask, token: str) -> Response:
    """Choosing a password by a link that works once."""
    with ask.store.reading() as session:
        owner = accounts.link_owner(session, token, now=ask.now)
    if owner is None:
        return ask.page("welcome.html.jinja", status=404, owner=None, problems=())
    return ask.page("welcome.html.jinja", owner=owner, problems=())


@pages.post("/welcome/{token}", right=PUBLIC)
def choose_password(ask: Ask, token: str, password: Line = "", again: Line = "") -> Response:
    """Spends the link and signs its owner in."""
    ask.service.limits.count(ask.service.limits.sign_ins, _address(ask))
    with ask.store.reading() as session:
        owner = accounts.link_owner(session, token, now=ask.now)
    if owner is None:
        raise NotFound
    try:
        _check_same(password, again)
        with ask.store.writing(owner.login, at=ask.now) as writing:
            user = accounts.use_link(writing, token, password)
    except InvalidInput as error:
        return ask.page("welcome.html.jinja", status=422, owner=owner, problems=error.problems)
    return _begun(ask, user, "/")


@pages.get("/sign-in/hospital", right=PUBLIC)
def to_hospital(ask: Ask, next: str = "/") -> Response:  # noqa: A002
    """Sends the browser to the hospital's sign-in service."""
    ask.service.limits.count(ask.service.limits.sign_ins, _address(ask))
    try:
        url, kept = _hospital(ask).begin(ask.service.base_url + _BACK, then=local(next))
    except SignInFailed:
        return _form(ask, "/", status=502, hospital_failed=True)
    answer = RedirectResponse(url, status_code=303)
    answer.set_cookie(
        _KEPT, kept, max_age=KEPT_SECONDS, httponly=True, samesite="lax", secure=ask.service.secure, path=_BACK
    )
    return answer


@pages.get(_BACK, right=PUBLIC)
def from_hospital(
    ask: Ask, state: Annotated[str, Query(max_length=_LONGEST)] = "", code: Annotated[str, Query(max_length=4096)] = ""
) -> Response:
    """Where the hospital's sign-in service sends the browser back to."""
    ask.service.limits.count(ask.service.limits.sign_ins, _address(ask))
    kept = ask.request.cookies.get(_KEPT, "")
    try:
        who, then = _hospital(ask).finish(ask.service.base_url + _BACK, kept=kept, state=state, code=code)
    except SignInFailed:
        return _form(ask, "/", status=_REFUSED, hospital_failed=True)
    with ask.store.writing("system", at=ask.now) as writing:
        user = identities.person_of(writing, issuer=who.issuer, subject=who.subject, login=who.login)
    if user is None:
        return _form(ask, "/", status=403, not_added=True)
    answer = _begun(ask, user, then)
    answer.delete_cookie(_KEPT, path=_BACK)
    return answer


def local(url: str) -> str:
    r"""The address of a page of this service; anything else becomes the first page.

    >>> local("/cases/RL-1/facts"), local("//elsewhere"), local("https://elsewhere"), local("/\\elsewhere")
    ('/cases/RL-1/facts', '/', '/', '/')
    """
    inside = url.startswith("/") and not url.startswith(("//", "/sign-")) and "\\" not in url and url.isprintable()
    return url if inside else "/"


def _check_same(password: str, again: str) -> None:
    if password != again:
        raise InvalidInput([Problem(file="", field="password", found="two", found_zh="两个", expected=_SAME)])


def _form(ask: Asking, then: str, *, status: int = 200, **said: object) -> Response:
    minutes = int(ask.service.idle.total_seconds() // dt.timedelta(minutes=1).total_seconds())
    unsaid: dict[str, Any] = dict.fromkeys(("idle", "wrong", "login", "hospital_failed", "not_added"))
    return ask.page("sign_in.html.jinja", status=status, next=then, minutes=minutes, **(unsaid | said))


def _begun(ask: Asking, user: User, then: str) -> Response:
    with ask.store.writing(user.login, at=ask.now) as writing:
        token = accounts.sign_in(writing, user)
    return ask.start_session(ask.go(then), token)


def _count(ask: Asking, login: str) -> None:
    limits = ask.service.limits
    limits.count(limits.sign_ins, _address(ask))
    limits.count(limits.passwords, accounts.token_hash(login.strip().lower()))


def _address(ask: Asking) -> str:
    return ask.request.client.host if ask.request.client else "unknown"


def _hospital(ask: Asking) -> Hospital:
    if ask.service.hospital is None:
        raise NotFound
    return ask.service.hospital


def _lay_idle(ask: Asking) -> bool:
    """Whether the browser's token is of a sign-in that ended because nobody used it."""
    return ask.user_or_none is None and _is_known(ask.store, ask.token)


def _is_known(store: Store, token: str) -> bool:
    with store.reading() as session:
        return session.get(tables.SignIn, accounts.token_hash(token)) is not None


_SAME: Final = Text("the same password twice", "两次相同的密码")
