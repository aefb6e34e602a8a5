"""What is a stay worth? Rates integrated over the stay, discounted, by time in state where the rate changes with it.

With t0 and t1 the ends of the stay in model time and delta the discount rate, one unit a time unit is worth
(exp(-delta t0) - exp(-delta t1)) / delta. Where delta times the horizon is below 1e-6 the power series stands instead,
which differs by less than 1e-18 and does not cancel. Rewards of one discount rate share the integral.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_memory import Lanes, Plan
from pelvicrt.engine.lives_plan import Worth
from pelvicrt.engine.logexp import compiled, exp_of, inlined
from pelvicrt.engine.model import SOJOURN

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SMALL_DISCOUNT = 1e-6


@inlined
def _flat_worth(delta: float, t0: float, t1: float) -> float:
    return (t1 - t0) * (1.0 - 0.5 * delta * (t0 + t1) + delta * delta / 6.0 * (t0 * t0 + t0 * t1 + t1 * t1))


@inlined
def stay_worth(plan: Plan, lanes: Lanes, draw: int, s: int, lane: Ints, wide: Ints) -> None:
    """Add the worth of the group's stays in s; leaves their ends in gathered[2] and the discount there in `faded`.

    `wide`: the group and some lanes nobody reads. gathered[0] holds log waiting times; rows 1 to 4 are written.
    """
    worth, horizon = plan.worth, plan.structure.horizon
    g, whole = lanes.gathered, len(wide)
    begins, ends, worths, fades = g[1, :whole], g[2, :whole], g[3, :whole], g[4, :whole]
    _ends(wide, horizon, lanes.now, g[0, :whole], begins, ends)
    d = draw if worth.rate.shape[0] > 1 else 0
    for k in range(len(worth.discount)):
        delta = worth.discount[k]
        flat = abs(delta) * horizon < SMALL_DISCOUNT
        if worth.pieces[s] > 1:
            _by_pieces(k, d, s, lane, flat, worth, lanes)
        elif flat:
            _flat_worths(delta, begins, ends, worths)
        if delta != 0.0:
            _fade(delta, lane, wide, ends, fades, lanes.faded[k], worths, worth.pieces[s] == 1 and not flat)
        if worth.pieces[s] == 1:
            for r in range(len(worth.group)):
                if worth.group[r] == k and worth.same:
                    _earn(worth.rate[d, r, 0, s, 0], lane, worths, lanes.earned[r])
                elif worth.group[r] == k:
                    _earn_each(worth.rate[d, r, :, s, 0], lane, lanes.strategy, worths, lanes.earned[r])


@compiled
def _ends(wide: Ints, horizon: float, now: Floats, log_wait: Floats, begins: Floats, ends: Floats) -> None:
    for i in range(len(wide)):
        begins[i] = now[np.uintp(wide[i])]
    for i in range(len(ends)):
        ends[i] = min(begins[i] + exp_of(log_wait[i]), horizon)


@compiled
def _flat_worths(delta: float, begins: Floats, ends: Floats, worths: Floats) -> None:
    for i in range(len(worths)):
        worths[i] = _flat_worth(delta, begins[i], ends[i])


@compiled
def _earn(rate: float, lane: Ints, worths: Floats, total: Floats) -> None:
    if rate == 0.0:
        return
    for i in range(len(lane)):
        total[np.uintp(lane[i])] += rate * worths[i]


@compiled
def _earn_each(rate: Floats, lane: Ints, strategy: Ints, worths: Floats, total: Floats) -> None:
    for i in range(len(lane)):
        total[np.uintp(lane[i])] += rate[np.uintp(strategy[np.uintp(lane[i])])] * worths[i]


@compiled
def _fade(
    delta: float, lane: Ints, wide: Ints, ends: Floats, fades: Floats, row: Floats, worths: Floats, integrate: bool
) -> None:
    """The discount at the end of each stay; with `integrate` also the worth of one unit over it."""
    for i in range(len(ends)):
        fades[i] = exp_of(-delta * ends[i])
    if integrate:
        per_rate = 1.0 / delta
        for i in range(len(wide)):
            worths[i] = row[np.uintp(wide[i])]
        for i in range(len(worths)):
            worths[i] = (worths[i] - fades[i]) * per_rate
    for i in range(len(lane)):
        row[np.uintp(lane[i])] = fades[i]


@compiled
def _by_pieces(k: int, draw: int, s: int, lane: Ints, flat: bool, worth: Worth, lanes: Lanes) -> None:
    """The same where the rate changes with the time in state: piece by piece of the sojourn."""
    delta, origin = worth.discount[k], lanes.origins[SOJOURN]
    begins, ends, worths = lanes.gathered[1], lanes.gathered[2], lanes.gathered[3]
    for j in range(worth.pieces[s]):
        low = worth.breaks[s, j]
        high = worth.breaks[s, j + 1] if j + 1 < worth.pieces[s] else np.inf
        for i in range(len(lane)):
            entered = origin[np.uintp(lane[i])]
            t0 = min(max(entered + low, begins[i]), ends[i])
            t1 = min(max(entered + high, begins[i]), ends[i])
            worths[i] = (
                _flat_worth(delta, t0, t1) if flat else (exp_of(-delta * t0) - exp_of(-delta * t1)) * (1.0 / delta)
            )
        for r in range(len(worth.group)):
            if worth.group[r] == k:
                _earn_each(worth.rate[draw, r, :, s, j], lane, lanes.strategy, worths, lanes.earned[r])
