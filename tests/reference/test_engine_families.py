"""Families against scipy.stats, a natural cubic spline of scipy and lifelines: other people's formulae."""

from __future__ import annotations

import numpy as np
import pytest
from lifelines import PiecewiseExponentialFitter
from scipy import interpolate, stats

from pelvicrt.engine import Effect, Family, Law

TIMES = np.array([0.0, 0.01, 0.3, 1.0, 2.5, 7.0, 19.0])
NO_KNOTS = np.array([])


def _law(family: Family, *parameters: float, knots: np.ndarray = NO_KNOTS, **more: object) -> Law:
    return Law(family=family, parameters=np.array(parameters), knots=knots, **more)


PEERS = {
    "exponential": (_law(Family.EXPONENTIAL, 0.4), stats.expon(scale=2.5)),
    "weibull": (_law(Family.WEIBULL, 0.9, 12.0), stats.weibull_min(0.9, scale=12.0)),
    "gompertz": (_law(Family.GOMPERTZ, 0.09, 0.01), stats.gompertz(0.01 / 0.09, scale=1 / 0.09)),
    "log_normal": (_law(Family.LOG_NORMAL, 0.7, 1.3), stats.lognorm(1.3, scale=np.exp(0.7))),
    "log_logistic": (_law(Family.LOG_LOGISTIC, 1.6, 3.0), stats.fisk(1.6, scale=3.0)),
    "gamma_positive_q": (
        _law(Family.GENERALISED_GAMMA, 1.1, 0.8, 0.6),
        stats.gengamma(0.6**-2, 0.75, scale=np.exp(1.1) * 0.6 ** (2 / 0.75)),
    ),
    "gamma_negative_q": (
        _law(Family.GENERALISED_GAMMA, 1.1, 0.8, -0.6),
        stats.gengamma(0.6**-2, -0.75, scale=np.exp(1.1) * 0.6 ** (-2 / 0.75)),
    ),
}


