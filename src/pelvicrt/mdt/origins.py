"""Where does each fact of a case come from, or why is it unknown? One note a fact, kept beside the versions.

Every save notes the facts it changed as entered; an import and a judgement then say so themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import FactNote, User

KINDS: Final = ("imported", "entered", "judged")
REASONS: Final = ("not_asked", "no_answer", "unobtainable", "not_applicable")
"""Why a fact is unknown: not asked yet; asked, no answer; cannot be obtained; does not apply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where one fact comes from: `kind`, the `source` in the words of whoever brought it, who, and when.

    With a `reason` it says why the fact is unknown.
    """

    kind: str
    source: str
    reason: str
    author: str
    at: dt.datetime


def note(writing: Writing, case_id: str, facts: Iterable[str], by: User, *, kind: str, source: str = "") -> None:
    """Says where facts come from, in place of what was said before; a reason for not knowing falls away.

    The caller records.

    Raises:
        InvalidInput: for a kind nobody offers.
    """
    _check(case_id, "kind", kind, KINDS)
    names = tuple(facts)
    kept = {row.fact: row for row in writing.session.scalars(_notes(case_id, names))}
    for fact in names:
        row = kept.get(fact) or _new(writing, case_id, fact)
        row.kind, row.source, row.reason, row.author_id, row.at = kind, source, "", by.id, writing.at


def say_why_unknown(writing: Writing, case_id: str, fact: str, by: User, *, reason: str) -> None:
    """Says why a fact is unknown. The caller makes sure that it is, and records.

    Raises:
        InvalidInput: for a reason nobody offers.
    """
    _check(case_id, fact, reason, REASONS)
    row = writing.session.get(FactNote, (case_id, fact)) or _new(writing, case_id, fact)
    row.kind, row.source, row.reason, row.author_id, row.at = "entered", "", reason, by.id, writing.at


def origins(session: Session, case_id: str) -> dict[str, Origin]:
    """What is said of each fact of a case; a fact nobody ever wrote is not in it."""
    rows = session.execute(
        select(FactNote, User.name).join(User, User.id == FactNote.author_id).where(FactNote.case_id == case_id)
    )
    return {
        row.fact: Origin(kind=row.kind, source=row.source, reason=row.reason, author=name, at=row.at)
        for row, name in rows
    }


def _notes(case_id: str, facts: tuple[str, ...]) -> Select[FactNote]:
    """The notes there are on some facts, asked for at once: an import writes hundreds."""
    return select(FactNote).where(FactNote.case_id == case_id, FactNote.fact.in_(facts))


def _new(writing: Writing, case_id: str, fact: str) -> FactNote:
    row = FactNote(case_id=case_id, fact=fact)
    writing.session.add(row)
    return row


def _check(case_id: str, field: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        expected = Text(f"one of {', '.join(known)}", f"{'、'.join(known)} 之一")
        raise InvalidInput(
            [Problem(file=case_id, field=field, found="another word", expected=expected, found_zh="其他词")]
        )
