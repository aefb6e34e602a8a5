"""Shapes with a known dose-volume curve: stacks of discs in a dose that rises 1 Gy a millimetre.

Slab truth: a shape drawn on planes is the stack of discs that its contours enclose, each as thick as its plane. With a
dose D0 + g u, u along some direction, the volume with u >= t has a closed form for every disc:

    along z    pi r^2 clip((top - t) / thickness, 0, 1) thickness
    across     thickness (r^2 acos(t / r) - t sqrt(r^2 - t^2))
    oblique    the across form at t shifted by height, integrated over the thickness (many Gauss points)

A circle drawn with n points has n / (2 pi) sin(2 pi / n) of its area.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from pelvicrt.dosimetry import ContourPlane, DoseGrid, Structure

Floats = npt.NDArray[np.float64]

POINTS = 360
CENTRE_GY = 50.0
OFFSETS = (0.37, 0.21, 0.43)
AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


@dataclass(frozen=True)
class Discs:
    """A stack of discs: height and radius of each [mm], and the thickness of all."""

    name: str
    heights: Floats
    radii: Floats
    thickness: float

    def structure(self) -> Structure:
        around = np.arange(POINTS) * 2 * np.pi / POINTS
        ring = np.column_stack([np.cos(around), np.sin(around)])
        planes = tuple(ContourPlane(float(z), (r * ring,)) for z, r in zip(self.heights, self.radii, strict=True))
        return Structure(name=self.name, planes=planes)

    def volume_cc(self) -> float:
        return float(np.pi * (self.radii**2).sum() * self.thickness * _polygon() / 1000)

    def above_cc(self, t: float, direction: Floats) -> float:
        """Volume [cc] with direction . point >= t."""
        across = float(np.hypot(direction[0], direction[1]))
        if across < 1e-12:
            top = self.heights * direction[2] + self.thickness / 2
            areas = np.pi * self.radii**2 * np.clip((top - t) / self.thickness, 0.0, 1.0)
        else:
            nodes, weights = np.polynomial.legendre.leggauss(1 if abs(direction[2]) < 1e-12 else 24)
            heights = self.heights[:, None] + nodes * self.thickness / 2
            areas = _segment(self.radii[:, None], (t - direction[2] * heights) / across) @ weights / 2
        return float(areas.sum() * self.thickness * _polygon() / 1000)

    def dose_at_volume_gy(self, volume_cc: float, direction: Floats) -> float:
        reach = float(np.abs(self.heights).max() + self.radii.max() + self.thickness)
        return CENTRE_GY + brentq(lambda t: self.above_cc(t, direction) - volume_cc, -reach, reach, xtol=1e-5)

    def mean_gy(self, direction: Floats) -> float:
        weights = self.radii**2
        return float(CENTRE_GY + direction[2] * (weights @ self.heights) / weights.sum())


def _polygon() -> float:
    return POINTS / (2 * np.pi) * np.sin(2 * np.pi / POINTS)


def _segment(r: Floats, t: Floats) -> Floats:
    """Area of a disc of radius r beyond a chord at distance t from its centre."""
    inside = np.clip(t / r, -1.0, 1.0)
    return r * r * (np.arccos(inside) - inside * np.sqrt(1 - inside * inside))


def discs(name: str, radius_at: Callable[[Floats], Floats], height: float, spacing: float) -> Discs:
    """The shape drawn at the centres of slabs of this spacing."""
    count = round(height / spacing)
    heights = -height / 2 + spacing * (np.arange(count) + 0.5)
    return Discs(name, heights, radius_at(heights), spacing)


SHAPES: dict[str, tuple[Callable[[Floats], Floats], float]] = {
    "sphere_12": (lambda z: np.sqrt(144 - z * z), 24.0),
    "sphere_24": (lambda z: np.sqrt(576 - z * z), 48.0),
    "cylinder": (lambda z: np.full(len(z), 12.0), 24.0),
    "cone": (lambda z: (12 - z) / 2, 24.0),
}


def shape(name: str, spacing: float) -> Discs:
    radius_at, height = SHAPES[name]
    return discs(name, radius_at, height, spacing)


def linear_grid(spacing: float, direction: Floats, *, reach: float = 30.0) -> DoseGrid:
    """Dose 50 Gy + 1 Gy/mm along a direction, voxels deliberately off the contours."""
    x, y, z = (np.arange(-reach, reach + spacing, spacing) + offset * spacing for offset in OFFSETS)
    along = direction[0] * x[None, None, :] + direction[1] * y[None, :, None] + direction[2] * z[:, None, None]
    return DoseGrid(dose_gy=CENTRE_GY + along, x_mm=x, y_mm=y, z_mm=z)
