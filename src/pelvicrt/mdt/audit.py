"""Who did what, and has anybody changed the record since? Entries are chained by hash; verifying walks the chain.

seal = SHA-256 of the canonical JSON of (number, at, actor, action, subject, detail, previous seal). A changed, missing
or inserted entry breaks the chain at its own number, which is named. Details hold ids and names of fields, never a
value that says something about a patient. Entries cut off at the end leave a whole chain: keep the head elsewhere.
An entry's `rows` hold the hashes of the rows it wrote (seals.py), so that a changed row of any table is found as well.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.mdt.seals import Claims, canonical, first_unlike
from pelvicrt.mdt.tables import AuditEntry, utc_text

FIRST = "0" * 64
"""What stands before the first entry."""
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a walk along the chain found: how many entries, the last seal, and the first thing that is wrong and why.

    `broken_at` is the number of a wrong entry; a row that is not as the chain says is named in `why` alone.
    """

    entries: int
    head: str
    broken_at: int | None = None
    why: str | None = None


def record(
    session: Session, *, actor: str, action: str, subject: str, detail: Mapping[str, object], at: dt.datetime
) -> AuditEntry:
    """Adds an entry at the end of the chain. The session must hold the write lock, so that nobody adds at once."""
    last, previous = head(session)
    entry = AuditEntry(
        number=last + 1,
        at=utc_text(at),
        actor=actor,
        action=action,
        subject=subject,
        detail=canonical(detail),
        previous=previous,
    )
    entry.seal = seal_of(entry)
    session.add(entry)
    session.flush()
    return entry


def entries_of(session: Session, subject: str) -> tuple[AuditEntry, ...]:
    """Everything the audit says of one subject, the newest first."""
    return tuple(
        session.scalars(select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.number.desc()))
    )


def seal_of(entry: AuditEntry) -> str:
    """The seal an entry must carry: the hash of all it says and of the seal before it."""
    said = (entry.number, entry.at, entry.actor, entry.action, entry.subject, entry.detail, entry.previous)
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def verify(session: Session) -> Verification:
    """Walks the whole chain, then holds every sealed row against what the chain says of it."""
    claims: Claims = {}
    found = walked(_noting(_all(session), claims))
    if found.why is None:
        found = dataclasses.replace(found, why=first_unlike(session, claims))
    return found


def head(session: Session) -> tuple[int, str]:
    """How many entries the chain has, and the seal of its last."""
    last = session.execute(
        select(AuditEntry.number, AuditEntry.seal).order_by(AuditEntry.number.desc()).limit(1)
    ).one_or_none()
    return (0, FIRST) if last is None else (last.number, last.seal)


def holds(session: Session, seal: str) -> bool:
    """Whether an entry carries this seal; one noted earlier is gone when entries were cut off at the end."""
    return session.scalar(select(AuditEntry.number).where(AuditEntry.seal == seal)) is not None


def _noting(entries: Iterable[AuditEntry], claims: Claims) -> Iterator[AuditEntry]:
    for entry in entries:
        with contextlib.suppress(ValueError):  # a damaged entry: the walk names it
            claims |= json.loads(entry.detail).get("rows", {})
        yield entry


def _all(session: Session) -> Iterator[AuditEntry]:
    last = None
    while True:
        after = select(AuditEntry) if last is None else select(AuditEntry).where(AuditEntry.number > last)
        some = session.scalars(after.order_by(AuditEntry.number).limit(_AT_ONCE)).all()
        if not some:
            return
        yield from some
        last = some[-1].number


def walked(entries: Iterable[AuditEntry]) -> Verification:
    """What a walk along these entries finds; stops at the first that is wrong."""
    count, head = 0, FIRST
    for entry in entries:
        wrong = _wrong(entry, expected=count + 1, previous=head)
        if wrong is not None:
            return Verification(entries=count, head=head, broken_at=min(entry.number, count + 1), why=wrong)
        count, head = count + 1, entry.seal
    return Verification(entries=count, head=head)


def _wrong(entry: AuditEntry, *, expected: int, previous: str) -> str | None:
    if entry.number != expected:
        return f"entry {expected} is missing"
    if entry.previous != previous:
        return f"entry {entry.number} does not follow the entry before it"
    if entry.seal != seal_of(entry):
        return f"entry {entry.number} was changed after it was written"
    return None
