# mypy: disable-error-code="no-any-return"
"""How long does each of many lives wait for one transition? Log waiting times, family by family, as vector loops.

The race runs in log time: nothing is exponentiated but the winner. With E a unit exponential, c0 the clock at entry,
and H the family's cumulative hazard, the hazard at which the transition happens is H(c0) + E (or, with a cure share,
what gives the survivor function S(c0) exp(-E)); its log goes through the family's inverse. The switch over families
stands outside the loops over lives. `families.Law.waiting_time` is the same in plain words, and the oracle.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_tables import NODES, PIECES
from pelvicrt.engine.logexp import compiled, exp_of, expm1_share, inlined, log1p_share, log_of

Floats = npt.NDArray[np.float64]

WEIBULL, GOMPERTZ, LOG_LOGISTIC, TABLED, PIECEWISE, SPLINE, FIXED = 0, 1, 2, 3, 4, 5, 6
"""Families as the kernel tells them apart; exponential is Weibull with shape 1."""
FOREVER = 1e300
"""Log waiting time of what never happens."""
NEWTON_STEPS = 12
FAR = 40.0


@compiled
def log_waits(
    kind: int,
    hazards_scale: bool,
    cured: bool,
    fresh: bool,
    row: Floats,
    table: Floats,
    count: int,
    exponential: Floats,
    logarithm: Floats,
    eta: Floats,
    reading: Floats,
    cure_logit: Floats,
    work: Floats,
    out: Floats,
) -> None:
    """Write log waiting times of `len(out)` lives; `fresh`: every clock reads 0 at entry; `work` is scratch."""
    n = len(out)
    if kind == FIXED:
        for i in range(n):
            out[i] = log_of(max(row[0] * exp_of(eta[i]) - reading[i], 1e-300))
        return
    if kind == WEIBULL and fresh and not cured:
        _weibull_from_zero(row, hazards_scale, logarithm, eta, out)
        return
    if fresh and not cured:
        for i in range(n):
            out[i] = logarithm[i]
    else:
        _log_targets(
            kind, hazards_scale, cured, fresh, row, table, count, exponential, eta, reading, cure_logit, work, out
        )
    if hazards_scale:
        for i in range(n):
            out[i] -= eta[i]
    _log_readings(kind, row, table, count, out)
    if not hazards_scale:
        for i in range(n):
            out[i] += eta[i]
    if not fresh:
        for i in range(n):
            later = log_of(max(exp_of(out[i]) - reading[i], 1e-300))
            out[i] = later if reading[i] > 0.0 and out[i] < FOREVER else out[i]


@compiled
def _weibull_from_zero(row: Floats, hazards_scale: bool, logarithm: Floats, eta: Floats, out: Floats) -> None:
    scale, inverse = row[0], row[1]
    if hazards_scale:
        for i in range(len(out)):
            out[i] = scale + (logarithm[i] - eta[i]) * inverse
    else:
        for i in range(len(out)):
            out[i] = (scale + eta[i]) + logarithm[i] * inverse


@compiled
def _log_targets(
    kind: int,
    hazards_scale: bool,
    cured: bool,
    fresh: bool,
    row: Floats,
    table: Floats,
    count: int,
    exponential: Floats,
    eta: Floats,
    reading: Floats,
    cure_logit: Floats,
    work: Floats,
    out: Floats,
) -> None:
    """Log of the hazard (cure left out, hazard effects in) at which the transition happens."""
    n = len(out)
    for i in range(n):
        work[i] = 0.0
    if not fresh:
        for i in range(n):
            work[i] = log_of(reading[i]) - (0.0 if hazards_scale else eta[i])
        _log_hazards(kind, row, table, count, work[:n])
        for i in range(n):
            passed = exp_of(work[i] + (eta[i] if hazards_scale else 0.0))
            work[i] = passed if reading[i] > 0.0 else 0.0
    if not cured:
        for i in range(n):
            out[i] = log_of(work[i] + exponential[i])
        return
    for i in range(n):
        share = 1.0 / (1.0 + exp_of(-cure_logit[i]))
        alive = (share + (1.0 - share) * exp_of(-work[i])) * exp_of(-exponential[i])
        left = (alive - share) / (1.0 - share)
        out[i] = log_of(max(-log_of(max(left, 1e-300)), 1e-300)) if left > 0.0 else FOREVER


@compiled
def _log_readings(kind: int, row: Floats, table: Floats, count: int, out: Floats) -> None:
    """Log hazards to log clock readings, in place; FOREVER stays."""
    n = len(out)
    if kind == WEIBULL:
        for i in range(n):
            out[i] = row[0] + out[i] * row[1] if out[i] < FOREVER else FOREVER
    elif kind == GOMPERTZ:
        ratio, log_rate = row[0] / row[1], row[2]
        for i in range(n):
            x = ratio * exp_of(out[i])
            found = out[i] - log_rate + log_of(log1p_share(max(x, -0.9999999999999999)))
            out[i] = found if x > -1.0 and out[i] < FOREVER else FOREVER
    elif kind == LOG_LOGISTIC:
        for i in range(n):
            hazard = exp_of(out[i])
            odds = hazard if hazard > FAR else out[i] + log_of(expm1_share(min(hazard, FAR)))
            out[i] = row[0] + odds * row[1] if out[i] < FOREVER else FOREVER
    elif kind == TABLED:
        for i in range(n):
            out[i] = row[0] + row[1] * _look_up(table, out[i])[0] if out[i] < FOREVER else FOREVER
    elif kind == PIECEWISE:
        for i in range(n):
            out[i] = _piecewise_reading(row, count, out[i])
    elif kind == SPLINE:
        for i in range(n):
            out[i] = _spline_reading(row, count, out[i]) if out[i] < FOREVER else FOREVER


@compiled
def _log_hazards(kind: int, row: Floats, table: Floats, count: int, out: Floats) -> None:
    """Log clock readings to log cumulative hazards, in place."""
    n = len(out)
    if kind == WEIBULL:
        for i in range(n):
            out[i] = (out[i] - row[0]) * row[2]
    elif kind == GOMPERTZ:
        for i in range(n):
            x = row[0] * exp_of(out[i])
            bend = x - log_of(max(x, 1.0)) if x > FAR else log_of(expm1_share(min(x, FAR)))
            out[i] = row[2] + out[i] + bend
    elif kind == LOG_LOGISTIC:
        for i in range(n):
            a = (out[i] - row[0]) * row[2]
            out[i] = log_of(max(a, 1.0)) if a > FAR else a + log_of(log1p_share(exp_of(min(a, FAR))))
    elif kind == TABLED:
        for i in range(n):
            out[i] = _found_in(table, (out[i] - row[0]) / row[1])
    elif kind == PIECEWISE:
        for i in range(n):
            out[i] = _piecewise_log_hazard(row, count, exp_of(out[i]))
    elif kind == SPLINE:
        for i in range(n):
            out[i] = _spline_value(row, count, out[i])


@inlined
def _look_up(table: Floats, argument: float) -> tuple[float, float]:
    """The tabulated w and its slope: Horner's rule on the piece of the argument, straight on beyond the ends."""
    place = (argument - table[0]) / table[1]
    inside = min(max(place, 0.0), PIECES * 1.0)
    piece = min(np.uintp(inside), np.uintp(PIECES - 1))
    x = 2.0 * (inside - piece) - 1.0
    at = np.uintp(2) + piece * np.uintp(NODES)
    value, slope = table[at + np.uintp(NODES - 1)], 0.0
    for power in range(NODES - 2, -1, -1):
        slope = slope * x + value
        value = value * x + table[at + np.uintp(power)]
    return value + 2.0 * slope * (place - inside), 2.0 * slope / table[1]


