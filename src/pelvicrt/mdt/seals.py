"""Does a row still say what it said when it was written? The hash of each sealed row, as the audit keeps it.

A claim is `table/key -> hash`; the hash of an erased row is None. The newest claim on a row is the one that holds.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
from collections.abc import Generator, Mapping
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InternalError, Text
from pelvicrt.mdt.tables import Base, Fixed, Sealed, utc_text

Claims = dict[str, str | None]
_AT_ONCE = 500


def canonical(value: object) -> str:
    """One spelling of plain data, so that equal things have equal hashes.

    >>> canonical({"b": 1, "a": dt.date(2026, 5, 4)})
    '{"a":"2026-05-04","b":1}'
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return utc_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def row_name(row: Any) -> str:
    """What a row is called: its table and its key."""
    mapper = inspect(type(row))
    return "/".join([type(row).__tablename__, *(str(part) for part in mapper.primary_key_from_instance(row))])


def row_hash(row: Any) -> str:
    """The hash of all a row says, apart from what may change without a word."""
    mapper = inspect(type(row))
    names = [item.key for item in mapper.column_attrs if item.key not in type(row).loose]
    return hashlib.sha256(canonical({name: getattr(row, name) for name in names}).encode()).hexdigest()


def claims_of(session: Session) -> Claims:
    """The claims on all sealed rows this flush of the session has written.

    Raises:
        InternalError: when a row that is never changed was changed.
    """
    found: Claims = {}
    for row in (*session.new, *session.dirty):
        if isinstance(row, Sealed):
            if isinstance(row, Fixed) and row in session.dirty and session.is_modified(row):
                raise InternalError(_CHANGED.fill(row=row_name(row)))
            found[row_name(row)] = row_hash(row)
    return found | {row_name(row): None for row in session.deleted if isinstance(row, Sealed)}


def first_unlike(session: Session, claims: Mapping[str, str | None]) -> str | None:
    """What is wrong with the first row that is not as the audit claims; None when every row is."""
    seen = set()
    with contextlib.closing(_sealed_rows(session)) as rows:
        for row in rows:
            name = row_name(row)
            seen.add(name)
            if claims.get(name) is None:
                return f"row {name} was never written by this program"
            if claims[name] != row_hash(row):
                return f"row {name} was changed after it was written"
    gone = sorted(name for name, claim in claims.items() if claim is not None and name not in seen)
    return f"row {gone[0]} is missing" if gone else None


def _sealed_rows(session: Session) -> Generator[Any, None, None]:
    for mapper in sorted(Base.registry.mappers, key=lambda item: item.class_.__name__):
        if issubclass(mapper.class_, Sealed):
            with session.scalars(select(mapper.class_).execution_options(yield_per=_AT_ONCE)) as rows:
                for row in rows:
                    yield row
                    session.expunge(row)


_CHANGED = Text("row {row} is never changed once it is written", "记录 {row} 写入后不可更改")
