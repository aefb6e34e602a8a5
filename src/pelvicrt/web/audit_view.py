"""How is an entry of the audit read? In the reader's words, people by name, without the hashes of rows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pelvicrt.mdt import tables
from pelvicrt.web.words import PageWords


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry as a page shows it."""

    number: int
    at: dt.datetime
    actor: str
    action: str
    subject: str
    detail: str


def entry(row: tables.AuditEntry, w: PageWords, names: Mapping[int, str]) -> Entry:
    """What an entry says; `names` are those of people by id."""
    detail = {name: value for name, value in json.loads(row.detail).items() if name != "rows" and value not in ([], "")}
    return Entry(
        number=row.number,
        at=dt.datetime.fromisoformat(row.at),
        actor=row.actor,
        action=_word(w, "action", row.action),
        subject=_subject(row.subject, w, names),
        detail=w("admin.detail_join").join(
            w("admin.detail_pair", name=_word(w, "detail", name), value=_value(w, name, value))
            for name, value in detail.items()
        ),
    )


def _subject(subject: str, w: PageWords, names: Mapping[int, str]) -> str:
    kind, _, key = subject.partition("/")
    if kind == "person":
        return names.get(int(key), key)
    return w("admin.subject", kind=_word(w, "subject", kind), id=key).strip()


def _value(w: PageWords, name: str, value: Any) -> str:
    if name in {"facts", "fact"}:
        return w.facts([value] if isinstance(value, str) else value)
    if name == "fields":
        return w.join(_word(w, "detail", item) for item in value)
    if name in {"role", "discipline"}:
        return _word(w, name, value)
    if isinstance(value, bool):
        return w("admin.said_yes" if value else "admin.said_no")
    return str(value)


def _word(w: PageWords, family: str, key: str) -> str:
    name = f"{family}.{key}"
    return w(name) if w.has(name) else key
