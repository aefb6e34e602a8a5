"""The words of the plan pages: every key a template asks for exists in both languages, and pages say what text says."""

import re
from pathlib import Path

from tests.support.treatment_plans import box_plan

from pelvicrt.evidence import library
from pelvicrt.plans import evaluate, evaluation_text
from pelvicrt.plans.as_html import evaluation_html
from pelvicrt.plans.words import PlanWords

TEMPLATES = Path(__file__).parents[2] / "src/pelvicrt/plans/templates"


def test_every_word_a_template_asks_for_is_there_in_both_languages():
    asked = {
        key
        for path in TEMPLATES.glob("*.jinja")
        for key in re.findall(r'w\("([a-z_0-9.]+)"', path.read_text(encoding="utf-8"))
        if not key.endswith(".")
    }
    values = dict.fromkeys(("n", "names", "dose"), "1")
    for lang in ("en", "zh"):
        words = PlanWords(lang)
        assert all(words(key, **values) for key in asked)
    assert len(asked) > 40


def test_a_page_says_of_a_target_left_cold_that_its_limit_is_not_reached_as_the_text_does():
    cold = evaluate(
        box_plan({"PTV": [45.0, 45.0]}, fractions=25), template=library().limits["lcrt-pelvis"], prescription=50
    )
    for lang, said in (("en", "hard limit not reached by 5.0 %"), ("zh", "低于硬性限值 5.0 %")):
        assert said in evaluation_html(cold, lang)
        assert said in " ".join(evaluation_text(cold, lang, width=400).split())
