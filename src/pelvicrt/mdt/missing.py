"""Which facts does a case still wait for? Those without which the team's first questions cannot be classed.

Counted when a version is saved and kept beside the case, so that a list of a thousand cases parses none of them.
"""

from __future__ import annotations

import functools
from typing import Final

from pelvicrt.case import CONTRACT_FACTS, Case
from pelvicrt.classify import Classification, classify
from pelvicrt.evidence import library

WAITED_FOR: Final = ("emergency", "mmr", "liver", "pelvis", "fitness")
"""The classes a team needs before it can speak of options; a fact one of them waits for is missed."""
_CLASSED: Final = 512
_REMEMBERED: Final = 2048  # cases of one import, counted for its preview and again when it is taken in


@functools.lru_cache(maxsize=_REMEMBERED)
def missing_facts(case: Case) -> tuple[str, ...]:
    """The facts a class waits for, in the order of the contract.

    >>> import datetime as dt
    >>> "molecular.mmr" in missing_facts(Case(id="a", assessed_on=dt.date(2026, 5, 4)))
    True
    """
    return missing_of(classified(case))


@functools.lru_cache(maxsize=_CLASSED)
def classified(case: Case) -> Classification:
    """The classes of a case. Kept, since every page of a case asks for them and they take ten milliseconds."""
    return classify(case, library())


def missing_of(found: Classification) -> tuple[str, ...]:
    """The same, of a case already classed."""
    names = {fact for name in WAITED_FOR for fact in getattr(found, name).missing}
    places = {name: place for place, name in enumerate(CONTRACT_FACTS)}
    return tuple(sorted(names, key=lambda name: (places.get(name, len(places)), name)))
