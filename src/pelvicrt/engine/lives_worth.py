"""What is a stay worth? Rates integrated over the stay, discounted, by time in state where the rate changes with it.

With t0 and t1 the ends of the stay in model time and delta the discount rate, one unit a time unit is worth
(exp(-delta t0) - exp(-delta t1)) / delta. Where delta times the horizon is below 1e-6 the power series stands instead,
which differs by less than 1e-18 and does not cancel. Rewards of one discount rate share the integral.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_plan import Worth
from pelvicrt.engine.logexp import compiled, exp_of, inlined

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SMALL_DISCOUNT = 1e-6


@inlined
def _flat_worth(delta: float, t0: float, t1: float) -> float:
    return (t1 - t0) * (1.0 - 0.5 * delta * (t0 + t1) + delta * delta / 6.0 * (t0 * t0 + t0 * t1 + t1 * t1))


@inlined
def stay_worth(
    d: int,
    a: int,
    s: int,
    lane: Ints,
    wide: Ints,
    horizon: float,
    worth: Worth,
    origin: Floats,
    now: Floats,
    gathered: Floats,
    faded: Floats,
    earned: Floats,
) -> None:
    """Add the worth of the group's stays in s; leaves their ends in gathered[2] and the discount there in `faded`.

    `wide`: the group and some lanes nobody reads. gathered[0] holds log waiting times; rows 1 to 4 are written.
    """
    m = len(lane)
    log_wait, begins, ends, worths, fades = gathered[0], gathered[1], gathered[2], gathered[3], gathered[4]
    for i in range(len(wide)):
        begins[i] = now[np.uintp(wide[i])]
    for i in range(len(wide)):
        ends[i] = min(begins[i] + exp_of(log_wait[i]), horizon)
    draw = d if worth.rate.shape[0] > 1 else 0
    for g in range(len(worth.discount)):
        delta = worth.discount[g]
        flat = abs(delta) * horizon < SMALL_DISCOUNT
        if worth.pieces[s] > 1:
            _by_pieces(g, draw, a, s, lane, flat, worth, origin, gathered, earned)
        elif flat:
            for i in range(len(wide)):
                worths[i] = _flat_worth(delta, begins[i], ends[i])
        if delta != 0.0:
            row = faded[g]
            _fade(delta, lane, wide, ends, fades, row, worths, worth.pieces[s] == 1 and not flat)
        if worth.pieces[s] == 1:
            for r in range(len(worth.group)):
                rate = worth.rate[draw, r, a, s, 0]
                if worth.group[r] == g and rate != 0.0:
                    total = earned[a, r]
                    for i in range(m):
                        total[np.uintp(lane[i])] += rate * worths[i]


@compiled
def _fade(
    delta: float, lane: Ints, wide: Ints, ends: Floats, fades: Floats, row: Floats, worths: Floats, integrate: bool
) -> None:
    """The discount at the end of each stay; with `integrate` also the worth of one unit over it."""
    m = len(lane)
    for i in range(len(wide)):
        fades[i] = exp_of(-delta * ends[i])
    if integrate:
        per_rate = 1.0 / delta
        for i in range(len(wide)):
            worths[i] = row[np.uintp(wide[i])]
        for i in range(len(wide)):
            worths[i] = (worths[i] - fades[i]) * per_rate
    for i in range(m):
        row[np.uintp(lane[i])] = fades[i]


@compiled
def _by_pieces(
    g: int,
    draw: int,
    a: int,
    s: int,
    lane: Ints,
    flat: bool,
    worth: Worth,
    origin: Floats,
    gathered: Floats,
    earned: Floats,
) -> None:
    """The same where the rate changes with the time in state: piece by piece of the sojourn."""
    delta = worth.discount[g]
    begins, ends, worths = gathered[1], gathered[2], gathered[3]
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
            rate = worth.rate[draw, r, a, s, j]
            if worth.group[r] == g and rate != 0.0:
                for i in range(len(lane)):
                    earned[a, r, np.uintp(lane[i])] += rate * worths[i]
