"""What is said of a structure beside its histogram? Contours left out, nested or crossing, volume outside, the skin.

What is said of its planes stands in `slabs.py`, where it is decided.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.areas import CROSSING, NESTED
from pelvicrt.dosimetry.histogram import Histogram
from pelvicrt.dosimetry.notices import Notice
from pelvicrt.dosimetry.structure import Structure
from pelvicrt.foundation import Text

TINY_VOXELS = 10
NEGLIGIBLE_SHARE = 1e-4

_EMPTY = Text("has no closed contour, so no volume and no dose", "没有闭合轮廓，因此没有体积和剂量")
_POINTS = Text(
    "{n} contours of fewer than three points enclose nothing and are left out",
    "{n} 个少于三个点的轮廓不围成任何区域，已略去",
)
_REPEATS = Text(
    "{n} contours stand twice in their plane; the second copies are left out",
    "{n} 个轮廓在其层面中重复出现；已略去重复的副本",
)
_NESTED = Text(
    "contours lie within contours on {n} planes and are read as holes",
    "{n} 个层面上轮廓相互嵌套，内层按空洞处理",
)
_CROSSING = Text(
    "contours cross on {n} planes; what an odd number of them enclose is taken as inside",
    "{n} 个层面上轮廓相互交叉；被奇数个轮廓包围的区域视为结构内部",
)
_CLIPPED = Text(
    "{percent} % of the volume ({cc} cc) lies outside the dose grid; it has no dose and is counted apart",
    "{percent}% 的体积（{cc} cc）位于剂量网格之外；该部分没有剂量，单独列出",
)
_TINY = Text(
    "the volume is only {voxels} voxels of the dose grid; the grid cannot tell more of its dose",
    "体积仅相当于 {voxels} 个剂量网格体素；网格无法更精细地反映其剂量",
)
_SKIN_FILLED = Text(
    "reaches a steep edge of zero dose, as at the skin: voxels of no dose beside it take the mean of their neighbours",
    "到达零剂量的陡峭边缘（如皮肤）：其旁无剂量的体素取相邻体素的平均值",
)
_SKIN_KEPT = Text(
    "reaches a steep edge of zero dose, as at the skin: zeros are mixed into the dose just inside, which reads too low",
    "到达零剂量的陡峭边缘（如皮肤）：零剂量混入其内侧的剂量，该处剂量偏低",
)


def said_of_contours(structure: Structure, flags: npt.NDArray[np.int64]) -> tuple[Notice, ...]:
    """Contours that were left out, and how many planes have nested or crossing ones."""
    counted = (
        (structure.points_left_out, "points", _POINTS),
        (structure.repeats_left_out, "repeats", _REPEATS),
        (int((flags == NESTED).sum()), "nested", _NESTED),
        (int((flags == CROSSING).sum()), "crossing", _CROSSING),
    )
    return tuple(
        Notice(code=code, text=text.fill(n=count), about=structure.name) for count, code, text in counted if count
    )


def said_of_nothing(name: str) -> Notice:
    """A structure without volume."""
    return Notice(code="empty", text=_EMPTY, about=name)


def said_of_skin(name: str, *, filled: bool) -> Notice:
    """A structure at a steep edge of zero dose, and what was done about it."""
    return Notice(code="skin", text=_SKIN_FILLED if filled else _SKIN_KEPT, about=name)


def said_of_volume(histogram: Histogram, voxel_cc: float, name: str) -> tuple[Notice, ...]:
    """Volume outside the grid, and a volume of few voxels."""
    found = []
    if histogram.outside_cc > NEGLIGIBLE_SHARE * histogram.volume_cc:
        percent = 100 * histogram.outside_cc / histogram.volume_cc
        text = _CLIPPED.fill(percent=f"{percent:.2g}", cc=f"{histogram.outside_cc:.3g}")
        found.append(Notice(code="outside_grid", text=text, about=name))
    voxels = histogram.volume_cc / voxel_cc
    if voxels < TINY_VOXELS:
        found.append(Notice(code="tiny", text=_TINY.fill(voxels=f"{voxels:.2g}"), about=name))
    return tuple(found)
