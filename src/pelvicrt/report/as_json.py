"""What is an assessment as data? The contract `pelvicrt.assessment/1`, byte-stable and rounded only here."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pelvicrt.assessment import NOT_CHANGED, NOT_CHANGED_SOURCES, Assessed, Assessment, PlanHarm, PlanToxicity
from pelvicrt.classify import Caution, Classification, Finding, GuidelineView, ScoreResult
from pelvicrt.evidence import Step
from pelvicrt.foundation import OUTCOME_NAMES, Language, Reason, Text, write_whole
from pelvicrt.recommend import Advice, Comparison, ConflictCard, Convergence, MissingFact, Recommendation
from pelvicrt.report.estimates import Estimate, estimates_of, kind_of
from pelvicrt.simulate import CandidateOutcomes
from pelvicrt.strategies import DatedStep, RegimenDose, Timeline

SCHEMA = "pelvicrt.assessment/1"
SHARE_DIGITS = 4
"""Decimals of probabilities and of quality-adjusted months."""
AMOUNT_DIGITS = 2
"""Decimals of days, months, doses and cost."""
TIE = "tie"
CLASSES = ("emergency", "mmr", "liver", "pelvis", "fitness", "symptomatic", "oligometastatic")
MONTHS_PER_YEAR = 12


def to_json(assessment: Assessment, lang: Language = "en") -> dict[str, Any]:
    """The assessment as plain data in the order of the contract; probabilities 0..1, texts in one language.

    Candidates are named by key (`strategy` or `strategy:regimen`) wherever two schedules of one strategy must be told
    apart; `recommendation.strategy`, `alternatives` and `preference_strips` name strategies, with the keys beside them.
    """
    say = _Speaker(lang)
    advice = assessment.advice
    return {
        "schema": SCHEMA,
        "id": assessment.id,
        "case_id": assessment.case.id,
        "created_at": assessment.created_at.isoformat(),
        "version": assessment.version,
        "library_hash": assessment.library_hash,
        "evidence_date": assessment.evidence_date.isoformat(),
        "model_id": assessment.model_id,
        "seed": assessment.seed,
        "draws": assessment.draws,
        "lang": lang,
        "classification": say.classification(assessment.classification),
        "strategies": [say.strategy(item) for item in assessment.strategies],
        "recommendation": say.recommendation(advice.recommendation),
        "comparisons": _comparisons(advice.comparisons),
        **_strips(advice),
        "missing_information": [say.missing(item) for item in advice.missing_information],
        "conflicts": [say.conflict(item) for item in advice.conflicts],
        "convergence": _convergence(advice.convergence),
        "warnings": [text.say(lang) for text in dict.fromkeys((*assessment.warnings, *advice.warnings))],
        "citations": sorted(assessment.citations),
        **say.plans_given(assessment),
    }


def write_json(assessment: Assessment, path: Path, lang: Language = "en") -> None:
    """The assessment as a JSON file, complete or not at all."""
    write_whole(path, json_text(assessment, lang).encode())


def json_text(assessment: Assessment, lang: Language = "en") -> str:
    """The assessment as JSON text: the same assessment gives the same bytes."""
    return json.dumps(to_json(assessment, lang), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the contract."""
    schema: dict[str, Any] = json.loads((Path(__file__).parent / "assessment.schema.json").read_text(encoding="utf-8"))
    return schema


def outcomes_json(outcomes: CandidateOutcomes | None) -> dict[str, list[dict[str, Any]]]:
    """Estimates of one candidate by outcome name, in the contract's order, each list in time order.

    The mean is that of the draws; low and high are their 2.5th and 97.5th percentiles.
    """
    if outcomes is None:
        return {}
    found = {draws.name: draws for draws in outcomes.outcomes}
    names = [name for name in OUTCOME_NAMES if name in found] + sorted(set(found) - set(OUTCOME_NAMES))
    return {name: [_estimate(item) for item in estimates_of(found[name])] for name in names}


def _estimate(item: Estimate) -> dict[str, Any]:
    digits = SHARE_DIGITS if kind_of(item.outcome) in {"share", "rare"} else AMOUNT_DIGITS
    numbers = {
        name: rounded(getattr(item, name), digits) for name in ("mean", "low", "high", "centre_low", "centre_high")
    }
    given = {"given": item.given} if item.given else {}
    months = None if item.at_months is None else rounded(item.at_months, AMOUNT_DIGITS)
    return {"at_months": months, **numbers, "grade": item.grade, "from_m0": item.from_m0, **given}


