"""How thick is a plane of contours? Half-way to its neighbours; at the ends as far out as in; gaps bridged or left.

A reader must be able to see what was assumed where planes are uneven, missing, or only one, so each choice gives a
notice. The spacing of a structure is the median distance between its planes. A gap is more than 1.5 spacings. It is
bridged, its half going to either side, when it is at most 3.5 spacings (one or two planes not drawn) or at most 10 mm;
beyond that the structure is taken as two parts, each with ends of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.notices import Notice
from pelvicrt.dosimetry.options import Gaps
from pelvicrt.dosimetry.structure import Structure
from pelvicrt.foundation import Text

Floats = npt.NDArray[np.float64]

GAP = 1.5
BRIDGED = 3.5
BRIDGED_MM = 10.0
EVEN_MM = 0.05

_ONE_PLANE = Text(
    "drawn on one plane only; a thickness of {mm} mm is taken from the CT slices",
    "仅在一个层面勾画；按 CT 层厚取厚度 {mm} mm",
)
_ONE_PLANE_ASSUMED = Text(
    "drawn on one plane only and the CT slice thickness is not known; {mm} mm is assumed",
    "仅在一个层面勾画且 CT 层厚未知；假定厚度为 {mm} mm",
)
_UNEVEN = Text(
    "planes are unevenly spaced, {least} to {most} mm; each reaches half-way to its neighbours",
    "层面间距不均匀（{least} 至 {most} mm）；每个层面延伸至与相邻层面的中点",
)
_SPARSE = Text(
    "drawn only every {mm} mm while the CT slices are {thickness} mm thick; filled in between",
    "每隔 {mm} mm 才勾画一层，而 CT 层厚为 {thickness} mm；其间按相邻层面填补",
)
_FAR_APART = Text(
    "planes are {mm} mm apart; filled in between",
    "层面间距达 {mm} mm；其间按相邻层面填补",
)
_BRIDGED = Text(
    "planes seem to be missing between {places} mm; the gap is bridged from the planes beside it",
    "{places} mm 之间似乎缺少层面；空隙由相邻层面填补",
)
_LEFT = Text(
    "planes are missing between {places} mm; the gap is left empty, the structure taken as separate parts",
    "{places} mm 之间缺少层面；空隙不填补，该结构按分开的部分处理",
)


@dataclass(frozen=True, slots=True, eq=False)
class Slabs:
    """Lower and upper z [mm] of each plane, and what was assumed."""

    lower_mm: Floats
    upper_mm: Floats
    notices: tuple[Notice, ...]


def slabs_of(structure: Structure, *, gaps: Gaps, assumed_thickness_mm: float) -> Slabs:
    """The slab of each plane; `assumed_thickness_mm` serves a single plane without a CT slice thickness.

    >>> square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]], dtype=float)
    >>> from pelvicrt.dosimetry.structure import ContourPlane
    >>> planes = tuple(ContourPlane(z, (square,)) for z in (0.0, 3.0, 6.0))
    >>> found = slabs_of(Structure(name="PTV", planes=planes), gaps="auto", assumed_thickness_mm=3.0)
    >>> found.lower_mm.tolist(), found.upper_mm.tolist()
    ([-1.5, 1.5, 4.5], [1.5, 4.5, 7.5])
    """
    heights = np.array([plane.z_mm for plane in structure.planes])
    if len(heights) == 0:
        return Slabs(heights, heights, ())
    if len(heights) == 1:
        return _single(structure, float(heights[0]), assumed_thickness_mm)
    steps = np.diff(heights)
    spacing = float(np.median(steps))
    wide = steps > GAP * spacing * (1 + 1e-6)
    left = _left_empty(steps, wide, spacing, gaps)
    # Beyond an end, and into a gap that stays empty, a plane reaches as far as on its other side, gaps apart.
    own = np.where(wide, spacing / 2, steps / 2)
    half = np.where(left, np.nan, steps / 2)
    below, above = np.insert(half, 0, np.nan), np.append(half, np.nan)
    lower = heights - np.where(np.isnan(below), np.append(own, spacing / 2), below)
    upper = heights + np.where(np.isnan(above), np.insert(own, 0, spacing / 2), above)
    return Slabs(lower, upper, (*_sparse(structure, spacing), *_notices(structure.name, heights, wide, left)))


def usual_spacing_mm(structures: Sequence[Structure]) -> float | None:
    """The median distance between planes over all structures [mm]; None when none has two planes."""
    steps = [np.diff([plane.z_mm for plane in s.planes]) for s in structures if len(s.planes) > 1]
    return float(np.median(np.concatenate(steps))) if steps else None


def _single(structure: Structure, height_mm: float, assumed_mm: float) -> Slabs:
    known = structure.slice_thickness_mm
    thickness = assumed_mm if known is None else known
    text = (_ONE_PLANE_ASSUMED if known is None else _ONE_PLANE).fill(mm=f"{thickness:g}")
    notice = Notice(code="single_plane", text=text, about=structure.name)
    half = thickness / 2
    return Slabs(np.array([height_mm - half]), np.array([height_mm + half]), (notice,))


def _left_empty(steps: Floats, wide: npt.NDArray[np.bool_], spacing: float, gaps: Gaps) -> npt.NDArray[np.bool_]:
    if gaps == "bridge":
        return np.zeros(len(steps), dtype=np.bool_)
    if gaps == "leave":
        return wide
    return wide & (steps > BRIDGED * spacing) & (steps > BRIDGED_MM)


def _sparse(structure: Structure, spacing: float) -> tuple[Notice, ...]:
    """Planes that are evenly spaced, but too far apart for their slabs to be taken on trust."""
    thickness = structure.slice_thickness_mm
    if thickness is not None and spacing > GAP * thickness * (1 + 1e-6):
        text = _SPARSE.fill(mm=f"{spacing:g}", thickness=f"{thickness:g}")
    elif spacing > BRIDGED_MM:
        text = _FAR_APART.fill(mm=f"{spacing:g}")
    else:
        return ()
    return (Notice(code="sparse_planes", text=text, about=structure.name),)


def _notices(
    name: str, heights: Floats, wide: npt.NDArray[np.bool_], left: npt.NDArray[np.bool_]
) -> tuple[Notice, ...]:
    found = []
    steps = np.diff(heights)
    near = steps[~wide]
    if len(near) and near.max() - near.min() > EVEN_MM:
        text = _UNEVEN.fill(least=f"{near.min():g}", most=f"{near.max():g}")
        found.append(Notice(code="uneven_planes", text=text, about=name))
    for code, text, which in (("gap_bridged", _BRIDGED, wide & ~left), ("gap_left", _LEFT, left)):
        if which.any():
            found.append(Notice(code=code, text=text.fill(places=_places(heights, which)), about=name))
    return tuple(found)


def _places(heights: Floats, which: npt.NDArray[np.bool_]) -> str:
    return ", ".join(f"{heights[i]:g}-{heights[i + 1]:g}" for i in np.flatnonzero(which))
