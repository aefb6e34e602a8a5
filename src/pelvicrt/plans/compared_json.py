"""What is a comparison of two plans as data? Both evaluations whole, then what differs; b minus a throughout."""

from __future__ import annotations

from typing import Any

from pelvicrt.foundation import Language
from pelvicrt.plans.as_json import (
    CHANCE_DIGITS,
    complication_json,
    constraint_json,
    evaluation_json,
    notices_json,
    rounded,
)
from pelvicrt.plans.compared import (
    ComplicationDifference,
    ConstraintPair,
    CurvePair,
    PlanComparison,
    StructureComparison,
)
from pelvicrt.plans.results import INTENDED_USE

SCHEMA = "pelvicrt.plan-comparison/1"


def comparison_json(comparison: PlanComparison, lang: Language = "en") -> dict[str, Any]:
    """The comparison as plain data; texts in one language."""
    return {
        "schema": SCHEMA,
        "intended_use": INTENDED_USE.say(lang),
        "lang": lang,
        "a": evaluation_json(comparison.a, lang),
        "b": evaluation_json(comparison.b, lang),
        "structures": [_structure(item) for item in comparison.structures],
        "only_in_a": list(comparison.only_in_a),
        "only_in_b": list(comparison.only_in_b),
        "constraints": [_constraint(item, lang) for item in comparison.constraints],
        "ntcp": [_complication(item, lang) for item in comparison.complications],
        "gains_of_a": [text.say(lang) for text in comparison.gains_of_a],
        "gains_of_b": [text.say(lang) for text in comparison.gains_of_b],
        "flips": [text.say(lang) for text in comparison.flips],
        "warnings": notices_json(comparison.notices, lang),
    }


def _structure(item: StructureComparison) -> dict[str, Any]:
    return {
        "structure": item.structure,
        "kind": item.kind,
        "drawn": [item.a.named.drawn, item.b.named.drawn],
        "physical": _pair(item.physical),
        "eqd2": [_pair(pair) for pair in item.eqd2],
        "flips_at_alpha_beta_gy": list(item.flips),
    }


def _pair(pair: CurvePair) -> dict[str, Any]:
    curves = {"dose_gy": pair.dose_gy, "a_percent": pair.a_percent, "b_percent": pair.b_percent}
    return {
        "alpha_beta_gy": pair.alpha_beta_gy,
        "mean_gy": [rounded(pair.mean_a_gy), rounded(pair.mean_b_gy)],
        "difference_gy": rounded(pair.mean_b_gy - pair.mean_a_gy),
        "lower": pair.lower,
        "curves": {name: [rounded(float(value), 3) for value in values] for name, values in curves.items()},
    }


def _constraint(item: ConstraintPair, lang: Language) -> dict[str, Any]:
    return {
        "structure": item.structure,
        "a": None if item.a is None else constraint_json(item.a, lang),
        "b": None if item.b is None else constraint_json(item.b, lang),
    }


def _complication(item: ComplicationDifference, lang: Language) -> dict[str, Any]:
    return {
        "structure": item.structure,
        "endpoint": item.a.estimate.endpoint.say(lang),
        "a": complication_json(item.a, lang),
        "b": complication_json(item.b, lang),
        "difference": rounded(item.difference, CHANCE_DIGITS),
        "low": rounded(item.low, CHANCE_DIGITS),
        "high": rounded(item.high, CHANCE_DIGITS),
        "sure": item.is_sure,
    }
