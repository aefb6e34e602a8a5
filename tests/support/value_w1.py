"""W1 for one patient with covariates 0, draw by draw: solved, and simulated with luck shared by the strategies."""

from __future__ import annotations

import dataclasses

import numpy as np
import numpy.typing as npt
from tests.support.engine_models import w1

from pelvicrt.bench.w1 import TRANSITIONS
from pelvicrt.engine import solve

Floats = npt.NDArray[np.float64]
UTILITIES = np.array([0.85, 0.70, 0.72, 0.60, 0.0, 0.0])
HORIZON, DISCOUNT, VISITS = 20.0, 0.03, 12
"""Years; a year; entries into a state after which a life stands still (fewer than one in a million gets there)."""


def w1_draws(draws: int) -> tuple[Floats, Floats, Floats]:
    """Shapes (draws, 12), log scales (draws, 12) and effects of the strategies (draws, 12, 3), as w1.md draws them."""
    rng = np.random.default_rng(1)
    table = np.array([row[2:] for row in TRANSITIONS], dtype=np.float64)
    scale0, shape0, rest = table[:, 0], table[:, 1], table[:, 2:]
    centre = np.concatenate([np.log(scale0)[:, None], rest], axis=1)
    drawn = centre + rng.normal(0, 1, (1000, 12, 6)) * np.array([0.10, 0.03, 0.05, 0.05, 0.10, 0.10])
    shapes = np.exp(np.log(shape0) + rng.normal(0, 0.06, (1000, 12)))
    effects = np.concatenate([np.zeros((1000, 12, 1)), drawn[:, :, 4:6]], axis=2)
    return shapes[:draws], drawn[:draws, :, 0], effects[:draws]


def solved(draws: int) -> Floats:
    """QALYs (draws, 3) without noise, by the renewal solver at step .1 years."""
    model, numbers, patients, rewards = w1()
    shapes, log_scales, effects = w1_draws(draws)
    parameters = np.zeros((draws, *numbers.parameters.shape[1:]))
    parameters[:, :, 0], parameters[:, :, 1] = shapes, np.exp(log_scales)

    def repeated(values: Floats) -> Floats:
        return np.repeat(values[:1], draws, axis=0)

    many = dataclasses.replace(
        numbers,
        parameters=parameters,
        strategy_effects=effects,
        effects=repeated(numbers.effects),
        shares=repeated(numbers.shares),
        cure=repeated(numbers.cure),
        cure_effects=repeated(numbers.cure_effects),
    )
    return np.asarray(solve(model, many, patients, rewards, step=0.1).rewards[:, :, 0, 1])


def simulated(draws: int, lives: int, *, seed: int, paired: bool = True) -> tuple[Floats, Floats]:
    """Means of `lives` lives, (draws, 3), and the covariance of those means in each draw, (draws, 3, 3)."""
    shapes, log_scales, effects = w1_draws(draws)
    qalys = np.stack(
        [
            _lives(shapes, np.exp(log_scales + effects[:, :, a]), lives, seed=seed if paired else seed * 3 + a)
            for a in range(3)
        ],
        axis=2,
    )
    centred = qalys - qalys.mean(axis=1, keepdims=True)
    return qalys.mean(axis=1), np.einsum("dia,dib->dab", centred, centred) / (lives - 1) / lives


def _lives(shapes: Floats, scales: Floats, lives: int, *, seed: int) -> Floats:
    """Discounted QALYs of each life; luck is keyed by draw, life, visit and transition, never by strategy."""
    source = np.array([row[0] for row in TRANSITIONS])
    target = np.array([row[1] for row in TRANSITIONS])
    draws = len(shapes)
    state, now, total = np.zeros((draws, lives), dtype=int), np.zeros((draws, lives)), np.zeros((draws, lives))
    for visit in range(VISITS):
        luck = np.random.default_rng([seed, visit]).random((draws, lives, 12))
        waits = scales[:, None, :] * (-np.log1p(-luck)) ** (1 / shapes[:, None, :])
        waits = np.where(source == state[:, :, None], waits, np.inf)
        first = waits.argmin(axis=2)
        until = np.minimum(now + np.take_along_axis(waits, first[:, :, None], axis=2)[:, :, 0], HORIZON)
        total += UTILITIES[state] * (np.exp(-DISCOUNT * now) - np.exp(-DISCOUNT * until)) / DISCOUNT
        moved = np.isfinite(waits.min(axis=2))
        state, now = np.where(moved, target[first], state), until
    return total
