"""How does the kernel know a law without a closed inverse? Piecewise polynomials of log time against log hazard.

Log-normal and generalised gamma laws are location-scale in log time: with w = (log c - mu) / sigma, the log cumulative
hazard depends on q alone (q = 0: log-normal). w is tabulated against log H, where it is smooth for every q, as
polynomials of degree 7 through Chebyshev nodes on equal pieces; values come from whichever tail does not cancel. The
other direction is found from the same table by Newton's rule. The worst relative error of a waiting time is below 1e-8
(tests/reference/test_lives_families.py). Beyond the table, chances below e^-44 at either end, its ends go on straight.
Royston-Parmar splines need no table: their cubic pieces are turned to powers and solved by Newton's rule.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.engine.splines import spline_log_hazard, spline_slope

Floats = npt.NDArray[np.float64]

NODES = 8
PIECES = 128
LEAST_LOG_HAZARD, MOST_LOG_HAZARD = -44.0, 4.5
HALVINGS = 50
NEWTON_STEPS = 5
WIDEST = 600.0


@lru_cache(maxsize=4096)
def law_table(q: float) -> Floats:
    """The table of the generalised gamma law with this q (mu 0, sigma 1), flat: lowest log H, step, then the pieces."""
    step = (MOST_LOG_HAZARD - LEAST_LOG_HAZARD) / PIECES
    ends = np.linspace(LEAST_LOG_HAZARD, MOST_LOG_HAZARD, PIECES + 1)
    centres = 0.5 * (ends[1:] + ends[:-1])
    log_hazards = centres[:, None] + 0.5 * step * _chebyshev()
    readings = np.interp(log_hazards, ends, _halved(ends, q))
    for _ in range(NEWTON_STEPS):
        value, slope = _log_hazard(readings, q)
        readings = readings - (value - log_hazards) / slope
    return np.concatenate([[LEAST_LOG_HAZARD, step], _powers(readings).ravel()])


def spline_row(coefficients: Floats, knots: Floats) -> Floats:
    """A spline as the kernel reads it: knots, values there, (slope, square, cube) of each piece, the two outer slopes.

    >>> spline_row(np.array([-1.0, 1.5]), np.array([0.0, 3.0])).round(12).tolist()
    [0.0, 3.0, -1.0, 3.5, 1.5, 0.0, 0.0, 1.5, 1.5]
    """
    values = spline_log_hazard(knots, coefficients, knots)
    slopes = spline_slope(knots, coefficients, knots)
    width = np.diff(knots)
    rise = np.diff(values) / width
    square = (3.0 * rise - 2.0 * slopes[:-1] - slopes[1:]) / width
    cube = (slopes[:-1] + slopes[1:] - 2.0 * rise) / width**2
    pieces = np.column_stack([slopes[:-1], square, cube])
    return np.concatenate([knots, values, pieces.ravel(), slopes[[0, -1]]])


def _log_hazard(w: Floats, q: float) -> tuple[Floats, Floats]:
    """The log of H, from the lower tail where H is small, so that nothing cancels; and its slope by w."""
    with np.errstate(divide="ignore", over="ignore", under="ignore", invalid="ignore"):
        if q == 0.0:
            dead, alive = special.ndtr(w), special.ndtr(-w)
            log_density = -0.5 * w * w - 0.5 * np.log(2.0 * np.pi)
        else:
            form = q**-2.0
            u = form * np.exp(q * w)
            lower, upper = special.gammainc(form, u), special.gammaincc(form, u)
            dead, alive = (lower, upper) if q > 0.0 else (upper, lower)
            log_density = np.log(abs(q)) + form * np.log(u) - u - special.gammaln(form)
        hazard = np.where(dead < 0.5, -np.log1p(-np.minimum(dead, 0.5)), -np.log(np.minimum(alive, 0.5)))
        return np.log(hazard), np.exp(log_density) / (alive * hazard)


def _halved(log_hazard: Floats, q: float) -> Floats:
    """The w where log H reaches each value, by halving."""
    low, high = np.full(log_hazard.shape, -WIDEST), np.full(log_hazard.shape, WIDEST)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        short = _log_hazard(middle, q)[0] < log_hazard
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return np.asarray(0.5 * (low + high))


def _chebyshev() -> Floats:
    return np.asarray(np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES))


def _powers(values: Floats) -> Floats:
    """Coefficients in powers of x in -1..1 on each piece."""
    return np.asarray(np.linalg.solve(np.vander(_chebyshev(), increasing=True), values.T).T)
