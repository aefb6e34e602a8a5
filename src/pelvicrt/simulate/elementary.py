"""Which exponential, logarithm and power do the kernels of this room use? Ones a compiler can turn into vectors.

The mathematical library works out one number a call. These are plain arithmetic on the bits of a number, so a loop over
them is worked through in whole vector registers, about ten times as fast, and gives the same bits on every machine that
fuses multiply and add. Error at most 5e-16 of the value (exponential) or of the larger of 1 and the value (logarithm).
"""

from __future__ import annotations

import numba
import numpy as np

_LOG2_E = 1.4426950408889634  # number: 1 / ln 2
_LN2_HIGH, _LN2_LOW = 6.93145751953125e-1, 1.42860682030941723212e-6  # number: ln 2 in two parts (Cody and Waite)
_ROUNDER = 6755399441055744.0  # number: 1.5 * 2^52; adding it leaves the nearest whole number in the low bits
_LEAST_EXPONENT, _MOST_EXPONENT = -700.0, 700.0  # number: where a float neither vanishes nor overflows
_EXPONENT_BITS, _MANTISSA, _ONE = 52, 0x000FFFFFFFFFFFFF, 0x3FF0000000000000
_ROUNDER_BITS = 0x4338000000000000
_BIAS = 1023
_SQRT2 = 1.4142135623730951  # number: square root of 2


@numba.njit(inline="always", error_model="numpy")
def fast_exp(x: float) -> float:
    """Exponential of x, held within exp(-700) and exp(700).

    >>> abs(fast_exp(1.0) - 2.718281828459045) < 1e-15
    True
    """
    held = min(max(x, _LEAST_EXPONENT), _MOST_EXPONENT)
    shifted = held * _LOG2_E + _ROUNDER
    whole = shifted - _ROUNDER
    r = (held - whole * _LN2_HIGH) - whole * _LN2_LOW
    p = 1 / 6227020800
    p = p * r + 1 / 479001600
    p = p * r + 1 / 39916800
    p = p * r + 1 / 3628800
    p = p * r + 1 / 362880
    p = p * r + 1 / 40320
    p = p * r + 1 / 5040
    p = p * r + 1 / 720
    p = p * r + 1 / 120
    p = p * r + 1 / 24
    p = p * r + 1 / 6
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    power_of_two = np.float64(shifted).view(np.int64) << _EXPONENT_BITS
    return float(np.int64(np.float64(p).view(np.int64) + power_of_two).view(np.float64))


@numba.njit(inline="always", error_model="numpy")
def fast_log(x: float) -> float:
    """Natural logarithm of a positive x; of 0 it is about -709, so that 0 to any power is next to 0.

    >>> abs(fast_log(10.0) - 2.302585092994046) < 1e-15
    True
    """
    bits = np.float64(x).view(np.int64)
    mantissa = np.int64((bits & _MANTISSA) | _ONE).view(np.float64)
    whole = np.int64((bits >> _EXPONENT_BITS) + _ROUNDER_BITS).view(np.float64) - _ROUNDER - _BIAS
    large = 1.0 if mantissa > _SQRT2 else 0.0
    mantissa = mantissa * (1.0 - 0.5 * large)
    whole += large
    s = (mantissa - 1.0) / (mantissa + 1.0)
    square = s * s
    p = 1 / 23
    p = p * square + 1 / 21
    p = p * square + 1 / 19
    p = p * square + 1 / 17
    p = p * square + 1 / 15
    p = p * square + 1 / 13
    p = p * square + 1 / 11
    p = p * square + 1 / 9
    p = p * square + 1 / 7
    p = p * square + 1 / 5
    p = p * square + 1 / 3
    p = p * square + 1.0
    return float(whole * _LN2_HIGH + (2.0 * s * p + whole * _LN2_LOW))


@numba.njit(inline="always", error_model="numpy")
def fast_power(x: float, exponent: float) -> float:
    """Power of x >= 0 to a positive exponent; 0 gives a number below 1e-100 for exponents from 1/3.

    >>> abs(fast_power(2.0, 3.0) - 8.0) < 1e-14
    True
    """
    return fast_exp(exponent * fast_log(x))
