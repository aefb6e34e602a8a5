"""Which facts does a case have, and how did they come about? Every save is a version; nobody's save undoes another's.

A save says which version it was made on. When somebody saved in between, nothing is written and the edit comes back as
a merge: what only one side changed is taken over, what both changed differently is left for a person to choose.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.case import CONTRACT_FACTS, Case, raw_value, with_fact
from pelvicrt.foundation import InvalidInput, PelvicrtError, Problem, Text, is_known
from pelvicrt.intake import dump_case, parse_case
from pelvicrt.mdt import origins, stages
from pelvicrt.mdt.missing import missing_facts
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import CaseRow, CaseVersion, User

_FROM_STORE: Final = "store"
_REMEMBERED: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A case as one version of the store has it."""

    case: Case
    version: int
    author: str
    saved_at: dt.datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One fact that differs between two versions; values as a case holds them, unknown being one of them."""

    fact: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Two edits of one version put together: `case` holds all that does not clash, `clashes` what a person must choose.

    In a clash `before` is what the other wrote and `after` what this edit wanted.
    """

    case: Case
    on_version: int
    clashes: tuple[Change, ...]


class EditConflict(PelvicrtError):
    """Somebody saved the case in between; nothing was written. `merge` is what a person needs to go on."""

    exit_code = 3

    def __init__(self, merge: Merge) -> None:
        super().__init__(_IN_BETWEEN.fill(version=merge.on_version, n=len(merge.clashes)))
        self.merge = merge


def add_case(
    writing: Writing, case: Case, author: User, *, unit: str = "", note: str = "", origin: str = "entered"
) -> Kept:
    """A new case, at version 1; `origin` says how its facts came: entered or imported, `note` being the source.

    Raises:
        InvalidInput: when the store has a case of that id.
    """
    if writing.session.get(CaseRow, case.id) is not None:
        expected = Text("an id no case has yet", "尚未使用的病例编号")
        found = Problem(
            file=case.id, field="id", found="a case of that id", expected=expected, found_zh="已有此编号的病例"
        )
        raise InvalidInput([found])
    row = CaseRow(id=case.id, unit=unit, version=0, created_at=writing.at, changed_at=writing.at)
    writing.session.add(row)
    writing.session.flush()
    return _append(writing, row, case, author, note, facts=tuple(CONTRACT_FACTS), action="case.add", origin=origin)


def save_case(writing: Writing, case: Case, author: User, *, on_version: int, note: str = "") -> Kept:
    """The next version of a case, made on `on_version`. An edit that changes nothing keeps the version it was made on.

    Raises:
        EditConflict: when a newer version exists; nothing is written.
        KeyError: when the store has no such case or version.
    """
    row = writing.session.get(CaseRow, case.id)
    if row is None:
        raise KeyError(case.id)
    base = version_of(writing.session, case.id, on_version)
    if row.version != on_version:
        newest = version_of(writing.session, case.id, row.version)
        raise EditConflict(merged(base.case, mine=case, theirs=newest.case, on_version=row.version))
    changed = tuple(item.fact for item in changes(base.case, case))
    if not changed:
        return base
    return _append(writing, row, case, author, note, facts=changed, action="case.save")


def newest(session: Session, case_id: str) -> Kept:
    """The newest version of a case.

    Raises:
        KeyError: when the store has no such case.
    """
    row = session.get(CaseRow, case_id)
    if row is None:
        raise KeyError(case_id)
    return version_of(session, case_id, row.version)


def newest_cases(session: Session) -> Mapping[str, Case]:
    """The newest facts of every case, by its id."""
    rows = select(CaseVersion.case_id, CaseVersion.document).join(
        CaseRow, (CaseRow.id == CaseVersion.case_id) & (CaseRow.version == CaseVersion.version)
    )
    return {case_id: _case_of(json.dumps(document)) for case_id, document in session.execute(rows)}


