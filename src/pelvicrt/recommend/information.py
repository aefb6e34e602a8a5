"""What is it worth to know more? Expected value of information, honest about the noise of a finite number of draws.

A noisy mean picked because it is the highest looks better than it is, so a fact that tells nothing would seem worth
something. Here the choice for each value of a fact is made on one half of the draws and paid out on the other
half (cross-fitting, several deterministic splits): pure noise is then worth nothing or less, never clearly more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.foundation import Streams

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Choose = Callable[[Ints], Ints]
"""From the rows learned from, the column chosen for every row."""

SPLITS = 8
DEGREE = 3
"""Degree of the polynomial that carries a parameter's effect in `value_of_parameter`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """An expected gain with its standard error, both in the unit of utility; the gain may come out below 0."""

    gain: float
    standard_error: float


def evpi(utility: Floats) -> float:
    """Expected value of perfect information: E[max over options] - max over options of E.

    Exact for the draws given; the deterministic solver adds no noise of its own inside a draw.

    >>> evpi(np.array([[1.0, 0.0], [0.0, 1.0]]))
    0.5
    """
    if utility.shape[1] == 0:
        return 0.0
    return float(utility.max(axis=1).mean() - utility.mean(axis=0).max())


def value_of_groups(utility: Floats, groups: Ints, *, open_if: Flags, now: int, seed: int = 0) -> Worth:
    """Worth of learning which group a draw belongs to, when without it option `now` would be taken.

    value = sum over v of p_v (max over options open under v of E[U | v]) - E[U of `now`], cross-fitted.

    `open_if[v, a]` says whether option a is open in group v; where none is, nothing is gained.
    """

    def choose(learned: Ints) -> Ints:
        means = _group_means(utility[learned], groups[learned], count=len(open_if))
        # A group nobody was seen in is decided by the overall mean, which favours no value of the fact.
        means = np.where(np.isnan(means), utility[learned].mean(axis=0), means)
        best = np.where(open_if, means, -np.inf).argmax(axis=1)
        return np.asarray(np.where(open_if.any(axis=1), best, now)[groups], dtype=np.int64)

    return cross_fitted(utility, choose, now=now, seed=seed)


def value_of_parameter(utility: Floats, parameter: Floats, *, now: int | None = None, seed: int = 0) -> Worth:
    """Worth of learning a continuous parameter exactly (expected value of partial perfect information).

    E[U | parameter] is carried by a polynomial of degree 3, fitted on one half of the draws and used on the other.
    """
    basis = _basis(parameter)
    taken = int(utility.mean(axis=0).argmax()) if now is None else now

    def choose(learned: Ints) -> Ints:
        coefficients = np.linalg.lstsq(basis[learned], utility[learned], rcond=None)[0]
        return np.asarray((basis @ coefficients).argmax(axis=1), dtype=np.int64)

    return cross_fitted(utility, choose, now=taken, seed=seed)


def cross_fitted(utility: Floats, choose: Choose, *, now: int, seed: int) -> Worth:
    """Mean gain over option `now` of a choice learned on one half of the draws and paid out on the other."""
    rows = np.arange(len(utility))
    gains = np.zeros(len(utility))
    for split in range(SPLITS):
        order = np.argsort(Streams(seed).uniforms(f"facts/fold/{split}", rows=len(utility))[:, 0], kind="stable")
        halves = order[: len(order) // 2], order[len(order) // 2 :]
        for learned, paid in (halves, halves[::-1]):
            chosen = choose(np.sort(learned))
            gains[paid] += utility[rows[paid], chosen[paid]] - utility[paid, now]
    gains /= SPLITS
    return Worth(gain=float(gains.mean()), standard_error=float(gains.std(ddof=1) / np.sqrt(len(gains))))


def _basis(parameter: Floats) -> Floats:
    spread = parameter.std()
    if spread == 0:
        return np.ones((len(parameter), 1))
    scaled = (parameter - parameter.mean()) / spread
    return np.stack([scaled**power for power in range(DEGREE + 1)], axis=1)


def _group_means(utility: Floats, groups: Ints, *, count: int) -> Floats:
    members = (groups[:, None] == np.arange(count)).astype(np.float64)
    sizes = members.sum(axis=0)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(members.T @ utility / sizes)


def grouped(values: Sequence[object], *, most: int = 8) -> tuple[Ints, tuple[object, ...]]:
    """Group number of every draw and one value that stands for each group.

    Words and small counts keep their values; a continuous fact is cut at its quantiles and stands at group medians.

    >>> grouped(["present", "absent", "present"])[1]
    ('absent', 'present')
    """
    if all(map(_is_number, values)):
        return _grouped_numbers(values, most=most)
    distinct = sorted(set(values), key=lambda value: (str(type(value)), repr(value)))
    number = {value: i for i, value in enumerate(distinct)}
    return np.array([number[value] for value in values], dtype=np.int64), tuple(distinct)


def _grouped_numbers(values: Sequence[object], *, most: int) -> tuple[Ints, tuple[object, ...]]:
    numbers = np.array(values, dtype=np.float64)
    distinct, raw = np.unique(numbers, return_inverse=True)
    if len(distinct) > most:
        edges = np.unique(np.quantile(numbers, np.linspace(0, 1, most + 1)[1:-1]))
        raw = np.unique(np.searchsorted(edges, numbers, side="right"), return_inverse=True)[1]
    middles = [float(np.median(numbers[raw == group])) for group in range(int(raw.max()) + 1)]
    whole = all(isinstance(value, (int, np.integer)) for value in values)
    return raw.astype(np.int64), tuple(int(middle) if whole else middle for middle in middles)


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, bool)
