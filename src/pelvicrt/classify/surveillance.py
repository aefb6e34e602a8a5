"""When is which examination due after choosing watch and wait, when several rhythms apply at once?

Per test the stricter rhythm wins: at each visit the next one follows after the shortest interval
any rhythm then asks for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pelvicrt.evidence import Library, ResponseScheme
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import InvalidInput, Problem, Text, units

TESTS: Final[dict[str, Text]] = {
    "endoscopy": Text("digital examination and endoscopy", "直肠指检与内镜"),
    "pelvic_mri": Text("pelvic MRI", "盆腔 MRI"),
    "cea": Text("CEA", "CEA"),
    "ct": Text("CT of chest, abdomen and pelvis", "胸腹盆 CT"),
    "colonoscopy": Text("full colonoscopy", "全结肠镜"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveillanceVisit:
    """One examination due, months after the decision [months], and the rhythms that ask for it then."""

    test: str
    label: Text
    month: int
    due_on: dt.date | None
    schemes: tuple[str, ...]
    sources: tuple[str, ...]


def surveillance_schedule(
    *, rhythms: Iterable[str] | None = None, decided_on: dt.date | None = None, library: Library | None = None
) -> tuple[SurveillanceVisit, ...]:
    """Every visit of the chosen rhythms (all enabled ones by default), in order of month.

    Raises:
        InvalidInput: when a rhythm is not in the library, naming those that are.

    >>> visits = surveillance_schedule(rhythms=["surveillance-opra"])
    >>> [visit.month for visit in visits if visit.test == "pelvic_mri"]
    [6, 12, 18, 24, 36, 48, 60]
    """
    schemes = _chosen(library or shipped_library(), rhythms)
    rules = [(scheme, rule) for scheme in schemes for rule in scheme.visits]
    found = [
        _visit(test, month, asking, decided_on)
        for test in TESTS
        for month, asking in _due([(scheme, rule) for scheme, rule in rules if rule["test"] == test]).items()
    ]
    return tuple(sorted(found, key=lambda visit: (visit.month, list(TESTS).index(visit.test))))


Rules = list[tuple[ResponseScheme, dict[str, Any]]]


def _chosen(library: Library, rhythms: Iterable[str] | None) -> list[ResponseScheme]:
    offered = {scheme.id: scheme for scheme in library.response if scheme.visits and scheme.enabled}
    wanted = list(offered if rhythms is None else rhythms)
    unknown = [name for name in wanted if name not in offered]
    if unknown:
        names = ", ".join(offered)
        raise InvalidInput(
            Problem(
                file="response",
                field="rhythms",
                found=name,
                expected=Text(f"one of {names}", f"以下之一：{names}"),
            )
            for name in unknown
        )
    return [offered[name] for name in wanted]


def _due(rules: Rules) -> dict[int, list[ResponseScheme]]:
    """Months at which one test is due, each with the rhythms that ask for it."""
    due: dict[int, list[ResponseScheme]] = {}
    for month, asking in _repeated([(scheme, rule) for scheme, rule in rules if "every_months" in rule]):
        due.setdefault(month, []).extend(asking)
    for scheme, rule in rules:
        for month in rule.get("at_months", ()):
            due.setdefault(month, []).append(scheme)
    return due


def _repeated(rules: Rules) -> Iterator[tuple[int, list[ResponseScheme]]]:
    """Visits one after the other, each at the shortest interval then asked for."""
    month = 0
    while True:
        active = [(scheme, rule) for scheme, rule in rules if rule["from_month"] <= month < rule["to_month"]]
        if not active:
            return
        interval = min(rule["every_months"] for _, rule in active)
        month += interval
        yield month, [scheme for scheme, rule in active if rule["every_months"] == interval]


def _visit(test: str, month: int, asking: list[ResponseScheme], decided_on: dt.date | None) -> SurveillanceVisit:
    return SurveillanceVisit(
        test=test,
        label=TESTS[test],
        month=month,
        due_on=None if decided_on is None else decided_on + dt.timedelta(days=round(month * units.DAYS_PER_MONTH)),
        schemes=tuple(dict.fromkeys(scheme.id for scheme in asking)),
        sources=tuple(dict.fromkeys(cited.source for scheme in asking for cited in scheme.evidence)),
    )
