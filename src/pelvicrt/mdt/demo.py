"""What can be tried out before a real patient is entered? Made-up cases that come with the program."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any, Final

import yaml

from pelvicrt.case import Case
from pelvicrt.foundation import Text
from pelvicrt.intake import parse_case
from pelvicrt.mdt.cases import add_case
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import CaseRow, User

_FILE: Final = Path(__file__).parent / "demo_cases.yaml"
NOTE: Final = Text("demonstration case, not a patient", "演示病例，非真实患者")


def demo_cases(today: dt.date) -> tuple[Case, ...]:
    """The cases as if they were entered today.

    >>> [case.id for case in demo_cases(dt.date(2027, 1, 1))][:2]
    ['DEMO-1', 'DEMO-2']
    """
    documents = yaml.safe_load(_FILE.read_bytes())
    return tuple(parse_case(_moved(item, today - item["assessed_on"]), file=_FILE.name) for item in documents)


def add_demo(writing: Writing, author: User, *, unit: str = "") -> tuple[str, ...]:
    """Adds the cases that are not there yet to a unit; their ids."""
    missing = [case for case in demo_cases(writing.at.date()) if writing.session.get(CaseRow, case.id) is None]
    for case in missing:
        add_case(writing, case, author, unit=unit, note=f"{NOTE.en} / {NOTE.zh}")
    return tuple(case.id for case in missing)


def _moved(value: Any, by: dt.timedelta) -> Any:
    if isinstance(value, dict):
        return {key: _moved(item, by) for key, item in value.items()}
    if isinstance(value, list):
        return [_moved(item, by) for item in value]
    return (value + by).isoformat() if isinstance(value, dt.date) else value
