"""What does a plan's page say? One model of the page in one language, from which HTML and PDF are written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from pelvicrt.dosimetry import NotComputable
from pelvicrt.evidence import Library
from pelvicrt.foundation import Text
from pelvicrt.plans.results import (
    INTENDED_USE,
    METRICS,
    Complication,
    ConstraintVerdict,
    DoseFigures,
    EvaluatedStructure,
    PlanEvaluation,
    TumourResponse,
)
from pelvicrt.plans.wording import DASH, chance_said, limit_said, margin_said, notice_said, verdict_said
from pelvicrt.plans.words import PlanWords
from pelvicrt.report import cited

STANDING_LOOK = {
    "met": ("acc", "acceptable"),
    "missed": ("dispute", "conditional"),
    "exceeded": ("stop", "contraindicated"),
    "cannot_be_violated": ("", "neutral"),
    "reported": ("", "neutral"),
    "cannot_be_judged": ("unknown", "needs_information"),
}
"""Class and glyph of each standing."""
OPEN = "cannot_be_judged"


def evaluation_view(evaluation: PlanEvaluation, words: PlanWords, library: Library) -> dict[str, Any]:
    """Everything a page of one plan prints, charts apart."""
    w = words
    harms = [_harm_row(item, w) for item in evaluation.complications]
    responses = [_response_row(item, w) for item in evaluation.responses]
    return {
        "title": w("title", plan=evaluation.plan),
        "kind": w("kind"),
        "headline": w("headline", verdict=evaluation.verdict.say(w.lang)),
        "use": INTENDED_USE.say(w.lang),
        "chips": [
            schedule_said(evaluation, w),
            w("chip.plan", plan=evaluation.plan),
            *([w("chip.template", name=evaluation.template.name.say(w.lang))] if evaluation.template else []),
        ],
        "template_note": _said(evaluation.template.note if evaluation.template else None, w),
        "notices": [notice_said(item, w.lang) for item in evaluation.notices],
        "limits": [limit_row(item, w) for item in evaluation.constraints if item.standing != OPEN],
        "open_limits": [limit_row(item, w) for item in evaluation.constraints if item.standing == OPEN],
        "structures": [_structure_row(item, w) for item in evaluation.structures],
        "warnings": [notice_said(notice, w.lang) for item in evaluation.structures for notice in item.warnings],
        "harms": _own_flags(harms),
        "harm_flags": _shared_flags(harms),
        "responses": _own_flags(responses),
        "response_flags": _shared_flags(responses),
        "not_known": [_not_known(item.structure, item.what, item.why, w) for item in evaluation.not_known],
        "names": [name_row(item, w) for item in evaluation.structures],
        "sources": sources_of((evaluation,), w, library),
        "made": made_line(evaluation, w, library),
    }


def schedule_said(evaluation: PlanEvaluation, w: PlanWords) -> str:
    """The prescribed dose and its fractions, as far as they are known."""
    dose, count = evaluation.prescribed_gy, evaluation.fractions
    if dose is None:
        return w("chip.nothing") if count is None else w("chip.fractions_only", n=count)
    said = f"{dose:g}"
    return w("chip.dose_only", dose=said) if count is None else w("chip.schedule", dose=said, n=count)


def limit_row(verdict: ConstraintVerdict, w: PlanWords) -> dict[str, Any]:
    """One row of the table of limits."""
    row = verdict.limit
    css, glyph = STANDING_LOOK[verdict.standing]
    return {
        "structure": verdict.structure,
        "drawn": "" if verdict.drawn in (None, verdict.structure) else verdict.drawn,
        "metric": row.metric.partition("[")[0],
        "limit": w("limits.report") if row.limit is None else limit_said(verdict),
        "value": DASH if verdict.value is None else with_unit(verdict.value, row.unit),
        "standing": verdict_said(verdict).say(w.lang),
        "css": css,
        "glyph": glyph,
        "room": _room(verdict, w),
        "why": _said(verdict.why, w),
        "priority": row.priority,
        "origin": verdict.origin.say(w.lang),
        "mark": row.mark,
        "mark_said": w.label("mark", row.mark),
        "sources": [item.source for item in row.evidence],
    }


def with_unit(value: float, unit: str) -> str:
    """A value with its unit; three digits are enough to compare with a limit.

    >>> with_unit(96.38, "%"), with_unit(195.0, "cc"), with_unit(0.0, "Gy")
    ('96.4 %', '195 cc', '0 Gy')
    """
    digits = f"{value:.1f}" if abs(value) < 100 else f"{value:.0f}"
    return f"{digits.removesuffix('.0')} {unit}"


def _room(verdict: ConstraintVerdict, w: PlanWords) -> str:
    if verdict.standing != "met" or verdict.margin is None:
        return ""
    return w("standing.room", n=f"{margin_said(verdict.margin)} {verdict.limit.unit}")


def _structure_row(item: EvaluatedStructure, w: PlanWords) -> dict[str, Any]:
    figures = [(item.physical, w("structures.physical"))]
    figures += [(one, w("structures.eqd2", ratio=f"{one.alpha_beta_gy:g}")) for one in item.eqd2]
    outside = item.outside_cc
    return {
        "name": item.named.shown,
        "asked": "" if item.prescribed_gy is None else w("structures.asked", dose=f"{item.prescribed_gy:g}"),
        "volume": w.number(item.volume_cc, 1 if item.volume_cc < 100 else 0),
        "outside": w("structures.outside", n=w.number(outside, 1)) if outside > 0 else "",
        "lines": [{"kind": kind, "why": one.why.say(w.lang), "values": _values(one, w)} for one, kind in figures],
    }


def metric_heads(w: PlanWords) -> list[str]:
    """The columns of doses in the table of structures."""
    return [w("structures.mean"), *METRICS, w("structures.highest"), w("structures.lowest")]


def _values(figures: DoseFigures, w: PlanWords) -> list[str]:
    histogram = figures.histogram
    if histogram.covered_cc <= 0:
        return [DASH] * (len(METRICS) + 3)
    read = [figures.metrics[name] for name in METRICS]
    found = [histogram.mean_gy, *read, histogram.max_gy, histogram.min_gy]
    return [w("structures.no_value") if isinstance(one, NotComputable) else w.number(one, 2) for one in found]


def _harm_row(item: Complication, w: PlanWords) -> dict[str, Any]:
    estimate = item.estimate
    return {
        "structure": item.structure,
        "what": estimate.endpoint.say(w.lang),
        "chance": chance_said(estimate.value),
        "range": w.span(chance_said(estimate.low), chance_said(estimate.high)),
        "flags": [flag.text.say(w.lang) for flag in estimate.flags],
        "sources": list(estimate.sources),
    }


def _response_row(item: TumourResponse, w: PlanWords) -> dict[str, Any]:
    estimate = item.estimate
    metric = w(f"harm.metric_{estimate.dose_metric}")
    return {
        "structure": item.structure,
        "what": estimate.endpoint.say(w.lang),
        "at": w("harm.at", dose=w.number(estimate.dose_gy, 1), metric=metric),
        "chance": chance_said(estimate.value),
        "range": w.span(chance_said(estimate.low), chance_said(estimate.high)),
        "flags": [flag.text.say(w.lang) for flag in estimate.flags],
        "sources": list(estimate.sources),
    }


def _shared_flags(rows: list[dict[str, Any]]) -> list[str]:
    """What must be known of every row, said once."""
    if len(rows) < 2:
        return []
    return [said for said in rows[0]["flags"] if all(said in row["flags"] for row in rows)]


def _own_flags(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows without what is said once for all."""
    shared = _shared_flags(rows)
    return [row | {"flags": [said for said in row["flags"] if said not in shared]} for row in rows]


