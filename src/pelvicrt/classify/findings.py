"""What is the value of each class, given what the guidelines of the library say of the facts?"""

from __future__ import annotations

from typing import Final

from pelvicrt.classify.results import Caution, Finding, GuidelineView
from pelvicrt.classify.rules import (
    CONVENTION,
    UNDECIDED,
    Facing,
    decide,
    deciding,
    listed,
    reason_of,
    reasons_of,
    verdict_of,
)
from pelvicrt.evidence import Guideline, Library, Rule
from pelvicrt.foundation import InternalError, Reason, Text, reasons

BLOCKING: Final = frozenset({"block", "mdt_block", "reirradiation"})
"""Effects so grave that a caution which cannot be judged is itself shown."""

_DIRECTIONS: Final[dict[str, reasons.Direction]] = {
    "block": "block",
    "mdt_block": "block",
    "reirradiation": "against",
    "warning": "against",
}

VALUE_LABELS: Final[dict[str, Text]] = {
    "low": Text("low", "低危"),
    "intermediate": Text("intermediate", "中危"),
    "high": Text("high", "高危"),
    "not_high": Text("no high-risk feature", "无高危特征"),
    "not_low": Text("not in the omission group", "不属可不做放疗组"),
    "out_of_scope": Text("outside this guideline's scope", "不在该指南适用范围"),
    "eligible": Text("within the trial's criteria", "符合试验入组条件"),
    "not_eligible": Text("outside the trial's criteria", "不符合试验入组条件"),
    "advanced": Text("advanced", "进展组"),
    "bad": Text("bad", "不良组"),
    "early": Text("early", "早期组"),
    "synchronous": Text("synchronous", "同时性"),
    "early_metachronous": Text("early metachronous", "早期异时性"),
    "late_metachronous": Text("late metachronous", "晚期异时性"),
    UNDECIDED: Text("unknown", "未知"),
}


def only_guideline(library: Library, question: str) -> Guideline:
    """The one enabled guideline that answers a question with a single value.

    Raises:
        InternalError: when none or several are enabled, naming them.
    """
    found = [item for item in library.guidelines if item.question == question and item.enabled]
    if len(found) != 1:
        names = ", ".join(item.id for item in found) or "none"
        raise InternalError(
            Text(
                f"one enabled guideline must answer {question!r}; found {names}",
                f"“{question}”应由唯一一份启用的指南回答；现有：{names}",
            )
        )
    return found[0]


def find(guideline: Guideline, facing: Facing) -> Finding:
    """The value of one class with its reasons and what is missing."""
    outcome = decide(guideline, facing)
    return Finding(value=outcome.value, reasons=reasons_of(guideline, outcome), missing=outcome.missing)


def views(library: Library, facing: Facing) -> tuple[GuidelineView, ...]:
    """How every enabled guideline would class the pelvic risk, side by side, none averaged."""
    wanted = (item for item in library.guidelines if item.question == "pelvic_risk" and item.enabled)
    return tuple(view(guideline, facing) for guideline in wanted)


def view(guideline: Guideline, facing: Facing) -> GuidelineView:
    """One guideline's view of the pelvic risk."""
    outcome = decide(guideline, facing)
    marks = tuple(dict.fromkeys(rule.mark for rule in deciding(guideline)))
    return GuidelineView(
        guideline=guideline.id,
        name=guideline.name,
        value=outcome.value,
        value_label=VALUE_LABELS.get(outcome.value, Text(outcome.value, outcome.value)),
        reasons=reasons_of(guideline, outcome),
        missing=outcome.missing,
        from_m0=guideline.from_m0,
        marks=marks,
    )


def cautions(library: Library, facing: Facing) -> tuple[Caution, ...]:
    """Every caution that holds, and every blocking one that cannot be judged."""
    wanted = (item for item in library.guidelines if item.question == "caution" and item.enabled)
    return tuple(caution for guideline in wanted for caution in cautions_of(guideline, facing))


def cautions_of(guideline: Guideline, facing: Facing) -> tuple[Caution, ...]:
    """The cautions of one guideline; all its rules are asked, not only the first that holds."""
    found = (_caution(rule, facing) for rule in deciding(guideline))
    return tuple(caution for caution in found if caution is not None)


def _caution(rule: Rule, facing: Facing) -> Caution | None:
    verdict = verdict_of(rule, facing)
    if verdict.value is True:
        return Caution(
            id=rule.id, effect=rule.then, reason=reason_of(rule, direction=_DIRECTIONS.get(rule.then, "neutral"))
        )
    if verdict.value is False or rule.then not in BLOCKING:
        return None
    missing = tuple(sorted(verdict.missing))
    return Caution(id=f"{rule.id}_unknown", effect="unknown", reason=_unjudged(rule, missing), missing=missing)


def _unjudged(rule: Rule, missing: tuple[str, ...]) -> Reason:
    return Reason(
        rule=rule.id,
        text=Text(
            "Cannot be ruled out. Unknown, not negative: {facts}. It would mean: {rule}",
            "不能排除。以下资料为“未知”，不是“阴性”：{facts}。若属实：{rule}",
        ).fill(facts=listed(missing), rule=rule.text),
        sources=tuple(dict.fromkeys((*(cited.source for cited in rule.evidence), CONVENTION))),
        grade=rule.grade,
        mark=rule.mark,
        facts=missing,
    )
