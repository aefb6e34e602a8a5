"""What is a plan evaluation as data? The keys are a contract; the same evaluation gives the same bytes.

Doses in Gy, volumes in cc, chances 0 to 1. Nothing identifies a patient: neither identifiers of files nor dates.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

from pelvicrt.dosimetry import NotComputable, Notice
from pelvicrt.foundation import Language
from pelvicrt.plans.results import (
    INTENDED_USE,
    Complication,
    ConstraintVerdict,
    DoseFigures,
    EvaluatedStructure,
    NotKnown,
    PlanEvaluation,
    Standing,
    TumourResponse,
)
from pelvicrt.plans.wording import STANDINGS, verdict_said
from pelvicrt.radiobiology import DoseEstimate

SCHEMA = "pelvicrt.plan/1"
AMOUNT_DIGITS = 4
CHANCE_DIGITS = 5


def evaluation_json(evaluation: PlanEvaluation, lang: Language = "en") -> dict[str, Any]:
    """The evaluation as plain data in the order of the contract; texts in one language."""
    template = evaluation.template
    return {
        "schema": SCHEMA,
        "intended_use": INTENDED_USE.say(lang),
        "plan": evaluation.plan,
        "version": evaluation.version,
        "library_hash": evaluation.library_hash,
        "lang": lang,
        "fractions": evaluation.fractions,
        "prescribed_gy": rounded(evaluation.prescribed_gy),
        "template": None
        if template is None
        else {
            "id": template.id,
            "name": template.name.say(lang),
            "fractions": list(template.fractions),
            "note": None if template.note is None else template.note.say(lang),
        },
        "verdict": evaluation.verdict.say(lang),
        "counts": {standing: evaluation.count(standing) for standing in _STANDINGS},
        "structures": [_structure(item, lang) for item in evaluation.structures],
        "constraints": [constraint_json(item, lang) for item in evaluation.constraints],
        "ntcp": [complication_json(item, lang) for item in evaluation.complications],
        "tumour_response": [_response(item, lang) for item in evaluation.responses],
        "not_known": [_not_known(item, lang) for item in evaluation.not_known],
        "warnings": notices_json(evaluation.notices, lang),
    }


def json_text(data: dict[str, Any]) -> str:
    """Plain data as JSON text."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def rounded(value: float | NotComputable | None, digits: int = AMOUNT_DIGITS) -> float | None:
    """A number with a fixed count of decimals; what is not a number becomes null.

    >>> rounded(31.249999), rounded(float("nan")), rounded(None)
    (31.25, None, None)
    """
    if value is None or isinstance(value, NotComputable) or not math.isfinite(value):
        return None
    return round(float(value), digits) + 0.0


_STANDINGS: tuple[Standing, ...] = tuple(STANDINGS)


def _structure(item: EvaluatedStructure, lang: Language) -> dict[str, Any]:
    named = item.named
    biological = [figures_json(each, lang) for each in item.eqd2]
    return {
        "name": named.drawn,
        "tg263": named.tg263,
        "kind": named.kind,
        "read": {
            "way": named.way,
            "said": named.said.say(lang),
            "proposals": [{"tg263": each.tg263, "likeness": each.likeness} for each in named.proposals],
        },
        "prescribed_gy": rounded(item.prescribed_gy),
        "volume_cc": rounded(item.volume_cc),
        "outside_cc": rounded(item.outside_cc),
        **figures_json(item.physical, lang),
        "eqd2": biological[0] if biological else None,
        "eqd2_all": biological,
        "warnings": notices_json(item.warnings, lang),
    }


def figures_json(figures: DoseFigures, lang: Language) -> dict[str, Any]:
    """Mean, lowest, highest dose and the metrics of one histogram; a metric that has no value is null and explained."""
    histogram = figures.histogram
    covered = histogram.covered_cc > 0
    missing = {name: value for name, value in figures.metrics.items() if isinstance(value, NotComputable)}
    biological = {"alpha_beta_gy": figures.alpha_beta_gy, "why": figures.why.say(lang)}
    return {
        **(biological if figures.alpha_beta_gy is not None else {}),
        "mean_gy": rounded(histogram.mean_gy) if covered else None,
        "min_gy": rounded(histogram.min_gy) if covered else None,
        "max_gy": rounded(histogram.max_gy) if covered else None,
        "metrics": {name: rounded(value) for name, value in figures.metrics.items()},
        **({"not_computable": {name: each.reason.say(lang) for name, each in missing.items()}} if missing else {}),
    }


def constraint_json(item: ConstraintVerdict, lang: Language) -> dict[str, Any]:
    """One verdict; `met` is null where it was not judged or would say nothing."""
    row = item.limit
    sources = [each.source for each in row.evidence]
    return {
        "structure": item.structure,
        "drawn": item.drawn,
        "metric": row.metric,
        "op": row.op,
        "limit": row.limit,
        "unit": row.unit,
        "value": rounded(item.value),
        "margin": rounded(item.margin),
        "met": item.met,
        "standing": item.standing,
        "said": verdict_said(item).say(lang),
        "why": None if item.why is None else item.why.say(lang),
        "priority": row.priority,
        "source": sources[0] if sources else None,
        "sources": sources,
        "mark": row.mark,
        "origin": item.origin.say(lang),
        "derived": row.derived,
        "note": None if row.note is None else row.note.say(lang),
    }


def complication_json(item: Complication, lang: Language) -> dict[str, Any]:
    """One chance of a complication with its band and flags."""
    estimate = item.estimate
    return {
        "structure": item.structure,
        "model": "lkb",
        "endpoint": estimate.endpoint.say(lang),
        "population": estimate.population.say(lang),
        **_band(estimate),
        "equivalent_uniform_dose_gy": rounded(estimate.equivalent_uniform_dose_gy),
        "alpha_beta_gy": estimate.alpha_beta_gy,
        "flags": _flags(estimate, lang),
        "sources": list(estimate.sources),
    }


def notices_json(notices: Iterable[Notice], lang: Language) -> list[dict[str, Any]]:
    """Notices with their stable codes."""
    return [{"code": each.code, "text": each.text.say(lang), "about": each.about} for each in notices]


def _response(item: TumourResponse, lang: Language) -> dict[str, Any]:
    estimate = item.estimate
    return {
        "structure": item.structure,
        "model": "logistic",
        "endpoint": estimate.endpoint.say(lang),
        "dose_gy": rounded(estimate.dose_gy),
        "dose_metric": estimate.dose_metric,
        **_band(estimate),
        "flags": _flags(estimate, lang),
        "sources": list(estimate.sources),
    }


def _band(estimate: DoseEstimate) -> dict[str, float | None]:
    return {name: rounded(getattr(estimate, name), CHANCE_DIGITS) for name in ("value", "low", "high")}


def _flags(estimate: DoseEstimate, lang: Language) -> list[dict[str, str]]:
    return [{"kind": flag.kind, "text": flag.text.say(lang)} for flag in estimate.flags]


def _not_known(item: NotKnown, lang: Language) -> dict[str, str]:
    return {
        "code": item.code,
        "structure": item.structure,
        "what": item.what.say(lang),
        "why": item.why.say(lang),
    }
