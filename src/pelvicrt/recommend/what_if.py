"""What status would each option have, had one fact another value? Which wishes can rules tell apart at all?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pelvicrt.case import CONTRACT_FACTS, Case, with_fact
from pelvicrt.evidence import Library, Rule, holds, parse
from pelvicrt.foundation import Status, is_known
from pelvicrt.recommend.missing import GateStatuses
from pelvicrt.recommend.wishes import WISH_FIELDS

StatusesOf = Callable[[Case], Mapping[str, Status]]


def what_if(case: Case, *, statuses_of: StatusesOf, today: Mapping[str, Status]) -> GateStatuses:
    """Statuses had one fact another value, each asked once; a fact no case file holds changes nothing."""

    @functools.cache
    def ask(fact: str, value: object) -> Mapping[str, Status]:
        return statuses_of(with_fact(case, fact, value)) if fact in CONTRACT_FACTS else today

    return ask


def with_plain_wishes(case: Case, library: Library) -> Case:
    """The same case with each stated wish at the lowest level no rule can tell from it.

    So that trying wishes asks the rules only where an answer can differ.
    """
    for name in WISH_FIELDS:
        level = getattr(case.preferences, name)
        if is_known(level):
            case = with_fact(case, f"preferences.{name}", plainest(library, f"preferences.{name}", level))
    return case


@functools.cache
def plainest(library: Library, fact: str, level: int) -> int:
    """The lowest level 0 to 10 that every rule treats like this one."""
    atoms = [parse(atom) for rule in _rules(library) for atom in _atoms(rule.when) if atom["fact"] == fact]

    def seen_by_rules(value: int) -> tuple[bool | None, ...]:
        return tuple(holds(atom, lambda _name: value).value for atom in atoms)

    return next(lower for lower in range(level + 1) if seen_by_rules(lower) == seen_by_rules(level))


@functools.cache
def facts_in_rules(library: Library) -> frozenset[str]:
    """Every fact the rules of strategies, shared gates and classifications read."""
    return frozenset(atom["fact"] for rule in _rules(library) for atom in _atoms(rule.when))


def _atoms(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The single comparisons inside a condition in its YAML form."""
    if "fact" in raw:
        yield raw
    for part in (*raw.get("all", ()), *raw.get("any", ())):
        yield from _atoms(part)


def _rules(library: Library) -> Iterator[Rule]:
    for shelf in (library.strategies, library.gates, library.guidelines):
        for record in shelf:
            yield from record.rules
