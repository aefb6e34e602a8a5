"""What does the report look like as a signed-off document? One A4 PDF, tagged, with fonts embedded, made by typst."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from pelvicrt.assessment import Assessment
from pelvicrt.evidence import Library
from pelvicrt.foundation import Language
from pelvicrt.report import answers, curves
from pelvicrt.report.as_html import chart_lead
from pelvicrt.report.calendar import calendar, has_dates
from pelvicrt.report.calendar import sentence as plan_sentence
from pelvicrt.report.dose_plans import dose_plans
from pelvicrt.report.icon_array import dot_sample, icon_array
from pelvicrt.report.kit import PDF_FONT, fonts_for, installed_fonts, make_pdf
from pelvicrt.report.look import TEMPLATES, badge_picture, colours
from pelvicrt.report.options import Option
from pelvicrt.report.page import Page, WhyRow, build_page
from pelvicrt.report.pdf_words import template_words
from pelvicrt.report.ruler import has_ruler, ruler
from pelvicrt.report.ruler import sentence as ruler_sentence
from pelvicrt.report.words import Words

PLAN_WIDTH = 820
MOST_ARRAYS = 2
LONG_HEADLINE = 90
CHART = (360, 250)
_SIGNS = {"for": "+", "against": "−", "block": "×", "neutral": "·"}
_TAGS = {
    "recommended": ("act", "act"),
    "acceptable": ("act", ""),
    "conditional": ("dispute", "dispute-tint"),
    "needs_information": ("unknown", "unknown-tint"),
    "not_recommended": ("ink-2", ""),
    "contraindicated": ("stop", "stop-tint"),
}


def to_pdf(
    assessment: Assessment,
    lang: Language = "en",
    *,
    library: Library | None = None,
    letters: Mapping[str, str] | None = None,
) -> bytes:
    """The report as an A4 PDF.

    Raises:
        UsageError: when no font for Chinese is installed, naming the package that brings it.
        InternalError: when the document cannot be made.
    """
    page = build_page(assessment, lang, library, letters=letters)
    data = document(page, fonts_for(lang, installed_fonts()))
    return make_pdf(TEMPLATES / "report.typ", data, made_at=assessment.created_at)


def document(page: Page, fonts: list[str]) -> dict[str, Any]:
    """Everything the template prints, as plain data."""
    w, assessment, advice = page.words, page.assessment, page.assessment.advice.recommendation
    made_on = assessment.created_at.astimezone(dt.UTC)
    return {
        "title": w("title", case=assessment.case.id),
        "lang": w.lang,
        "region": "CN" if w.lang == "zh" else "GB",
        "fonts": fonts,
        "colours": colours(),
        "words": template_words(page),
        "made": answers.made_line(page),
        "made_on": [made_on.year, made_on.month, made_on.day],
        "case_id": assessment.case.id,
        "case_line": page.case_line,
        "headline": page.headline,
        "long": len(page.headline) > LONG_HEADLINE,
        "explanation": " ".join(part for part in (page.subline, page.lettered(advice.explanation)) if part),
        "emergency": _emergency(page),
        "tied": [_option(option, page) for option in page.tied],
        "palliative": w("now.palliative") if page.is_palliative else "",
        "best": [_option(o, page) | {"chance": page.chance(o), "share": o.chance} for o in page.options.by_chance],
        "unknown": _unknown(page),
        "classes": [{"title": c.title, "value": c.value, "note": c.note, "unknown": c.unknown} for c in page.classes],
        "chips": [{"said": chip.said, "look": chip.look} for chip in page.chips],
        "warnings": _warnings(page),
        **_options_part(page),
        **_time_part(page),
        **_why_part(page),
        **_open_part(page),
        "sources": [
            {
                "full": f"{s.full} {s.links}".strip() if s.listed else s.id,
                "how": s.mark or s.how,
            }
            for s in page.cited
        ],
        "behind": _behind(page),
        "limits": list(answers.limits(page)),
    }


def _emergency(page: Page) -> dict[str, Any] | None:
    if not page.is_emergency:
        return None
    w, found = page.words, page.assessment.classification.emergency
    said = w("now.emergency", what=w.classed("emergency", found.value))
    return {"said": said, "reasons": [reason.text.say(w.lang) for reason in found.reasons]}


def _unknown(page: Page) -> str:
    """The fact that blocks, or the one that would help most."""
    w, missing = page.words, page.assessment.advice.missing_information
    if page.blocking:
        who = w.join(item.who.say(w.lang) for item in missing if item.fact in page.blocking)
        return f"{w('now.blocked', facts=w.facts(page.blocking))}{'。' if w.lang == 'zh' else '. '}{who}"
    if not missing:
        return ""
    label, who = missing[0].label.say(w.lang), missing[0].who.say(w.lang)
    return f"{w('now.one_fact', fact=label)} {w('now.unknown_not_negative', who=who)}"


def _behind(page: Page) -> str:
    """Sources behind the model's numbers by their short names; the page and the data file hold them in full."""
    if not page.behind:
        return ""
    names = ", ".join(item.short for item in page.behind)
    return page.words("sources.behind_pdf", n=len(page.behind), names=names)


