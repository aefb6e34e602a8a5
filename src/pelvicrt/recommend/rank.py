"""What is each option's final status and place? Outcomes may raise acceptable to recommended, never lift a gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pelvicrt.foundation import Reason, Status, Text
from pelvicrt.recommend import words
from pelvicrt.recommend.compare import LIKELY_RANGE
from pelvicrt.recommend.gates import Gated
from pelvicrt.recommend.results import Ranked
from pelvicrt.recommend.weigh import Entrant, Standing
from pelvicrt.recommend.wishes import Floats, Values
from pelvicrt.strategies import Candidate

OURS = "pelvicrt-convention"


def rank(
    candidates: Sequence[Candidate], gated: Gated, standing: Standing, values: Values, utility: Floats
) -> tuple[Ranked, ...]:
    """Every option, the leader first, then by status and expected utility [quality-adjusted months]."""
    entrants = {entrant.key: entrant for entrant in gated.entrants}
    raised = recommended(standing, gated.entrants)
    columns = {key: utility[:, i] for i, key in enumerate(values.keys)}
    made = [
        _ranked(
            item,
            entrant=entrants.get(item.key),
            raised=raised,
            gated=gated,
            standing=standing,
            utility=columns.get(item.key),
        )
        for item in candidates
    ]
    return tuple(sorted(made, key=lambda item: _place(item, standing)))


def recommended(standing: Standing, entrants: Sequence[Entrant]) -> frozenset[str]:
    """Which options become recommended.

    Those in the leading set that may lead and carry no condition; when a source prefers some of them, only those,
    because outcomes give no reason to raise the others beside them.

    >>> a, b = Entrant(key="a", preferred=True), Entrant(key="b")
    >>> tie = Standing(leader="a", outcome_leader="b", leading=("a", "b"), p_best={}, expected_loss={}, mean={})
    >>> sorted(recommended(tie, [a, b]))
    ['a']
    """
    able = [e for e in entrants if e.key in standing.leading and e.may_lead and not e.conditional]
    return frozenset(e.key for e in ([e for e in able if e.preferred] or able))


def _ranked(
    item: Candidate,
    *,
    entrant: Entrant | None,
    raised: frozenset[str],
    gated: Gated,
    standing: Standing,
    utility: Floats | None,
) -> Ranked:
    competes = entrant is not None and gated.stop is None
    low, high = (None, None) if utility is None else (float(x) for x in np.percentile(utility, LIKELY_RANGE))
    return Ranked(
        candidate=item.key,
        status="recommended" if item.key in raised else item.status,
        utility_mean=None if utility is None else float(utility.mean()),
        utility_low=low,
        utility_high=high,
        p_best=standing.p_best.get(item.key) if competes else None,
        expected_loss=standing.expected_loss.get(item.key) if competes else None,
        reasons=(*gated.notes.get(item.key, ()), *_reasons(item, entrant, standing)),
    )


def _reasons(item: Candidate, entrant: Entrant | None, standing: Standing) -> tuple[Reason, ...]:
    if entrant is None:
        return (_reason("recommend.gate", words.HELD_BY_GATE, direction_block=True),)
    if standing.leader is None:
        return ()
    found = [_reason("recommend.condition", words.CONDITION_KEPT)] if entrant.conditional else []
    return (*found, _place_reason(item, entrant, standing))


def _place_reason(item: Candidate, entrant: Entrant, standing: Standing) -> Reason:
    if item.key in standing.leading and standing.equipoise and entrant.preferred and entrant.may_lead:
        sources = tuple(
            dict.fromkeys(s for reason in item.reasons if reason.direction == "for" for s in reason.sources)
        )
        return _reason("recommend.preferred_in_tie", words.TIE_BROKEN, sources=sources)
    if item.key == standing.leader:
        return _reason("recommend.leader", words.LEADS)
    if item.key in standing.leading:
        return _reason("recommend.tie", words.TIED)
    gap = standing.mean[standing.leader or item.key] - standing.mean[item.key]
    return _reason("recommend.behind", words.BEHIND.fill(d=f"{gap:.1f}"))


def _reason(rule: str, text: Text, *, sources: tuple[str, ...] = (), direction_block: bool = False) -> Reason:
    return Reason(
        rule=rule,
        text=text,
        sources=sources or (OURS,),
        grade="assumption",
        mark="D",
        direction="block" if direction_block else "neutral",
    )


def _place(item: Ranked, standing: Standing) -> tuple[bool, int, float, str]:
    order: Mapping[Status, int] = {status: i for i, status in enumerate(_ORDER)}
    return item.candidate != standing.leader, order[item.status], -(item.utility_mean or 0.0), item.candidate


_ORDER: tuple[Status, ...] = (
    "recommended",
    "acceptable",
    "conditional",
    "needs_information",
    "not_recommended",
    "contraindicated",
)
