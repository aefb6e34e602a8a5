"""Which headings and sentences does the PDF's template print by itself?"""

from __future__ import annotations

from typing import Any

from pelvicrt.report.dose_plans import not_changed
from pelvicrt.report.page import Page


def template_words(page: Page) -> dict[str, Any]:
    """The template's own headings and sentences, in the page's language."""
    w = page.words
    return {
        "tied": w("now.tied", options="").strip(),
        "best": w("now.best"),
        "no_rank": w("now.no_rank"),
        "no_rank_why": w("now.no_rank_why"),
        "options": w("options.title"),
        "options_lead": w("options.lead"),
        "options_none": w("options.none"),
        "letters": w("options.letters"),
        "steps": w("options.steps"),
        "for_against": w("options.for_against"),
        "rest": w("options.rest", n=len(page.rest)),
        "rest_why": w("options.rest_why"),
        "option_word": w("option_word"),
        "status_word": w("status_word"),
        "biology": w("options.biology"),
        "biology_lead": w("options.biology_lead"),
        "dose_heads": [w(f"options.{key}") for key in ("schedule", "scenario", "bed", "eqd2", "eqd2_time")],
        "dose_plans": w("dose_plan.title"),
        "dose_plans_lead": w("dose_plan.lead"),
        "dose_plan_heads": [w(f"dose_plan.{key}") for key in ("organ", "harm", "chance", "flags")],
        "not_changed": not_changed(page)[0],
        "hundred": w("hundred.title"),
        "hundred_lead": w("hundred.lead"),
        "time": w("time.title"),
        "no_curves": w("time.none"),
        "plan": w("time.plan"),
        "why": w("why.title"),
        "why_heads": [
            f"{w('option_word')} / {w('why.class_word')}",
            w("why.reason"),
            w("why.evidence"),
            w("why.source"),
        ],
        "drivers": w("why.drivers"),
        "driver_heads": [w("why.reason"), w.label("unit", "days"), w("why.source")],
        "no_reason": w("why.no_reason"),
        "guidelines": w("why.guidelines"),
        "guideline_heads": [w("why.guideline"), w("why.says"), w("why.because")],
        "scores": w("why.scores"),
        "score_heads": [w("why.score"), w("why.value"), w("why.meaning"), w("why.validity")],
        "disputed": w("disputed.title"),
        "no_dispute": w("disputed.none"),
        "dispute_heads": [w("disputed.who"), w("disputed.says"), w("disputed.then"), w("why.source")],
        "missing": w("missing.title"),
        "test_lead": w("missing.test_lead"),
        "no_missing": w("missing.none"),
        "missing_heads": [w("missing.test"), w("missing.gain"), w("missing.how")],
        "tornado": w("missing.tornado"),
        "tornado_lead": w("missing.tornado_lead"),
        "swing_heads": [w("missing.if"), w("missing.one_end"), w("missing.other_end"), w("missing.then")],
        "weights": w("weights.title"),
        "weights_lead": w("weights.lead"),
        "wish": w("weights.wish"),
        "never": w("weights.never"),
        "sources": w("sources.title"),
        "sources_lead": w("sources.lead"),
        "limits": w("limits.title"),
        "device": w("limits.device"),
        "validation": w("limits.validation"),
    }