@pytest.mark.parametrize("name", PEERS)
def test_a_survivor_function_is_the_one_of_scipy(name: str) -> None:
    law, peer = PEERS[name]
    np.testing.assert_allclose(law.survivor(TIMES), peer.sf(TIMES), rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", PEERS)
def test_a_waiting_time_is_the_quantile_of_scipy(name: str) -> None:
    law, peer = PEERS[name]
    survival = np.array([0.999, 0.7, 0.5, 0.1, 1e-6])
    np.testing.assert_allclose(law.waiting_time(-np.log(survival)), peer.isf(survival), rtol=1e-8)


def test_a_generalised_gamma_with_q_1_is_a_weibull() -> None:
    gamma, weibull = _law(Family.GENERALISED_GAMMA, 1.0, 0.5, 1.0), _law(Family.WEIBULL, 2.0, np.e)
    np.testing.assert_allclose(gamma.cumulative_hazard(TIMES), weibull.cumulative_hazard(TIMES), rtol=1e-11)


@pytest.mark.parametrize("q", [1e-3, -1e-3, 1e-6, 1e-9, 0.0])
def test_a_generalised_gamma_with_q_to_0_is_a_log_normal(q: float) -> None:
    gamma, normal = _law(Family.GENERALISED_GAMMA, 0.7, 1.3, q), _law(Family.LOG_NORMAL, 0.7, 1.3)
    np.testing.assert_allclose(gamma.survivor(TIMES), normal.survivor(TIMES), atol=abs(q) + 1e-9)


def test_the_far_tail_of_a_generalised_gamma_joins_its_body_smoothly() -> None:
    law = _law(Family.GENERALISED_GAMMA, 0.0, 1.0, 0.5)
    times = np.exp(2.0 * np.log(np.linspace(640.0, 760.0, 49) / 4.0))
    slopes = np.diff(law.cumulative_hazard(times)) / 2.5
    np.testing.assert_allclose(slopes, 1.0 - 3.0 / np.linspace(641.25, 758.75, 48), rtol=1e-4)


def test_a_spline_is_the_natural_cubic_spline_through_its_own_knots() -> None:
    knots, coefficients = np.array([-2.0, -0.5, 0.8, 3.0]), (-1.2, 1.4, -0.06, 0.08)
    law = _law(Family.SPLINE, *coefficients, knots=knots)
    at_knots = np.log(law.cumulative_hazard(np.exp(knots)))
    peer = interpolate.CubicSpline(knots, at_knots, bc_type="natural")
    x = np.linspace(-2.0, 3.0, 41)
    np.testing.assert_allclose(np.log(law.cumulative_hazard(np.exp(x))), peer(x), atol=1e-12)


def test_a_spline_is_straight_beyond_its_knots() -> None:
    law = _law(Family.SPLINE, -1.2, 1.4, -0.06, 0.08, knots=np.array([-2.0, -0.5, 0.8, 3.0]))
    beyond = np.log(law.cumulative_hazard(np.exp(np.array([4.0, 5.0, 6.0, -3.0, -4.0, -5.0]))))
    np.testing.assert_allclose([np.diff(beyond[:3], 2), np.diff(beyond[3:], 2)], 0.0, atol=1e-12)


def test_a_spline_with_two_knots_is_a_weibull() -> None:
    spline = _law(Family.SPLINE, -2.0 * np.log(3.0), 2.0, knots=np.array([0.0, 1.0]))
    weibull = _law(Family.WEIBULL, 2.0, 3.0)
    np.testing.assert_allclose(spline.cumulative_hazard(TIMES), weibull.cumulative_hazard(TIMES), rtol=1e-12)


def test_a_piecewise_hazard_is_the_one_of_lifelines() -> None:
    law = _law(Family.PIECEWISE_EXPONENTIAL, 0.5, 0.1, 0.25, knots=np.array([0.0, 1.0, 4.0]))
    peer = PiecewiseExponentialFitter(breakpoints=[1.0, 4.0])
    expected = peer._cumulative_hazard(np.array([2.0, 10.0, 4.0]), TIMES)
    np.testing.assert_allclose(law.cumulative_hazard(TIMES), expected, rtol=1e-12)


def test_aft_multiplies_time() -> None:
    law = _law(Family.LOG_LOGISTIC, 1.6, 3.0, eta=0.5)
    np.testing.assert_allclose(law.survivor(TIMES), stats.fisk(1.6, scale=3.0 * np.exp(0.5)).sf(TIMES), rtol=1e-12)


def test_ph_multiplies_the_hazard() -> None:
    law = _law(Family.LOG_NORMAL, 0.7, 1.3, eta=0.5, effect=Effect.PH)
    expected = stats.lognorm(1.3, scale=np.exp(0.7)).sf(TIMES) ** np.exp(0.5)
    np.testing.assert_allclose(law.survivor(TIMES), expected, rtol=1e-12)


def test_a_cure_share_is_what_survival_falls_to() -> None:
    law = _law(Family.WEIBULL, 2.0, 3.0, cure=0.3)
    assert float(law.survivor(1e6)) == pytest.approx(0.3)


def test_the_share_cured_never_has_the_event() -> None:
    law = _law(Family.EXPONENTIAL, 1.0, cure=0.3)
    waits = law.waiting_time(-np.log(np.array([0.31, 0.29])))
    assert np.isfinite(waits).tolist() == [True, False]


def test_a_gompertz_with_falling_hazard_leaves_some_without_event() -> None:
    law = _law(Family.GOMPERTZ, -0.5, 0.2)
    waits = law.waiting_time(np.array([0.39, 0.41]))
    assert np.isfinite(waits).tolist() == [True, False]


def test_a_gompertz_without_slope_is_exponential() -> None:
    law = _law(Family.GOMPERTZ, 0.0, 0.2)
    np.testing.assert_allclose(law.waiting_time(np.array([1.0, 2.0])), [5.0, 10.0], rtol=1e-14)


def test_a_fixed_time_comes_after_what_is_left_of_it() -> None:
    law = _law(Family.FIXED, 6.0)
    assert law.waiting_time(np.array([0.1, 9.0]), at=np.array([2.0, 7.0])).tolist() == [4.0, 0.0]
