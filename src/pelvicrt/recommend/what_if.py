"""What status would each option have, had one fact another value?"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping

from pelvicrt.case import CONTRACT_FACTS, Case, with_fact
from pelvicrt.evidence import Library, Rule, facts_of, parse
from pelvicrt.foundation import Status
from pelvicrt.recommend.missing import GateStatuses

StatusesOf = Callable[[Case], Mapping[str, Status]]


def what_if(case: Case, *, statuses_of: StatusesOf, today: Mapping[str, Status]) -> GateStatuses:
    """Statuses had one fact another value, each asked once; a fact no case file holds changes nothing."""

    @functools.cache
    def ask(fact: str, value: object) -> Mapping[str, Status]:
        return statuses_of(with_fact(case, fact, value)) if fact in CONTRACT_FACTS else today

    return ask


@functools.cache
def facts_in_rules(library: Library) -> frozenset[str]:
    """Every fact the rules of strategies and shared gates read."""
    return frozenset(fact for rule in _rules(library) for fact in facts_of(parse(rule.when)))


def _rules(library: Library) -> Iterator[Rule]:
    for strategy in library.strategies:
        yield from strategy.rules
    for shared in library.gates:
        yield from shared.rules
