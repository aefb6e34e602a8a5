"""How long until a transition? Cumulative hazard, survivor function and waiting time of every family.

All functions are vectorised: `parameters` holds the family's numbers on its last axis (`Family` says in which order),
and its other axes broadcast against the clock readings, `eta` and `cure`. With H0 the family's cumulative hazard, c the
reading and p the cure share,

    AFT  H(c) = H0(c exp(-eta))        PH  H(c) = exp(eta) H0(c)
    S(c) = p + (1 - p) exp(-H(c)),     waiting time t solves S(c0 + t) = S(c0) exp(-e), e a unit exponential draw.

These are the plain definitions: the solver tabulates them, the simulation kernels are tested against them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.engine.model import Effect, Family
from pelvicrt.engine.splines import spline_inverse, spline_log_hazard

Floats = npt.NDArray[np.float64]
Numbers = npt.ArrayLike
MOST_HAZARD = 1e300
"""Cumulative hazards stop here, so that differences of two of them stay numbers; exp(-1e300) is 0."""
LOG_NORMAL_BELOW = 1e-7
"""Generalised gamma with |q| below this is its log-normal limit: both differ by less than 1e-7 there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One transition's distribution: family, its numbers (last axis), knots, effect, cure share (None: no cure)."""

    family: Family
    parameters: Floats
    knots: Floats
    effect: Effect = Effect.AFT
    eta: Numbers = 0.0
    cure: Numbers | None = None

    def cumulative_hazard(self, reading: Numbers) -> Floats:
        """-log S at clock readings >= 0, cure share included.

        >>> law = Law(family=Family.WEIBULL, parameters=np.array([2.0, 3.0]), knots=np.array([]))
        >>> law.cumulative_hazard([0.0, 3.0, 6.0]).tolist()
        [0.0, 1.0, 4.0]
        """
        hazard = self._hazard_without_cure(reading)
        if self.cure is None:
            return hazard
        share = np.asarray(self.cure, dtype=np.float64)
        with np.errstate(divide="ignore"):
            return np.minimum(-np.log(share + (1.0 - share) * np.exp(-hazard)), MOST_HAZARD)

    def survivor(self, reading: Numbers, *, given: Numbers = 0.0) -> Floats:
        """S(reading) / S(given): the chance to pass a reading when another is already passed.

        >>> law = Law(family=Family.EXPONENTIAL, parameters=np.array([0.5]), knots=np.array([]))
        >>> float(law.survivor(3.0, given=1.0).round(6))
        0.367879
        """
        return np.exp(-(self.cumulative_hazard(reading) - self.cumulative_hazard(given)))

    def waiting_time(self, exponential: Numbers, *, at: Numbers = 0.0) -> Floats:
        """Time until the transition happens when the clock reads `at` and the unit exponential draw is `exponential`.

        inf where it never happens. A FIXED time that has passed already happens at once.

        >>> law = Law(family=Family.WEIBULL, parameters=np.array([2.0, 3.0]), knots=np.array([]))
        >>> law.waiting_time([1.0, 3.0], at=[0.0, 3.0]).tolist()
        [3.0, 3.0]
        """
        start = np.asarray(at, dtype=np.float64)
        if self.family is Family.FIXED:
            due = self.parameters[..., 0] * np.exp(np.asarray(self.eta)) - start
            return np.broadcast_to(np.maximum(due, 0.0), np.broadcast_shapes(due.shape, np.shape(exponential))).copy()
        target = self._target(np.asarray(exponential, dtype=np.float64), start)
        eta = np.asarray(self.eta, dtype=np.float64)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            if self.effect is Effect.PH:
                reading = INVERSES[self.family](target * np.exp(-eta), self.parameters, self.knots)
            else:
                reading = INVERSES[self.family](target, self.parameters, self.knots) * np.exp(eta)
        return np.where(np.isnan(reading), np.inf, np.maximum(reading - start, 0.0))

    def _hazard_without_cure(self, reading: Numbers) -> Floats:
        at = np.asarray(reading, dtype=np.float64)
        eta = np.asarray(self.eta, dtype=np.float64)
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            if self.effect is Effect.PH:
                hazard = np.exp(eta) * HAZARDS[self.family](at, self.parameters, self.knots)
            else:
                hazard = HAZARDS[self.family](at * np.exp(-eta), self.parameters, self.knots)
        return np.minimum(hazard, MOST_HAZARD)

    def _target(self, exponential: Floats, start: Floats) -> Floats:
        """The cumulative hazard (cure left out) at which the transition happens; inf for the cured."""
        if self.cure is None:
            return self._hazard_without_cure(start) + exponential
        share = np.asarray(self.cure, dtype=np.float64)
        survival = np.exp(-self.cumulative_hazard(start) - exponential)
        with np.errstate(divide="ignore", invalid="ignore"):
            left = (survival - share) / (1.0 - share)
            return np.where(left > 0.0, -np.log(np.maximum(left, 0.0)), np.inf)


