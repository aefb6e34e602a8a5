"""How were the options ranked? Chances of being best, the months behind them, and every value judgement used."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from pelvicrt.case import Preferences
from pelvicrt.evidence import library
from pelvicrt.foundation import is_known
from pelvicrt.recommend import WISH_FIELDS
from pelvicrt.report import answers, estimates
from pelvicrt.web.assessing import at_hand
from pelvicrt.web.pages.numbers import Behind, behind, explained, short_names
from pelvicrt.web.routes import Ask, CaseId, Pages
from pelvicrt.web.showing import Named
from pelvicrt.web.words import PageWords

pages = Pages()
_LINES: Final = "preference"
_QUALITY: Final = "outcome.u"
_WORTH: Final = "quality_adjusted_months"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One option that was weighed: its chance of being best, and its worth with the likely range."""

    option: Named
    chance: str
    worth: str
    span: str
    loss: str


@pages.get("/cases/{case_id}/assessment/numbers/ranking", right="case.read")
def ranking(ask: Ask, case_id: CaseId) -> Response:
    """What stands behind the chances, the worth of facts and what would change the advice; a drawer for htmx."""
    answer, shown = at_hand(ask, case_id)
    w, simulated, steady = ask.w, answer.light.simulated, answer.light.advice.convergence
    kind = estimates.kind_of(_WORTH)

    def months(value: float | None) -> str:
        return w("ranking.apart") if value is None else estimates.told(value, kind, w)

    places = [
        Place(
            option=option,
            chance=w("ranking.apart") if item.p_best is None else estimates.told(item.p_best, "share", w),
            worth=months(item.utility_mean),
            span=estimates.told_range(item.utility_low or 0.0, item.utility_high or 0.0, kind, w),
            loss=months(item.expected_loss),
        )
        for item in answer.light.advice.ranked
        if item.utility_mean is not None and (option := shown.option(item.candidate)) is not None
    ]
    parameters = {group: _of(group, w) for group in (_LINES, _QUALITY)}
    context: dict[str, Any] = {
        "places": places,
        "unit": estimates.unit_of(kind, w),
        "parameters": parameters,
        "short": short_names(itertools.chain(*parameters.values()), w),
        "wishes": _wishes(answer.light.case.preferences, w),
        "steady": None if steady is None else answers.convergence_line(steady, answer.light.draws, w),
        "draws": w.number(simulated.draws) if simulated else w("not_known"),
    }
    return explained(ask, case_id, "ranking", context)


def _of(group: str, w: PageWords) -> list[Behind]:
    return [behind(item.id, w) for item in library().parameters if item.group == group]


def _wishes(preferences: Preferences, w: PageWords) -> list[tuple[str, str]]:
    """The wishes from 0 to 10 that are recorded."""
    stated = ((name, getattr(preferences, name)) for name in WISH_FIELDS)
    return [(w.label("weight", name), f"{value:g}") for name, value in stated if is_known(value)]
