"""What are the lowest and the highest dose anywhere in a structure? Exact for trilinear dose, not the best of samples.

Within a cell of the grid trilinear dose is straight along each axis, so it is extreme only where something bounds it:

* on the lower and the upper face of a slab, and on the planes of the dose grid between: at nodes inside the contours;
* on the same heights along the contours, where dose is a parabola between two grid lines: at its ends and its vertex.

At the border of the dose grid the structure is cut off, and the cut is searched in the same way. On the walk along the
contours it is also seen how much of them runs along a steep edge of zero dose, the mark of the skin.
"""

# Compiled functions take their arguments by position.
# ruff: noqa: PLR0917

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.compiled import compiled
from pelvicrt.dosimetry.contours import Contours
from pelvicrt.dosimetry.kernel import Grid, Scratch, Slab, locate
from pelvicrt.dosimetry.lines import cross_lines

Floats = npt.NDArray[np.float64]

LOWEST, HIGHEST, STEEP, WALKED = range(4)
STEEP_SHARE = 0.05
"""Beside a voxel without dose, one with more than this share of the highest dose makes a steep edge."""


@compiled
def row_bounds(grid: Grid, bounds: npt.NDArray[np.float32]) -> None:
    """Lowest and highest dose of each row of each plane, shape (planes, rows, 2)."""
    for k in range(bounds.shape[0]):
        for j in range(bounds.shape[1]):
            row = grid.dose[k, j]
            lowest, highest = row[0], row[0]
            for i in range(1, len(row)):
                lowest, highest = min(lowest, row[i]), max(highest, row[i])
            bounds[k, j, 0], bounds[k, j, 1] = lowest, highest


@compiled
def search(
    grid: Grid,
    contours: Contours,
    slab: Slab,
    bounds: npt.NDArray[np.float32],
    highest_gy: float,
    scratch: Scratch,
    found: Floats,
) -> None:
    """Write lowest and highest dose [Gy], and the length of contour [cells] along a steep edge and in all."""
    found[LOWEST], found[HIGHEST], found[STEEP], found[WALKED] = np.inf, -np.inf, 0.0, 0.0
    for plane in range(len(slab.area)):
        lower, upper = max(slab.lower[plane], grid.z[0]), min(slab.upper[plane], grid.z[-1])
        if slab.area[plane] <= 0 or upper < lower:
            continue
        _walk_edges(grid, contours, plane, lower, upper, highest_gy, found)
        _search_nodes(grid, contours, plane, lower, upper, bounds, scratch, found)


@compiled
def _search_nodes(
    grid: Grid,
    contours: Contours,
    plane: int,
    lower: float,
    upper: float,
    bounds: npt.NDArray[np.float32],
    scratch: Scratch,
    found: Floats,
) -> None:
    rows = grid.dose.shape[1]
    cross_lines(contours, plane, grid.y0, grid.dy, rows, scratch.begin, scratch.crossings)
    for j in range(rows):
        first, last = scratch.begin[j], scratch.begin[j + 1]
        _search_row(grid, j, first, last, lower, upper, bounds, scratch.crossings, found)


@compiled
def _search_row(
    grid: Grid,
    j: int,
    first: int,
    last: int,
    lower: float,
    upper: float,
    bounds: npt.NDArray[np.float32],
    crossings: Floats,
    found: Floats,
) -> None:
    columns = grid.dose.shape[2]
    for c in range(first, last, 2):
        enters, leaves = (crossings[c] - grid.x0) / grid.dx, (crossings[c + 1] - grid.x0) / grid.dx
        begin, end = max(int(np.ceil(enters)), 0), min(int(np.floor(leaves)), columns - 1)
        if end < begin:
            continue
        bottom, low_share = locate(grid.z, lower)
        top, high_share = locate(grid.z, upper)
        _search_nodes_at(grid, bottom, low_share, j, begin, end, bounds, found)
        _search_nodes_at(grid, top, high_share, j, begin, end, bounds, found)
        for k in range(bottom + 1, top + 1):
            _search_nodes_at(grid, k, 0.0, j, begin, end, bounds, found)


@compiled
def _search_nodes_at(
    grid: Grid,
    k: int,
    up: float,
    j: int,
    begin: int,
    end: int,
    bounds: npt.NDArray[np.float32],
    found: Floats,
) -> None:
    """Nodes begin to end of row j at the share `up` between planes k and k + 1, unless the row cannot matter."""
    least = min(bounds[k, j, 0], bounds[k + 1, j, 0])
    most = max(bounds[k, j, 1], bounds[k + 1, j, 1])
    if least >= found[LOWEST] and most <= found[HIGHEST]:
        return
    a, b = grid.dose[k, j], grid.dose[k + 1, j]
    lowest, highest = found[LOWEST], found[HIGHEST]
    for i in range(begin, end + 1):
        dose = (1 - up) * a[i] + up * b[i]
        lowest, highest = min(lowest, dose), max(highest, dose)
    found[LOWEST], found[HIGHEST] = lowest, highest


