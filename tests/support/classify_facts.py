"""Cases written as small tables of facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from pelvicrt.classify import Classification, classify_facts, look_up_of
from pelvicrt.evidence import library

DAY = dt.date(2026, 5, 4)


def facts(base: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    """`base` with changes; a change to None forgets the fact. Dots are written `__` in keywords."""
    changed = {**base, **{name.replace("__", "."): value for name, value in changes.items()}}
    return {name: value for name, value in changed.items() if value is not None}


def classified(given: Mapping[str, Any]) -> Classification:
    """The classification of a patient of whom only these facts are known."""
    return classify_facts(look_up_of(given), library())


def step(**known: Any) -> dict[str, Any]:
    return known
