"""Where does a number of an assessment come from? Its times and ranges, the parameters behind it, sources and grade."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from pelvicrt.evidence import Cited, library
from pelvicrt.foundation import Grade
from pelvicrt.report import Citation, cited, estimates, look
from pelvicrt.web.asking import Asking
from pelvicrt.web.assessing import at_hand
from pelvicrt.web.errors import NotFound
from pelvicrt.web.frames import case_frame
from pelvicrt.web.routes import Ask, CaseId, Pages
from pelvicrt.web.showing import record_of
from pelvicrt.web.words import PageWords

pages = Pages()
FIGURES: Final = 3
"""Significant figures of a parameter; its range says that no more are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One parameter behind a number: its record's id, its name, its value in words, its strength and places."""

    id: str
    name: str
    unit: str
    value: str
    grade: Grade
    mark: str
    places: tuple[Cited, ...]


@pages.get("/cases/{case_id}/assessment/numbers/{outcome}/{letter}", right="case.read")
def number(ask: Ask, case_id: CaseId, outcome: str, letter: str) -> Response:
    """What stands behind one outcome of one option; as a drawer for htmx, else as a page."""
    answer, shown = at_hand(ask, case_id)
    option = shown.option(letter)
    found = shown.estimates.get(option.key, {}).get(outcome) if option else None
    simulated = answer.light.simulated
    if option is None or not found or simulated is None:
        raise NotFound
    draws = simulated.by_candidate[option.key].outcome(outcome)
    assert draws is not None
    w, kind = ask.w, estimates.kind_of(outcome)
    parameters = [behind(name, w) for name in draws.parameters]
    context: dict[str, Any] = {
        "option": option,
        "outcome": w.label("outcome", outcome),
        "unit": estimates.unit_of(kind, w),
        "rows": [
            (
                w("assessment.number.once") if item.at_months is None else w.horizon(item.at_months),
                estimates.told(item.mean, kind, w),
                estimates.told_range(item.low, item.high, kind, w),
                estimates.told_range(item.centre_low, item.centre_high, kind, w),
            )
            for item in found
        ],
        "draws": draws,
        "parameters": parameters,
        "short": short_names(parameters, w),
        "sources": [_cited(name, w) for name in draws.sources],
        "made": w("assessment.number.made", draws=w.number(simulated.draws), model=simulated.model_id),
    }
    return explained(ask, case_id, "number", context)


def explained(ask: Asking, case_id: str, name: str, context: dict[str, Any]) -> Response:
    """What stands behind a number: `NAME_part.html.jinja` as a drawer for htmx, else in a page of its own."""
    shown = context | {"case_id": case_id, "record_of": record_of, "strength": look.strength, "make_badge": look.badge}
    if ask.is_htmx:
        return ask.part(f"{name}_part.html.jinja", **shown)
    return ask.page(f"{name}.html.jinja", **case_frame(ask, case_id, "assessment") | shown)


def short_names(parameters: Iterable[Behind], w: PageWords) -> dict[str, str]:
    """The short name of every source behind some parameters, by its id."""
    return {place.source: _cited(place.source, w).short for item in parameters for place in item.places}


def behind(parameter: str, w: PageWords) -> Behind:
    """One parameter as a reader sees it.

    Raises:
        KeyError: when the library has no such parameter.
    """
    record = library().parameters[parameter]
    law = record.spread.distribution()
    low, high = law.interval()
    return Behind(
        id=record.id,
        name=record.name.say(w.lang),
        unit=w.unit(record.unit),
        value=figures(law.median(), w) + (f" ({w.span(figures(low, w), figures(high, w))})" if low < high else ""),
        grade=record.grade,
        mark=record.mark,
        places=record.evidence,
    )


def figures(value: float, w: PageWords) -> str:
    """A number with three significant figures.

    >>> figures(0.012345, PageWords("en")), figures(1234.5, PageWords("en")), figures(0.0, PageWords("en"))
    ('0.0123', '1,234', '0')
    """
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    digits = max(FIGURES - 1 - math.floor(math.log10(abs(value))), 0)
    return w.number(value, digits)


def _cited(source: str, w: PageWords) -> Citation:
    return cited(source, library(), w)
