"""Where does a dose grid lie in the patient, and in which frame do dose and contours meet?

A dose grid has three axes in patient coordinates: along its columns, along its rows, and the normal of its planes
(their right-handed product). The contours have one normal. Both must share the dose frame's z axis:

- contours and dose along patient axes: the frame is the patient's, axes exchanged and reversed without loss;
- one dose axis along the contours' normal: the frame is the dose's own, and the contours are turned into it;
- neither: the dose must be resampled into the contours' frame (`resampling.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.fields import Item
from pelvicrt.foundation import Text

Floats = npt.NDArray[np.float64]
PARALLEL: Final = 1e-4  # number: sine of the angle below which axes count as parallel: 0.04 mm over 400 mm
_UNIT_LENGTH: Final = 1e-3  # number: how far direction cosines, written with few digits, may be from unit length
_LEAST_SPACING_MM: Final = 0.01  # number: finer than any planning system writes
_MOST_SPACING_MM: Final = 100.0
_SPACING: Final = Text("a spacing between 0.01 and 100 mm", "0.01 至 100 mm 之间的间距")
_COSINES: Final = Text("two perpendicular directions of length 1", "两个互相垂直、长度为 1 的方向")
_MONOTONE: Final = Text("offsets that only rise or only fall", "单调递增或单调递减的偏移量")
_ORIGIN: Final = Text(
    "0, or for an axial grid the z of ImagePositionPatient",
    "0，或（轴位网格）ImagePositionPatient 的 z 值",
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Placement:
    """A grid in patient coordinates: centre of its first voxel, its axes as columns, coordinates along each axis [mm].

    `along` holds the offsets of columns, rows and planes from the first voxel; those of the planes may descend.
    """

    origin: Floats
    axes: Floats
    along: tuple[Floats, Floats, Floats]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Planes, rows, columns."""
        columns, rows, planes = self.along
        return len(planes), len(rows), len(columns)

    def same_as(self, other: Placement) -> bool:
        """Whether two grids coincide to a thousandth of a millimetre."""
        if self.shape != other.shape:
            return False
        near = [np.allclose(one, two, atol=1e-3) for one, two in zip(self.along, other.along, strict=True)]
        turned = np.allclose(self.axes, other.axes, atol=1e-6)
        return all(near) and turned and bool(np.allclose(self.origin, other.origin, atol=1e-3))


def read_placement(root: Item, *, frames: int, rows: int, columns: int) -> Placement:
    """Where the grid of an RT Dose lies (PS3.3 C.7.6.2 and C.8.8.3.2).

    Raises:
        InvalidInput: when a field is missing, not finite, or contradicts another.
    """
    origin = root.numbers("ImagePositionPatient", 3)
    axes = _axes(root)
    row_spacing, column_spacing = (_checked_spacing(root, float(value)) for value in root.numbers("PixelSpacing", 2))
    return Placement(
        origin=origin,
        axes=axes,
        along=(
            np.arange(columns, dtype=np.float64) * column_spacing,
            np.arange(rows, dtype=np.float64) * row_spacing,
            _plane_offsets(root, frames, origin, axes),
        ),
    )


def _axes(root: Item) -> Floats:
    cosines = root.numbers("ImageOrientationPatient", 6).reshape(2, 3)
    lengths = np.linalg.norm(cosines, axis=1)
    if np.any(np.abs(lengths - 1) > _UNIT_LENGTH) or abs(float(cosines[0] @ cosines[1])) > _UNIT_LENGTH:
        raise root.refuse("ImageOrientationPatient", " ".join(f"{x:g}" for x in cosines.ravel()), _COSINES)
    along_row = cosines[0] / lengths[0]
    down_column = cosines[1] - (cosines[1] @ along_row) * along_row
    down_column = down_column / np.linalg.norm(down_column)
    axes = np.column_stack([along_row, down_column, np.cross(along_row, down_column)])
    return _snapped(axes)


def _snapped(axes: Floats) -> Floats:
    """Axes that are the patient's but for rounding are exactly the patient's."""
    nearest = np.round(axes)
    return nearest if np.all(np.abs(axes - nearest) < PARALLEL) else axes


def _checked_spacing(root: Item, value: float) -> float:
    if not _LEAST_SPACING_MM <= value <= _MOST_SPACING_MM:
        raise root.refuse("PixelSpacing", f"{value:g}", _SPACING)
    return value


def _plane_offsets(root: Item, frames: int, origin: Floats, axes: Floats) -> Floats:
    """Distances of the planes from the first along the normal, from relative or absolute offsets."""
    offsets = root.numbers("GridFrameOffsetVector", frames)
    steps = np.diff(offsets)
    if not (np.all(steps > 0) or np.all(steps < 0)):
        raise root.refuse(
            "GridFrameOffsetVector", Text("offsets that turn back or repeat", "折返或重复的偏移量"), _MONOTONE
        )
    if np.min(np.abs(steps)) < _LEAST_SPACING_MM or np.max(np.abs(steps)) > _MOST_SPACING_MM:
        raise root.refuse("GridFrameOffsetVector", f"{steps[np.argmax(np.abs(steps))]:g} mm", _SPACING)
    if offsets[0] == 0:
        return offsets
    axial = abs(float(axes[2, 2]) - 1) < PARALLEL
    if axial and abs(offsets[0] - origin[2]) < _LEAST_SPACING_MM:
        return np.asarray(offsets - offsets[0])
    raise root.refuse(
        "GridFrameOffsetVector", Text(f"a first offset of {offsets[0]:g}", f"首个偏移量为 {offsets[0]:g}"), _ORIGIN
    )


def meeting_frame(dose_axes: Floats, normal: Floats) -> tuple[Floats, bool]:
    """The axes of the dose frame as columns in patient coordinates, and whether the dose must be resampled for it.

    >>> meeting_frame(np.eye(3)[:, [2, 0, 1]], np.array([0.0, 0.0, 1.0]))[1]  # a sagittal grid, axial contours
    False
    """
    patient = np.eye(3)
    along_patient = _parallel_axis(patient, normal)
    if along_patient is not None and _is_signed_permutation(dose_axes):
        return _with_last(patient, along_patient), False
    along_dose = _parallel_axis(dose_axes, normal)
    if along_dose is not None:
        return _with_last(dose_axes, along_dose), False
    if along_patient is not None:
        return _with_last(patient, along_patient), True
    across = patient[:, int(np.argmin(np.abs(normal)))]
    first = across - (across @ normal) * normal
    first = first / np.linalg.norm(first)
    return np.column_stack([first, np.cross(normal, first), normal]), True


def _is_signed_permutation(axes: Floats) -> bool:
    return bool(np.all(np.isclose(np.abs(axes), np.round(np.abs(axes)), atol=PARALLEL)))


def _parallel_axis(axes: Floats, normal: Floats) -> int | None:
    """Which column is along the normal, in either sense."""
    sines = np.linalg.norm(np.cross(axes.T, normal), axis=1)
    nearest = int(np.argmin(sines))
    return nearest if sines[nearest] < PARALLEL else None


def _with_last(axes: Floats, last: int) -> Floats:
    """Right-handed axes turned so that column `last` becomes z."""
    return axes[:, [(last + 1) % 3, (last + 2) % 3, last]]