def _warnings(page: Page) -> list[str]:
    w = page.words
    cautions = page.assessment.classification.cautions
    said = [f"{w.label('effect', item.effect)}{w.colon}{item.reason.text.say(w.lang)}" for item in cautions]
    return [*said, *answers.warnings(page)]


def _option(option: Option, page: Page) -> dict[str, Any]:
    return {
        "css": option.css,
        "name": page.name(option),
        "said": page.words("option", letter=option.letter),
        "badge": badge_picture(option.css, option.letter, PDF_FONT),
        "status": _tag(option, page.words),
    }


def _tag(option: Option, words: Words) -> dict[str, Any]:
    ink, fill = _TAGS[option.status]
    return {
        "said": words.label("status", option.status),
        "ink": ink,
        "fill": fill,
        "white": option.status == "recommended",
        "dashed": option.status == "needs_information",
        "double": option.status == "contraindicated",
    }


def _options_part(page: Page) -> dict[str, Any]:
    w = page.words
    return {
        "columns": [_option(option, page) | _plan_of(option, w) for option in page.options.columns],
        "groups": [_group(group, w) for group in page.groups],
        "rest": [_option(row.option, page) | {"why": row.why[0]} for row in page.rest],
        "doses": _dose_rows(page),
        "dose_plans": _dose_plans(page),
        "arrays": [
            {"title": title, "cells": [_array(item, page) for item in row]}
            for title, row in answers.arrays(page)[:MOST_ARRAYS]
        ],
        "array_key": [
            {"svg": dot_sample(kind), "said": w(f"hundred.{kind}")} for kind in ("sure", "half", "ring", "cut")
        ],
    }


def _plan_of(option: Option, words: Words) -> dict[str, Any]:
    candidate = option.assessed.candidate
    needs = [words("options.needs", facts=words.facts(candidate.missing))] if candidate.missing else []
    return {
        "steps": [step.label.say(words.lang) for step in candidate.steps],
        "pros": [text.say(words.lang) for text in candidate.benefits],
        "cons": [text.say(words.lang) for text in candidate.harms] + needs,
    }


def _group(group: Any, words: Words) -> dict[str, Any]:
    return {
        "title": group.title,
        "rows": [
            {
                "title": row.title,
                "about": " · ".join(_row_about(row, words)),
                "verdict": row.verdict.said if row.verdict else "",
                "apart": bool(row.verdict and row.verdict.apart),
                "cells": [
                    {"number": c.number, "range": c.range, "note": c.note, "css": c.option.css, "share": c.share}
                    for c in row.cells
                ],
            }
            for row in group.rows
        ],
    }


def _row_about(row: Any, words: Words) -> list[str]:
    parts = [row.unit, row.direction, row.scale, row.given, words.label("grade", row.grade)]
    return [part for part in (*parts, words("options.from_m0") if row.from_m0 else "") if part]


def _dose_plans(page: Page) -> list[dict[str, Any]]:
    separator = page.words.semicolon
    return [
        {
            "title": plan.long_title,
            "rows": [
                [row.organ, row.harm, f"{row.number} ({row.range})", separator.join(row.flags)] for row in plan.rows
            ],
            "said": list(plan.said),
        }
        for plan in dose_plans(page)
    ]


def _dose_rows(page: Page) -> list[list[str]]:
    """The schedules of the columns; those of other options are on the page and in the data file."""
    w = page.words
    regimens = (option.assessed.candidate.regimen for option in page.options.columns)
    shown = {regimen.id for regimen in regimens if regimen}
    return [
        [
            regimen.name.say(w.lang),
            dose.scenario.say(w.lang),
            w.number(dose.bed_gy, 1),
            w.number(dose.eqd2_gy, 1),
            w("not_known") if dose.eqd2_time_corrected_gy is None else w.number(dose.eqd2_time_corrected_gy, 1),
        ]
        for regimen, dose in answers.doses(page)
        if regimen.id in shown
    ]


def _array(item: answers.Array, page: Page) -> dict[str, Any]:
    drawn = icon_array(
        item.option.css, mean=item.estimate.mean, low=item.estimate.low, high=item.estimate.high, said=item.said
    )
    return {"svg": drawn, "said": item.said, "option": _option(item.option, page)}


def _time_part(page: Page) -> dict[str, Any]:
    plan = None
    if has_dates(page.options.columns):
        rows = [
            {"option": _option(row.option, page), "said": list(row.said), "stops": list(row.stops)}
            for row in answers.plan_rows(page)
        ]
        svg = calendar(page.options.columns, page.words, width=PLAN_WIDTH, font=PDF_FONT)
        plan = {"svg": svg, "said": plan_sentence(page.options.columns, page.words), "rows": rows}
    return {"charts": [_chart(chart, page) for chart in page.charts], "plan": plan}


