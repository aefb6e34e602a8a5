"""What status would each option have for a changed case? Asked often, so answers are kept."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from pelvicrt.case import Case
from pelvicrt.classify import classify
from pelvicrt.evidence import Library
from pelvicrt.foundation import Status
from pelvicrt.recommend import with_plain_wishes
from pelvicrt.strategies import statuses

KEPT = 2048


def statuses_of(library: Library) -> Callable[[Case], Mapping[str, Status]]:
    """Status of every option, by key, for any case; wishes no rule tells apart share one answer."""
    return lambda case: _kept(with_plain_wishes(case, library), library)


@functools.lru_cache(maxsize=KEPT)
def _kept(case: Case, library: Library) -> Mapping[str, Status]:
    return statuses(case, classify(case, library), library)
