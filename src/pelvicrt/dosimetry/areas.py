"""How large is a plane of contours, exactly? The area that an odd number of rings enclose, and how the rings lie.

One ring that does not cross itself has the area of the shoelace formula. Everything else is cut at every height where
an edge begins, ends or meets another: between two such heights the length inside is a straight function of height, so
its value half-way times the distance is exact.
"""

# Compiled functions take their arguments by position.
# ruff: noqa: PLR0917

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.compiled import compiled
from pelvicrt.dosimetry.contours import Contours
from pelvicrt.dosimetry.lines import sort

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NESTED = 1
CROSSING = 2
NEGLIGIBLE = 1e-9


@compiled
def measure_planes(contours: Contours, areas: Floats, flags: Ints) -> None:
    """Write the area [mm2] of each plane, and whether rings lie within rings (1) or edges cross (2)."""
    for plane in range(len(areas)):
        first, last = contours.first[plane], contours.first[plane + 1]
        areas[plane], flags[plane] = 0.0, 0
        if last > first:
            areas[plane], flags[plane] = _measure(contours, first, last)


@compiled
def _measure(contours: Contours, first: int, last: int) -> tuple[float, int]:
    least, order = np.empty(last - first), np.empty(last - first, dtype=np.int64)
    for i in range(first, last):
        least[i - first] = min(contours.y[i], contours.y[contours.after[i]])
        order[i - first] = i
    _sort_by(least, order)
    meetings = _meetings(contours, order)
    alone = _shoelaces(contours, first, last)
    if len(meetings) == 0 and contours.ring[first] == contours.ring[last - 1]:
        return alone, 0
    area = _by_strips(contours, order, meetings)
    if len(meetings) > 0:
        return area, CROSSING
    return area, NESTED if area < alone * (1 - NEGLIGIBLE) else 0


@compiled
def _shoelaces(contours: Contours, first: int, last: int) -> float:
    """The areas of all rings, added up."""
    total, ring = 0.0, 0.0
    x0, y0 = contours.x[first], contours.y[first]
    for i in range(first, last):
        j = contours.after[i]
        ring += (contours.x[i] - x0) * (contours.y[j] - y0) - (contours.x[j] - x0) * (contours.y[i] - y0)
        if j <= i:
            total += abs(ring) / 2
            ring = 0.0
    return total


@compiled
def _meetings(contours: Contours, order: Ints) -> Floats:
    """The heights at which two edges cross each other properly, not merely touch or share a point."""
    found = np.empty(16)
    count = 0
    x, y, after = contours.x, contours.y, contours.after
    for a in range(len(order)):
        i = order[a]
        top = max(y[i], y[after[i]])
        left, right = min(x[i], x[after[i]]), max(x[i], x[after[i]])
        for b in range(a + 1, len(order)):
            j = order[b]
            if min(y[j], y[after[j]]) >= top:
                break
            if max(x[j], x[after[j]]) <= left or min(x[j], x[after[j]]) >= right:
                continue
            height = _crossing(x[i], y[i], x[after[i]], y[after[i]], x[j], y[j], x[after[j]], y[after[j]])
            if not np.isnan(height):
                if count == len(found):
                    longer = np.empty(2 * count)
                    for c in range(count):
                        longer[c] = found[c]
                    found = longer
                found[count] = height
                count += 1
    return found[:count]


@compiled
def _crossing(ax: float, ay: float, bx: float, by: float, cx: float, cy: float, dx: float, dy: float) -> float:
    """The height at which edges a-b and c-d cross within both; not a number when they do not."""
    ux, uy, vx, vy = bx - ax, by - ay, dx - cx, dy - cy
    turn = ux * vy - uy * vx
    small = NEGLIGIBLE * np.sqrt((ux * ux + uy * uy) * (vx * vx + vy * vy))
    if abs(turn) <= small:
        return np.nan
    along = ((cx - ax) * vy - (cy - ay) * vx) / turn
    across = ((cx - ax) * uy - (cy - ay) * ux) / turn
    inside = NEGLIGIBLE < along < 1 - NEGLIGIBLE and NEGLIGIBLE < across < 1 - NEGLIGIBLE
    return ay + along * uy if inside else np.nan


@compiled
def _by_strips(contours: Contours, order: Ints, meetings: Floats) -> float:
    """The even-odd area, strip by strip between the heights at which anything changes."""
    x, y, after = contours.x, contours.y, contours.after
    heights = np.empty(len(order) + len(meetings))
    for a in range(len(order)):
        heights[a] = y[order[a]]
    for a in range(len(meetings)):
        heights[len(order) + a] = meetings[a]
    _sort_by(heights, np.empty(len(heights), dtype=np.int64))
    active = np.empty(len(order), dtype=np.int64)
    found = np.empty(len(order))
    held, waiting, area = 0, 0, 0.0
    for k in range(len(heights) - 1):
        middle = (heights[k] + heights[k + 1]) / 2
        if heights[k + 1] <= heights[k]:
            continue
        while waiting < len(order) and min(y[order[waiting]], y[after[order[waiting]]]) <= middle:
            active[held] = order[waiting]
            held += 1
            waiting += 1
        kept, count = 0, 0
        for a in range(held):
            i = active[a]
            j = after[i]
            if max(y[i], y[j]) <= middle:
                continue
            active[kept] = i
            kept += 1
            found[count] = x[i] + (middle - y[i]) / (y[j] - y[i]) * (x[j] - x[i])
            count += 1
        held = kept
        sort(found, 0, count)
        for c in range(0, count - 1, 2):
            area += (found[c + 1] - found[c]) * (heights[k + 1] - heights[k])
    return area


@compiled
def _sort_by(keys: Floats, items: Ints) -> None:
    """Put keys in ascending order, and items with them, in place: by insertion over ever smaller steps."""
    count = len(keys)
    step = 1
    while step < count // 3:
        step = 3 * step + 1
    while step > 0:
        for i in range(step, count):
            key, item = keys[i], items[i]
            k = i
            while k >= step and keys[k - step] > key:
                keys[k], items[k] = keys[k - step], items[k - step]
                k -= step
            keys[k], items[k] = key, item
        step //= 3