@compiled
def _walk_edges(
    grid: Grid, contours: Contours, plane: int, lower: float, upper: float, highest_gy: float, found: Floats
) -> None:
    rows, columns = grid.dose.shape[1], grid.dose.shape[2]
    bottom, low_share = locate(grid.z, lower)
    top, high_share = locate(grid.z, upper)
    middle, _share = locate(grid.z, (lower + upper) / 2)
    for i in range(contours.first[plane], contours.first[plane + 1]):
        k = contours.after[i]
        ax, ay = (contours.x[i] - grid.x0) / grid.dx, (contours.y[i] - grid.y0) / grid.dy
        ux, uy = (contours.x[k] - grid.x0) / grid.dx - ax, (contours.y[k] - grid.y0) / grid.dy - ay
        begin, end = _clip(ax, ux, columns, 0.0, 1.0)
        begin, end = _clip(ay, uy, rows, begin, end)
        if end < begin:
            continue
        length = np.sqrt(ux * ux + uy * uy)
        at = begin
        while True:
            to = min(_next_line(ax, ux, at), _next_line(ay, uy, at), end)
            half = (at + to) / 2
            ci = min(max(int(np.floor(ax + half * ux)), 0), columns - 2)
            cj = min(max(int(np.floor(ay + half * uy)), 0), rows - 2)
            _search_parabola(grid, bottom, low_share, cj, ci, ax, ay, ux, uy, at, to, found)
            _search_parabola(grid, top, high_share, cj, ci, ax, ay, ux, uy, at, to, found)
            for z in range(bottom + 1, top + 1):
                _search_parabola(grid, z, 0.0, cj, ci, ax, ay, ux, uy, at, to, found)
            if _is_steep(grid, middle, cj, ci, highest_gy):
                found[STEEP] += (to - at) * length
            found[WALKED] += (to - at) * length
            if to >= end:
                break
            at = to


@compiled
def _clip(start: float, change: float, count: int, begin: float, end: float) -> tuple[float, float]:
    """The part of an edge within the grid along one axis."""
    if change == 0:
        return (begin, end) if 0.0 <= start <= count - 1.0 else (1.0, 0.0)
    one, other = -start / change, (count - 1.0 - start) / change
    return max(begin, min(one, other)), min(end, max(one, other))


@compiled
def _next_line(start: float, change: float, at: float) -> float:
    """Where, after `at`, an edge next meets a grid line across this axis."""
    if change == 0:
        return np.inf
    position = start + at * change
    line = np.floor(position + 1e-9) + 1 if change > 0 else np.ceil(position - 1e-9) - 1
    return float((line - start) / change)


@compiled
def _search_parabola(
    grid: Grid,
    k: int,
    up: float,
    j: int,
    i: int,
    ax: float,
    ay: float,
    ux: float,
    uy: float,
    begin: float,
    end: float,
    found: Floats,
) -> None:
    """One stretch of an edge within a cell, at one height: dose at its ends, and at the vertex of the parabola."""
    dose = grid.dose
    d00 = (1 - up) * dose[k, j, i] + up * dose[k + 1, j, i]
    d01 = (1 - up) * dose[k, j, i + 1] + up * dose[k + 1, j, i + 1]
    d10 = (1 - up) * dose[k, j + 1, i] + up * dose[k + 1, j + 1, i]
    d11 = (1 - up) * dose[k, j + 1, i + 1] + up * dose[k + 1, j + 1, i + 1]
    if min(d00, d01, d10, d11) >= found[LOWEST] and max(d00, d01, d10, d11) <= found[HIGHEST]:
        return
    px, py = min(max(ax + begin * ux - i, 0.0), 1.0), min(max(ay + begin * uy - j, 0.0), 1.0)
    qx, qy = min(max(ax + end * ux - i, 0.0), 1.0), min(max(ay + end * uy - j, 0.0), 1.0)
    x1, y1, twist = d01 - d00, d10 - d00, d00 + d11 - d01 - d10
    first = d00 + px * x1 + py * y1 + px * py * twist
    last = d00 + qx * x1 + qy * y1 + qx * qy * twist
    bend = (qx - px) * (qy - py) * twist
    lowest, highest = min(first, last), max(first, last)
    if bend != 0:
        vertex = 0.5 - (last - first) / (2 * bend)
        if 0 < vertex < 1:
            value = first + vertex * (last - first) + bend * vertex * (vertex - 1)
            lowest, highest = min(lowest, value), max(highest, value)
    found[LOWEST], found[HIGHEST] = min(found[LOWEST], lowest), max(found[HIGHEST], highest)


@compiled
def _is_steep(grid: Grid, k: int, j: int, i: int, highest_gy: float) -> bool:
    dose = grid.dose
    lowest = min(dose[k, j, i], dose[k, j, i + 1], dose[k, j + 1, i], dose[k, j + 1, i + 1])
    highest = max(dose[k, j, i], dose[k, j, i + 1], dose[k, j + 1, i], dose[k, j + 1, i + 1])
    return bool(lowest <= 0 and highest > STEEP_SHARE * highest_gy)
