"""Which option leads, how surely, and which ones cannot be told apart from it? Arrays in, keys out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.recommend.thresholds import Thresholds
from pelvicrt.value import chance_best, expected_losses

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrant:
    """One open option: may it stand first, is it bound to a condition, does a source prefer it here?"""

    key: str
    conditional: bool = False
    may_lead: bool = True
    preferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Who leads among the open options.

    `p_best` and `expected_loss` speak of the contenders: the options open without a condition, or all when there is
    none. A conditional option has a `mean` only, since nobody knows yet whether its condition is met.
    `leading` starts with the leader and holds every open option outcomes cannot tell apart from `outcome_leader`.
    `by_preference` says that a source's preference, not outcomes, put the leader first.
    """

    leader: str | None
    outcome_leader: str | None
    leading: tuple[str, ...]
    p_best: Mapping[str, float]
    expected_loss: Mapping[str, float]
    mean: Mapping[str, float]
    by_preference: bool = False

    @property
    def equipoise(self) -> bool:
        """Whether more than one option could be the best for all the evidence can tell."""
        return len(self.leading) > 1


def chance_better(a: Floats, b: Floats) -> float:
    """Share of paired draws in which `a` is greater than `b`; equals count half.

    >>> chance_better(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 2.0, 4.0, 0.0]))
    0.625
    """
    return float((a > b).mean() + (a == b).mean() / 2)


def stand(utility: Floats, entrants: Sequence[Entrant], lines: Thresholds) -> Standing:
    """Who leads among open options; `utility` has one column per entrant, in their order.

    Only contenders are weighed against each other: options bound to a condition contend when nothing else may lead.
    The outcome leader is the highest mean among the contenders that may lead. Two options are too
    close when the chance that it is better is below `tie_chance` or the mean difference below `minimal_difference`;
    the set also grows until it holds the best option with chance `tie_chance`. Inside the set a source's preference
    decides who is named first.
    """
    keys = [entrant.key for entrant in entrants]
    if not keys:
        return Standing(leader=None, outcome_leader=None, leading=(), p_best={}, expected_loss={}, mean={})
    means = dict(zip(keys, utility.mean(axis=0).tolist(), strict=True))
    chosen = _contenders(entrants)
    entrants, keys, utility = [entrants[i] for i in chosen], [keys[i] for i in chosen], utility[:, chosen]
    mean, best = utility.mean(axis=0), chance_best(utility)
    first = _outcome_leader(mean, entrants)
    leading = () if first is None else _leading(utility, mean=mean, best=best, first=first, lines=lines)
    leader = first if first is None else _named_first(leading, mean=mean, entrants=entrants)
    ordered = sorted(leading, key=lambda i: (i != leader, -mean[i], keys[i]))
    return Standing(
        leader=None if leader is None else keys[leader],
        outcome_leader=None if first is None else keys[first],
        leading=tuple(keys[i] for i in ordered),
        p_best=dict(zip(keys, best.tolist(), strict=True)),
        expected_loss=dict(zip(keys, expected_losses(utility).tolist(), strict=True)),
        mean=means,
        by_preference=leader is not None and leader != first,
    )


def _contenders(entrants: Sequence[Entrant]) -> list[int]:
    """Places of the options that contend; those that may not lead still contend beside those that may."""
    free = [i for i, entrant in enumerate(entrants) if not entrant.conditional]
    return free if any(entrants[i].may_lead for i in free) else list(range(len(entrants)))


def _outcome_leader(mean: Floats, entrants: Sequence[Entrant]) -> int | None:
    able = [i for i, entrant in enumerate(entrants) if entrant.may_lead]
    free = [i for i in able if not entrants[i].conditional] or able
    return min(free, key=lambda i: (-mean[i], entrants[i].key)) if free else None


def _leading(utility: Floats, *, mean: Floats, best: Floats, first: int, lines: Thresholds) -> tuple[int, ...]:
    ahead = utility[:, [first]]
    chance = (ahead > utility).mean(axis=0) + (ahead == utility).mean(axis=0) / 2
    close = (chance < lines.tie_chance) | (mean[first] - mean < lines.minimal_difference)
    close[first] = True
    for i in np.argsort(-best, kind="stable"):
        if best[close].sum() >= lines.tie_chance:
            break
        close[i] = True
    return tuple(int(i) for i in np.flatnonzero(close))


def _named_first(leading: Sequence[int], *, mean: Floats, entrants: Sequence[Entrant]) -> int:
    first_of = [i for i in leading if entrants[i].may_lead]
    free = [i for i in first_of if not entrants[i].conditional] or first_of
    preferred = [i for i in free if entrants[i].preferred] or free
    return min(preferred, key=lambda i: (-mean[i], entrants[i].key))
