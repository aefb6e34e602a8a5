"""How does what was given or found enter the facts of a case? Checked like a case file, in both languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from pelvicrt.case import Case
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.intake import dump_case, parse_case

_ZONES: Final = dt.timedelta(days=1)
"""East of the clock that stamps writes, the next day may have begun."""
_TREATED: Final = "treated_so_far"


def amended(
    case: Case, *, on: dt.date, facts: Mapping[str, Any] | None = None, step: Mapping[str, Any] | None = None
) -> Case:
    """The case as of `on` or later, with facts replaced (plain values by dotted name) and one treated step put in.

    Raises:
        InvalidInput: naming each fact whose value cannot be.

    >>> case = Case(id="a", assessed_on=dt.date(2026, 5, 4))
    >>> later = amended(case, on=dt.date(2026, 8, 3), facts={"labs.cea_ng_ml": 4})
    >>> later.labs.cea_ng_ml, later.assessed_on.isoformat()
    (4.0, '2026-08-03')
    """
    document = dump_case(case)
    document["assessed_on"] = max(case.assessed_on, on).isoformat()
    for name, value in (facts or {}).items():
        section, _, inner = name.partition(".")
        if inner:
            document.setdefault(section, {})[inner] = value
        else:
            document[section] = value
    if step is not None:
        document[_TREATED] = _in_order([*_known(document.get(_TREATED)), dict(step)])
    return parse_case(document, file=case.id)


def without_step(case: Case, step: Mapping[str, Any]) -> Case:
    """The case without one treated step, which stood there in these words."""
    document = dump_case(case)
    document[_TREATED] = [item for item in _known(document.get(_TREATED)) if item != dict(step)]
    return parse_case(document, file=case.id)


def check_past(case_id: str, days: Mapping[str, dt.date | None], *, at: dt.datetime) -> None:
    """Refuses days that have not come yet.

    Raises:
        InvalidInput: naming each of them.
    """
    late = [name for name, day in days.items() if day is not None and day > at.date() + _ZONES]
    if late:
        raise InvalidInput(
            [Problem(file=case_id, field=name, found="a day to come", expected=_PAST, found_zh=_ZH) for name in late]
        )


def _known(steps: Any) -> list[dict[str, Any]]:
    return list(steps) if isinstance(steps, list) else []


def _in_order(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Steps by their first day; one without a date stays behind the one before it."""
    keys, latest = [], ""
    for step in steps[:-1]:
        latest = max(latest, str(step.get("start") or latest))
        keys.append(latest)
    place = sum(1 for key in keys if key <= str(steps[-1]["start"]))
    return [*steps[:place], steps[-1], *steps[place:-1]]


_PAST = Text("a day up to today", "不晚于今天的日期")
_ZH = "尚未到来的日期"
