"""Who changed what of this case, and when? Its versions, what two of them differ in, and what the audit says of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import Response

from pelvicrt.case import CONTRACT_FACTS
from pelvicrt.mdt import audit, changes, tables, version_of
from pelvicrt.web.asking import Asking
from pelvicrt.web.errors import NotFound
from pelvicrt.web.fact_fields import say_value
from pelvicrt.web.frames import case_frame
from pelvicrt.web.routes import Ask, CaseId, Pages

pages = Pages()
_HIGHEST = 1_000_000_000
VersionNumber = Annotated[int | None, Query(ge=1, le=_HIGHEST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLine:
    """One version: who saved it when, and which facts it changed; none are named for the first."""

    number: int
    author: str
    saved_at: dt.datetime
    note: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One fact in which two versions differ, as a reader reads it."""

    fact: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One entry of the audit: what was done and which facts it names."""

    number: int
    at: dt.datetime
    actor: str
    said: str
    facts: tuple[str, ...]


@pages.get("/cases/{case_id}/history", right="case.history")
def history(ask: Ask, case_id: CaseId, before: VersionNumber = None, after: VersionNumber = None) -> Response:
    """The versions, two of them held against each other (the last two unless asked otherwise), and the audit."""
    frame = case_frame(ask, case_id, "history")
    newest = frame["kept"].version
    after = after or newest
    before = before or max(1, after - 1)
    with ask.store.reading() as session:
        entries = audit.entries_of(session, f"case/{case_id}")
        details = [json.loads(entry.detail) for entry in entries]
        return ask.page(
            "history.html.jinja",
            **frame,
            versions=_versions(session, case_id, details),
            before=before,
            after=after,
            differences=_differences(ask, session, case_id, before, after),
            entries=[_audit_line(ask, entry, detail) for entry, detail in zip(entries, details, strict=True)],
        )


def _versions(session: Session, case_id: str, details: Sequence[Mapping[str, object]]) -> list[VersionLine]:
    """The versions, newest first; what each changed is read from the audit, so that no old facts need be parsed."""
    changed = {
        detail["version"]: detail.get("facts") for detail in details if "version" in detail and "facts" in detail
    }
    row = tables.CaseVersion
    found = session.execute(
        select(row.version, tables.User.name, row.saved_at, row.note)
        .join(tables.User, tables.User.id == row.author_id)
        .where(row.case_id == case_id)
        .order_by(row.version.desc())
    )
    return [
        VersionLine(number=number, author=author, saved_at=at, note=note, facts=_facts(changed.get(number)))
        for number, author, at, note in found
    ]


def _differences(ask: Asking, session: Session, case_id: str, before: int, after: int) -> list[Difference]:
    """What two versions differ in.

    Raises:
        NotFound: for a version the case never had.
    """
    try:
        found = changes(version_of(session, case_id, before).case, version_of(session, case_id, after).case)
    except KeyError as error:
        raise NotFound from error
    return [
        Difference(
            fact=item.fact,
            before=say_value(CONTRACT_FACTS[item.fact], item.before, ask.w),
            after=say_value(CONTRACT_FACTS[item.fact], item.after, ask.w),
        )
        for item in found
    ]


def _audit_line(ask: Asking, entry: tables.AuditEntry, detail: Mapping[str, object]) -> AuditLine:
    key = f"history.action.{entry.action}"
    return AuditLine(
        number=entry.number,
        at=dt.datetime.fromisoformat(entry.at),
        actor=entry.actor,
        said=ask.w(key) if ask.w.has(key) else entry.action,
        facts=_facts(detail.get("facts") or detail.get("fact")),
    )


def _facts(named: object) -> tuple[str, ...]:
    """The facts an entry names, one or many; anything else names none."""
    names = [named] if isinstance(named, str) else named if isinstance(named, list) else []
    return tuple(name for name in names if name in CONTRACT_FACTS)
