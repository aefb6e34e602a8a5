"""The exponential, logarithm and power of the kernels against those of the mathematical library."""

import numpy as np
import pytest

from pelvicrt.simulate.elementary import fast_exp, fast_log, fast_power


def applied(function, values, *rest):
    return np.array([function(value, *rest) for value in values])


def test_exponential_is_that_of_the_library_to_the_last_digits():
    x = np.linspace(-690.0, 690.0, 4001)
    assert applied(fast_exp, x) == pytest.approx(np.exp(x), rel=6e-16, abs=0)


def test_logarithm_is_that_of_the_library_to_the_last_digits():
    x = np.concatenate([np.geomspace(1e-300, 1e300, 2001), np.linspace(0.5, 2.0, 2001)])
    assert np.abs(applied(fast_log, x) - np.log(x)).max() < 3e-13
    near_one = x[2001:]
    assert np.abs(applied(fast_log, near_one) - np.log(near_one)).max() < 5e-16


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.25, 3.0])
def test_power_is_that_of_the_library(exponent):
    x = np.geomspace(1e-6, 1e3, 1001)
    assert applied(fast_power, x, exponent) == pytest.approx(x**exponent, rel=1e-14, abs=0)


def test_nothing_to_a_power_is_next_to_nothing():
    assert fast_power(0.0, 1.1) < 1e-300


def test_exponents_beyond_the_range_are_held_at_its_ends():
    assert 0.0 < fast_exp(-1e9) < 1e-300
    assert 1e300 < fast_exp(1e9) < np.inf
