"""A slow oracle for dose-volume histograms: points spread evenly through a box, each looked at on its own.

Nothing is shared with the product: inside is decided by ray casting over the rings with numpy, dose by
scipy's trilinear interpolator, the slab of a point by which plane is nearest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.interpolate import RegularGridInterpolator
from scipy.stats import qmc

from pelvicrt.dosimetry import DoseGrid, Structure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sampled:
    """Doses of the points inside [Gy]; not a number outside the dose grid. Each stands for `each_cc`."""

    doses_gy: Floats
    each_cc: float

    @property
    def volume_cc(self) -> float:
        return len(self.doses_gy) * self.each_cc

    @property
    def outside_cc(self) -> float:
        return float(np.isnan(self.doses_gy).sum() * self.each_cc)

    @property
    def known_gy(self) -> Floats:
        return np.sort(self.doses_gy[~np.isnan(self.doses_gy)])

    def dose_at_percent_gy(self, percent: float) -> float:
        return float(np.quantile(self.known_gy, 1 - percent / 100))


def sampled(grid: DoseGrid, structure: Structure, *, power: int = 20, seed: int = 1) -> Sampled:
    """2^power Sobol points in the box of the structure."""
    heights = np.array([plane.z_mm for plane in structure.planes])
    edges = _edges(heights, structure.slice_thickness_mm)
    rings = [ring for plane in structure.planes for ring in plane.rings]
    low = np.array([*np.vstack(rings).min(axis=0), edges[0]])
    high = np.array([*np.vstack(rings).max(axis=0), edges[-1]])
    points = qmc.scale(qmc.Sobol(3, seed=seed).random_base2(power), low, high)
    which = np.searchsorted(edges, points[:, 2]) - 1
    inside = np.zeros(len(points), dtype=bool)
    for plane, contour in enumerate(structure.planes):
        here = np.flatnonzero(which == plane)
        for ring in contour.rings:
            inside[here] ^= _within(points[here, 0], points[here, 1], ring)
    look_up = RegularGridInterpolator(
        (grid.z_mm, grid.y_mm, grid.x_mm), grid.dose_gy.astype(np.float64), bounds_error=False, fill_value=np.nan
    )
    return Sampled(look_up(points[inside][:, ::-1]), float(np.prod(high - low)) / len(points) / 1000)


def _edges(heights: Floats, thickness: float | None) -> Floats:
    if len(heights) == 1:
        half = (thickness or 1.0) / 2
        return np.array([heights[0] - half, heights[0] + half])
    middles = (heights[1:] + heights[:-1]) / 2
    return np.concatenate(
        [[heights[0] - (heights[1] - heights[0]) / 2], middles, [heights[-1] + (heights[-1] - heights[-2]) / 2]]
    )


def _within(x: Floats, y: Floats, ring: Floats) -> npt.NDArray[np.bool_]:
    inside = np.zeros(len(x), dtype=bool)
    for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > y) != (by > y)
        inside ^= crosses & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return inside