def _not_known(structure: str, what: Text, why: Text, w: PlanWords) -> dict[str, str]:
    name = f"{structure}{w.colon}" if structure else ""
    return {"what": f"{name}{what.say(w.lang)}", "why": why.say(w.lang)}


def name_row(item: EvaluatedStructure, w: PlanWords) -> dict[str, Any]:
    """How one name was read."""
    named = item.named
    return {
        "drawn": named.drawn,
        "read": named.tg263 or "",
        "said": named.said.say(w.lang),
        "proposals": [one.tg263 for one in named.proposals],
        "sure": named.tg263 is not None,
    }


def sources_of(evaluations: Iterable[PlanEvaluation], w: PlanWords, library: Library) -> list[dict[str, str]]:
    """Every source the limits and models of these plans rest on, once, by short name."""
    ids: dict[str, None] = {}
    for one in evaluations:
        ids |= dict.fromkeys(item.source for verdict in one.constraints for item in verdict.limit.evidence)
        ids |= dict.fromkeys(source for item in one.complications for source in item.estimate.sources)
        ids |= dict.fromkeys(source for item in one.responses for source in item.estimate.sources)
    made = [cited(source, library, w) for source in ids]
    ordered = sorted(made, key=lambda item: (not item.listed, item.short.lower()))
    return [
        {"id": item.id, "short": item.short, "full": f"{item.full} {item.links}".strip(), "how": item.how}
        for item in ordered
    ]


def made_line(evaluation: PlanEvaluation, w: PlanWords, library: Library) -> str:
    """Which version, evidence and moment made the page."""
    checked = max(item.checked_on for item in library.limits)
    return w(
        "made",
        version=evaluation.version,
        library=evaluation.library_hash,
        evidence=w.date(checked),
        when=w.moment(dt.datetime.now(dt.UTC)),
    )


def _said(text: Text | None, w: PlanWords) -> str:
    return text.say(w.lang) if text else ""
