"""How does dose along lines become a histogram? Exactly: on a line along x, trilinear dose is straight between nodes.

Each plane of contours is a slab. Lines along x cross it at points (y, z) of a low-discrepancy lattice: y evenly spaced
from an offset that differs from plane to plane, z by the golden ratio, so that both spread evenly over the slab. Where
dose runs straight from a to b over a length, its density is the same at every dose between a and b. The volume below
the edges of bins is then a sum of ramps, whose second difference is not zero at two edges at each end; neighbouring
pieces share an end. So a piece costs two additions, whatever the width of a bin, and no rounding to a bin takes place.
The lines of a slab are weighted so that their lengths add up to the exact area of the contours.
"""

# Compiled functions take their arguments by position.
# ruff: noqa: PLR0917

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.compiled import compiled, inlined
from pelvicrt.dosimetry.contours import Contours
from pelvicrt.dosimetry.lines import cross_lines

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GOLDEN = 0.6180339887498949
PLASTIC_1 = 0.7548776662466927
PLASTIC_2 = 0.5698402909980532
FLAT_BINS = 1e-3
"""Dose that changes by less than this share of a bin is treated as changing by it: a density must stay finite."""

COVERED, OUTSIDE, MOMENT, SQUARE = range(4)


class Grid(NamedTuple):
    """The dose grid for compiled code: dose [Gy] (planes, rows, columns), origin and step of x and y, z [mm]."""

    dose: npt.NDArray[np.float32]
    x0: float
    dx: float
    y0: float
    dy: float
    z: Floats


class Slab(NamedTuple):
    """The slabs of a structure: area [mm2] and z [mm] of each plane, and how many lines cross it."""

    area: Floats
    lower: Floats
    upper: Floats
    lines: Ints


class Scratch(NamedTuple):
    """Memory of one structure: where a line's crossings begin, the crossings, the doses of one row of nodes."""

    begin: Ints
    crossings: Floats
    row: Floats


@compiled
def deposit(
    grid: Grid, contours: Contours, slab: Slab, per_gy: float, scratch: Scratch, second: Floats, sums: Floats
) -> None:
    """Add a structure to `second`, the second differences of the volume [mm3] below each edge of bins.

    `per_gy` is bins a Gy. `sums` gets the covered volume, the volume outside, and the integrals of dose and dose
    squared over the covered volume [mm3, in bins].
    """
    for plane in range(len(slab.area)):
        if slab.area[plane] > 0:
            _deposit_plane(grid, contours, slab, plane, per_gy, scratch, second, sums)


@compiled
def _deposit_plane(
    grid: Grid,
    contours: Contours,
    slab: Slab,
    plane: int,
    per_gy: float,
    scratch: Scratch,
    second: Floats,
    sums: Floats,
) -> None:
    count = slab.lines[plane]
    step = (contours.high[plane] - contours.low[plane]) / count
    start = contours.low[plane] + step * _fraction(0.5 + plane * PLASTIC_2)
    cross_lines(contours, plane, start, step, count, scratch.begin, scratch.crossings)
    length = _length(scratch, count)
    if length <= 0:
        return
    thickness = slab.upper[plane] - slab.lower[plane]
    weight = slab.area[plane] * thickness / length
    rows, columns = grid.dose.shape[1], grid.dose.shape[2]
    for j in range(count):
        first, last = scratch.begin[j], scratch.begin[j + 1]
        if first == last:
            continue
        y = (start + j * step - grid.y0) / grid.dy
        z = slab.lower[plane] + thickness * _fraction(j * GOLDEN + plane * PLASTIC_1)
        if not (0.0 <= y <= rows - 1.0 and grid.z[0] <= z <= grid.z[-1]):
            for k in range(first, last, 2):
                sums[OUTSIDE] += weight * (scratch.crossings[k + 1] - scratch.crossings[k])
            continue
        for k in range(first, last):
            scratch.crossings[k] = (scratch.crossings[k] - grid.x0) / grid.dx
        low = min(max(int(np.floor(scratch.crossings[first])), 0), columns - 2)
        high = min(max(int(np.floor(scratch.crossings[last - 1])) + 1, 1), columns - 1)
        _fill_row(grid, y, z, low, high, per_gy, scratch.row)
        for k in range(first, last, 2):
            _deposit_piece(
                scratch.row, scratch.crossings[k], scratch.crossings[k + 1], columns, weight * grid.dx, second, sums
            )


