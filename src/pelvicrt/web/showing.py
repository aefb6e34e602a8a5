"""What does a reader see of an assessment? The pieces of its page, made once in a worker and kept as finished text."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jinja2
from markupsafe import Markup

from pelvicrt.assessment import Assessment
from pelvicrt.evidence import library
from pelvicrt.foundation import Language
from pelvicrt.report import as_html, estimates, kit, page
from pelvicrt.report import options as naming
from pelvicrt.web.inputs import Input, inputs_of
from pelvicrt.web.words import PageWords

VIEWS: Final = ("table", "icons", "curves", "timeline", "text")
"""Ways to look at the same numbers; the first is shown unless another is asked for."""
SECTIONS: Final = ("situation", "open", "bring", "cost", "when", "why", "change", "disputed")
"""The questions a team asks, in its order; each is a section of the page."""
_HARM: Final = "harm"
_TEMPLATES: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One option as every page calls it. `short` is its name without a letter."""

    key: str
    letter: str
    css: str
    short: str
    is_column: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An assessment in one language: finished pieces by name, its options, its headline, and every estimate.

    `estimates` are by candidate key, then by outcome, in time order.
    """

    pieces: Mapping[str, Markup]
    options: tuple[Named, ...]
    headline: str
    inputs: tuple[Input, ...]
    estimates: Mapping[str, Mapping[str, tuple[estimates.Estimate, ...]]]

    def option(self, name: str) -> Named | None:
        """The option of that letter or candidate key."""
        return next((item for item in self.options if name in {item.letter, item.key}), None)


def letters_of(assessment: Assessment, kept: Mapping[str, str]) -> dict[str, str]:
    """The letter of every option by candidate key; `kept` are those the case's options already have."""
    return {option.key: option.letter for option in naming.choose(assessment, kept).all} | dict(kept)


def number_page(case_id: str) -> str:
    """The address below which every number of a case's assessment is explained."""
    return f"/cases/{case_id}/assessment/numbers"


def record_of(source: str) -> str:
    """The address of a source in the evidence: some are studies with figures of their own."""
    return f"/evidence/{'sources' if source in library().sources else 'studies'}/{source}"


def show(assessment: Assessment, lang: Language, letters: Mapping[str, str]) -> Shown:
    """The pieces of the page in one language."""
    built = page.build_page(assessment, lang, letters=letters)
    w = PageWords(lang)
    harm = w.label("group", _HARM)
    context = as_html.context(built) | {
        "w": w,
        "number_page": number_page(assessment.case.id),
        "benefits": [group for group in built.groups if group.title != harm],
        "costs": [group for group in built.groups if group.title == harm],
        "inputs": inputs_of(assessment.case, w),
    }
    module = _template().make_module(context)
    names = ("answer", *(name for name in SECTIONS if name != "change"), "change_facts", "sources", "when_listed")
    pieces = {name: Markup(getattr(module, name)()) for name in names}  # noqa: S704  an escaped template's own output
    pieces |= {f"view_{name}": Markup(getattr(module, f"view_{name}")()) for name in VIEWS}  # noqa: S704  the same
    return Shown(
        pieces=pieces,
        options=tuple(_named(option, built) for option in built.options.all),
        headline=built.headline,
        inputs=context["inputs"],
        estimates={
            item.candidate.key: {draws.name: estimates.estimates_of(draws) for draws in item.outcomes.outcomes}
            for item in assessment.strategies
            if item.outcomes
        },
    )


def weighed(assessment: Assessment, lang: Language, letters: Mapping[str, str]) -> dict[str, Any]:
    """What a template needs to say who leads under other wishes: no number of an outcome has changed."""
    built = page.build_page(assessment, lang, letters=letters, numbers=False)
    return as_html.tools(built) | {"w": PageWords(lang)}


def _named(option: naming.Option, built: page.Page) -> Named:
    return Named(
        key=option.key,
        letter=option.letter,
        css=option.css,
        short=built.name(option),
        is_column=option.is_column,
    )


@functools.cache
def _template() -> jinja2.Template:
    return kit.environment(_TEMPLATES).get_template("sections.html.jinja")
