"""What does a plan look like as a document? One A4 PDF, tagged, with fonts embedded, made by typst."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pelvicrt.evidence import Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import Language
from pelvicrt.plans.as_html import TEMPLATES
from pelvicrt.plans.charts import MOST_LINES, drawable, dvh_svg, lines_of, pair_svg, sentence
from pelvicrt.plans.compared import PlanComparison
from pelvicrt.plans.results import EvaluatedStructure, PlanEvaluation
from pelvicrt.plans.view import evaluation_view, metric_heads
from pelvicrt.plans.view_compared import comparison_view, in_order, pair_said
from pelvicrt.plans.words import PlanWords
from pelvicrt.report import colour, colours, kit

CHART = (620, 270)
_WORDS = (
    "notices", "dvh.title", "dvh.lead_pdf", "limits.title", "limits.lead", "limits.none", "limits.under_each",
    "limits.structure", "limits.metric", "limits.limit", "limits.value", "limits.verdict", "limits.priority",
    "limits.origin", "limits.not_in_template", "structures.title", "structures.lead", "structures.name",
    "structures.volume", "structures.dose_kind", "structures.warnings", "harm.title", "harm.lead", "harm.none",
    "harm.all", "harm.what", "harm.chance", "harm.range", "harm.why", "harm.response", "harm.response_lead",
    "harm.difference", "unknown.title", "names.title", "names.lead", "names.drawn", "names.read", "names.how",
    "names.none", "sources.title", "gains.title", "gains.lead", "gains.flips", "gains.none", "compare.curves_lead",
)  # fmt: skip


def evaluation_pdf(evaluation: PlanEvaluation, lang: Language = "en", *, library: Library | None = None) -> bytes:
    """The evaluation of one plan as an A4 PDF.

    Raises:
        UsageError: when no font for Chinese is installed.
        InternalError: when the document cannot be made.
    """
    words, shelf = PlanWords(lang), library or shipped_library()
    structures = drawable(evaluation.structures)
    view = evaluation_view(evaluation, words, shelf) | {
        "what": "evaluation",
        "charts": _charts(evaluation, structures, words),
        "legend": [
            {"name": one.name, "ink": colour(one.css), "dash": one.dash}
            for one in lines_of(structures, biological=False)
        ],
        "undrawn": words("dvh.more", names=words.join(s.named.shown for s in structures[MOST_LINES:]))
        if len(structures) > MOST_LINES
        else "",
        "heads": metric_heads(words),
    }
    return _made(view | {"open_said": words("limits.open", n=len(view["open_limits"]))}, words)


def comparison_pdf(comparison: PlanComparison, lang: Language = "en", *, library: Library | None = None) -> bytes:
    """Two plans side by side as an A4 PDF.

    Raises:
        UsageError: when no font for Chinese is installed.
        InternalError: when the document cannot be made.
    """
    words, shelf = PlanWords(lang), library or shipped_library()
    pairs = []
    for place, item in enumerate(in_order(comparison.structures)):
        for number, pair in enumerate((item.physical, *item.eqd2)):
            said = pair_said(item.structure, pair, words)
            svg = pair_svg(pair, words, name=f"{number}", said=said, font=kit.PDF_FONT, place=place)
            pairs.append({"said": said, "svg": svg})
    view = comparison_view(comparison, words, shelf)
    asked = words("limits.open", n=len(view["open_limits"]))
    return _made(view | {"what": "comparison", "pairs": pairs, "open_said": asked}, words)


def _charts(
    evaluation: PlanEvaluation, structures: tuple[EvaluatedStructure, ...], words: PlanWords
) -> list[dict[str, Any]]:
    return [
        {
            "title": words(f"dvh.{name}"),
            "lead": words(f"dvh.{name}_lead"),
            "said": sentence(lines, words, name=name),
            "svg": dvh_svg(lines, evaluation.constraints, words, name=name, size=CHART, font=kit.PDF_FONT),
        }
        for name, biological in (("physical", False), ("eqd2", True))
        if (lines := lines_of(structures, biological=biological))
    ]


def _made(view: dict[str, Any], words: PlanWords) -> bytes:
    now = dt.datetime.now(dt.UTC)
    data = view | {
        "lang": words.lang,
        "region": "CN" if words.lang == "zh" else "GB",
        "fonts": kit.fonts_for(words.lang, kit.installed_fonts()),
        "colours": colours(),
        "w": {key: words(key) for key in _WORDS},
        "made_on": [now.year, now.month, now.day],
    }
    return kit.make_pdf(TEMPLATES / "plan.typ", data, made_at=now)
