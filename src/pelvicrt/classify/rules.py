"""What does one guideline say of this patient, when some facts are not known?

Rules stand in order and the first that holds decides. A rule that cannot be decided leaves two worlds open: one where
it holds, one where it does not. The answer is known only when every world still possible gives the same value; else it
is "unknown" and the facts that keep the worlds apart are named.

Two words are added to the facts a condition may read. `known.NAME` is true when NAME is recorded: a rule that must not
wait for a fact says `all: [{known.NAME: true}, ...]` and so acts only on what was written down; this is done only
where another fact already carries the judgement. A rule whose `then` is `remark` decides nothing: when it holds its
text is shown, and facts it found unrecorded are named as worth recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pelvicrt.case import FACT_NAMES, inputs_of, label_of
from pelvicrt.evidence import FactValue, Guideline, Library, LookUp, Rule, facts_of, holds, parse
from pelvicrt.foundation import UNKNOWN, Reason, Text, Unknown, Verdict, reasons

UNDECIDED: Final = "unknown"
REMARK: Final = "remark"
KNOWN: Final = "known."
CONVENTION: Final = "pelvicrt-convention"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One guideline's answer: its value or "unknown", the rules behind it, and which facts would settle it."""

    value: str
    rules: tuple[Rule, ...]
    remarks: tuple[Rule, ...]
    missing: tuple[str, ...]


