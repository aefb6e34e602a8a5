"""What is a dose grid? Physical dose of the whole course at the centres of voxels, in the dose frame.

The dose frame is orthonormal: x runs along a row (over columns), y over rows, z over planes, all ascending. Between the
centres of voxels dose is trilinear. Beyond the outermost centres it is not known: the grid covers the box they span.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Doses = npt.NDArray[np.float32]

UNIFORM_MM = 1e-3


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DoseGrid:
    """Dose [Gy] of the whole course, shape (planes, rows, columns), and coordinates [mm] of the voxel centres.

    x and y are uniform within 0.001 mm; z may be uneven. Every axis has two voxels or more.

    Raises:
        ValueError: shapes that do not fit, coordinates that do not ascend, x or y not uniform, a dose that is negative
            or not a number.

    >>> grid = DoseGrid(dose_gy=np.ones((2, 2, 3)), x_mm=[0, 1, 2], y_mm=[0, 1], z_mm=[0, 3])
    >>> grid.highest_gy, grid.voxel_cc
    (1.0, 0.003)
    """

    dose_gy: Doses
    x_mm: Floats
    y_mm: Floats
    z_mm: Floats

    def __post_init__(self) -> None:
        dose = np.ascontiguousarray(self.dose_gy, dtype=np.float32)
        object.__setattr__(self, "dose_gy", dose)
        for name in ("x_mm", "y_mm", "z_mm"):
            object.__setattr__(self, name, np.array(getattr(self, name), dtype=np.float64))
        if dose.shape != (len(self.z_mm), len(self.y_mm), len(self.x_mm)):
            raise ValueError(
                f"dose of shape {dose.shape} does not fit {len(self.z_mm)} planes, {len(self.y_mm)} rows and "
                f"{len(self.x_mm)} columns"
            )
        if min(dose.shape) < 2:
            raise ValueError(f"a dose grid needs two voxels or more along each axis; got shape {dose.shape}")
        for name in ("x_mm", "y_mm", "z_mm"):
            _check_axis(name, getattr(self, name), uniform=name != "z_mm")
        lowest, highest = float(dose.min()), float(dose.max())
        if not (np.isfinite(lowest) and np.isfinite(highest)) or lowest < 0:
            raise ValueError(f"a dose must be 0 or more everywhere; found {lowest:g} to {highest:g} Gy")

    @property
    def highest_gy(self) -> float:
        """The highest dose of any voxel [Gy]."""
        return float(self.dose_gy.max())

    @property
    def voxel_cc(self) -> float:
        """Volume of a voxel [cc]; with uneven planes that of the commonest (median) spacing."""
        spacing = (self.x_mm[1] - self.x_mm[0], self.y_mm[1] - self.y_mm[0], float(np.median(np.diff(self.z_mm))))
        return float(np.prod(spacing)) / 1000.0


def _check_axis(name: str, coordinates_mm: Floats, *, uniform: bool) -> None:
    steps = np.diff(coordinates_mm)
    if not (np.isfinite(coordinates_mm).all() and (steps > 0).all()):
        raise ValueError(f"{name} must ascend from voxel to voxel")
    if (
        uniform
        and np.abs(coordinates_mm - np.linspace(coordinates_mm[0], coordinates_mm[-1], len(coordinates_mm))).max()
        > UNIFORM_MM
    ):
        raise ValueError(f"{name} must be evenly spaced within {UNIFORM_MM:g} mm")
