"""Where do lines along x enter and leave the contours of a plane? Sorted crossings by line, without allocation."""

# Compiled functions take their arguments by position.
# ruff: noqa: PLR0917

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.compiled import compiled
from pelvicrt.dosimetry.contours import Contours

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@compiled
def cross_lines(
    contours: Contours, plane: int, start: float, step: float, count: int, begin: Ints, crossings: Floats
) -> None:
    """Crossings of lines at y = start + j step, j < count: those of line j are `crossings[begin[j]:begin[j + 1]]`.

    An edge meets the lines from its lower end up to, not including, its upper end. Both ends are rounded the same way
    in every edge that has them, so each line meets an even number of edges whatever the rounding.
    """
    x, y, after = contours.x, contours.y, contours.after
    first, last = contours.first[plane], contours.first[plane + 1]
    for j in range(count + 2):
        begin[j] = 0
    for i in range(first, last):
        low, high = _lines_met(y[i], y[after[i]], start, step, count)
        for j in range(low, high):
            begin[j + 2] += 1
    for j in range(count):
        begin[j + 2] += begin[j + 1]
    for i in range(first, last):
        k = after[i]
        low, high = _lines_met(y[i], y[k], start, step, count)
        if low >= high:
            continue
        slope = (x[k] - x[i]) / (y[k] - y[i])
        for j in range(low, high):
            crossings[begin[j + 1]] = x[i] + (start + j * step - y[i]) * slope
            begin[j + 1] += 1
    for j in range(count):
        sort(crossings, begin[j], begin[j + 1])


@compiled
def _lines_met(one: float, other: float, start: float, step: float, count: int) -> tuple[int, int]:
    low = np.ceil((min(one, other) - start) / step)
    high = np.ceil((max(one, other) - start) / step)
    return max(0, int(low)), min(count, int(high))


@compiled
def sort(values: Floats, first: int, last: int) -> None:
    """By insertion: a line meets few edges."""
    for i in range(first + 1, last):
        value = values[i]
        k = i
        while k > first and values[k - 1] > value:
            values[k] = values[k - 1]
            k -= 1
        values[k] = value


@compiled
def most_crossings(contours: Contours, lines: Ints, rows_step: float, rows: int) -> int:
    """The most crossings any plane can have, with `lines` lines a plane or with the rows of the dose grid."""
    most = 0
    for plane in range(len(lines)):
        height = contours.high[plane] - contours.low[plane]
        step = height / lines[plane] if height > 0 else 1.0
        by_lines, by_rows = 0, 0
        for i in range(contours.first[plane], contours.first[plane + 1]):
            rise = abs(contours.y[contours.after[i]] - contours.y[i])
            by_lines += int(rise / step) + 2
            by_rows += min(int(rise / rows_step) + 2, rows)
        most = max(most, by_lines, by_rows)
    return most
