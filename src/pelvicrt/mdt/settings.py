"""How does this service behave where a hospital decides? A few named settings an administrator changes, each audited.

What belongs to the machine (addresses, keys of a sign-in service) is no setting: it stands in the environment.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import Setting

NEVER: Final = 0
IDLE_MINUTES: Final = range(5, 121)
RETENTION_MONTHS: Final = range(12, 601)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an administrator may change; the values here hold until somebody does.

    `idle_minutes` ends a sign-in nobody uses; `retention_months` after its last entry a closed case is erased, 0 never.
    """

    idle_minutes: int = 30
    retention_months: int = NEVER


def read_settings(session: Session) -> Settings:
    """The settings as they hold now; what a later version wrote and this one does not know is passed over."""
    rows = {row.name: row.value["value"] for row in session.scalars(select(Setting))}
    known = {item.name for item in dataclasses.fields(Settings)}
    return Settings(**{name: value for name, value in rows.items() if name in known})


def save_settings(writing: Writing, wanted: Mapping[str, int]) -> Settings:
    """Changes settings; those that stay the same are not written.

    Raises:
        InvalidInput: for a value out of range; nothing is changed.
        KeyError: for a setting there is none of.
    """
    problems = [problem for name, value in wanted.items() for problem in _problems(name, value)]
    if problems:
        raise InvalidInput(problems)
    now = dataclasses.asdict(read_settings(writing.session))
    changed = {name: value for name, value in wanted.items() if now[name] != value}
    for name, value in changed.items():
        row = writing.session.get(Setting, name)
        if row is None:
            writing.session.add(Setting(name=name, value={"value": value}))
        else:
            row.value = {"value": value}
    if changed:
        writing.record("settings.save", "settings", **changed)
    return read_settings(writing.session)


def _problems(name: str, value: int) -> list[Problem]:
    allowed, expected = _ALLOWED[name]
    if value in allowed or (name == "retention_months" and value == NEVER):
        return []
    return [Problem(file="", field=name, found=str(value), expected=expected)]


_ALLOWED: Final = {
    "idle_minutes": (IDLE_MINUTES, Text("5 to 120 minutes", "5 至 120 分钟")),
    "retention_months": (RETENTION_MONTHS, Text("0 (never), or 12 to 600 months", "0（从不），或 12 至 600 个月")),
}