@compiled
def _fraction(number: float) -> float:
    return float(number - np.floor(number))


@compiled
def _length(scratch: Scratch, count: int) -> float:
    total = 0.0
    for k in range(0, scratch.begin[count], 2):
        total += scratch.crossings[k + 1] - scratch.crossings[k]
    return total


@compiled
def locate(values: Floats, value: float) -> tuple[int, float]:
    """The cell of an uneven axis that holds a value, and the share of the way through it, held within the axis."""
    low, high = 0, len(values) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if values[middle] <= value:
            low = middle
        else:
            high = middle
    share = (value - values[low]) / (values[low + 1] - values[low])
    return low, min(max(share, 0.0), 1.0)


@compiled
def _fill_row(grid: Grid, y: float, z: float, low: int, high: int, per_gy: float, row: Floats) -> None:
    """Dose [bins] at the nodes low to high of the line at row coordinate y and height z."""
    k, up = locate(grid.z, z)
    j = min(int(y), grid.dose.shape[1] - 2)
    along = y - j
    w00, w01 = (1 - up) * (1 - along) * per_gy, (1 - up) * along * per_gy
    w10, w11 = up * (1 - along) * per_gy, up * along * per_gy
    a, b = grid.dose[k, j], grid.dose[k, j + 1]
    c, d = grid.dose[k + 1, j], grid.dose[k + 1, j + 1]
    for i in range(low, high + 1):
        row[i] = w00 * a[i] + w01 * b[i] + w10 * c[i] + w11 * d[i]


@inlined
def _along(row: Floats, at: float, columns: int) -> float:
    i = min(int(at), columns - 2)
    return float(row[i] + (at - i) * (row[i + 1] - row[i]))


@compiled
def _deposit_piece(
    row: Floats, enters: float, leaves: float, columns: int, weight: float, second: Floats, sums: Floats
) -> None:
    """One stretch inside the contours, from column coordinate `enters` to `leaves`; weight [mm3 a column]."""
    begin, end = min(max(enters, 0.0), columns - 1.0), min(max(leaves, 0.0), columns - 1.0)
    sums[COVERED] += weight * (end - begin)
    sums[OUTSIDE] += weight * ((leaves - enters) - (end - begin))
    if end <= begin:
        return
    node, last_node = int(begin) + 1, int(np.ceil(end)) - 1
    at, dose, density = begin, _along(row, begin, columns), 0.0
    moment, square = 0.0, 0.0
    while at < end:
        if node <= last_node:
            to, dose_to = float(node), row[node]
            node += 1
        else:
            to, dose_to = end, _along(row, end, columns)
        change = dose_to - dose
        if abs(change) < FLAT_BINS:
            change = FLAT_BINS if change >= 0 else -FLAT_BINS
            dose_to = dose + change
        volume = weight * (to - at)
        density_to = volume / change
        _ramp(second, dose, density_to - density)
        moment += volume * (dose + dose_to)
        square += volume * (dose * dose + dose * dose_to + dose_to * dose_to)
        at, dose, density = to, dose_to, density_to
    _ramp(second, dose, -density)
    sums[MOMENT] += moment / 2
    sums[SQUARE] += square / 3


@inlined
def _ramp(second: Floats, dose: float, density: float) -> None:
    """From this dose [bins] on, the volume below rises by `density` a bin; index k of `second` is the edge of bin k."""
    shifted = dose + 1.0
    k = int(shifted)
    part = density * (shifted - k)
    second[k] += density - part
    second[k + 1] += part
