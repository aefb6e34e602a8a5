"""What can be done for this patient: every strategy with every schedule, its status by rules, its dates and doses."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Mapping

from pelvicrt.case import Case, Facts
from pelvicrt.classify import Classification
from pelvicrt.evidence import FactValue, Library, Regimen, Step, Strategy, Variant, holds, parse
from pelvicrt.foundation import STRATEGY_IDS, Reason, Text
from pelvicrt.strategies.dose import regimen_doses
from pelvicrt.strategies.history import PRIOR_RT, with_history
from pelvicrt.strategies.results import Candidate, Timeline
from pelvicrt.strategies.rules import Situation, judge
from pelvicrt.strategies.tags import tags_of
from pelvicrt.strategies.timeline import timeline

_DELAY = Text(
    "Full-dose systemic therapy starts about {days} days after the assessment", "评估后约 {days} 天开始足量全身治疗"
)
_NO_SYSTEMIC = Text("This plan holds no full-dose systemic therapy", "本方案不含足量全身治疗")
_UNDATED = Text(
    "A step already given has no date: windows counted from it are not checked",
    "已完成的治疗缺日期：由其起算的时间窗未核对",
)


def candidates(
    case: Case, classification: Classification, library: Library, *, dated: bool = True
) -> tuple[Candidate, ...]:
    """Every strategy of the library with every enabled schedule, in the order of the contract, new strategies last.

    Without `dated` the calendar, which takes most of the time, is left out: an empty timeline, no reasons from it.

    Raises:
        KeyError: when a rule names a fact that does not exist, or a variant a schedule that does not.
    """
    strategies = sorted(library.strategies, key=lambda item: (_position(item.id), item.id))
    return tuple(
        _candidate(case, classification, library, strategy, variant, dated=dated)
        for strategy in strategies
        for variant in strategy.variants
        if _is_offered(case, classification, library, strategy, variant)
    )


def plan_dates(
    case: Case,
    library: Library,
    *,
    strategy: str,
    regimen: str | None,
    steps: Collection[str],
    booked: Mapping[str, dt.date] | None = None,
) -> Timeline:
    """The dates of one chosen plan from `case.assessed_on` on: what was given and what is `booked` (by step) stays.

    `steps` are the ids of the steps that belong to the plan; a booked step that was given since keeps its real date.

    Raises:
        KeyError: when the library has no such strategy, or the strategy no such schedule.
    """
    chosen = library.strategies[strategy]
    variant = next((item for item in chosen.variants if item.regimen == regimen), None)
    if variant is None:
        raise KeyError(f"{strategy} has no schedule {regimen!r}")
    kept = tuple(step for step in variant.steps if step.id in steps)
    known = None if regimen is None else library.regimens[regimen]
    return _dates(case, library, chosen, steps=kept, regimen=known, booked=booked or {})[0]


def _position(strategy_id: str) -> int:
    return STRATEGY_IDS.index(strategy_id) if strategy_id in STRATEGY_IDS else len(STRATEGY_IDS)


def _is_offered(
    case: Case, classification: Classification, library: Library, strategy: Strategy, variant: Variant
) -> bool:
    """Whether a variant's schedule is enabled and what it is only meant for is known to hold."""
    if variant.regimen is not None and not library.regimens[variant.regimen].enabled:
        return False
    if variant.only_when is None:
        return True
    situation = Situation(case=case, classification=classification, plan=_plan_facts(strategy, variant, None))
    return holds(parse(variant.only_when), situation).value is True


