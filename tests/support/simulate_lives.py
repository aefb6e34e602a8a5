"""Plays a model of the engine life by life, plainly: every wait is drawn from its conditional survivor function.

Shares nothing with the solver or with the engine's own simulation but the arrays that describe a model.
"""

# ruff: noqa: PLR0917, NPY002 - compiled kernels take plain arrays by position and know only the legacy generator

import numba
import numpy as np

NEVER, EXPONENTIAL, WEIBULL, GOMPERTZ, PIECEWISE, FIXED = 0, 1, 2, 3, 7, 9


@numba.njit(cache=True, nogil=True)
def _cumulative(family, p, knots, c):
    if family == WEIBULL:
        return (max(c, 0.0) / p[1]) ** p[0]
    if family == GOMPERTZ:
        return p[1] / p[0] * np.expm1(p[0] * c)
    total = 0.0
    for k in range(len(knots)):
        upper = knots[k + 1] if k + 1 < len(knots) else np.inf
        if c <= upper:
            return total + p[k] * (c - knots[k])
        total += p[k] * (upper - knots[k])
    return total


@numba.njit(cache=True, nogil=True)
def _inverse(family, p, knots, level, start):
    if family == WEIBULL:
        return p[1] * level ** (1.0 / p[0])
    if family == GOMPERTZ:
        return np.log1p(level * p[0] / p[1]) / p[0]
    k = max(np.searchsorted(knots, start, side="right") - 1, 0)
    total = _cumulative(family, p, knots, start)
    at = start
    while True:
        upper = knots[k + 1] if k + 1 < len(knots) else np.inf
        if p[k] > 0.0 and total + p[k] * (upper - at) >= level:
            return at + (level - total) / p[k]
        if k + 1 == len(knots):
            return np.inf
        total += p[k] * (upper - at)
        at, k = upper, k + 1


@numba.njit(cache=True, nogil=True)
def _wait(family, p, knots, cure, cumulative_now, c):
    if family == FIXED:
        return max(p[0] - c, 0.0)
    stay = cure + (1.0 - cure) * np.exp(-cumulative_now)
    level = np.random.random() * stay
    if level <= cure:
        return np.inf
    return max(_inverse(family, p, knots, -np.log((level - cure) / (1.0 - cure)), c) - c, 0.0)


@numba.njit(cache=True, nogil=True)
def _play(seed, lives, row, source_of, targets, family, clock, knots, begin, end, restarts, absorbing, parameters,
          shares, cure, start, clocks0, horizon, entered, taken, left, lived):  # fmt: skip
    np.random.seed(seed)
    clocks = np.empty(len(clocks0))
    for _ in range(lives):
        state, t = start, 0.0
        clocks[:] = clocks0
        while True:
            best, which = np.inf, -1
            for j in range(source_of[state], source_of[state + 1]):
                c = clocks[clock[j]]
                p, cuts = parameters[row, j], knots[begin[j] : end[j]]
                now = 0.0 if family[j] == FIXED else _cumulative(family[j], p, cuts, c)
                wait = _wait(family[j], p, cuts, cure[row, j], now, c)
                if wait < best:
                    best, which = wait, j
            t += best
            if t >= horizon:
                break
            u, pick = np.random.random(), 0
            while pick + 1 < targets.shape[1] and targets[which, pick + 1] >= 0 and u >= shares[row, which, pick]:
                u -= shares[row, which, pick]
                pick += 1
            cell = int(np.floor(t)) + 1
            left[state, cell] += 1
            taken[which, cell] += 1
            state = targets[which, pick]
            entered[state, cell] += 1
            for c in range(len(clocks)):
                clocks[c] = 0.0 if restarts[state, c] else clocks[c] + best
            if absorbing[state]:
                break
        lived[0] += min(t, horizon)
        lived[1] += min(t, horizon) ** 2


class Lives:
    """Counts of many lives of a twin: entries and transitions by month, from which curves by time follow."""

    def __init__(self, twin, *, lives, seed):
        model, numbers = twin.model, twin.numbers
        order = np.argsort(model.source, kind="stable")
        months = int(model.horizon) + 2
        states, moves = len(model.states), len(model.transitions)
        ends = np.cumsum([len(model.knots[j]) for j in order])
        begins = ends - [len(model.knots[j]) for j in order]
        self.rows = []
        for row, weight in enumerate(twin.weights):
            count = round(lives * weight)
            entered, left = np.zeros((states, months)), np.zeros((states, months))
            taken, lived = np.zeros((moves, months)), np.zeros(2)
            _play(
                seed * 100 + row, count, row, np.searchsorted(model.source[order], np.arange(states + 1)),
                model.targets[order], model.family[order], model.clock[order],
                np.concatenate([model.knots[j] for j in order]), begins, ends, model.clock_restarts, model.absorbing,
                numbers.parameters[:, order], numbers.shares[:, order], numbers.cure[:, order],
                twin.patients.start_state[0], twin.patients.clocks[0], model.horizon, entered, taken, left, lived,
            )  # fmt: skip
            back = np.empty_like(taken)
            back[order] = taken
            occupancy = np.cumsum(entered - left, axis=1)
            occupancy[twin.patients.start_state[0]] += count
            self.rows.append(
                (weight, max(count, 1), np.cumsum(entered, axis=1), np.cumsum(back, axis=1), occupancy, lived)
            )
        self.absorbing = model.absorbing

    def share(self, pick):
        """Mean over rows of `pick(entered, taken, occupancy)` by month, and its standard error."""
        mean, variance = 0.0, 0.0
        for weight, count, entered, taken, occupancy, _ in self.rows:
            p = pick(entered, taken, occupancy) / count
            mean = mean + weight * p
            variance = variance + weight**2 * np.maximum(p * (1 - p), 0.0) / count
        return mean, np.sqrt(variance)

    def alive(self):
        return self.share(lambda entered, taken, occupancy: occupancy[~self.absorbing].sum(axis=0))

    def life_months(self):
        mean, variance = 0.0, 0.0
        for weight, count, *_, lived in self.rows:
            m = lived[0] / count
            mean, variance = mean + weight * m, variance + weight**2 * max(lived[1] / count - m * m, 0.0) / count
        return mean, np.sqrt(variance)
