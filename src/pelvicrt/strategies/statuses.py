"""What status would each plan have, leaving dates and doses aside? The quick question behind every "what if"."""

from __future__ import annotations

from collections.abc import Iterator

from pelvicrt.case import Case
from pelvicrt.classify import Classification
from pelvicrt.evidence import Library
from pelvicrt.foundation import Status
from pelvicrt.strategies.candidates import _is_offered, _plan_facts, _touches
from pelvicrt.strategies.rules import Judgement, Situation, judge


def statuses(case: Case, classification: Classification, library: Library) -> dict[str, Status]:
    """Status of every plan `candidates` would offer, by key; the same rules, no calendar.

    Raises:
        KeyError: when a rule names a fact that does not exist, or a variant a schedule that does not.
    """
    return {key: found.status for key, found in judgements(case, classification, library).items()}


def judgements(case: Case, classification: Classification, library: Library) -> dict[str, Judgement]:
    """What the rules say of every plan `candidates` would offer, by key: status, preference, reasons, missing facts.

    Raises:
        KeyError: when a rule names a fact that does not exist, or a variant a schedule that does not.
    """
    return dict(_each(case, classification, library))


def _each(case: Case, classification: Classification, library: Library) -> Iterator[tuple[str, Judgement]]:
    for strategy in library.strategies:
        for variant in strategy.variants:
            if _is_offered(case, classification, library, strategy, variant):
                regimen = library.regimens[variant.regimen] if variant.regimen is not None else None
                facts = _plan_facts(strategy, variant, regimen)
                shared = [
                    rule
                    for gate in library.gates
                    if gate.enabled and _touches(gate.applies_to, facts)
                    for rule in gate.rules
                ]
                situation = Situation(case=case, classification=classification, plan=facts)
                key = f"{strategy.id}:{regimen.id}" if regimen else strategy.id
                yield key, judge([*shared, *strategy.rules], situation)
