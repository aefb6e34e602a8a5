"""What is missing from a case, and what does each missing fact hold up? Computed from classes, plans and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from pelvicrt.case import CONTRACT_FACTS, FACT_LABELS, FACT_SUPPLIERS, Case, inputs_of, label_of, unknown_facts
from pelvicrt.classify import Classification, classify
from pelvicrt.evidence import Library, Rule, facts_of, library, parse
from pelvicrt.foundation import CLASSIFICATION_VALUES, Language, Reason, Text
from pelvicrt.recommend import CLASS_LABELS
from pelvicrt.strategies import Candidate, candidates

_SUMMARY: Final = Text(
    "{id}: {known} facts recorded, {missing} missing, {essential} of them essential",
    "{id}：已记录 {known} 项，缺失 {missing} 项，其中 {essential} 项为必需",
)
_WAITING: Final = Text(
    "  {fact} ({label}; ask {supplier}) is unknown; waiting for it: {waiting}",
    "  {fact}（{label}；可请{supplier}提供）未知；以下各项待其补充：{waiting}",
)
_FEW: Final = 4
"""More strategies than this are counted, not listed."""
_MANY: Final = Text("{n} strategies", "{n} 个方案")
_USEFUL: Final = Text("  Also unknown, nothing waits for them: ", "  其余未知项（无项目等待）：")


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingFact:
    """One fact nobody has recorded.

    `blocks_classes` cannot be said and `blocks_strategies` cannot be judged without it; `touches_strategies` name it
    without waiting for it; `read_by` are the library's rules that read it. Essential: it blocks something.
    """

    fact: str
    label: Text
    supplier: Text
    blocks_classes: tuple[str, ...] = ()
    blocks_strategies: tuple[str, ...] = ()
    touches_strategies: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()

    @property
    def essential(self) -> bool:
        """Whether a class or a strategy waits for it."""
        return bool(self.blocks_classes or self.blocks_strategies)

    def line(self, lang: Language) -> str:
        """The fact, who can supply it and what waits for it, as one line."""
        waiting = [CLASS_LABELS[f"class.{name}"] for name in self.blocks_classes]
        if len(self.blocks_strategies) > _FEW:
            waiting.append(_MANY.fill(n=len(self.blocks_strategies)))
        else:
            waiting += [library().strategies[name].name for name in self.blocks_strategies]
        said = ("；" if lang == "zh" else "; ").join(item.say(lang) for item in waiting)
        return _WAITING.fill(fact=self.fact, label=self.label, supplier=self.supplier, waiting=said).say(lang)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCheck:
    """What is known of a case and what is missing, what holds up most first."""

    case_id: str
    recorded: int
    missing: tuple[MissingFact, ...]

    @property
    def essential(self) -> tuple[MissingFact, ...]:
        """The missing facts a class or strategy waits for."""
        return tuple(item for item in self.missing if item.essential)

    @property
    def useful(self) -> tuple[MissingFact, ...]:
        """The missing facts nothing waits for."""
        return tuple(item for item in self.missing if not item.essential)

    def lines(self, lang: Language) -> tuple[str, ...]:
        """The check as lines a person reads: what something waits for first, then the rest by name."""
        counts = {"id": self.case_id, "known": self.recorded, "missing": len(self.missing)}
        head = _SUMMARY.fill(**counts, essential=len(self.essential)).say(lang)
        rest = _USEFUL.say(lang) + ", ".join(item.fact for item in self.useful) if self.useful else ""
        return tuple(line for line in (head, *(item.line(lang) for item in self.essential), rest) if line)


def check_case(case: Case, evidence: Library | None = None) -> CaseCheck:
    """Every missing fact with what waits for it, in the order of how much does.

    Raises:
        KeyError: when a rule of the library names a fact that does not exist.
    """
    shelves = evidence or library()
    findings = classify(case, shelves)
    plans = candidates(case, findings, shelves)
    readers = rules_reading(shelves)
    unknown = unknown_facts(case)
    waiting = frozenset(rule.id for rule in _rules(shelves) if _waits(rule))
    waits = {plan.key: _waited_for(plan, findings, waiting) for plan in plans}
    found = [_missing(name, findings, plans=plans, waits=waits, readers=readers) for name in unknown]
    ranked = sorted(found, key=lambda m: (-len(m.blocks_strategies), -len(m.blocks_classes), -len(m.read_by)))
    whole = sum(name in CONTRACT_FACTS for name in unknown)
    return CaseCheck(case_id=case.id, recorded=len(CONTRACT_FACTS) - whole, missing=tuple(ranked))


def rules_reading(shelves: Library) -> dict[str, tuple[str, ...]]:
    """For every contract fact the ids of the enabled rules that read it, directly, derived or through a class."""
    reading: dict[str, dict[str, None]] = {}
    behind = _facts_behind_classes(shelves)
    for rule in _rules(shelves):
        for name in facts_of(parse(rule.when)):
            for fact in behind.get(name) or _contract_facts(name):
                reading.setdefault(fact, {})[rule.id] = None
    return {fact: tuple(sorted(rules)) for fact, rules in reading.items()}


_QUESTIONS: Final[dict[str, str]] = {"pelvis": "pelvic_risk"} | {
    name: name for name in CLASSIFICATION_VALUES if name != "pelvis"
}
"""Which question of the guidelines settles each class."""


def _facts_behind_classes(shelves: Library) -> dict[str, frozenset[str]]:
    behind: dict[str, frozenset[str]] = {}
    for name, question in _QUESTIONS.items():
        rules = [rule for guide in shelves.guidelines if guide.question == question for rule in guide.rules]
        names = frozenset(fact for rule in rules if rule.enabled for fact in facts_of(parse(rule.when)))
        behind[f"class.{name}"] = frozenset(fact for read in names for fact in _contract_facts(read))
    return behind


def _contract_facts(name: str) -> tuple[str, ...]:
    name = name.removeprefix("known.")
    return () if name.startswith(("class.", "view.", "plan.")) else inputs_of(name)


def _rules(shelves: Library) -> Iterator[Rule]:
    for shelf in (shelves.guidelines, shelves.gates):
        for record in shelf:
            if record.enabled:
                yield from (rule for rule in record.rules if rule.enabled)
    for strategy in shelves.strategies:
        yield from (rule for rule in strategy.rules if rule.enabled)


def _missing(
    name: str,
    findings: Classification,
    *,
    plans: tuple[Candidate, ...],
    waits: dict[str, frozenset[str]],
    readers: dict[str, tuple[str, ...]],
) -> MissingFact:
    top = _top(name)
    classes = tuple(
        kind
        for kind in CLASSIFICATION_VALUES
        if getattr(findings, kind).value == "unknown" and top in getattr(findings, kind).missing
    )
    blocked = dict.fromkeys(plan.strategy for plan in plans if top in waits[plan.key])
    named = dict.fromkeys(plan.strategy for plan in plans if top in plan.missing)
    return MissingFact(
        fact=name,
        label=label_of(name),
        supplier=FACT_SUPPLIERS[top],
        blocks_classes=classes,
        blocks_strategies=tuple(blocked),
        touches_strategies=tuple(strategy for strategy in named if strategy not in blocked),
        read_by=readers.get(top, ()),
    )


def _top(name: str) -> str:
    """The contract fact a name stands in: `primary.lateral_nodes` for `primary.lateral_nodes.1.side`."""
    while name not in FACT_LABELS:
        name = name.rpartition(".")[0]
    return name


def _waited_for(plan: Candidate, findings: Classification, waiting: frozenset[str]) -> frozenset[str]:
    """The facts without which a plan needs information: those behind its requirements that cannot be judged."""
    if plan.status != "needs_information":
        return frozenset()
    facts = (fact for r in plan.reasons if r.rule in waiting for fact in _behind(r, findings))
    return frozenset(facts) & frozenset(plan.missing)


def _waits(rule: Rule) -> bool:
    return rule.if_unknown == "needs_information" or (rule.if_unknown is None and rule.then == "acceptable")


def _behind(reason: Reason, findings: Classification) -> Iterator[str]:
    if reason.direction != "against":
        return
    for name in reason.facts:
        if name.startswith("class.") and name != "class.cautions":
            yield from getattr(findings, name.removeprefix("class.")).missing
        else:
            yield from _contract_facts(name)
