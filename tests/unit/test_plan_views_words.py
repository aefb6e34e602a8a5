"""The words of the plan pages: every key a template asks for exists in both languages."""

import re
from pathlib import Path

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
