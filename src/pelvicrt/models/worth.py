"""What is a stay worth? Life-years (never discounted), quality-adjusted life-years and cost, in the engine's arrays.

Utilities and costs are per year; the engine counts in the model's time unit, so rates are divided by units per year.
"""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt

from pelvicrt.engine import Rewards
from pelvicrt.foundation import Text
from pelvicrt.models.draws import Draws
from pelvicrt.models.fields import ModelFile, Piece, Reward, Transition
from pelvicrt.models.patients import Axes

Floats = npt.NDArray[np.float64]
LIFE_YEARS, QALYS, COST = 0, 1, 2
NAMES = ("life_years", "qalys", "cost")
_RISING = Text("pieces that begin since: 0 and rise", "从 since: 0 开始并递增的分段")


def make_rewards(draws: Draws, spec: ModelFile, axes: Axes, *, owners: list[Transition]) -> Rewards:
    """Rewards by state, time in state and strategy; `owners` are the file's transitions behind the engine's."""
    breaks = _breaks(draws, spec)
    strategies = list(spec.strategies)
    shape = (draws.size, len(NAMES), len(strategies))
    rate = np.zeros((*shape, len(axes.states), breaks.shape[1]))
    once, at_start = np.zeros((*shape, len(owners))), np.zeros(shape)
    left = {transition.source_state for transition in spec.transitions}
    for s, (name, state) in enumerate(spec.states.items()):
        alive = name in left if state.alive is None else state.alive
        rate[:, LIFE_YEARS, :, s, :] = float(alive)
        for place, what in ((QALYS, "utility"), (COST, "cost")):
            common = _pieces(draws, getattr(state, what), f"states.{name}.{what}", breaks[s], state.source)
            rate[:, place, :, s] = common[:, None]
            for a, strategy in enumerate(spec.strategies.values()):
                own = getattr(strategy.states.get(name), what, None)
                if own is not None:
                    at = f"strategies.{strategies[a]}.states.{name}.{what}"
                    rate[:, place, a, s] = _pieces(draws, own, at, breaks[s], strategy.source)
    for j, owner in enumerate(owners):
        at = f"transitions.{owner.id}"
        once[:, QALYS, :, j] = draws.of(owner.qalys, f"{at}.qalys", owner.source)[:, None]
        once[:, COST, :, j] = draws.of(owner.cost, f"{at}.cost", owner.source)[:, None]
    for a, (name, strategy) in enumerate(spec.strategies.items()):
        at = f"strategies.{name}"
        at_start[:, QALYS, a] = draws.of(strategy.qalys_at_start, f"{at}.qalys_at_start", strategy.source)
        at_start[:, COST, a] = draws.of(strategy.cost_at_start, f"{at}.cost_at_start", strategy.source)
    yearly = np.array([0.0, spec.discount.qalys, spec.discount.cost])
    return Rewards(
        names=NAMES,
        discount=yearly / axes.units_per_year,
        breaks=breaks,
        rate=rate / axes.units_per_year,
        once=once,
        at_start=at_start,
    )


def _breaks(draws: Draws, spec: ModelFile) -> Floats:
    """(S, J) the sojourns at which any reward of a state changes; inf where there are fewer."""
    found = []
    for name, state in spec.states.items():
        given = [state.utility, state.cost]
        for strategy in spec.strategies.values():
            own = strategy.states.get(name)
            given += [r for r in (own.utility, own.cost) if r is not None] if own else []
        lists = [reward for reward in given if isinstance(reward, list)]
        for reward in lists:
            since = [piece.since for piece in reward]
            if not since or since[0] != 0 or any(b <= a for a, b in itertools.pairwise(since)):
                draws.refuse(f"states.{name}", "pieces", _RISING)
        found.append(sorted({0.0, *(piece.since for reward in lists for piece in reward)}))
    breaks = np.full((len(found), max(map(len, found))), np.inf)
    for s, times in enumerate(found):
        breaks[s, : len(times)] = times
    return breaks


def _pieces(draws: Draws, reward: Reward, field: str, breaks: Floats, source: str | None) -> Floats:
    """(D, J) the reward in every piece of a state."""
    pieces = reward if isinstance(reward, list) else [Piece(since=0.0, value=reward)]
    values = [
        draws.of(piece.value, f"{field}.{i + 1}" if len(pieces) > 1 else field, source)
        for i, piece in enumerate(pieces)
    ]
    starts = np.array([piece.since for piece in pieces])
    place = np.searchsorted(starts, np.where(np.isinf(breaks), starts[-1], breaks), side="right") - 1
    return np.stack([values[max(int(p), 0)] for p in place], axis=1)