def rounded(value: float | None, digits: int) -> float | int | None:
    """A number with a fixed count of decimals; what is not a number becomes null, whole numbers lose their point.

    >>> rounded(0.123456, 4), rounded(36.0, 2), rounded(float("nan"), 2), rounded(-0.00001, 4)
    (0.1235, 36, None, 0)
    """
    if value is None or not math.isfinite(value):
        return None
    short = round(float(value), digits)
    return int(short) if short == int(short) else short


def strategy_of(key: str) -> str:
    """The strategy of a candidate key.

    >>> strategy_of("interval:scrt-25-5"), strategy_of("tie")
    ('interval', 'tie')
    """
    return key.partition(":")[0]


def _comparisons(items: Iterable[Comparison]) -> list[dict[str, Any]]:
    order = {name: place for place, name in enumerate(OUTCOME_NAMES)}
    ordered = sorted(items, key=lambda c: (c.a, c.b, order.get(c.outcome, len(order)), c.at_months or 0.0))
    return [
        {
            "a": item.a,
            "b": item.b,
            "outcome": item.outcome,
            "at_months": rounded(item.at_months, AMOUNT_DIGITS),
            "difference": rounded(item.difference, SHARE_DIGITS),
            "low": rounded(item.low, SHARE_DIGITS),
            "high": rounded(item.high, SHARE_DIGITS),
            "chance_a_better": rounded(item.chance_a_better, SHARE_DIGITS),
        }
        for item in ordered
    ]


def _convergence(found: Convergence | None) -> dict[str, Any] | None:
    """The largest moves of probabilities while the draws grew from `half_draws` to all."""
    if found is None:
        return None
    return {
        "half_draws": found.half,
        "best_estimates": rounded(found.best_estimates, SHARE_DIGITS),
        "likely_ranges": rounded(found.likely_ranges, SHARE_DIGITS),
        "chances": rounded(found.chances, SHARE_DIGITS),
    }


def _strips(advice: Advice) -> dict[str, Any]:
    strips = sorted(advice.preference_strips.items())
    return {
        "preference_strips": {name: [strategy_of(step) for step in steps] for name, steps in strips},
        "preference_strip_keys": {name: list(steps) for name, steps in strips},
    }


