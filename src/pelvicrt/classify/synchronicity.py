"""Synchronous, early or late liver metastases? Three systems start the clock at three events; all are shown."""

from __future__ import annotations

from pelvicrt.classify.findings import view
from pelvicrt.classify.results import GuidelineView
from pelvicrt.classify.rules import Facing
from pelvicrt.evidence import Library, LookUp
from pelvicrt.evidence import library as shipped_library


def synchronicity_views(look_up: LookUp, library: Library | None = None) -> tuple[GuidelineView, ...]:
    """What each system calls the interval from primary to liver, found from dates and never averaged.

    [@e-ahpba-synchronous-2023; @egoslim-2015; @china-colorectal-standard-2010].

    >>> from pelvicrt.foundation import UNKNOWN
    >>> days = {"derived.synchronicity_days": 250, "derived.liver_after_resection_days": 170}
    >>> [(item.guideline, item.value) for item in synchronicity_views(lambda name: days.get(name, UNKNOWN))]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('synchronicity-china', 'synchronous'), ('synchronicity-e-ahpba', 'early_metachronous'),
     ('synchronicity-egoslim', 'early_metachronous')]
    """
    wanted = (item for item in (library or shipped_library()).guidelines if item.question == "synchronicity")
    return tuple(view(item, Facing(look_up)) for item in wanted if item.enabled)
