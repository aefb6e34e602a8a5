"""How do one or several dose files become one dose in the frame it shares with the contours?

Files on the same grid are added plane by plane into one array. Files on other grids, and grids that fit no contour
plane, are interpolated with a notice. The memory bound is checked from the headers before any pixel is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.files import DicomFile, too_large
from pelvicrt.dicom.laying import lay
from pelvicrt.dicom.pixels import PixelLayout, dose_planes, read_layout
from pelvicrt.dicom.placement import Placement, meeting_frame, read_placement
from pelvicrt.dicom.refusal import field_name
from pelvicrt.dicom.resampling import is_uniform, resample, resampled_axes
from pelvicrt.dosimetry import DoseGrid, Notice, sum_of_grids
from pelvicrt.foundation import Text

Floats = npt.NDArray[np.float64]
_TILTED: Final = Text(
    "the planes of the dose are not parallel to those of the contours; the dose was interpolated (trilinear, every "
    "{gap} mm), and is 0 beyond its grid",
    "剂量平面与轮廓平面不平行；已对剂量做三线性插值（间距 {gap} 毫米），网格之外剂量为 0",
)
_OTHER_GRIDS: Final = Text(
    "the dose files have different grids; they were summed by trilinear interpolation, where all of them reach",
    "各剂量文件网格不同；已用三线性插值在共同范围内求和",
)
_ONE_FRAME: Final = "dose frame"  # the frame of reference is the same for all files, and all are laid in one frame
_HIGHEST_GY: Final = 10000.0  # number: beyond the hottest voxel at a brachytherapy source
_DOSE: Final = Text("a dose below 10 000 Gy", "低于 10 000 Gy 的剂量")
_NO_DOSE: Final = Text("dose above 0 somewhere", "至少一处剂量大于 0")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlacedDose:
    """A dose in its frame; `frame` holds the frame's axes as columns in patient coordinates."""

    grid: DoseGrid
    frame: Floats
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One dose file with what its header declares."""

    file: DicomFile
    layout: PixelLayout
    placement: Placement


def read_dose(files: tuple[DicomFile, ...], normal: Floats, *, memory_bound_bytes: int) -> PlacedDose:
    """The sum of dose files, in a frame whose z axis is along the contours' normal.

    Raises:
        InvalidInput: when a header or pixel cannot be used, or the dose would need more memory than allowed.
    """
    parts = [_part(file, memory_bound_bytes) for file in files]
    frame, _ = meeting_frame(parts[0].placement.axes, normal)
    notices: list[Notice] = []
    grids: list[DoseGrid] = []
    while parts:
        same = [part for part in parts if part.placement.same_as(parts[0].placement)]
        parts = [part for part in parts if part not in same]
        grids.append(_one_grid(same, frame, notices, memory_bound_bytes))
    grid = grids[0]
    if len(grids) > 1:
        grid = sum_of_grids(grids, frames=[_ONE_FRAME] * len(grids), file=files[0].name)
        notices.append(Notice(code="summed_other_grids", text=_OTHER_GRIDS))
    if float(grid.dose_gy.max()) > _HIGHEST_GY:
        raise files[0].root.refuse("PixelData", f"{float(grid.dose_gy.max()):g} Gy", _DOSE)
    if not np.any(grid.dose_gy):
        raise files[0].root.refuse("PixelData", Text("dose 0 everywhere", "处处剂量为 0"), _NO_DOSE)
    return PlacedDose(grid=grid, frame=frame, notices=tuple(notices))


def _part(file: DicomFile, bound: int) -> _Part:
    layout = read_layout(file, memory_bound_bytes=bound)
    placement = read_placement(file.root, frames=layout.frames, rows=layout.rows, columns=layout.columns)
    return _Part(file=file, layout=layout, placement=placement)


def _one_grid(parts: list[_Part], frame: Floats, notices: list[Notice], bound: int) -> DoseGrid:
    """The sum of files that share a grid, in the frame."""
    placement = parts[0].placement
    if not _fits(placement, frame):
        return _interpolated(parts, frame, notices, bound)
    laid = lay(placement, frame)
    _add(parts, laid.in_file_order)
    return laid.grid()


def _fits(placement: Placement, frame: Floats) -> bool:
    """Whether the grid only has its axes exchanged or reversed, and is uniform along x and y."""
    turned = np.abs(frame.T @ placement.axes)
    aligned = bool(np.allclose(turned, np.round(turned), atol=1e-4))  # number: as axes count as parallel
    return aligned and all(
        is_uniform(along) for axis, along in enumerate(placement.along) if int(np.argmax(turned[:, axis])) != 2
    )


def _interpolated(parts: list[_Part], frame: Floats, notices: list[Notice], bound: int) -> DoseGrid:
    first = parts[0]
    x_mm, y_mm, z_mm = resampled_axes(first.placement, frame)
    needed = 4 * (len(x_mm) * len(y_mm) * len(z_mm) + int(np.prod(first.placement.shape)))
    if needed > bound:
        found = Text(f"{needed / 1e6:.0f} MB when interpolated", f"插值后 {needed / 1e6:.0f} MB")
        raise too_large(first.file.name, field_name("ImageOrientationPatient"), found, bound)
    dose = np.zeros(first.placement.shape, dtype=np.float32)
    _add(parts, dose)
    notices.append(Notice(code="resampled", text=_TILTED.fill(gap=f"{z_mm[1] - z_mm[0]:g}")))
    return resample(dose, first.placement, frame)


def _add(parts: list[_Part], target: npt.NDArray[np.float32]) -> None:
    """Add the files' doses into an array in file order, one plane at a time."""
    for part in parts:
        for at, dose_gy in enumerate(dose_planes(part.file, part.layout)):
            target[at] += dose_gy
