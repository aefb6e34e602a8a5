"""Which missing fact is most worth finding out, what is it worth, and who can supply it?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.case import CONTRACT_FACTS
from pelvicrt.evidence import Accuracy
from pelvicrt.foundation import Status
from pelvicrt.recommend.gates import OPEN
from pelvicrt.recommend.information import Ints, grouped
from pelvicrt.recommend.results import MissingFact
from pelvicrt.recommend.thresholds import Thresholds
from pelvicrt.recommend.weigh import Entrant, stand
from pelvicrt.recommend.wishes import Floats
from pelvicrt.recommend.words import fact_label, supplier
from pelvicrt.strategies import Candidate
from pelvicrt.value import Estimate, worth_of_fact, worth_of_test

Flags = npt.NDArray[np.bool_]
GateStatuses = Callable[[str, object], Mapping[str, Status]]
"""Status of every option, by key, had this fact this value."""
LEVEL: Final = 0.95  # number: the customary level
GROUPS: Final = 4
"""Groups a continuous fact is cut into; each asks the rules once."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the worth of facts is measured against: draws of utility by option, today's statuses and today's leader."""

    keys: tuple[str, ...]
    utility: Floats
    candidates: tuple[Candidate, ...]
    lines: Thresholds
    leader: str | None
    seed: int
    may_lead: frozenset[str]


def missing_information(
    question: Question, *, assumed: Mapping[str, Sequence[object]], gates: GateStatuses, first: Sequence[str] = ()
) -> tuple[MissingFact, ...]:
    """Every missing fact: those that stop the ranking (`first`), then by worth [quality-adjusted months].

    A fact the model draws is priced; one that only holds up an option is listed with what it blocks, without price.
    """
    blocked = _blocked_by(question.candidates)
    # With no option simulated (every one contraindicated) there is nothing to price a fact by.
    drawn_facts = assumed if question.keys else {}
    priced = [_priced(question, fact, drawn, gates, blocked) for fact, drawn in drawn_facts.items()]
    named = {fact for fact in (*first, *blocked) if fact in CONTRACT_FACTS} - set(drawn_facts)
    unpriced = [_unpriced(fact, blocked.get(fact, ()), stops=fact in first) for fact in sorted(named)]
    return tuple(
        sorted((*priced, *unpriced), key=lambda f: (f.fact not in first, -f.value_qalm, -len(f.blocks), f.fact))
    )


def _blocked_by(candidates: Sequence[Candidate]) -> dict[str, tuple[str, ...]]:
    blocked: dict[str, tuple[str, ...]] = {}
    for item in candidates:
        if item.status == "needs_information":
            for fact in item.missing:
                blocked[fact] = (*blocked.get(fact, ()), item.key)
    return blocked


def _priced(
    question: Question,
    fact: str,
    drawn: Sequence[object],
    gates: GateStatuses,
    blocked: Mapping[str, tuple[str, ...]],
) -> MissingFact:
    groups, values = grouped(list(drawn), most=GROUPS)
    statuses = [gates(fact, value) for value in values]
    open_if = np.array([_contending(question.keys, found) for found in statuses], dtype=bool)
    now = _best_without_knowing(question, open_if)
    worth = worth_of_fact(question.utility, groups, open_if=open_if, now=now, seed=question.seed)
    margin = float(special.ndtri((1 + LEVEL) / 2)) * worth.standard_error
    return MissingFact(
        fact=fact,
        label=fact_label(fact),
        value_qalm=max(0.0, worth.value),
        value_low=worth.value - margin,
        value_high=worth.value + margin,
        chance_changes_advice=_chance_of_change(question, groups, statuses),
        who=supplier([fact]),
        blocks=blocked.get(fact, ()),
    )


def worth_of_examination(
    question: Question, fact: str, drawn: Sequence[object], gates: GateStatuses, *, accuracy: Accuracy
) -> Estimate:
    """Worth of an examination that can err about a fact of yes or no [quality-adjusted months].

    The rules read what the examination reports, so the options open under a result are those of the value it names.

    Raises:
        ValueError: when the fact was drawn with other values than the examination tells apart.
    """
    values = (accuracy.negative, accuracy.positive)
    if not set(drawn) <= set(values):
        raise ValueError(f"{accuracy.id} tells {values} apart; {fact} was drawn as {sorted(map(str, set(drawn)))}")
    groups = np.array([values.index(str(value)) for value in drawn], dtype=np.int64)
    open_if = np.array([_contending(question.keys, gates(fact, value)) for value in values], dtype=bool)
    right = np.array([[accuracy.specificity, 0.0], [0.0, accuracy.sensitivity]])
    shows = right + np.array([[0.0, 1 - accuracy.specificity], [1 - accuracy.sensitivity, 0.0]])
    now = _best_without_knowing(question, open_if)
    return worth_of_test(question.utility, groups, shows=shows, open_if=open_if, now=now, seed=question.seed)


def _contending(keys: Sequence[str], found: Mapping[str, Status]) -> list[bool]:
    """Which options would contend: those open without a condition, else those open on one."""
    free = [found.get(key) in OPEN and found.get(key) != "conditional" for key in keys]
    return free if any(free) else [found.get(key) in OPEN for key in keys]


def _best_without_knowing(question: Question, open_if: Flags) -> int:
    """The best option open today; when none is, the best blind choice among those some value would open."""
    status_of = {item.key: item.status for item in question.candidates}
    today = np.array([status_of[key] in OPEN for key in question.keys])
    reachable = today if today.any() else open_if.any(axis=0)
    mean = question.utility.mean(axis=0)
    return int(np.where(reachable if reachable.any() else True, mean, -np.inf).argmax())


def _chance_of_change(question: Question, groups: Ints, statuses: Sequence[Mapping[str, Status]]) -> float:
    """Share of draws whose value of the fact puts today's leader out of the leading set, or opens a ranking at all."""
    changed = [_changes(question, question.utility[groups == i], found) for i, found in enumerate(statuses)]
    return float(np.array(changed)[groups].mean())


def _changes(question: Question, utility: Floats, found: Mapping[str, Status]) -> bool:
    opened = [i for i, key in enumerate(question.keys) if found.get(key) in OPEN]
    entrants = [
        Entrant(
            key=question.keys[i],
            conditional=found[question.keys[i]] == "conditional",
            may_lead=question.leader is None or question.keys[i] in question.may_lead,
        )
        for i in opened
    ]
    standing = stand(utility[:, opened], entrants, question.lines)
    return standing.leader is not None if question.leader is None else question.leader not in standing.leading


def _unpriced(fact: str, blocks: tuple[str, ...], *, stops: bool) -> MissingFact:
    return MissingFact(
        fact=fact,
        label=fact_label(fact),
        value_qalm=0.0,
        value_low=0.0,
        value_high=0.0,
        chance_changes_advice=1.0 if stops else 0.0,
        who=supplier([fact]),
        blocks=blocks,
        valued=False,
    )
