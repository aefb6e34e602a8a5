"""What does an administrator see to? People and their links, a few settings, made-up cases, and the audit."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Final

from fastapi import Form, Path, Query
from pydantic import BaseModel, StringConstraints
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from pelvicrt.mdt import (
    DISCIPLINES,
    ROLES,
    User,
    Writing,
    accounts,
    add_person,
    audit,
    demo,
    people,
    retention,
    settings,
    tables,
)
from pelvicrt.web.asking import Asking
from pelvicrt.web.audit_view import entry
from pelvicrt.web.errors import NotFound
from pelvicrt.web.routes import Ask, Pages

pages = Pages()
_ENTRIES_A_PAGE: Final = 100
_LARGEST_ID: Final = 2**31 - 1
Short = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Line = Annotated[str, Form(max_length=200)]
Number = Annotated[int, Form(ge=0, le=10_000)]
PersonId = Annotated[int, Path(ge=1, le=_LARGEST_ID)]


class PersonForm(BaseModel):
    """What the form of a person holds."""

    name: Short = ""
    role: Short = ""
    discipline: Short = ""
    unit: Short = ""
    active: Short = ""


class NewPersonForm(PersonForm):
    """The same, for a person to be added."""

    login: Short = ""
    way: Short = "link"


@pages.get("/admin", right="people.manage")
def people_page(ask: Ask) -> Response:
    """Everyone, and the form for one more."""
    with ask.store.reading() as session:
        rows = people.everyone(session)
        linked = _with_link(session, ask.now)
    return _page(ask, "people", people=rows, linked=linked)


@pages.post("/admin/people", right="people.manage")
def add(ask: Ask, form: Annotated[NewPersonForm, Form()]) -> Response:
    """Adds a person and shows their link, unless they come with the hospital's account."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        user = add_person(
            writing, login=form.login, name=form.name, role=form.role, discipline=form.discipline, unit=form.unit
        )
        token = None if form.way == "hospital" else accounts.new_link(writing, user)
    return ask.go("/admin", said="admin.added") if token is None else _link_page(ask, user, token)


@pages.get("/admin/people/{person_id}", right="people.manage")
def person_page(ask: Ask, person_id: PersonId) -> Response:
    """One person, to be changed."""
    with ask.store.reading() as session:
        found = _person(session, person_id)
    return _page(ask, "people", template="admin_person", person=found)


@pages.post("/admin/people/{person_id}", right="people.manage")
def change(ask: Ask, person_id: PersonId, form: Annotated[PersonForm, Form()]) -> Response:
    """Changes a person; the next request they make already obeys it."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        people.change_person(
            writing,
            _person(writing.session, person_id),
            name=form.name,
            role=form.role,
            discipline=form.discipline,
            unit=form.unit,
            active=bool(form.active),
        )
    return ask.go("/admin", said="admin.changed")


@pages.post("/admin/people/{person_id}/link", right="people.manage")
def link(ask: Ask, person_id: PersonId) -> Response:
    """A new link for a person who has none or forgot the password."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        user = _person(writing.session, person_id)
        token = accounts.new_link(writing, user)
    return _link_page(ask, user, token)


@pages.get("/admin/settings", right="settings.manage")
def settings_page(ask: Ask) -> Response:
    """The settings, and which cases the one about keeping would erase."""
    with ask.store.reading() as session:
        held = settings.read_settings(session)
        due = retention.due(session, months=held.retention_months, now=ask.now)
        here = {case.id for case in demo.demo_cases(ask.today)} <= set(session.scalars(select(tables.CaseRow.id)))
    return _page(ask, "settings", settings=held, due=due, demo_here=here)


@pages.post("/admin/settings", right="settings.manage")
def save_settings(ask: Ask, idle_minutes: Number, retention_months: Number) -> Response:
    """Changes the settings; they hold at once, erasing begins with the next daily round."""
    wanted = {"idle_minutes": idle_minutes, "retention_months": retention_months}
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        held = settings.save_settings(writing, wanted)
    ask.service.idle = dt.timedelta(minutes=held.idle_minutes)
    return ask.go("/admin/settings", said="admin.settings_saved")


@pages.post("/admin/demo", right="settings.manage")
def add_demo(ask: Ask, unit: Line = "") -> Response:
    """Adds the made-up cases that are not there yet."""
    with ask.store.writing(ask.user.login, at=ask.now) as writing:
        demo.add_demo(writing, _self(writing, ask), unit=unit.strip())
    return ask.go("/admin/settings", said="admin.demo_added")


@pages.get("/admin/audit", right="audit.read")
def audit_page(
    ask: Ask,
    about: Annotated[str, Query(max_length=120)] = "",
    by: Annotated[str, Query(max_length=80)] = "",
    before: Annotated[int, Query(ge=0, le=2**62)] = 0,
) -> Response:
    """The newest entries, of everything or about one thing or by one person."""
    with ask.store.reading() as session:
        names = {user.id: user.name for user in people.everyone(session)}
        rows = session.scalars(_asked(about.strip(), by.strip(), before))
        entries = [entry(row, ask.w, names) for row in rows]
    return _page(ask, "audit", entries=entries, about=about, by=by, more=len(entries) == _ENTRIES_A_PAGE)


@pages.get("/admin/audit/verify", right="audit.read")
def verify_page(ask: Ask) -> Response:
    """Walks the whole chain, now."""
    with ask.store.snapshot() as session:
        found = audit.verify(session)
    return _page(ask, "audit", template="admin_verify", found=found)


def _asked(about: str, by: str, before: int) -> Any:
    asked = select(tables.AuditEntry).order_by(tables.AuditEntry.number.desc()).limit(_ENTRIES_A_PAGE)
    if about:
        subject = tables.AuditEntry.subject
        asked = asked.where(or_(subject == about, subject.endswith(f"/{about}", autoescape=True)))
    if by:
        asked = asked.where(tables.AuditEntry.actor == by)
    return asked.where(tables.AuditEntry.number < before) if before else asked


def _page(ask: Asking, tab: str, *, template: str = "", **context: Any) -> Response:
    name = f"{template or f'admin_{tab}'}.html.jinja"
    return ask.page(name, tab=tab, roles=ROLES, disciplines=DISCIPLINES, **context)


def _link_page(ask: Asking, user: User, token: str) -> Response:
    base = ask.service.base_url or str(ask.request.base_url).rstrip("/")
    return _page(ask, "people", template="admin_link", person=user, url=f"{base}/welcome/{token}")


def _person(session: Session, person_id: int) -> User:
    found = session.get(User, person_id)
    if found is None:
        raise NotFound
    return found


def _self(writing: Writing, ask: Asking) -> User:
    return _person(writing.session, ask.user.id)


def _with_link(session: Session, now: dt.datetime) -> frozenset[int]:
    """Who has a link that still works."""
    link_ = tables.OneTimeLink
    return frozenset(session.scalars(select(link_.user_id).where(link_.used_at.is_(None), link_.expires_at >= now)))