class Facing:
    """A look-up that also answers `known.NAME`, and names of what was found on the way (`view.X`, `class.Y`).

    `behind` says which contract facts are missing behind such a name.
    """

    def __init__(
        self,
        look_up: LookUp,
        found: Mapping[str, str] | None = None,
        behind: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self._look_up = look_up
        self._found = dict(found or {})
        self._behind = dict(behind or {})

    def __call__(self, name: str) -> FactValue | Unknown:
        """The value of a fact, of `known.NAME` or of a finding.

        >>> facing = Facing({"primary.emvi": "absent"}.get, {"class.liver": "unknown"})
        >>> facing("known.primary.emvi"), facing("class.liver")
        (True, UNKNOWN)
        """
        if name.startswith(KNOWN):
            return self(name.removeprefix(KNOWN)) is not UNKNOWN
        if name in self._found:
            return UNKNOWN if self._found[name] == UNDECIDED else self._found[name]
        return self._look_up(name)

    def knowing(self, name: str, value: str, missing: tuple[str, ...] = ()) -> Facing:
        """The same, with one more finding."""
        return Facing(self._look_up, self._found | {name: value}, self._behind | {name: missing})

    def missing_behind(self, names: Iterable[str]) -> tuple[str, ...]:
        """The contract facts not recorded behind some names, sorted."""
        return tuple(sorted({fact for name in names for fact in self._behind_one(name.removeprefix(KNOWN))}))

    def _behind_one(self, name: str) -> tuple[str, ...]:
        if name in self._found:
            return self._behind.get(name, ())
        if not name.startswith("derived."):
            return (name,)
        inputs = inputs_of(name)
        return tuple(fact for fact in inputs if self._unrecorded(fact)) or inputs

    def _unrecorded(self, fact: str) -> bool:
        try:
            return self(fact) is UNKNOWN
        except KeyError:  # a list of records: some item of it may be incomplete
            return True


def decide(guideline: Guideline, facing: Facing) -> Outcome:
    """The answer of one guideline under three-valued facts.

    >>> from pelvicrt.evidence import library
    >>> facts = {"symptoms.perforation": "free"}
    >>> decide(library().guidelines["emergency"], Facing(lambda name: facts.get(name, UNKNOWN))).value
    'emergency_surgery'
    """
    possible: list[Rule] = []
    missing: set[str] = set()
    settled = False
    for rule in deciding(guideline):
        verdict = holds(parse(rule.when), facing)
        if verdict.value is False:
            continue
        possible.append(rule)
        missing |= verdict.missing
        settled = verdict.value is True
        if settled:
            break
    values = {rule.then for rule in possible} | (set() if settled else {guideline.otherwise or UNDECIDED})
    return _outcome(guideline, facing, possible, values, missing)


def _outcome(
    guideline: Guideline, facing: Facing, possible: list[Rule], values: set[str], missing: set[str]
) -> Outcome:
    remarks = tuple(rule for rule in remarks_of(guideline) if holds(parse(rule.when), facing).value is True)
    noted = [name for rule in remarks for name in _found_unrecorded(rule.when, facing)]
    if len(values) > 1:
        return Outcome(value=UNDECIDED, rules=(), remarks=remarks, missing=facing.missing_behind({*missing, *noted}))
    value = values.pop()
    blamed = [name for rule in possible for name in _true_facts(rule.when, facing)] if value == UNDECIDED else []
    if value == UNDECIDED and not possible:
        blamed = [name for rule in deciding(guideline) for name in facts_of(parse(rule.when))]
        blamed = [name for name in blamed if facing(name) is UNKNOWN]
    return Outcome(
        value=value, rules=tuple(possible), remarks=remarks, missing=facing.missing_behind({*blamed, *noted})
    )


def deciding(guideline: Guideline) -> tuple[Rule, ...]:
    """The enabled rules that decide, in order."""
    return tuple(rule for rule in guideline.rules if rule.enabled and rule.then != REMARK)


def remarks_of(guideline: Guideline) -> tuple[Rule, ...]:
    """The enabled rules that only remark."""
    return tuple(rule for rule in guideline.rules if rule.enabled and rule.then == REMARK)


def rule_facts(library: Library) -> frozenset[str]:
    """Every name a guideline's condition may read: facts, whether they are known, classes and views found before.

    >>> from pelvicrt.evidence import library
    >>> {"primary.emvi", "known.primary.emvi", "class.liver", "view.astro-rectal-2024"} <= rule_facts(library())
    True
    """
    views = {f"view.{item.id}" for item in library.guidelines if item.question == "pelvic_risk" and item.enabled}
    return frozenset(
        {*FACT_NAMES, *(f"{KNOWN}{name}" for name in FACT_NAMES), *views, "class.emergency", "class.liver"}
    )


def _true_facts(when: dict[str, Any], facing: Facing) -> list[str]:
    """The facts of those parts of a condition that hold: what would have to change."""
    parts = when.get("all", when.get("any"))
    if parts is None:
        return [str(when["fact"])] if holds(parse(when), facing).value is True else []
    return [name for part in parts for name in _true_facts(part, facing)]


def _found_unrecorded(when: dict[str, Any], facing: Facing) -> list[str]:
    """The facts a remark found unrecorded (through `known.NAME is false`)."""
    return [name for name in _true_facts(when, facing) if name.startswith(KNOWN) and facing(name) is False]


def reason_of(rule: Rule, *, from_m0: bool = False, direction: reasons.Direction = "neutral") -> Reason:
    """A rule as a reason a reader can follow to its sources."""
    return Reason(
        rule=rule.id,
        text=rule.text,
        sources=tuple(dict.fromkeys(cited.source for cited in rule.evidence)),
        grade=rule.grade,
        mark=rule.mark,
        direction=direction,
        facts=tuple(sorted({name.removeprefix(KNOWN) for name in facts_of(parse(rule.when))})),
        from_m0=from_m0 or rule.from_m0,
    )


def open_reason(guideline: Guideline, missing: tuple[str, ...]) -> Reason:
    """Why no value can be given: these facts are unknown, which is not the same as negative."""
    return Reason(
        rule=f"{guideline.id}.open",
        text=Text(
            "Cannot be judged yet. Unknown, not negative: {facts}",
            "目前无法判断。以下资料为“未知”，不是“阴性”：{facts}",
        ).fill(facts=listed(missing)),
        sources=(CONVENTION,),
        grade="expert",
        mark="D",
        facts=missing,
        from_m0=guideline.from_m0,
    )


def listed(missing: Iterable[str]) -> Text:
    """Missing facts inside a sentence: by contract name in English, by their label in Chinese.

    >>> listed(["primary.emvi"]).zh
    '壁外血管侵犯（EMVI）'
    """
    names = list(missing)
    return Text(", ".join(names), "、".join(_chinese(name) for name in names))


def _chinese(name: str) -> str:
    try:
        return label_of(name).zh
    except KeyError:  # a class or a guideline's view, which no case file holds
        return name


def none_applied(guideline: Guideline) -> Reason:
    """Why the remaining value was taken: no rule of the guideline held."""
    return Reason(
        rule=f"{guideline.id}.otherwise",
        text=Text(f"None of the rules of “{guideline.name.en}” applies", f"“{guideline.name.zh}”的各条规则均不符合"),
        sources=tuple(dict.fromkeys(cited.source for rule in guideline.rules for cited in rule.evidence)),
        grade="expert",
        mark="D",
        facts=tuple(sorted({name.removeprefix(KNOWN) for r in guideline.rules for name in facts_of(parse(r.when))})),
        from_m0=guideline.from_m0,
    )


def reasons_of(guideline: Guideline, outcome: Outcome) -> tuple[Reason, ...]:
    """The reasons of an outcome: its rules, or that none applied, or what is missing; then the remarks."""
    if outcome.rules:
        said = tuple(reason_of(rule, from_m0=guideline.from_m0) for rule in outcome.rules)
    elif outcome.value == UNDECIDED:
        said = (open_reason(guideline, outcome.missing),)
    else:
        said = (none_applied(guideline),)
    return said + tuple(reason_of(rule, from_m0=guideline.from_m0) for rule in outcome.remarks)


def verdict_of(rule: Rule, facing: Facing) -> Verdict:
    """Whether one rule holds, its missing facts named as contract facts."""
    verdict = holds(parse(rule.when), facing)
    return verdict if verdict.value is not None else Verdict(None, frozenset(facing.missing_behind(verdict.missing)))
