"""How fast is W1 with NumPy alone? Masked vectorisation, one draw and strategy at a time.

Every round, the patients in each living state draw all their waiting times at once. Written to be as fast as plain
NumPy is, with its own generator; its means agree with the engine's, which the benchmark checks on every run.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.bench.w1 import Problem

Floats = npt.NDArray[np.float64]


def means(problem: Problem, *, seed: int) -> Floats:
    """(D, A, R) mean rewards of all patients."""
    random = np.random.default_rng(seed)
    draws, strategies = len(problem.numbers.parameters), len(problem.model.strategies)
    found = np.empty((draws, strategies, len(problem.rewards.names)))
    for d in range(draws):
        fixed = problem.patients.covariates @ problem.numbers.effects[d].T + np.log(problem.numbers.parameters[d, :, 1])
        for a in range(strategies):
            scale = np.exp(fixed + problem.numbers.strategy_effects[d, :, a]).T.copy()
            found[d, a] = _one(problem, d, a, scale, random)
    return found


def _one(problem: Problem, d: int, a: int, scale: Floats, random: np.random.Generator) -> Floats:
    model, people = problem.model, scale.shape[1]
    powers = 1.0 / problem.numbers.parameters[d, :, 0]
    exits = [np.flatnonzero(model.source == s) for s in range(len(model.states))]
    state, now = np.zeros(people, dtype=np.int64), np.zeros(people)
    earned = np.zeros(len(problem.rewards.names))
    running = np.arange(people)
    while len(running):
        inside = state[running]
        left = []
        for s, ways in enumerate(exits):
            who = running[inside == s]
            if not len(ways) or not len(who):
                continue
            waits = scale[ways][:, who] * random.standard_exponential((len(ways), len(who))) ** powers[ways, None]
            chosen = waits.argmin(axis=0)
            t0 = now[who]
            t1 = np.minimum(t0 + waits[chosen, np.arange(len(who))], model.horizon)
            earned += _worth(problem, a, s, t0, t1)
            now[who] = t1
            state[who] = model.targets[ways[chosen], 0]
            left.append(who[t1 < model.horizon])
        running = np.concatenate(left) if left else running[:0]
    return np.asarray(earned / people)


def _worth(problem: Problem, a: int, s: int, t0: Floats, t1: Floats) -> Floats:
    rates = problem.rewards.rate[0, :, a, s, 0]
    delta = problem.rewards.discount[-1]
    discounted = (np.exp(-delta * t0).sum() - np.exp(-delta * t1).sum()) / delta
    return np.asarray(np.where(problem.rewards.discount == 0.0, (t1 - t0).sum(), discounted) * rates)