def version_of(session: Session, case_id: str, version: int) -> Kept:
    """One version of a case.

    Raises:
        KeyError: when the store has no such case or version.
    """
    found = session.execute(
        select(CaseVersion, User.login)
        .join(User, User.id == CaseVersion.author_id)
        .where(CaseVersion.case_id == case_id, CaseVersion.version == version)
    ).one_or_none()
    if found is None:
        raise KeyError((case_id, version))
    return _kept(found[0], found[1])


def history(session: Session, case_id: str) -> tuple[Kept, ...]:
    """Every version of a case, oldest first; empty when there is no such case."""
    rows = session.execute(
        select(CaseVersion, User.login)
        .join(User, User.id == CaseVersion.author_id)
        .where(CaseVersion.case_id == case_id)
        .order_by(CaseVersion.version)
    )
    return tuple(_kept(row, login) for row, login in rows)


def changes(before: Case, after: Case) -> tuple[Change, ...]:
    """Every fact in which two cases differ, in the order of the contract.

    >>> old = Case(id="a", assessed_on=dt.date(2026, 5, 4))
    >>> [item.fact for item in changes(old, with_fact(old, "primary.mrf_mm", 0.5))]
    ['primary.mrf_mm']
    """
    pairs = ((name, raw_value(before, name), raw_value(after, name)) for name in CONTRACT_FACTS)
    return tuple(Change(fact=name, before=old, after=new) for name, old, new in pairs if old != new)


def merged(base: Case, *, mine: Case, theirs: Case, on_version: int) -> Merge:
    """Two edits of `base` put together; the same change on both sides is no clash.

    >>> base = Case(id="a", assessed_on=dt.date(2026, 5, 4))
    >>> mine, theirs = with_fact(base, "primary.mrf_mm", 0.5), with_fact(base, "labs.cea_ng_ml", 12.0)
    >>> both = merged(base, mine=mine, theirs=theirs, on_version=2)
    >>> both.case.primary.mrf_mm, both.case.labs.cea_ng_ml, both.clashes
    (0.5, 12.0, ())
    """
    written: Mapping[str, Change] = {item.fact: item for item in changes(base, theirs)}
    case, clashes = dataclasses.replace(theirs, assessed_on=max(mine.assessed_on, theirs.assessed_on)), []
    for wanted in changes(base, mine):
        other = written.get(wanted.fact)
        if other is None:
            case = with_fact(case, wanted.fact, wanted.after)
        elif other.after != wanted.after:
            clashes.append(Change(fact=wanted.fact, before=other.after, after=wanted.after))
    return Merge(case=case, on_version=on_version, clashes=tuple(clashes))


def _append(
    writing: Writing,
    row: CaseRow,
    case: Case,
    author: User,
    note: str,
    *,
    facts: tuple[str, ...],
    action: str,
    origin: str = "entered",
) -> Kept:
    row.version += 1
    row.changed_at = writing.at
    row.missing = list(missing_facts(case))
    row.missing_count = len(row.missing)
    document = dump_case(case)
    version = CaseVersion(
        case_id=case.id, version=row.version, document=document, author_id=author.id, saved_at=writing.at, note=note
    )
    writing.session.add(version)
    stages.refresh(writing, case.id)
    written = [name for name in facts if action == "case.save" or is_known(raw_value(case, name))]
    origins.note(writing, case.id, written, author, kind=origin, source=note)
    names = [] if action == "case.add" else list(facts)
    writing.record(action, f"case/{case.id}", version=row.version, facts=names)
    return _kept(version, author.login)


def _kept(row: CaseVersion, login: str) -> Kept:
    case = _case_of(json.dumps(row.document))
    return Kept(case=case, version=row.version, author=login, saved_at=row.saved_at, note=row.note)


@functools.lru_cache(maxsize=_REMEMBERED)
def _case_of(document: str) -> Case:
    """Kept, since a page asks for its case more than once and a service for all of them."""
    return parse_case(json.loads(document), file=_FROM_STORE)


_IN_BETWEEN = Text(
    "somebody saved version {version} in between; nothing was written. Facts both changed: {n}",
    "其间已有人保存第 {version} 版；本次未写入。双方均改动的事实：{n} 项",
)
