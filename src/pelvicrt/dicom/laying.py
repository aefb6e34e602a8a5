"""How does a grid in the patient become a dose array with ascending axes, without a second copy of it?

The target array is made first; a view of it in the file's own order (planes, rows, columns) is filled plane by plane.
Exchanged and reversed axes are then only strides.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.placement import Placement
from pelvicrt.dosimetry import DoseGrid

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LaidGrid:
    """A dose array in the dose frame [z, y, x], the same memory in the file's order, and coordinates of each axis."""

    dose_gy: npt.NDArray[np.float32]
    in_file_order: npt.NDArray[np.float32]
    x_mm: Floats
    y_mm: Floats
    z_mm: Floats

    def grid(self) -> DoseGrid:
        """The finished dose grid."""
        return DoseGrid(dose_gy=self.dose_gy, x_mm=self.x_mm, y_mm=self.y_mm, z_mm=self.z_mm)


def lay(placement: Placement, frame: Floats) -> LaidGrid:
    """An empty dose array for a grid whose axes are those of the frame, exchanged or reversed.

    Args:
        placement: the grid in patient coordinates.
        frame: axes of the dose frame as columns; each grid axis must be parallel to one of them.
    """
    turned = frame.T @ placement.axes
    target = [int(np.argmax(np.abs(turned[:, axis]))) for axis in range(3)]
    start = frame.T @ placement.origin
    coordinates: list[Floats] = [np.empty(0)] * 3
    reversed_axes = [False] * 3
    for axis, goal in enumerate(target):
        sign = np.sign(turned[goal, axis])
        values = start[goal] + sign * placement.along[axis]
        reversed_axes[axis] = bool(values[-1] < values[0])
        coordinates[goal] = values[::-1].copy() if reversed_axes[axis] else values
    x_mm, y_mm, z_mm = coordinates
    dose = np.zeros((len(z_mm), len(y_mm), len(x_mm)), dtype=np.float32)
    # Array axes run z, y, x while coordinates run x, y, z: array axis = 2 - coordinate axis, on both sides.
    view = dose.transpose([2 - target[2 - array_axis] for array_axis in range(3)])
    view = view[tuple(slice(None, None, -1 if reversed_axes[2 - at] else 1) for at in range(3))]
    return LaidGrid(dose_gy=dose, in_file_order=view, x_mm=x_mm, y_mm=y_mm, z_mm=z_mm)
