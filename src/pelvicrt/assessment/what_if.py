"""What status would each option have for a changed case? Asked often, so answers are kept."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Mapping

from pelvicrt.case import Case
from pelvicrt.classify import classify
from pelvicrt.evidence import Library
from pelvicrt.foundation import Status
from pelvicrt.recommend import GateStatuses, what_if, with_plain_wishes
from pelvicrt.strategies import Candidate, Judgement, judgements

KEPT = 2048


def statuses_of(library: Library) -> Callable[[Case], Mapping[str, Status]]:
    """Status of every option, by key, for any case; wishes no rule tells apart share one answer."""
    return lambda case: {key: found.status for key, found in judged(case, library).items()}


def gates_of(case: Case, options: Iterable[Candidate], library: Library) -> GateStatuses:
    """Status of every option had one fact of this case another value."""
    return what_if(case, statuses_of=statuses_of(library), today={item.key: item.status for item in options})


def judged(case: Case, library: Library) -> Mapping[str, Judgement]:
    """What the rules say of every option of a case, by key."""
    return _kept(with_plain_wishes(case, library), library)


def judged_anew(option: Candidate, *, before: Judgement, now: Judgement) -> Candidate:
    """The option as the rules see it now; what its calendar added stays."""
    if before == now:
        return option
    undated = tuple(fact for fact in option.missing if fact not in before.missing)
    return dataclasses.replace(
        option,
        status=now.status,
        preferred=now.preferred,
        reasons=(*now.reasons, *option.reasons[len(before.reasons) :]),
        missing=tuple(dict.fromkeys((*now.missing, *undated))),
    )


@functools.lru_cache(maxsize=KEPT)
def _kept(case: Case, library: Library) -> Mapping[str, Judgement]:
    return judgements(case, classify(case, library), library)