def _never(c: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.zeros(np.broadcast_shapes(c.shape, p.shape[:-1]))


def _exponential(c: Floats, p: Floats, _knots: Floats) -> Floats:
    return p[..., 0] * c


def _weibull(c: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.asarray((c / p[..., 1]) ** p[..., 0])


def _gompertz(c: Floats, p: Floats, _knots: Floats) -> Floats:
    shape, rate = p[..., 0], p[..., 1]
    x = shape * c
    return np.asarray(rate * c * np.where(x == 0.0, 1.0, np.expm1(x) / np.where(x == 0.0, 1.0, x)))


def _log_normal(c: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.asarray(-special.log_ndtr(-(np.log(c) - p[..., 0]) / p[..., 1]))


def _log_logistic(c: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.log1p((c / p[..., 1]) ** p[..., 0])


def _generalised_gamma(c: Floats, p: Floats, knots: Floats) -> Floats:
    mu, sigma, q = p[..., 0], p[..., 1], p[..., 2]
    limit = np.abs(q) < LOG_NORMAL_BELOW
    safe = np.where(limit, 1.0, q)
    form = safe**-2.0
    u = form * np.exp(safe * (np.log(c) - mu) / sigma)
    survival = np.where(safe > 0.0, special.gammaincc(form, u), special.gammainc(form, u))
    far = (safe > 0.0) & (survival < 1e-290)
    hazard = np.where(far, _gamma_tail(form, np.where(far, u, 1e3)), -np.log(np.where(far, 1.0, survival)))
    return np.where(limit, _log_normal(c, p, knots), hazard)


def _gamma_tail(form: Floats, u: Floats) -> Floats:
    """-log of the regularised upper incomplete gamma function where it underflows (u far above `form`).

    Gamma(a, u) ~ u^a e^-u / (u + 1 - a + (a - 1) / (u + 3 - a)): two steps of its continued fraction.
    """
    below = u + 1.0 - form + (form - 1.0) / (u + 3.0 - form)
    return np.asarray(u - form * np.log(u) + special.gammaln(form) + np.log(np.abs(below)))


def _piecewise(c: Floats, p: Floats, knots: Floats) -> Floats:
    ends = np.append(knots[1:], np.inf)
    total = np.zeros(np.broadcast_shapes(c.shape, p.shape[:-1]))
    for piece, (low, high) in enumerate(zip(knots, ends, strict=True)):
        total = total + p[..., piece] * np.clip(c - low, 0.0, high - low)
    return total


def _spline(c: Floats, p: Floats, knots: Floats) -> Floats:
    return np.where(c > 0.0, np.exp(spline_log_hazard(np.log(c), p, knots)), 0.0)


def _fixed(c: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.where(c >= p[..., 0], MOST_HAZARD, 0.0)


def _never_inverse(h: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.full(np.broadcast_shapes(h.shape, p.shape[:-1]), np.inf)


def _exponential_inverse(h: Floats, p: Floats, _knots: Floats) -> Floats:
    return h / p[..., 0]


def _weibull_inverse(h: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.asarray(p[..., 1] * h ** (1.0 / p[..., 0]))


def _gompertz_inverse(h: Floats, p: Floats, _knots: Floats) -> Floats:
    shape, rate = p[..., 0], p[..., 1]
    simple = h / rate
    x = shape * simple
    flat = np.abs(x) < 1e-300
    bent = np.log1p(np.maximum(x, -1.0)) / np.where(flat, 1.0, x)
    return np.where(x <= -1.0, np.inf, simple * np.where(flat, 1.0, bent))


def _log_normal_inverse(h: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.exp(p[..., 0] - p[..., 1] * special.ndtri_exp(-h))


def _log_logistic_inverse(h: Floats, p: Floats, _knots: Floats) -> Floats:
    return np.asarray(p[..., 1] * np.expm1(h) ** (1.0 / p[..., 0]))


def _generalised_gamma_inverse(h: Floats, p: Floats, knots: Floats) -> Floats:
    mu, sigma, q = p[..., 0], p[..., 1], p[..., 2]
    limit = np.abs(q) < LOG_NORMAL_BELOW
    safe = np.where(limit, 1.0, q)
    form = safe**-2.0
    survival, dead = np.exp(-h), -np.expm1(-h)
    upper = np.where(
        survival < 0.5, special.gammainccinv(form, np.minimum(survival, 0.5)), special.gammaincinv(form, dead)
    )
    lower = np.where(
        survival < 0.5, special.gammaincinv(form, np.minimum(survival, 0.5)), special.gammainccinv(form, dead)
    )
    u = np.where(safe > 0.0, upper, lower)
    reading = np.exp(mu + sigma / safe * np.log(u / form))
    return np.where(limit, _log_normal_inverse(h, p, knots), reading)


def _piecewise_inverse(h: Floats, p: Floats, knots: Floats) -> Floats:
    shape = np.broadcast_shapes(h.shape, p.shape[:-1])
    left, reading = np.broadcast_to(h, shape).copy(), np.full(shape, np.inf)
    for piece, (low, high) in enumerate(zip(knots, np.append(knots[1:], np.inf), strict=True)):
        inside = low + left / p[..., piece]
        here = np.isinf(reading) & (inside < high)
        reading = np.where(here, inside, reading)
        left = left - p[..., piece] * (high - low)
    return reading


def _spline_inverse(h: Floats, p: Floats, knots: Floats) -> Floats:
    return np.exp(spline_inverse(np.log(h), p, knots))


Formula = Callable[[Floats, Floats, Floats], Floats]
HAZARDS: dict[Family, Formula] = {
    Family.NEVER: _never,
    Family.EXPONENTIAL: _exponential,
    Family.WEIBULL: _weibull,
    Family.GOMPERTZ: _gompertz,
    Family.LOG_NORMAL: _log_normal,
    Family.LOG_LOGISTIC: _log_logistic,
    Family.GENERALISED_GAMMA: _generalised_gamma,
    Family.PIECEWISE_EXPONENTIAL: _piecewise,
    Family.SPLINE: _spline,
    Family.FIXED: _fixed,
}
INVERSES: dict[Family, Formula] = {
    Family.NEVER: _never_inverse,
    Family.EXPONENTIAL: _exponential_inverse,
    Family.WEIBULL: _weibull_inverse,
    Family.GOMPERTZ: _gompertz_inverse,
    Family.LOG_NORMAL: _log_normal_inverse,
    Family.LOG_LOGISTIC: _log_logistic_inverse,
    Family.GENERALISED_GAMMA: _generalised_gamma_inverse,
    Family.PIECEWISE_EXPONENTIAL: _piecewise_inverse,
    Family.SPLINE: _spline_inverse,
}
