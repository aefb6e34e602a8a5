"""What is the log cumulative hazard of a Royston-Parmar spline, and at which log time does it reach a value?

With knots k_0 < ... < k_m on log time and x the log time,

    log H = g_0 + g_1 x + sum_{j=1..m-1} g_{j+1} v_j(x),
    v_j(x) = (x - k_j)+^3 - l_j (x - k_0)+^3 - (1 - l_j) (x - k_m)+^3,   l_j = (k_m - k_j) / (k_m - k_0):

cubic between the knots, linear outside (Royston and Parmar, Stat Med 2002;21:2175-97).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_HALVINGS = 60


def spline_log_hazard(x: Floats, coefficients: Floats, knots: Floats) -> Floats:
    """Log cumulative hazard at log times x; as many coefficients (last axis) as knots.

    >>> spline_log_hazard(np.array([0.0, 2.0]), np.array([-1.0, 1.5]), np.array([0.0, 3.0])).tolist()
    [-1.0, 2.0]
    """
    value = coefficients[..., 0] + coefficients[..., 1] * x
    low, high = knots[0], knots[-1]
    for place in range(1, len(knots) - 1):
        share = (high - knots[place]) / (high - low)
        bend = _cube(x - knots[place]) - share * _cube(x - low) - (1.0 - share) * _cube(x - high)
        value = value + coefficients[..., place + 1] * bend
    return np.asarray(value)


def spline_slope(x: Floats, coefficients: Floats, knots: Floats) -> Floats:
    """Derivative of the log cumulative hazard by log time; a proper law has it above 0 everywhere."""
    value = np.broadcast_to(coefficients[..., 1], np.broadcast_shapes(x.shape, coefficients.shape[:-1]))
    low, high = knots[0], knots[-1]
    for place in range(1, len(knots) - 1):
        share = (high - knots[place]) / (high - low)
        bend = _square(x - knots[place]) - share * _square(x - low) - (1.0 - share) * _square(x - high)
        value = value + 3.0 * coefficients[..., place + 1] * bend
    return np.asarray(value)


def spline_inverse(log_hazard: Floats, coefficients: Floats, knots: Floats) -> Floats:
    """The log time at which the log cumulative hazard reaches a value: straight outside the knots, halved inside.

    >>> spline_inverse(np.array([2.0, -4.0]), np.array([-1.0, 1.5]), np.array([0.0, 3.0])).tolist()
    [2.0, -2.0]
    """
    first, last = np.asarray(knots[0]), np.asarray(knots[-1])
    at_first = spline_log_hazard(first, coefficients, knots)
    at_last = spline_log_hazard(last, coefficients, knots)
    before = first + (log_hazard - at_first) / coefficients[..., 1]
    after = last + (log_hazard - at_last) / spline_slope(last, coefficients, knots)
    low = np.broadcast_to(first, before.shape).copy()
    high = np.broadcast_to(last, before.shape).copy()
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        short = spline_log_hazard(middle, coefficients, knots) < log_hazard
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    inside = 0.5 * (low + high)
    return np.where(log_hazard <= at_first, before, np.where(log_hazard >= at_last, after, inside))


def _cube(x: Floats) -> Floats:
    return np.asarray(np.maximum(x, 0.0) ** 3)


def _square(x: Floats) -> Floats:
    return np.asarray(np.maximum(x, 0.0) ** 2)
