"""How are doses added? On one grid over the volume that all of them cover, and only within one frame of reference.

The finest grid gives the voxels; the others are read at them by trilinear interpolation. Outside the common volume a
sum is not known, so the grid ends there and a structure that reaches beyond says so. For treatment given again, each
dose is changed to 2 Gy fractions first, voxel by voxel, and those are summed: physical doses of different
fractionation have no sum.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.grid import DoseGrid
from pelvicrt.dosimetry.histogram import check_fractionation, in_two_gy
from pelvicrt.foundation import InvalidInput, Problem, Text

Floats = npt.NDArray[np.float64]
Doses = npt.NDArray[np.float32]

_ONE_FRAME = Text(
    "doses of one frame of reference; register the images and map the dose before adding",
    "同一参考坐标系下的剂量；相加前请先配准图像并映射剂量",
)
_OVERLAP = Text("dose grids that overlap", "相互重叠的剂量网格")


def sum_of_grids(grids: Sequence[DoseGrid], *, frames: Sequence[str], file: str = "dose") -> DoseGrid:
    """The sum of doses over the volume they all cover, on the voxels of the finest.

    `frames` names the frame of each grid: what must be equal for coordinates to mean the same place, the frame of
    reference with its orientation.

    Raises:
        InvalidInput: frames that differ, or grids without a common volume; it names `file`.
        ValueError: no grid, or not one frame for each.
    """
    if not grids or len(grids) != len(frames):
        raise ValueError("a sum needs one grid or more and the frame of each")
    if len(set(frames)) > 1:
        found = f"{len(set(frames))} frames of reference"
        raise InvalidInput([Problem(file=file, field="frame of reference", found=found, expected=_ONE_FRAME)])
    parts = on_common_grid(grids, file=file)
    total = np.zeros(parts[0].dose_gy.shape)
    for part in parts:
        total += part.dose_gy
    return DoseGrid(dose_gy=total.astype(np.float32), x_mm=parts[0].x_mm, y_mm=parts[0].y_mm, z_mm=parts[0].z_mm)


def on_common_grid(grids: Sequence[DoseGrid], *, file: str = "dose") -> tuple[DoseGrid, ...]:
    """Each dose on the voxels of the finest grid that lie within all grids.

    Raises:
        InvalidInput: grids without a common volume of two voxels or more along each axis; it names `file`.
    """
    finest = min(grids, key=lambda grid: grid.voxel_cc)
    axes = []
    for name in ("x_mm", "y_mm", "z_mm"):
        low = max(float(getattr(grid, name)[0]) for grid in grids)
        high = min(float(getattr(grid, name)[-1]) for grid in grids)
        axis = getattr(finest, name)
        axes.append(axis[(axis >= low - 1e-6) & (axis <= high + 1e-6)])
    if min(len(axis) for axis in axes) < 2:
        raise InvalidInput([Problem(file=file, field="dose grid", found="no common volume", expected=_OVERLAP)])
    x, y, z = axes
    return tuple(DoseGrid(dose_gy=resampled(grid, x, y, z), x_mm=x, y_mm=y, z_mm=z) for grid in grids)


def resampled(grid: DoseGrid, x_mm: Floats, y_mm: Floats, z_mm: Floats) -> Doses:
    """Trilinear dose at the points of three axes, shape (planes, rows, columns); beyond the centres the nearest holds.

    Trilinear weights are products, so each axis is interpolated on its own, in turn.

    >>> axis = np.array([0.0, 2.0])
    >>> grid = DoseGrid(dose_gy=[[[0, 2], [0, 2]], [[0, 2], [0, 2]]], x_mm=axis, y_mm=axis, z_mm=axis)
    >>> resampled(grid, np.array([0.0, 0.5, 2.0]), axis, axis)[0, 0].tolist()
    [0.0, 0.5, 2.0]
    """
    dose = grid.dose_gy
    for axis, (own, wanted) in enumerate(((grid.z_mm, z_mm), (grid.y_mm, y_mm), (grid.x_mm, x_mm))):
        dose = _along(dose, axis, own, wanted)
    return np.ascontiguousarray(dose)


def eqd2_grid(grid: DoseGrid, *, fractions: int, alpha_beta_gy: float) -> DoseGrid:
    """The grid in 2 Gy fractions, voxel by voxel: D (D/n + alpha/beta) / (2 + alpha/beta) [Gy].

    Raises:
        ValueError: no fractions, or alpha/beta not above 0.
    """
    check_fractionation(fractions, alpha_beta_gy)
    converted = in_two_gy(grid.dose_gy.astype(np.float64), fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    return DoseGrid(dose_gy=converted.astype(np.float32), x_mm=grid.x_mm, y_mm=grid.y_mm, z_mm=grid.z_mm)


def _along(dose: Doses, axis: int, own_mm: Floats, wanted_mm: Floats) -> Doses:
    if np.array_equal(own_mm, wanted_mm):
        return dose
    low = np.clip(np.searchsorted(own_mm, wanted_mm, side="right") - 1, 0, len(own_mm) - 2)
    share = np.clip((wanted_mm - own_mm[low]) / (own_mm[low + 1] - own_mm[low]), 0.0, 1.0)
    shape = [1, 1, 1]
    shape[axis] = len(wanted_mm)
    part = share.astype(np.float32).reshape(shape)
    return np.asarray(dose.take(low, axis=axis) * (1 - part) + dose.take(low + 1, axis=axis) * part)
