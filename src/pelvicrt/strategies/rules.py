"""What do the rules say about one plan? From facts, classes and the plan itself to a status, reasons, missing facts.

Effects, strongest first: contraindicated, needs_information, not_recommended, conditional, acceptable. An `acceptable`
rule is a requirement: when it does not hold the plan is not recommended; when it cannot be judged the plan needs
information. Any other rule that cannot be judged makes the plan conditional "to be confirmed". A rule may say otherwise
in `if_unknown`: `needs_information`, `conditional`, `mention` (the fact is named, the status stays) or `covered`
(another rule speaks for the unknown case). A `preferred` rule only adds; unknown, it says nothing. No unknown is read
as "no".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pelvicrt.case import Case, Facts, inputs_of
from pelvicrt.classify import Classification
from pelvicrt.evidence import FactValue, Rule, facts_of, holds, parse
from pelvicrt.foundation import Reason, Status, Text, Unknown, is_known

STRENGTH: Final[tuple[Status, ...]] = (
    "contraindicated",
    "needs_information",
    "not_recommended",
    "conditional",
    "acceptable",
)
_NOT_MET: Final = Text("Requirement not met: {text}", "不符合条件：{text}")
_TO_CONFIRM: Final = Text("To be confirmed: {text}", "待确认：{text}")
_CANNOT_JUDGE: Final = Text("Cannot be judged yet: {text}", "尚无法判断：{text}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What rules may read about one plan for one patient: case facts, `class.*` and `plan.*`."""

    case: Case
    classification: Classification
    plan: Mapping[str, FactValue]

    def __call__(self, name: str) -> FactValue | Unknown:
        """The value of one fact.

        Raises:
            KeyError: when no fact, class or plan property has that name.
        """
        if name.startswith("class."):
            return self.classification.look_up(name)
        return self.plan[name] if name.startswith("plan.") else Facts(self.case).get(name)

    def ask_for(self, name: str) -> tuple[str, ...]:
        """Which recorded facts would settle an unknown one: what the class asks for, or a derived fact's own inputs."""
        prefix, _, kind = name.partition(".")
        if prefix == "class":
            asked: tuple[str, ...] = getattr(self.classification, kind).missing
            return asked or (name,)
        inputs = inputs_of(name)
        unknown = tuple(part for part in inputs if not is_known(_recorded(self.case, part)))
        return unknown or inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What all rules together say of one plan."""

    status: Status
    preferred: bool
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What one rule says: the status it asks for, its reason, what is missing."""

    status: Status = "acceptable"
    reason: Reason | None = None
    missing: tuple[str, ...] = ()
    preferred: bool = False


def judge(rules: Iterable[Rule], situation: Situation) -> Judgement:
    """The strongest status any rule asks for; a preference counts only for a plan that is open.

    Missing facts are listed with those first that hold the status down most.
    """
    said = [_apply(rule, situation) for rule in rules if rule.enabled]
    asked: set[Status] = {item.status for item in said}
    status: Status = next((effect for effect in STRENGTH if effect in asked), "acceptable")
    by_strength = sorted(said, key=lambda item: STRENGTH.index(item.status))
    is_open = status in {"acceptable", "conditional"}
    reasons = [item.reason for item in said if item.reason is not None and (is_open or not item.preferred)]
    order = {"block": 0, "against": 1, "neutral": 2, "for": 3}
    return Judgement(
        status=status,
        preferred=is_open and any(item.preferred for item in said),
        reasons=tuple(sorted(reasons, key=lambda reason: order[reason.direction])),
        missing=tuple(dict.fromkeys(fact for item in by_strength for fact in item.missing)),
    )


def _apply(rule: Rule, situation: Situation) -> _Said:
    verdict = holds(parse(rule.when), situation)
    if verdict.value is None:
        asked = tuple(dict.fromkeys(part for name in sorted(verdict.missing) for part in situation.ask_for(name)))
        return _unknown(rule, asked)
    return _requirement(rule, met=verdict.value) if rule.then == "acceptable" else _effect(rule, holds_=verdict.value)


def _requirement(rule: Rule, *, met: bool) -> _Said:
    if met:
        return _Said(reason=_reason(rule, rule.text, "for"))
    return _Said(status="not_recommended", reason=_reason(rule, _NOT_MET.fill(text=rule.text), "against"))


def _effect(rule: Rule, *, holds_: bool) -> _Said:
    if not holds_:
        return _Said()
    if rule.then == "preferred":
        return _Said(reason=_reason(rule, rule.text, "for"), preferred=True)
    direction = "block" if rule.then == "contraindicated" else "against"
    return _Said(status=rule.then, reason=_reason(rule, rule.text, direction))  # type: ignore[arg-type]


def _unknown(rule: Rule, missing: tuple[str, ...]) -> _Said:
    if rule.then == "preferred" or rule.if_unknown == "covered":
        return _Said()
    answer = rule.if_unknown or ("needs_information" if rule.then == "acceptable" else "conditional")
    if answer == "needs_information":
        return _Said(
            status="needs_information",
            reason=_reason(rule, _CANNOT_JUDGE.fill(text=rule.text), "against"),
            missing=missing,
        )
    status: Status = "conditional" if answer == "conditional" else "acceptable"
    direction = "against" if answer == "conditional" else "neutral"
    return _Said(status=status, reason=_reason(rule, _TO_CONFIRM.fill(text=rule.text), direction), missing=missing)


def _reason(rule: Rule, text: Text, direction: str) -> Reason:
    return Reason(
        rule=rule.id,
        text=text,
        sources=tuple(cited.source for cited in rule.evidence),
        grade=rule.grade,
        mark=rule.mark,
        direction=direction,  # type: ignore[arg-type]
        facts=tuple(sorted(name for name in facts_of(parse(rule.when)) if not name.startswith("plan."))),
        from_m0=rule.from_m0,
    )


def _recorded(case: Case, name: str) -> object:
    section, _, inner = name.partition(".")
    held = getattr(case, section)
    return getattr(held, inner) if inner else held