@inlined
def _found_in(table: Floats, w: float) -> float:
    """The argument at which the tabulated w is reached: halving to the piece, then Newton's rule."""
    low, high = 0, PIECES
    while high - low > 1:
        middle = (low + high) // 2
        if _look_up(table, table[0] + table[1] * middle)[0] <= w:
            low = middle
        else:
            high = middle
    found = table[0] + table[1] * (low + 0.5)
    for _ in range(NEWTON_STEPS // 2):
        value, slope = _look_up(table, found)
        found -= (value - w) / slope
    return found


@inlined
def _piecewise_reading(row: Floats, count: int, log_hazard: float) -> float:
    """`row`: rates, first knots, hazards at the knots, `count` of each."""
    if log_hazard >= FAR * 10.0:
        return FOREVER
    hazard = exp_of(log_hazard)
    piece = 0
    while piece + 1 < count and row[2 * count + piece + 1] <= hazard:
        piece += 1
    if row[piece] <= 0.0:
        return FOREVER
    return log_of(max(row[count + piece] + (hazard - row[2 * count + piece]) / row[piece], 1e-300))


@inlined
def _piecewise_log_hazard(row: Floats, count: int, reading: float) -> float:
    piece = 0
    while piece + 1 < count and row[count + piece + 1] <= reading:
        piece += 1
    return log_of(max(row[2 * count + piece] + row[piece] * (reading - row[count + piece]), 1e-300))


@inlined
def _spline_value(row: Floats, count: int, x: float) -> float:
    """`row` as `lives_tables.spline_row` writes it."""
    last = count - 1
    slopes = 2 * count + 3 * last
    if x <= row[0]:
        return row[count] + row[slopes] * (x - row[0])
    if x >= row[last]:
        return row[count + last] + row[slopes + 1] * (x - row[last])
    piece = 0
    while row[piece + 1] < x:
        piece += 1
    d, at = x - row[piece], 2 * count + 3 * piece
    return row[count + piece] + d * (row[at] + d * (row[at + 1] + d * row[at + 2]))


@inlined
def _spline_reading(row: Floats, count: int, value: float) -> float:
    """Newton's rule on the cubic of the piece, kept between its knots by halving."""
    last = count - 1
    slopes = 2 * count + 3 * last
    if value <= row[count]:
        return row[0] + (value - row[count]) / row[slopes]
    if value >= row[count + last]:
        return row[last] + (value - row[count + last]) / row[slopes + 1]
    piece = 0
    while row[count + piece + 1] < value:
        piece += 1
    at, low, high = 2 * count + 3 * piece, 0.0, row[piece + 1] - row[piece]
    d = high * (value - row[count + piece]) / (row[count + piece + 1] - row[count + piece])
    for _ in range(NEWTON_STEPS):
        miss = row[count + piece] + d * (row[at] + d * (row[at + 1] + d * row[at + 2])) - value
        if miss > 0.0:
            high = d
        else:
            low = d
        step = d - miss / (row[at] + d * (2.0 * row[at + 1] + 3.0 * d * row[at + 2]))
        d = step if low <= step <= high else 0.5 * (low + high)
    return row[piece] + d
