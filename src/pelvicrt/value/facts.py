"""What is it worth to learn one fact about this patient, exactly or by a test that can err?

A fact sorts the draws into groups v (its values); a test shows result r with chance P(r | v). The team would then take
the option that is best given the result, among those that stay open under it:

    worth = sum over r of max_a sum over v of p_v P(r | v) E[U a | v]  -  E[U of today's choice]

A noisy mean picked because it is the highest looks better than it is, so a fact that tells nothing would seem worth
something. The choice for each result is therefore made on one half of the draws and paid out on the other
(cross-fitting, several fixed splits): pure noise is then worth nothing or less, never clearly more.
"""

from __future__ import annotations

import functools

import numpy as np

from pelvicrt.foundation import Streams
from pelvicrt.value.estimate import Estimate, Flags, Floats, Ints, of_mean

SPLITS = 8


def worth_of_fact(utility: Floats, groups: Ints, *, open_if: Flags, now: int, seed: int = 0) -> Estimate:
    """Worth of learning which group a draw belongs to, when without it option `now` would be taken.

    Args:
        utility: paired draws, (draws, options).
        groups: the group of each draw, 0 to V - 1.
        open_if: (V, options), whether an option is open in a group; where none is, nothing is gained.
        now: the option taken today.
        seed: of the splits.

    >>> u = np.array([[1.0, 0.0], [-1.0, 0.0]] * 50)
    >>> worth_of_fact(u, np.arange(100) % 2, open_if=np.ones((2, 2), dtype=bool), now=1).value
    0.5
    """
    return worth_of_test(utility, groups, shows=np.eye(len(open_if)), open_if=open_if, now=now, seed=seed)


def worth_of_test(utility: Floats, groups: Ints, *, shows: Floats, open_if: Flags, now: int, seed: int = 0) -> Estimate:
    """Worth of a test that shows result r with chance `shows[v, r]` when the fact is v; the rest as in `worth_of_fact`.

    `open_if` is (R, options), by result.

    Raises:
        ValueError: when the chances of a row do not add up to 1.

    >>> u = np.array([[1.0, 0.0], [-1.0, 0.0]] * 50)  # by hand: .5 (.9 x 1 - .2 x 1) = .35
    >>> shows = np.array([[0.9, 0.1], [0.2, 0.8]])
    >>> found = worth_of_test(u, np.arange(100) % 2, shows=shows, open_if=np.ones((2, 2), dtype=bool), now=1)
    >>> round(found.value, 12)
    0.35
    """
    if (shows < 0).any() or not np.allclose(shows.sum(axis=1), 1.0):
        raise ValueError("the chances of a test's results must be 0 or more and add up to 1 for each value of the fact")
    member = (groups[:, None] == np.arange(len(shows))).astype(np.float64)
    # Sums of utility by half and group, (halves, V, options); half s + SPLITS is the other half of split s.
    halves = _halves(len(utility), seed)
    both = np.concatenate([halves, 1.0 - halves])
    sums = np.einsum("hd,dv,da->hva", both, member, utility, optimize=True)
    seen = both @ member
    chosen = _choices(sums, seen, shows=shows, open_if=open_if, now=now)
    gains = np.zeros(len(utility))
    chances = member @ shows
    for half in range(len(both)):
        paid = both[half - SPLITS]
        gain = utility[:, chosen[half]] - utility[:, [now]]
        gains += paid * (chances * gain).sum(axis=1)
    return of_mean(gains / SPLITS)


def _choices(sums: Floats, seen: Floats, *, shows: Floats, open_if: Flags, now: int) -> Ints:
    """The option taken on each result by what each half learned, (halves, R)."""
    overall = sums.sum(axis=1) / seen.sum(axis=1)[:, None]
    # A group nobody was seen in counts as one draw of the overall mean, which favours no value of the fact.
    empty = seen == 0
    totals = np.where(empty[:, :, None], overall[:, None, :], sums)
    score = np.einsum("hva,vr->hra", totals, shows)
    best = np.where(open_if, score, -np.inf).argmax(axis=2)
    return np.asarray(np.where(open_if.any(axis=1), best, now), dtype=np.int64)


@functools.lru_cache(maxsize=8)
def _halves(draws: int, seed: int) -> Floats:
    """One half of each split, (splits, draws), 1 for a member."""
    found = np.zeros((SPLITS, draws))
    for split in range(SPLITS):
        order = np.argsort(Streams(seed).uniforms(f"facts/fold/{split}", rows=draws)[:, 0], kind="stable")
        found[split, order[: draws // 2]] = 1.0
    return found