def _chart(chart: curves.Chart, page: Page) -> dict[str, Any]:
    w = page.words
    months = [month for month in (12, 36, 60) if month <= chart.last_month]
    by_month = [curves.values_at(chart, month, w) for month in months]
    rows = [
        {
            "option": _option(curve.option, page),
            "cells": [[column[place][1], w.span(*column[place][2:])] for column in by_month],
        }
        for place, curve in enumerate(chart.curves)
    ]
    return {
        "title": w(f"time.{chart.name}"),
        "lead": chart_lead(chart, page),
        "svg": curves.draw(chart, w, width=CHART[0], height=CHART[1], for_pdf=True),
        "said": curves.sentence(chart, w),
        "heads": [w.horizon(month) for month in months],
        "rows": rows,
    }


def _why_part(page: Page) -> dict[str, Any]:
    w, found = page.words, page.assessment.classification
    days = w.label("unit", "days")
    return {
        "drivers": [
            [
                page.lettered(item.text),
                f"{'+' if item.effect_qalm > 0 else '−'}{page.days(abs(item.effect_qalm))} {days}",
                _cited(item.sources, page),
            ]
            for item in page.assessment.advice.recommendation.drivers
        ],
        "why": [_why(row, page) for row in (*_decisive(page.why), *page.class_why)],
        "guidelines": [
            [
                view.name.say(w.lang),
                view.value_label.say(w.lang),
                w.join(reason.text.say(w.lang) for reason in view.reasons)
                or (w("now.missing", facts=w.facts(view.missing)) if view.missing else ""),
            ]
            for view in found.guideline_views
        ],
        "scores": [
            [
                score.name.say(w.lang),
                w("not_known") if score.value is None else f"{score.value:g}",
                score.group_label.say(w.lang),
                f"{score.validity.say(w.lang)} · {score.mark} {w.label('mark', score.mark)}",
            ]
            for score in found.scores
        ],
    }


def _decisive(rows: tuple[WhyRow, ...]) -> tuple[WhyRow, ...]:
    """Reasons that speak for or against; notes are on the page and in the data file."""
    return tuple(row for row in rows if row.reason.direction != "neutral")


def _why(row: WhyRow, page: Page) -> dict[str, Any]:
    w = page.words
    origin = f" · {w('options.from_m0')}" if row.reason.from_m0 else ""
    return {
        "options": [_option(option, page) for option in row.options],
        "subject": row.subject,
        "sign": _SIGNS[row.reason.direction],
        "text": row.text,
        "facts": w("why.facts", facts=row.facts) if row.facts else "",
        "grade": row.grade,
        "mark": f"{row.reason.mark} {row.mark}{origin}",
        "sources": ", ".join(source.short for source in row.sources),
    }


def _cited(ids: Sequence[str], page: Page) -> str:
    return ", ".join(page.sources[source].short for source in ids if source in page.sources)


def _open_part(page: Page) -> dict[str, Any]:
    """Disputes, missing facts, what would change the advice, wishes."""
    w, evpi = page.words, page.assessment.advice.recommendation.evpi_qalm
    asked = answers.asked_facts(page)
    return {
        "disputes": [_dispute(card, page) for card in page.disputes[0]],
        "more_disputes": _more_disputes(page),
        "missing": [
            [item.label, item.days, " ".join(part for part in (item.chance, item.who, item.blocks) if part)]
            for item in answers.worth(page)
        ],
        "evpi": "" if evpi is None else w("missing.evpi", n=page.days(evpi)),
        "asked": f"{w('missing.facts')}{w.colon}{w.facts(asked)}" if asked else "",
        "swings": [
            [
                f"{item.what} {item.against}".strip(),
                f"{item.left}{w.colon}{item.left_said}",
                f"{item.right}{w.colon}{item.right_said}",
                w("missing.flips" if item.flips else "missing.keeps"),
            ]
            for item in answers.swings(page)
        ],
        "strips": [
            {
                "name": strip.name,
                "recorded": strip.recorded,
                "cells": [{"letter": c.letter, "css": c.css, "here": c.here} for c in strip.cells],
            }
            for strip in answers.strips(page)
        ],
    }


def _dispute(card: Any, page: Page) -> dict[str, Any]:
    w = page.words
    drawn = has_ruler(card)
    return {
        "title": w("disputed.card", question=card.question.say(w.lang)),
        "svg": ruler(card, w, font=PDF_FONT) if drawn else "",
        "said": ruler_sentence(card, w) if drawn else "",
        "behaviour": card.behaviour.say(w.lang),
        "rows": [
            f"{who.say(w.lang)} ({mark}){w.colon}{says.say(w.lang)} → {then.say(w.lang)}"
            for who, says, then, _, mark in card.positions
        ],
    }


def _more_disputes(page: Page) -> str:
    """The questions of the disagreements that only the page shows whole."""
    asked = [card.question.say(page.words.lang) for card in page.disputes[1]]
    return page.words("disputed.more_pdf", questions=" ".join(asked)) if asked else ""
