"""What are log and exp without a maths library? Polynomials that vectorise and give the same bits on every machine.

Only + - * /, floor and moves of bits are used, so that the compiler makes vector code of them and no library version
or processor family changes a result. Coefficients: interpolation of the power series at Chebyshev nodes, worked out in
80-bit arithmetic (truncation below 2e-17); the argument reductions are the usual ones for IEEE doubles.

Accuracy (tests/reference/test_logexp.py, against 80-bit arithmetic): log within 2.3e-16 relative over all positive
normal numbers, exp within 2.3e-16 relative on [-708, 709]. Both saturate instead of raising: exp below -708 gives
exp(-708) = 3e-308, above 709 gives exp(709); log of 0 gives about -709, of infinity about 710.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., object])
Floats = npt.NDArray[np.float64]
Word = Any
"""A 64-bit unsigned integer; numpy and Python integers are one and the same to the compiler."""


STRICT: dict[str, Any] = {"cache": True, "error_model": "numpy", "nogil": True, "_nrt": False}


def compiled(function: F) -> F:
    """Compile on first use and keep the result on disk; strict IEEE arithmetic, no check that blocks vectors.

    Kernels get every array from their caller; without numba's reference counts (`_nrt`) a call costs a third less.
    """
    return cast("F", numba.njit(**STRICT)(function))


def inlined(function: F) -> F:
    """Compile into whoever calls it, so that loops over it become vector code."""
    return cast("F", numba.njit(forceinline=True, **STRICT)(function))


def _bits_of(_context: Any, _number: Any) -> Any:
    """The 64 bits of a double as an unsigned integer."""

    def make(_ctx: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.uint64(types.float64), make


def _double_of(_context: Any, _bits: Any) -> Any:
    """The double with these 64 bits."""

    def make(_ctx: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.uint64), make


bits_of = cast("Callable[[float], Word]", intrinsic(_bits_of))
double_of = cast("Callable[[Word], float]", intrinsic(_double_of))

LN2_HIGH = float.fromhex("0x1.62e42feep-1")
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
LOG2_E = 1.4426950408889634
ROOT_HALF = np.uint64(0x3FE6A09E00000000)
ONE_OVER_ROOT_HALF = np.uint64(0x3FF0000000000000 - 0x3FE6A09E00000000)
MANTISSA = np.uint64(0x000FFFFFFFFFFFFF)
EXPONENT_AT = np.uint64(52)
TWO_52_BITS = np.uint64(0x4330000000000000)
TWO_52_AND_BIAS = 2.0**52 + 1023.0
ROUNDER = 1.5 * 2.0**52
BIAS = np.uint64(1023)
SMALLEST, LARGEST = -708.0, 709.0


@inlined
def log_of(x: float) -> float:
    """Natural logarithm of a positive double.

    x = 2^k m with m in [sqrt(1/2), sqrt(2)); with f = m - 1, s = f / (2 + f), z = s^2:
    log m = f - f^2/2 + s (f^2/2 + z P(z)).
    """
    moved = bits_of(x) + ONE_OVER_ROOT_HALF
    k = double_of((moved >> EXPONENT_AT) | TWO_52_BITS) - TWO_52_AND_BIAS
    f = double_of((moved & MANTISSA) + ROOT_HALF) - 1.0
    s = f / (2.0 + f)
    z = s * s
    tail = 0.09091446223201329 + z * (0.07665805662659569 + z * 0.07308906578873185)
    tail = 0.14285714313127396 + z * (0.11111105544600777 + z * tail)
    tail = 0.3333333333333335 + z * (0.19999999999949444 + z * tail)
    half = 0.5 * f * f
    return k * LN2_HIGH - ((half - (s * (half + 2.0 * z * tail) + k * LN2_LOW)) - f)


@inlined
def exp_of(x: float) -> float:
    """The exponential: x = k log 2 + r with |r| <= log(2)/2, e^r = 1 + (r + r^2 Q(r)), times 2^k by moving bits."""
    x = min(max(x, SMALLEST), LARGEST)
    k = float(np.floor(x * LOG2_E + 0.5))
    high = x - k * LN2_HIGH
    low = k * LN2_LOW
    r = high - low
    q = 2.7557268049780833e-06 + r * (2.7620201994783417e-07 + r * 2.5100550421846277e-08)
    q = 0.00019841269863403094 + r * (2.480152105678422e-05 + r * q)
    q = 0.008333333333329944 + r * (0.0013888888917368116 + r * q)
    q = 0.5000000000000001 + r * (0.16666666666666669 + r * (0.04166666666662382 + r * q))
    lost = (high - r) - low
    value = 1.0 + (r + (r * r * q + lost))
    scale = double_of((bits_of(k + ROUNDER) + BIAS) << EXPONENT_AT)
    return value * scale


@inlined
def log1p_share(x: float) -> float:
    """log(1 + x) / x, also at 0: with w = 1 + x as rounded, log(w) / (w - 1) has the rounding cancel."""
    w = 1.0 + x
    return log_of(w) / (w - 1.0) if w != 1.0 else 1.0 - 0.5 * x


@inlined
def expm1_share(x: float) -> float:
    """(exp(x) - 1) / x, also at 0."""
    w = exp_of(x)
    near = (w - 1.0) / log_of(w) if w != 1.0 else 1.0 + 0.5 * x
    return -1.0 / x if x < -40.0 else near


@compiled
def log_each(x: Floats, out: Floats) -> None:
    """`log_of` of every element."""
    for i in range(len(x)):
        out[i] = log_of(x[i])


@compiled
def exp_each(x: Floats, out: Floats) -> None:
    """`exp_of` of every element."""
    for i in range(len(x)):
        out[i] = exp_of(x[i])
