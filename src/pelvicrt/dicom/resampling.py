"""How does a dose whose axes fit no contour plane come into the contours' frame? Trilinear, and no coarser."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.placement import PARALLEL, Placement
from pelvicrt.dosimetry import DoseGrid

Floats = npt.NDArray[np.float64]
_UNEVEN_MM: Final = 1e-3  # number: gaps that differ by less are written with rounding


def is_uniform(values: Floats) -> bool:
    """Whether coordinates have one gap."""
    gaps = np.diff(values)
    return bool(np.ptp(gaps) <= _UNEVEN_MM)


def resampled_axes(placement: Placement, frame: Floats) -> tuple[Floats, Floats, Floats]:
    """Uniform axes x, y, z in the frame that cover the grid, as fine as the finest grid axis that shows in each."""
    turned = frame.T @ placement.axes
    start = frame.T @ placement.origin
    spans = np.array([[0.0, along[-1]] for along in placement.along])
    gaps = np.array([np.abs(np.diff(along)).min() for along in placement.along])
    axes: list[Floats] = []
    for goal in range(3):
        reach = turned[goal][:, None] * spans
        low, high = start[goal] + reach.min(axis=1).sum(), start[goal] + reach.max(axis=1).sum()
        step = float(gaps[np.abs(turned[goal]) > PARALLEL].min())
        count = int(np.ceil((high - low) / step - 1e-6)) + 1  # number: rounding must not add a plane
        axes.append(low + step * np.arange(count))
    return axes[0], axes[1], axes[2]


def resample(dose: npt.NDArray[np.float32], placement: Placement, frame: Floats) -> DoseGrid:
    """The dose on axes of the frame, by trilinear interpolation; beyond the grid it is 0.

    Args:
        dose: in the file's order, shape (planes, rows, columns) [Gy].
        placement: where that grid lies in the patient.
        frame: axes of the dose frame as columns.
    """
    from scipy.ndimage import map_coordinates

    x_mm, y_mm, z_mm = resampled_axes(placement, frame)
    result = np.zeros((len(z_mm), len(y_mm), len(x_mm)), dtype=np.float32)
    to_grid = placement.axes.T @ frame
    origin = placement.axes.T @ placement.origin
    rows, columns = np.meshgrid(y_mm, x_mm, indexing="ij")
    for at, height in enumerate(z_mm):
        points = np.stack([columns, rows, np.full_like(rows, height)])
        local = np.tensordot(to_grid, points, axes=1) - origin[:, None, None]
        indices = [_index(placement.along[axis], local[axis]) for axis in (2, 1, 0)]
        result[at] = map_coordinates(dose, indices, order=1, mode="constant", cval=0.0)
    return DoseGrid(dose_gy=result, x_mm=x_mm, y_mm=y_mm, z_mm=z_mm)


def _index(along: Floats, position: Floats) -> Floats:
    """Fractional index of positions on an axis that may descend; outside it the index is outside too."""
    ascending = along if along[-1] > along[0] else along[::-1]
    index = np.interp(position, ascending, np.arange(len(along), dtype=float), left=-1.0, right=float(len(along)))
    nudged = np.where(np.abs(position - ascending[0]) < _UNEVEN_MM, 0.0, index)
    nudged = np.where(np.abs(position - ascending[-1]) < _UNEVEN_MM, float(len(along) - 1), nudged)
    return nudged if along[-1] > along[0] else len(along) - 1 - nudged
