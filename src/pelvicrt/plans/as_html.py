"""What does a plan look like in a browser and on paper? One file that asks nothing of the outside.

Lines can be taken away and values read under the pointer by a script of our own, whose hash the page's policy names;
without it every number still stands in a table.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pelvicrt.evidence import Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import Language
from pelvicrt.plans.charts import (
    MOST_LINES,
    NARROW,
    PADDING,
    WIDE,
    Line,
    axis_gy,
    drawable,
    dvh_svg,
    lines_of,
    pair_svg,
)
from pelvicrt.plans.compared import PlanComparison, StructureComparison
from pelvicrt.plans.results import PlanEvaluation
from pelvicrt.plans.view import evaluation_view, metric_heads
from pelvicrt.plans.view_compared import comparison_view, in_order, pair_said
from pelvicrt.plans.words import PlanWords
from pelvicrt.report import glyph, kit

TEMPLATES = Path(__file__).parent / "templates"
_TABLE_STEPS = 8


def evaluation_html(evaluation: PlanEvaluation, lang: Language = "en", *, library: Library | None = None) -> str:
    """The evaluation of one plan as one HTML file."""
    words, shelf = PlanWords(lang), library or shipped_library()
    view = evaluation_view(evaluation, words, shelf)
    page = view | {"charts": _charts(evaluation, words), "heads": metric_heads(words)}
    return _page("plan.html.jinja", page, words)


def comparison_html(comparison: PlanComparison, lang: Language = "en", *, library: Library | None = None) -> str:
    """Two plans side by side as one HTML file."""
    words, shelf = PlanWords(lang), library or shipped_library()
    view = comparison_view(comparison, words, shelf)
    pairs = [_pairs(item, words, place) for place, item in enumerate(in_order(comparison.structures))]
    return _page("compare.html.jinja", view | {"pairs": pairs}, words)


def _page(template: str, view: dict[str, Any], words: PlanWords) -> str:
    css, script = kit.styles(TEMPLATES / "plan.css"), _script()
    made = kit.environment(TEMPLATES).get_template(template)
    return made.render(
        v=view,
        w=words,
        glyph=glyph,
        css=Markup(css),  # noqa: S704  our own style sheet
        script=Markup(script),  # noqa: S704  our own script
        policy=kit.policy(css, script),
    )


@functools.cache
def _script() -> str:
    return (TEMPLATES / "plan.js").read_text(encoding="utf-8").strip()


def _charts(evaluation: PlanEvaluation, words: PlanWords) -> dict[str, Any]:
    """Both charts with the data their read-out needs, the lines to switch, and what found no room."""
    structures = drawable(evaluation.structures)
    drawn = [
        _chart(name, lines, evaluation, words)
        for name, biological in (("physical", False), ("eqd2", True))
        if (lines := lines_of(structures, biological=biological))
    ]
    return {
        "drawn": drawn,
        "lines": [
            {"mark": one.mark, "css": one.css, "dash": one.dash, "name": one.name}
            for one in lines_of(structures, biological=False)
        ],
        "undrawn": words.join(item.named.shown for item in structures[MOST_LINES:]),
    }


def _chart(name: str, lines: tuple[Line, ...], evaluation: PlanEvaluation, words: PlanWords) -> dict[str, Any]:
    dose_gy = axis_gy(lines)
    step = max(len(dose_gy) // _TABLE_STEPS, 1)
    values = [[round(float(value), 1) for value in line.histogram.percent_at_dose(dose_gy)] for line in lines]
    data = {
        "dose": [round(float(dose), 2) for dose in dose_gy],
        "lines": [{"mark": one.mark, "name": one.name, "v": v} for one, v in zip(lines, values, strict=True)],
        "plot": {"left": PADDING["left"], "width": WIDE[0], "total": WIDE[0] + PADDING["left"] + PADDING["right"]},
    }
    drawn = {
        kind: Markup(  # noqa: S704  drawn by Vega from our own specification
            dvh_svg(lines, evaluation.constraints, words, name=name, size=size, font=kit.FONT).replace(
                "<svg ", f'<svg class="{css}" ', 1
            )
        )
        for kind, css, size in (("wide", "chart-wide", WIDE), ("narrow", "narrow", NARROW))
    }
    return drawn | {
        "name": name,
        "title": words(f"dvh.{name}"),
        "lead": words(f"dvh.{name}_lead"),
        "data": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
        "heads": [words("dvh.at_dose", dose=f"{dose:.1f}") for dose in dose_gy[::step]],
        "rows": [(one.name, [words.number(x, 1) for x in v[::step]]) for one, v in zip(lines, values, strict=True)],
    }


def _pairs(item: StructureComparison, words: PlanWords, place: int) -> dict[str, Any]:
    found = []
    for number, pair in enumerate((item.physical, *item.eqd2)):
        said = pair_said(item.structure, pair, words)
        svg = pair_svg(pair, words, name=f"{number}", said=said, font=kit.FONT, place=place)
        found.append(
            {
                "svg": Markup(svg),  # noqa: S704  drawn by Vega from our own specification
                "title": words("dvh.physical") if pair.alpha_beta_gy is None else words("dvh.eqd2"),
                "ratio": "" if pair.alpha_beta_gy is None else words("compare.ratio", ratio=f"{pair.alpha_beta_gy:g}"),
                "mean": words("compare.mean", a=words.number(pair.mean_a_gy, 1), b=words.number(pair.mean_b_gy, 1)),
                "lower": words(f"compare.lower_{pair.lower}"),
                "flips": pair.alpha_beta_gy is not None and pair.alpha_beta_gy in item.flips,
            }
        )
    return {"structure": item.structure, "pairs": found, "folded": place >= len("abcd")}
