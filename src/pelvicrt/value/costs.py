"""Which option is worth its cost, at which price of health, and how surely?

At a willingness to pay w for one unit of effect, the net benefit of an option is w effect - cost. Over a grid of w:

    CEAC  chance that an option is the best (Fenwick, Claxton and Sculpher 2001)
    CEAF  that chance for the option with the highest expected net benefit, the one a decider should take
    EVPI  what it would be worth to know everything, in money
    INB   expected incremental net benefit against the first option

The table orders options by cost and strikes out dominated ones (another costs no more and does no less) and
extendedly dominated ones (a mixture of two others does more for its cost); the rest form the frontier, each with the
extra cost of its extra effect over the one before (ICER).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from pelvicrt.value.decide import checked, decision
from pelvicrt.value.estimate import Estimate, Floats, Ints, of_mean

Place = Literal["frontier", "dominated", "extendedly_dominated"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CostRow:
    """One option of the table; `icer` is against the one before on the frontier (None for the first, and off it)."""

    option: int
    cost: float
    effect: float
    place: Place
    icer: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostEffectiveness:
    """Over W prices and A options: `ceac` (W, A), `best` (W,) the option of the frontier and `ceaf` (W,) its chance.

    `evpi` has one estimate a price, in money; `incremental` (W, A) is the expected incremental net benefit against
    option 0, `incremental_error` its standard error. `table` is ordered by cost.
    """

    willingness_to_pay: Floats
    ceac: Floats
    best: Ints
    ceaf: Floats
    evpi: tuple[Estimate, ...]
    incremental: Floats
    incremental_error: Floats
    table: tuple[CostRow, ...]


def cost_effectiveness(
    effects: Floats, costs: Floats, *, willingness_to_pay: Sequence[float], inner_covariance: Floats | None = None
) -> CostEffectiveness:
    """Everything at each willingness to pay, from paired draws (draws, options) of effects and costs.

    Args:
        effects: QALYs, say.
        costs: in one currency.
        willingness_to_pay: money for one unit of effect.
        inner_covariance: inner noise of the means stacked as (effects, costs), (2A, 2A) or one a draw (draws, 2A, 2A).

    Raises:
        ValueError: when shapes differ, a number is not finite, or a price is negative or missing.

    >>> e, c = np.array([[1.0, 2.0], [1.0, 1.0]]), np.array([[0.0, 10.0], [0.0, 10.0]])
    >>> found = cost_effectiveness(e, c, willingness_to_pay=[0.0, 40.0])
    >>> found.ceac.tolist(), found.best.tolist(), found.ceaf.tolist(), [x.value for x in found.evpi]
    ([[1.0, 0.0], [0.5, 0.5]], [0, 1], [1.0, 0.5], [0.0, 5.0])
    """
    effects, costs = checked(effects), checked(costs)
    if effects.shape != costs.shape:
        raise ValueError(f"effects and costs must have one shape; got {effects.shape} and {costs.shape}")
    prices = np.asarray(willingness_to_pay, dtype=np.float64)
    if prices.size == 0 or not np.isfinite(prices).all() or (prices < 0).any():
        raise ValueError("willingness to pay must be one or more finite numbers from 0 on")
    found = [
        decision(price * effects - costs, inner_covariance=_at_price(inner_covariance, price, effects.shape))
        for price in prices
    ]
    ceac, best = np.stack([item.p_best for item in found]), np.array([item.best for item in found])
    incremental = [
        [of_mean(_over_first(effects, costs, price, a)) for a in range(effects.shape[1])] for price in prices
    ]
    return CostEffectiveness(
        willingness_to_pay=prices,
        ceac=ceac,
        best=best,
        ceaf=ceac[np.arange(len(prices)), best],
        evpi=tuple(item.evpi for item in found),
        incremental=np.array([[item.value for item in row] for row in incremental]),
        incremental_error=np.array([[item.standard_error for item in row] for row in incremental]),
        table=cost_table(effects.mean(axis=0), costs.mean(axis=0)),
    )


def cost_table(effects: Floats, costs: Floats) -> tuple[CostRow, ...]:
    """The options ordered by cost, with who is dominated and the ICERs of the frontier.

    `effects` and `costs` are expectations, (options,). Of two equal options the first given stays.

    >>> [(r.option, r.place, r.icer) for r in cost_table(np.array([1.0, 1.2, 2.0]), np.array([0.0, 50.0, 100.0]))]
    [(0, 'frontier', None), (1, 'extendedly_dominated', None), (2, 'frontier', 100.0)]
    """
    order = sorted(range(len(costs)), key=lambda i: (costs[i], -effects[i], i))
    undominated: list[int] = []
    for i in order:
        if not undominated or effects[i] > effects[undominated[-1]]:
            undominated.append(i)
    frontier = _lower_hull(undominated, effects, costs)
    return tuple(
        CostRow(
            option=i,
            cost=float(costs[i]),
            effect=float(effects[i]),
            place=_place(i, undominated, frontier),
            icer=_icer(i, frontier, effects, costs),
        )
        for i in order
    )


def _lower_hull(undominated: Sequence[int], effects: Floats, costs: Floats) -> list[int]:
    """Those along which the ICER rises."""
    hull: list[int] = []
    for i in undominated:
        while len(hull) > 1 and _ratio(hull[-2], hull[-1], effects, costs) > _ratio(hull[-1], i, effects, costs):
            hull.pop()
        hull.append(i)
    return hull


def _ratio(a: int, b: int, effects: Floats, costs: Floats) -> float:
    return float((costs[b] - costs[a]) / (effects[b] - effects[a]))


def _place(i: int, undominated: Sequence[int], frontier: Sequence[int]) -> Place:
    if i in frontier:
        return "frontier"
    return "extendedly_dominated" if i in undominated else "dominated"


def _icer(i: int, frontier: Sequence[int], effects: Floats, costs: Floats) -> float | None:
    at = frontier.index(i) if i in frontier else 0
    return _ratio(frontier[at - 1], i, effects, costs) if at else None


def _over_first(effects: Floats, costs: Floats, price: float, option: int) -> Floats:
    net = price * (effects[:, option] - effects[:, 0]) - (costs[:, option] - costs[:, 0])
    return np.asarray(net)


def _at_price(inner: Floats | None, price: float, shape: tuple[int, ...]) -> Floats | None:
    """Inner covariance of net benefit: w^2 of the effects' - w of the two crossed + the costs'."""
    if inner is None:
        return None
    draws, options = shape
    given = np.asarray(inner, dtype=np.float64)
    if given.shape not in {(2 * options, 2 * options), (draws, 2 * options, 2 * options)}:
        raise ValueError(
            f"inner_covariance must be ({2 * options}, {2 * options}) or one such table a draw; got {given.shape}"
        )
    e, c = slice(0, options), slice(options, 2 * options)
    crossed = given[..., e, c]
    return np.asarray(price**2 * given[..., e, e] - price * (crossed + np.swapaxes(crossed, -1, -2)) + given[..., c, c])
