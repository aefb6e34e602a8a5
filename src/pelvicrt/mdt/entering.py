"""How does a person write facts of a case? Each edit says which version it was made on; nobody's edit undoes another's.

An edit is held against the value its author saw and the value that stands now: what only they changed is written, what
somebody else changed differently meanwhile comes back as a clash. A date after the day of the case moves that day on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pelvicrt.case import CONTRACT_FACTS, Case, FieldSpec, fields_of, raw_value, with_fact
from pelvicrt.foundation import InvalidInput, Problem, Text, is_known
from pelvicrt.mdt import origins, stages
from pelvicrt.mdt.amending import amended, check_past
from pelvicrt.mdt.cases import Change, EditConflict, Kept, Merge, newest, save_case, version_of
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One fact written on a version: a plain value as a case file has it, or None for unknown, with its `reason`."""

    value: Any
    on_version: int
    reason: str = ""


def enter(writing: Writing, by: User, case_id: str, edits: Mapping[str, Edit]) -> Kept:
    """Writes facts, each on the version its author saw; the answer is the newest version.

    Raises:
        InvalidInput: naming each fact whose value cannot be; nothing is written.
        EditConflict: when somebody changed one of these facts to something else meanwhile; nothing is written.
        KeyError: when the store has no such case or version.
    """
    now = newest(writing.session, case_id)
    wanted = _wanted(now.case, edits, at=writing.at)
    case, clashes = wanted, []
    for fact, edit in edits.items():
        seen = raw_value(version_of(writing.session, case_id, edit.on_version).case, fact)
        mine, theirs = raw_value(wanted, fact), raw_value(now.case, fact)
        if mine == seen:
            case = with_fact(case, fact, theirs)
        elif theirs not in (seen, mine):
            clashes.append(Change(fact=fact, before=theirs, after=mine))
    if clashes:
        raise EditConflict(Merge(case=case, on_version=now.version, clashes=tuple(clashes)))
    kept = save_case(writing, case, by, on_version=now.version)
    _say_why(writing, by, kept.case, edits)
    return kept


def _wanted(case: Case, edits: Mapping[str, Edit], *, at: dt.datetime) -> Case:
    unknown = [fact for fact in edits if fact not in CONTRACT_FACTS]
    if unknown:
        raise InvalidInput(
            [Problem(file=case.id, field=fact[:40], found="no fact", expected=_FACT, found_zh="无") for fact in unknown]
        )
    days = {fact: max(_days(CONTRACT_FACTS[fact], edit.value), default=None) for fact, edit in edits.items()}
    check_past(case.id, days, at=at)
    latest = max((day for day in days.values() if day is not None), default=case.assessed_on)
    return amended(case, on=latest, facts={fact: edit.value for fact, edit in edits.items()})


def _days(spec: FieldSpec, value: Any) -> Iterator[dt.date]:
    """Every date of a plain value; what is no date is left to the check of the case."""
    if spec.kind == "date" and isinstance(value, str):
        try:
            yield dt.date.fromisoformat(value)
        except ValueError:
            return
    elif spec.kind == "records" and spec.record is not None and isinstance(value, list):
        inner = fields_of(spec.record)
        for item in value:
            for name, held in item.items() if isinstance(item, dict) else ():
                if name in inner:
                    yield from _days(inner[name], held)


def _say_why(writing: Writing, by: User, case: Case, edits: Mapping[str, Edit]) -> None:
    """Keeps why facts are unknown, when somebody said so anew."""
    known = origins.origins(writing.session, case.id)
    said = {
        fact: edit.reason
        for fact, edit in edits.items()
        if edit.value is None and not is_known(raw_value(case, fact))
        if edit.reason and (fact not in known or known[fact].reason != edit.reason)
    }
    for fact, reason in said.items():
        origins.say_why_unknown(writing, case.id, fact, by, reason=reason)
    if said:
        stages.refresh(writing, case.id)
        writing.record("fact.unknown", f"case/{case.id}", facts=sorted(said))


_FACT = Text("a fact of the contract", "约定中的资料项")
