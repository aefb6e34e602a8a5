"""Does this service decide what is advised and give what it decides, and how long do its patients wait?"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final

from fastapi import Query
from starlette.responses import Response

from pelvicrt.mdt import concordance, rights, waiting
from pelvicrt.web.asking import Asking
from pelvicrt.web.routes import Ask, Pages

pages = Pages()
_USUAL: Final = dt.timedelta(days=365)


@pages.get("/service", right="service.read")
def service(
    ask: Ask,
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """Both dashboards over a period, the last year at first; a unit sees its own cases, coordinators all."""
    first, last = _day(since, ask.today - _USUAL), _day(until, ask.today)
    unit = None if rights.sees_all(ask.user) else ask.user.unit
    with ask.store.reading() as session:
        found = concordance.concordance(session, since=first, until=last, unit=unit)
        waits = waiting.waits(session, since=first, until=last, unit=unit)
    longest = max((wait.longest or 0 for wait in waits), default=0)
    differing = [case for case in found.cases if case.agreement == "other" or case.course == "deviating"]
    return ask.page(
        "service.html.jinja",
        found=found,
        waits=waits,
        scale=max(longest, 1),
        total=len(found.cases),
        first=first,
        last=last,
        unit=unit,
        differing=differing,
        agreements=concordance.AGREEMENTS,
        courses=concordance.COURSES,
        headline=_headline(ask, found),
    )


def _headline(ask: Asking, found: concordance.Concordance) -> str:
    """The finding in one sentence: of those with advice, how many followed it."""
    advised = sum(found.agreements[name] for name in ("advised", "equal", "acceptable", "other"))
    followed = found.agreements["advised"] + found.agreements["equal"]
    return ask.w("service.headline", n=followed, of=advised) if advised else ask.w("service.nothing_decided")


def _day(text: str, otherwise: dt.date) -> dt.date:
    """A day of the address; anything else counts as left out."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return otherwise