class _Speaker:
    """Writes every part that holds words, in one language."""

    def __init__(self, lang: Language) -> None:
        self.lang: Language = lang

    def text(self, text: Text | None) -> str | None:
        return None if text is None else text.say(self.lang)

    def texts(self, texts: Iterable[Text]) -> list[str]:
        return [text.say(self.lang) for text in texts]

    def reason(self, reason: Reason) -> dict[str, Any]:
        return {
            "rule": reason.rule,
            "text": self.text(reason.text),
            "direction": reason.direction,
            "sources": list(reason.sources),
            "grade": reason.grade,
            "mark": reason.mark,
            "facts": list(reason.facts),
            "from_m0": reason.from_m0,
        }

    def reasons(self, reasons: Iterable[Reason]) -> list[dict[str, Any]]:
        return [self.reason(reason) for reason in dict.fromkeys(reasons)]

    def classification(self, found: Classification) -> dict[str, Any]:
        classes = {name: self.finding(getattr(found, name)) for name in CLASSES}
        return {
            **classes,
            "scores": [self.score(item) for item in found.scores],
            "guideline_views": [self.view(item) for item in found.guideline_views],
            "cautions": [self.caution(item) for item in found.cautions],
        }

    def finding(self, found: Finding) -> dict[str, Any]:
        return {"value": found.value, "reasons": self.reasons(found.reasons), "missing": list(found.missing)}

    def score(self, score: ScoreResult) -> dict[str, Any]:
        return {
            "score": score.score,
            "name": self.text(score.name),
            "value": rounded(score.value, AMOUNT_DIGITS),
            "range": None if score.range is None else [rounded(end, AMOUNT_DIGITS) for end in score.range],
            "unit": score.unit,
            "group": score.group,
            "group_label": self.text(score.group_label),
            "missing": list(score.missing),
            "validity": self.text(score.validity),
            "sources": list(score.sources),
            "mark": score.mark,
        }

    def view(self, view: GuidelineView) -> dict[str, Any]:
        return {
            "guideline": view.guideline,
            "name": self.text(view.name),
            "value": view.value,
            "value_label": self.text(view.value_label),
            "reasons": self.reasons(view.reasons),
            "missing": list(view.missing),
            "from_m0": view.from_m0,
            "marks": list(view.marks),
        }

    def caution(self, caution: Caution) -> dict[str, Any]:
        return {"id": caution.id, "effect": caution.effect, "reason": self.reason(caution.reason)}

    def strategy(self, item: Assessed) -> dict[str, Any]:
        candidate, ranked = item.candidate, item.ranked
        return {
            "id": candidate.strategy,
            "regimen": candidate.regimen.id if candidate.regimen else None,
            "key": candidate.key,
            "name": self.text(candidate.name),
            "summary": self.text(candidate.summary),
            "intent": candidate.intent,
            "status": ranked.status,
            "status_before_weighing": candidate.status,
            "preferred": candidate.preferred,
            "organ_preservation_policy": candidate.organ_preservation_policy,
            "reasons": self.reasons((*candidate.reasons, *ranked.reasons)),
            "missing": list(candidate.missing),
            "steps": [self.step(step) for step in candidate.steps],
            "timeline": [self.dated(step) for step in candidate.timeline.steps],
            "schedule": self.schedule(candidate.timeline),
            "radiobiology": [self.dose(dose) for dose in candidate.radiobiology],
            "outcomes": outcomes_json(item.outcomes),
            "utility": rounded(ranked.utility_mean, SHARE_DIGITS),
            "utility_low": rounded(ranked.utility_low, SHARE_DIGITS),
            "utility_high": rounded(ranked.utility_high, SHARE_DIGITS),
            "utility_unit": "quality_adjusted_months",
            "p_best": rounded(ranked.p_best, SHARE_DIGITS),
            "expected_loss": rounded(ranked.expected_loss, SHARE_DIGITS),
            "benefits": self.texts(candidate.benefits),
            "harms": self.texts(candidate.harms),
            "stopping_rules": self.texts(candidate.stopping_rules),
            **({"plans": [self.plan(plan) for plan in item.plans]} if item.plans else {}),
        }

    def plans_given(self, assessment: Assessment) -> dict[str, Any]:
        """Nothing without dose plans, so that an assessment without them reads as it always did."""
        if not assessment.plans:
            return {}
        return {
            "plans": {
                "given": [plan.label for plan in assessment.plans],
                "not_changed": {
                    "outcome": "grade3plus_toxicity",
                    "why": self.text(NOT_CHANGED),
                    "sources": list(NOT_CHANGED_SOURCES),
                },
            }
        }

    def plan(self, plan: PlanToxicity) -> dict[str, Any]:
        return {
            "plan": plan.label,
            "fractions": plan.fractions,
            "prescribed_gy": [rounded(dose, AMOUNT_DIGITS) for dose in plan.prescribed_gy],
            "by_fractions_alone": plan.by_fractions_alone,
            "bowel_loops_v15_cc": rounded(plan.bowel_loops_v15_cc, AMOUNT_DIGITS),
            "bowel_bag_v45_cc": rounded(plan.bowel_bag_v45_cc, AMOUNT_DIGITS),
            "complications": [self.harm(harm) for harm in plan.harms],
            "withheld": self.texts(plan.withheld),
        }

    def harm(self, harm: PlanHarm) -> dict[str, Any]:
        estimate = harm.estimate
        return {
            "structure": harm.structure,
            "name": self.text(harm.name),
            "endpoint": self.text(estimate.endpoint),
            "population": self.text(estimate.population),
            "value": rounded(estimate.value, SHARE_DIGITS),
            "low": rounded(estimate.low, SHARE_DIGITS),
            "high": rounded(estimate.high, SHARE_DIGITS),
            "equivalent_uniform_dose_gy": rounded(estimate.equivalent_uniform_dose_gy, AMOUNT_DIGITS),
            "alpha_beta_gy": rounded(estimate.alpha_beta_gy, AMOUNT_DIGITS),
            "flags": [{"kind": flag.kind, "text": self.text(flag.text)} for flag in estimate.flags],
            "sources": list(estimate.sources),
        }

    def step(self, step: Step) -> dict[str, Any]:
        return {
            "id": step.id,
            "kind": step.kind,
            "label": self.text(step.label),
            "weeks": rounded(step.weeks, AMOUNT_DIGITS),
            "agents": list(step.agents),
            "optional": step.optional,
            "decision": self.text(step.decision),
            "exits": self.texts(step.exits),
        }

    def dated(self, step: DatedStep) -> dict[str, Any]:
        return {
            "step": step.step_id,
            "kind": step.kind,
            "label": self.text(step.label),
            "start": step.start.isoformat(),
            "end": step.end.isoformat(),
            "window": None if step.window is None else [day.isoformat() for day in step.window],
            "preferred": None if step.preferred is None else [day.isoformat() for day in step.preferred],
            "hard_stops": [
                {"start": start.isoformat(), "end": end.isoformat(), "reason": self.text(why)}
                for start, end, why in step.hard_stops
            ],
            "reasons": self.reasons(step.reasons),
        }

    def schedule(self, timeline: Timeline) -> dict[str, Any]:
        return {
            "feasible": timeline.feasible,
            "deviations": self.reasons(timeline.deviations),
            "conflict": self.reasons(timeline.conflict),
            "days_without_systemic": timeline.days_without_systemic,
            "days_to_full_systemic": timeline.days_to_full_systemic,
        }

    def dose(self, dose: RegimenDose) -> dict[str, Any]:
        return {
            "scenario": self.text(dose.scenario),
            "alpha_beta_gy": rounded(dose.alpha_beta_gy, AMOUNT_DIGITS),
            "bed_gy": rounded(dose.bed_gy, AMOUNT_DIGITS),
            "eqd2_gy": rounded(dose.eqd2_gy, AMOUNT_DIGITS),
            "eqd2_time_corrected_gy": rounded(dose.eqd2_time_corrected_gy, AMOUNT_DIGITS),
            "parameter": dose.parameter,
            "note": self.text(dose.note),
        }

    def recommendation(self, advice: Recommendation) -> dict[str, Any]:
        key = advice.strategy
        return {
            "strategy": None if key is None else strategy_of(key),
            "regimen": (key.partition(":")[2] or None) if key else None,
            "key": key,
            "equipoise": advice.equipoise,
            "alternatives": list(dict.fromkeys(strategy_of(other) for other in advice.alternatives)),
            "alternative_keys": list(advice.alternatives),
            "headline": self.text(advice.headline),
            "explanation": self.text(advice.explanation),
            "drivers": [
                {
                    "text": self.text(item.text),
                    "effect": rounded(item.effect_qalm, SHARE_DIGITS),
                    "unit": "quality_adjusted_months",
                    "sources": list(item.sources),
                }
                for item in advice.drivers
            ],
            "would_change_it": [
                {
                    "what": self.text(item.what),
                    "to": item.to,
                    "low": {
                        "label": self.text(item.low_label),
                        "difference": rounded(item.low_difference, SHARE_DIGITS),
                    },
                    "high": {
                        "label": self.text(item.high_label),
                        "difference": rounded(item.high_difference, SHARE_DIGITS),
                    },
                    "unit": "quality_adjusted_months",
                    "flips": item.flips,
                    "kind": item.kind,
                }
                for item in advice.would_change_it
            ],
            "evpi": None if advice.evpi_qalm is None else rounded(advice.evpi_qalm / MONTHS_PER_YEAR, SHARE_DIGITS),
            "evpi_unit": "qaly",
        }

    def missing(self, item: MissingFact) -> dict[str, Any]:
        return {
            "fact": item.fact,
            "label": self.text(item.label),
            "value": rounded(item.value_qalm / MONTHS_PER_YEAR, SHARE_DIGITS),
            "value_low": rounded(item.value_low / MONTHS_PER_YEAR, SHARE_DIGITS),
            "value_high": rounded(item.value_high / MONTHS_PER_YEAR, SHARE_DIGITS),
            "unit": "qaly",
            "chance_changes_advice": rounded(item.chance_changes_advice, SHARE_DIGITS),
            "who": self.text(item.who),
            "blocks": list(item.blocks),
        }

    def conflict(self, card: ConflictCard) -> dict[str, Any]:
        return {
            "conflict": card.conflict,
            "question": self.text(card.question),
            "behaviour": self.text(card.behaviour),
            "positions": [
                {"who": who.say(self.lang), "says": says.say(self.lang), "then": then.say(self.lang),
                 "sources": list(sources), "mark": mark}
                for who, says, then, sources, mark in card.positions
            ],
            "concerns": list(card.concerns),
            "patient_value": rounded(card.patient_value, AMOUNT_DIGITS),
            "disputed": None if card.disputed is None else [rounded(end, AMOUNT_DIGITS) for end in card.disputed],
            "unit": card.unit,
            "thresholds": [
                {"at": rounded(at, AMOUNT_DIGITS), "label": label.say(self.lang)} for at, label in card.thresholds
            ],
        }  # fmt: skip
