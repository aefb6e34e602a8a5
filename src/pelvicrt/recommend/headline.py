"""What is said first? The headline and the sentences under it, from a standing that is already decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pelvicrt.foundation import Text
from pelvicrt.recommend import words
from pelvicrt.recommend.compare import LIKELY_RANGE
from pelvicrt.recommend.gates import MMR, Stop
from pelvicrt.recommend.thresholds import Thresholds
from pelvicrt.recommend.weigh import Entrant, Standing, chance_better
from pelvicrt.recommend.wishes import SURVIVAL_LABEL, SURVIVAL_WISH, WISHES, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What the words are made from. `utility` has one column per entrant."""

    standing: Standing
    entrants: tuple[Entrant, ...]
    utility: Floats
    stop: Stop | None
    emergency: str
    mmr_known: bool
    names: Mapping[str, Text]
    wishes: Mapping[str, float]
    lines: Thresholds


def headline(now: Situation) -> Text:
    """One sentence: act first, no ranking yet, no option, one option, no clear winner, or how surely one leads."""
    if now.stop is not None:
        return _stopped(now.stop, now.emergency)
    if now.standing.leader is None:
        return words.ONLY_CAPPED if now.mmr_known else _stopped(Stop(kind="unknown_mmr", missing=(MMR,)), now.emergency)
    leader = now.names[now.standing.leader]
    if len(now.entrants) == 1:
        return (words.ONE_CONDITIONAL if now.entrants[0].conditional else words.ONE_OPTION).fill(a=leader)
    if len(now.standing.p_best) == 1:
        return words.ONE_FREE.fill(a=leader)
    if now.standing.equipoise:
        return words.TIE.fill(list=words.listed([now.names[key] for key in now.standing.leading], most=3))
    return _lead(leader, now.standing.p_best[now.standing.leader], now.lines)


def explanation(now: Situation) -> Text:
    """The sentences under the headline."""
    if now.stop is not None and now.stop.kind == "none_open":
        return words.EXPLAIN_NONE
    if now.stop is not None or now.standing.leader is None:
        return words.EXPLAIN_STOP.fill(n=len(now.entrants))
    if len(now.entrants) == 1:
        return words.joined([words.EXPLAIN_ONE, _wishes(now)])
    # With one contender there is nothing to be ahead of; a conditional option is told by its own sentence.
    margin = _margin(now) if len(now.standing.p_best) > 1 else ()
    return words.joined([*margin, *_preference(now), *_conditions(now), _wishes(now)])


def rival_of(standing: Standing) -> str | None:
    """The contender with the highest mean after the leader; a conditional option when there is no other contender.

    >>> rival_of(Standing(leader="a", outcome_leader="a", leading=("a",), p_best={"a": 0.9, "b": 0.1},
    ...                   expected_loss={}, mean={"a": 3.0, "b": 1.0, "c": 2.0}))
    'b'
    """
    contenders = [key for key in standing.p_best if key != standing.leader]
    keys = contenders or [key for key in standing.mean if key != standing.leader]
    others = sorted((-standing.mean[key], key) for key in keys)
    return others[0][1] if others and standing.leader is not None else None


def _stopped(stop: Stop, emergency: str) -> Text:
    if stop.kind == "emergency":
        return words.ACT_FIRST.fill(what=words.EMERGENCY[emergency])
    if stop.kind == "none_open" or not stop.missing:
        return words.NO_OPTION
    template = words.NO_RANKING_EMERGENCY if stop.kind == "unknown_emergency" else words.NO_RANKING
    return template.fill(facts=words.facts_label(stop.missing), who=words.supplier(stop.missing[:3]))


def _lead(leader: Text, chance: float, lines: Thresholds) -> Text:
    if chance >= lines.sure_chance:
        template = words.PLAINLY
    elif chance >= lines.very_chance:
        template = words.VERY_PROBABLY
    else:
        template = words.PROBABLY
    return template.fill(a=leader, p=words.percent(chance))


def _margin(now: Situation) -> Sequence[Text]:
    leader, rival = now.standing.leader, rival_of(now.standing)
    if leader is None or rival is None:
        return []
    keys = [entrant.key for entrant in now.entrants]
    x, y = now.utility[:, keys.index(leader)], now.utility[:, keys.index(rival)]
    ahead = float((x - y).mean()) >= 0
    first, second = (leader, rival) if ahead else (rival, leader)
    gap = x - y if ahead else y - x
    low, high = np.percentile(gap, LIKELY_RANGE)
    return [
        words.EXPLAIN_LEAD.fill(
            a=now.names[first],
            b=now.names[second],
            d=f"{gap.mean():.1f}",
            low=f"{low:.1f}",
            high=f"{high:.1f}",
            p=words.percent(chance_better(gap, np.zeros_like(gap))),
        )
    ]


def _preference(now: Situation) -> Sequence[Text]:
    leader = now.standing.leader
    preferred = {entrant.key for entrant in now.entrants if entrant.preferred}
    if leader not in preferred or not now.standing.equipoise or leader is None:
        return []
    return [words.EXPLAIN_PREFERRED.fill(a=now.names[leader])]


def _conditions(now: Situation) -> Sequence[Text]:
    leader = now.standing.leader
    bound = [entrant.key for entrant in now.entrants if entrant.conditional and entrant.key != leader]
    if leader is None:
        return []
    gaps = {key: now.standing.mean[key] - now.standing.mean[leader] for key in bound}
    return [
        words.EXPLAIN_CONDITION.fill(b=now.names[key], d=f"{gap:.1f}")
        for key, gap in gaps.items()
        if gap >= now.lines.minimal_difference
    ]


def _wishes(now: Situation) -> Text:
    labels = {wish.name: wish.label for wish in WISHES} | {SURVIVAL_WISH: SURVIVAL_LABEL}
    used = [label for name, label in labels.items() if name in now.wishes]
    unused = [label for name, label in labels.items() if name not in now.wishes]
    if not used:
        return words.EXPLAIN_NO_WISHES
    return words.EXPLAIN_WISHES.fill(used=words.plain_list(used), unused=words.plain_list(unused))
