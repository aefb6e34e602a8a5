"""How is the text of contour points read fast and exactly?

A contour is one long DICOM decimal string: numbers parted by backslashes, in blanks at will. A compiled loop reads
sign, digits, point and exponent; with at most 15 digits and a power of ten up to 22 the result of one division or
multiplication is the correctly rounded number (Clinger 1990). Longer numbers are given to Python's own reader.
"""

from __future__ import annotations

import math

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_TENS = np.array([float(f"1e{power}") for power in range(23)])
_SEPARATOR, _BLANK, _NUL, _PLUS, _MINUS, _POINT, _ZERO, _NINE = 92, 32, 0, 43, 45, 46, 48, 57
_UPPER_E, _LOWER_E = 69, 101
_MOST_DIGITS, _MOST_POWER = 15, 22


def read_decimals(text: bytes) -> Floats | None:
    r"""The numbers of a DICOM decimal string, or None when one of them is no finite number.

    >>> read_decimals(rb"17.72\-336.73\ 1e2 ").tolist()
    [17.72, -336.73, 100.0]
    >>> read_decimals(rb"1\two") is None
    True
    """
    numbers = np.empty(text.count(b"\\") + 1)
    if _fill(np.frombuffer(text, dtype=np.uint8), _TENS, numbers):
        return numbers
    return _slowly(text)


def _slowly(text: bytes) -> Floats | None:
    """Python's own reader, for long numbers and for what is no number."""
    if b"_" in text:
        return None
    try:
        numbers = [float(part.strip(b" \0")) for part in text.split(b"\\")]
    except ValueError:
        return None
    return np.array(numbers) if all(map(math.isfinite, numbers)) else None


@numba.njit(cache=True, nogil=True)
def _fill(text: npt.NDArray[np.uint8], tens: Floats, numbers: Floats) -> bool:
    """Write the numbers; False when one is not plain and short."""
    at, size = 0, len(text)
    for which in range(len(numbers)):
        while at < size and text[at] == _BLANK:
            at += 1
        negative = at < size and text[at] == _MINUS
        if at < size and (text[at] == _MINUS or text[at] == _PLUS):
            at += 1
        whole, digits, power, seen = 0, 0, 0, False
        while at < size and _ZERO <= text[at] <= _NINE:
            whole = whole * 10 + (text[at] - _ZERO)
            digits += whole > 0
            seen = True
            at += 1
            if digits > _MOST_DIGITS:
                return False
        if at < size and text[at] == _POINT:
            at += 1
            while at < size and _ZERO <= text[at] <= _NINE:
                whole = whole * 10 + (text[at] - _ZERO)
                digits += whole > 0
                power -= 1
                seen = True
                at += 1
                if digits > _MOST_DIGITS:
                    return False
        if at < size and (text[at] == _UPPER_E or text[at] == _LOWER_E):
            at += 1
            down = at < size and text[at] == _MINUS
            if at < size and (text[at] == _MINUS or text[at] == _PLUS):
                at += 1
            exponent, first = 0, at
            while at < size and _ZERO <= text[at] <= _NINE:
                exponent = exponent * 10 + (text[at] - _ZERO)
                at += 1
                if exponent > 2 * _MOST_POWER:
                    return False
            seen = seen and at > first
            power += -exponent if down else exponent
        if not seen or abs(power) > _MOST_POWER:
            return False
        value = whole / tens[-power] if power < 0 else whole * tens[power]
        numbers[which] = -value if negative else value
        while at < size and (text[at] == _BLANK or text[at] == _NUL):
            at += 1
        if at < size and text[at] != _SEPARATOR:
            return False
        at += 1
    return True