def _candidate(
    case: Case,
    classification: Classification,
    library: Library,
    strategy: Strategy,
    variant: Variant,
    *,
    dated: bool,
) -> Candidate:
    regimen = library.regimens[variant.regimen] if variant.regimen is not None else None
    plan = _plan_facts(strategy, variant, regimen)
    situation = Situation(case=case, classification=classification, plan=plan)
    rules = [rule for gate in library.gates if gate.enabled and _touches(gate.applies_to, plan) for rule in gate.rules]
    verdict = judge([*rules, *strategy.rules], situation)
    steps = _steps_for(strategy, variant, situation)
    dates, undated = Timeline(feasible=True), tuple[str, ...]()
    if dated:
        dates, undated = _dates(case, library, strategy, steps=steps, regimen=regimen)
    return Candidate(
        strategy=strategy.id,
        regimen=regimen,
        name=strategy.name,
        summary=strategy.summary,
        intent=strategy.intent,
        organ_preservation_policy=strategy.organ_preservation_policy,
        status=verdict.status,
        preferred=verdict.preferred,
        reasons=(*verdict.reasons, *(_timing_reasons(dates, undated) if dated else ())),
        missing=tuple(dict.fromkeys((*verdict.missing, *undated))),
        steps=steps,
        timeline=dates,
        radiobiology=regimen_doses(regimen, library),
        benefits=strategy.benefits,
        harms=strategy.harms,
        stopping_rules=strategy.stopping_rules,
    )


def _plan_facts(strategy: Strategy, variant: Variant, regimen: Regimen | None) -> dict[str, FactValue]:
    return {
        "plan.strategy": strategy.id,
        "plan.regimen": variant.regimen or "none",
        "plan.family": regimen.family if regimen else "none",
        "plan.tags": tags_of(strategy, variant.steps, regimen),
    }


def _touches(applies_to: tuple[str, ...], plan: Mapping[str, FactValue]) -> bool:
    tags = plan["plan.tags"]
    return isinstance(tags, tuple) and bool(set(applies_to) & set(tags))


def _steps_for(strategy: Strategy, variant: Variant, situation: Situation) -> tuple[Step, ...]:
    """The variant's steps; outside curative plans optional ones go when the patient cannot have or declines them."""
    if strategy.intent == "curative":
        return variant.steps
    declines = Facts(situation.case).get("preferences.declines")
    refused = declines if isinstance(declines, tuple) else ()
    unfit = situation.classification.fitness.value == "unfit"
    if unfit or "chemotherapy" in refused:
        return tuple(step for step in variant.steps if not step.optional)
    if "surgery" in refused:
        return _until_surgery(variant.steps)
    return variant.steps


def _until_surgery(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    kept = [step for step in steps if not (step.optional and step.kind in {"liver_local", "tme", "wait"})]
    return tuple(dataclasses.replace(step, exits=()) if step.kind == "restage" else step for step in kept)


def _dates(
    case: Case,
    library: Library,
    strategy: Strategy,
    *,
    steps: tuple[Step, ...],
    regimen: Regimen | None,
    booked: Mapping[str, dt.date] | None = None,
) -> tuple[Timeline, tuple[str, ...]]:
    given = with_history(steps, case)
    left = {step.id for step in given.steps} - {*given.fixed, *given.fixed_ends}
    kept = {name: day for name, day in (booked or {}).items() if name in left}
    windows = [item for item in library.windows if not strategy.windows or item.id in strategy.windows]
    context: dict[str, FactValue] = {
        "plan.strategy": strategy.id,
        "plan.ablation": case.liver.technical == "resectable_with_ablation",
    }
    dated = timeline(
        given.steps,
        regimen,
        windows,
        case.assessed_on,
        kept | given.fixed,
        fixed_ends=given.fixed_ends,
        context=context,
    )
    shown = tuple(step for step in dated.steps if step.step_id != PRIOR_RT)
    return dataclasses.replace(dated, steps=shown), tuple(given.undated)


def _timing_reasons(dates: Timeline, undated: tuple[str, ...]) -> tuple[Reason, ...]:
    found = [_own("timeline.undated", _UNDATED, facts=undated)] if undated else []
    if not dates.feasible:
        return (*found, *dates.conflict)
    days = dates.days_to_full_systemic
    text = _NO_SYSTEMIC if days is None else _DELAY.fill(days=days)
    return (*found, _own("timeline.systemic_delay", text))


def _own(rule: str, text: Text, *, facts: tuple[str, ...] = ()) -> Reason:
    return Reason(rule=rule, text=text, sources=("pelvicrt-convention",), grade="assumption", facts=facts)
