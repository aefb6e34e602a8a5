"""What does the report look like in a browser and on paper? One file that asks nothing of the outside."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from pelvicrt.assessment import Assessment
from pelvicrt.evidence import Library
from pelvicrt.foundation import Language
from pelvicrt.recommend import ConflictCard
from pelvicrt.report import answers, curves
from pelvicrt.report.calendar import calendar, has_dates
from pelvicrt.report.dose_plans import dose_plans, not_changed
from pelvicrt.report.icon_array import dot_sample, icon_array
from pelvicrt.report.kit import environment, policy, styles
from pelvicrt.report.look import STATUS_CLASS, STEP_SHAPES, badge, colour, glyph, strength
from pelvicrt.report.page import Page, build_page
from pelvicrt.report.ruler import has_ruler, ruler
from pelvicrt.report.words import Words

SECTIONS = ("now", "options", "hundred", "time", "why", "disputed", "missing", "weights", "sources", "limits")
WIDE, NARROW = (620, 330), (360, 300)
PLAN_WIDE, PLAN_MIDSIZE = 1250, 820


def to_html(assessment: Assessment, lang: Language = "en", *, library: Library | None = None) -> str:
    """The report as one HTML file: no script, no inline style, no outside request; the policy in its head says so."""
    page = build_page(assessment, lang, library)
    return environment().get_template("page.html.jinja").render(context(page))


def tools(page: Page) -> dict[str, Any]:
    """What every piece of a page reads: the page, its words, and how options and marks are drawn."""
    return {
        "page": page,
        "assessment": page.assessment,
        "advice": page.assessment.advice.recommendation,
        "columns": page.options.columns,
        "w": page.words,
        "glyph": glyph,
        "strength": strength,
        "make_badge": badge,
        "number_page": "",
        "status_class": STATUS_CLASS,
        "shape_of": lambda kind: STEP_SHAPES.get(kind, "wait"),
        "dot_sample": lambda kind: Markup(dot_sample(kind)),  # noqa: S704
    }


def context(page: Page) -> dict[str, Any]:
    """What the template reads."""
    assessment, w = page.assessment, page.words
    arrays = _arrays(page)
    return tools(page) | {
        "css": Markup(styles()),  # noqa: S704  our own style sheet
        "policy": policy(styles()),
        "sections": [name for name in SECTIONS if name != "hundred" or arrays],
        "warnings": answers.warnings(page),
        "blocking_caution": any("block" in item.effect for item in assessment.classification.cautions),
        "arrays": arrays,
        "drawn": [_chart(chart, page) for chart in page.charts],
        "plan": _plan(page),
        "disputes": [_dispute(card, w) for card in page.disputes[0]],
        "more_disputes": [_dispute(card, w) for card in page.disputes[1]],
        "worth": answers.worth(page),
        "tornado": [_swing(item, page) for item in answers.swings(page)],
        "strips": answers.strips(page),
        "strip_names": answers.strip_names(page),
        "doses": answers.doses(page),
        "dose_plans": dose_plans(page),
        "not_changed": not_changed(page),
        "stopping": answers.stopping(page),
        "asked": answers.asked_facts(page),
        "limits": answers.limits(page),
        "made": answers.made_line(page),
    }


def _arrays(page: Page) -> list[tuple[str, list[dict[str, Any]]]]:
    return [
        (
            title,
            [
                {
                    "css": item.option.css,
                    "badge": _badge(item.option, page),
                    "outcome": item.estimate.outcome,
                    "letter": item.option.letter,
                    "said": item.said,
                    "svg": Markup(  # noqa: S704  drawn by us, the sentence is escaped
                        icon_array(
                            item.option.css,
                            mean=item.estimate.mean,
                            low=item.estimate.low,
                            high=item.estimate.high,
                            said=f"{page.words('option', letter=item.option.letter)}: {item.said}",
                        )
                    ),
                }
                for item in row
            ],
        )
        for title, row in answers.arrays(page)
    ]


def _badge(option: Any, page: Page) -> Markup:
    return badge(option.css, option.letter, page.words("option", letter=option.letter))


def _chart(chart: curves.Chart, page: Page) -> dict[str, Any]:
    w = page.words
    months = [month for month in (12, 24, 36, 60) if month <= chart.last_month]
    rows = []
    for curve in chart.curves:
        told = [next(row for row in curves.values_at(chart, m, w) if row[0] is curve.option) for m in months]
        rows.append((curve.option, [(number, w.span(low, high)) for _, number, low, high in told]))
    drawn = {
        name: Markup(  # noqa: S704  drawn by Vega from our own specification
            curves.draw(chart, w, width=width, height=height).replace("<svg ", f'<svg class="{css}" ', 1)
        )
        for name, css, (width, height) in (("wide", "chart-wide", WIDE), ("narrow", "narrow", NARROW))
    }
    return drawn | {
        "outcome": chart.name,
        "title": w(f"time.{chart.name}"),
        "lead": chart_lead(chart, page),
        "heads": [w.horizon(month) for month in months],
        "rows": rows,
    }


def chart_lead(chart: curves.Chart, page: Page) -> str:
    """What a reader must know about a chart: which ranges are shaded, where the axis ends, how far the data reach."""
    w = page.words
    parts = [w("time.bands", letters=w.join(chart.shaded))]
    if chart.name == "local_recurrence":
        parts.append(w("time.axis_stops", n=w.number(chart.top)))
    if chart.follow_up_months is None:
        parts.append(w("time.follow_up_unknown"))
    elif chart.follow_up_months < chart.last_month:
        parts.append(w("time.beyond_note", n=w.number(chart.follow_up_months)))
    return ("" if w.lang == "zh" else " ").join(parts)


def _plan(page: Page) -> dict[str, Any] | None:
    if not has_dates(page.options.columns):
        return None
    drawn = {
        name: Markup(  # noqa: S704  drawn by us, words escaped
            calendar(page.options.columns, page.words, width=width, name=f"-{name}").replace(
                "<svg ", f'<svg class="{name}" ', 1
            )
        )
        for name, width in (("wide", PLAN_WIDE), ("midsize", PLAN_MIDSIZE))
    }
    return drawn | {"rows": answers.plan_rows(page)}


def _swing(item: answers.Swing, page: Page) -> dict[str, Any]:
    """One row of the tornado with its two bars about the middle line."""
    leader = page.leader.css if page.leader else "e"
    bars = "".join(_half_bar(share, leader if share >= 0 else item.css) for share in (item.low_share, item.high_share))
    return {
        "what": item.what,
        "parameter": item.parameter,
        "against": item.against,
        "left": item.left,
        "left_said": item.left_said,
        "right": item.right,
        "right_said": item.right_said,
        "flips": item.flips,
        "bars": Markup(bars),  # noqa: S704  numbers and class names only
    }


def _half_bar(share: float, css: str) -> str:
    """A bar from the middle: to the left when the leader is better, to the right when the other is."""
    width = 50 * min(abs(share), 1.0)
    start = 50 - width if share >= 0 else 50
    return f'<rect class="fill {css}" x="{start:.1f}%" width="{width:.1f}%" y="2" height="16" fill="{colour(css)}"/>'


def _dispute(card: ConflictCard, w: Words) -> tuple[ConflictCard, Markup | str]:
    """A card with its ruler, when it has one."""
    return card, Markup(ruler(card, w)) if has_ruler(card) else ""  # noqa: S704  drawn by us, words escaped
