"""Which structures are drawn, and on which planes? From an RT Structure Set to contours in patient coordinates.

Closed planar contours are read, the exclusive-or kind too; points, open lines and structures without contours are
left out with a notice. A contour must have at least three points, all finite and in one plane.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.fields import Item
from pelvicrt.dicom.files import DicomFile
from pelvicrt.dicom.privacy import Patient
from pelvicrt.dicom.refusal import NOTHING
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import Text

Floats = npt.NDArray[np.float64]
FLATNESS_MM: Final = 0.05  # number: contour points are written to 0.01 mm; half a tenth is no other plane
_FARTHEST_MM: Final = 10000.0  # number: ten metres from the origin is no patient
_CLOSED: Final = frozenset({"CLOSED_PLANAR", "CLOSEDPLANAR_XOR"})
_OPEN_KINDS: Final = frozenset({"POINT", "OPEN_PLANAR", "OPEN_NONPLANAR"})
_KINDS: Final = Text(", ".join(sorted(_CLOSED | _OPEN_KINDS)), "、".join(sorted(_CLOSED | _OPEN_KINDS)))
_POINTS: Final = Text("x, y and z of at least three points", "至少三个点的 x、y、z 坐标")
_FLAT: Final = Text("points in one plane", "位于同一平面的点")
_NUMBERS: Final = Text("finite numbers below 10 m", "有限且小于 10 米的数值")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Drawn:
    """A structure as drawn: name, number in its file, frame of reference, contours as (n, 3) patient points [mm]."""

    name: str
    number: int
    frame_of_reference_uid: str | None
    contours: tuple[Floats, ...]


def read_drawn(file: DicomFile) -> tuple[list[Drawn], list[Notice]]:
    """Every structure with closed contours, and notices about the others.

    Raises:
        InvalidInput: when a structure's name, number or contour cannot be read.
    """
    names, notices = _names(file.root)
    frames = _frames(file.root)
    drawn: list[Drawn] = []
    seen: set[int] = set()
    for item in file.root.items("ROIContourSequence"):
        number = item.needed_count("ReferencedROINumber", at_least=0)
        if number not in names or number in seen:
            wanted = Text(
                "a structure listed once in StructureSetROISequence", "StructureSetROISequence 中列出一次的结构"
            )
            raise item.refuse("ReferencedROINumber", str(number), wanted)
        seen.add(number)
        contours, others = _contours_of(item)
        if others:
            notices.append(_notice("open_contours", names[number], _OPEN.fill(name=names[number], n=others)))
        if contours:
            drawn.append(
                Drawn(name=names[number], number=number, frame_of_reference_uid=frames[number], contours=contours)
            )
        elif not others:
            notices.append(_notice("no_contours", names[number], _EMPTY.fill(name=names[number])))
    for number in sorted(names.keys() - seen):
        notices.append(_notice("no_contours", names[number], _EMPTY.fill(name=names[number])))
    return drawn, notices


_OPEN: Final = Text(
    "{name}: {n} contours that are points or open lines were left out",
    "{name}：已略过 {n} 个点状或非闭合轮廓",
)
_EMPTY: Final = Text("{name}: left out, for it has no contour", "{name}：没有轮廓，已略过")


def _notice(code: str, name: str, text: Text) -> Notice:
    return Notice(code=code, text=text, about=name)


def _names(root: Item) -> tuple[dict[int, str], list[Notice]]:
    """Names by number. Two structures of one name are told apart by their number; patient data are no name."""
    listed = root.items("StructureSetROISequence")
    if not listed:
        raise root.refuse("StructureSetROISequence", NOTHING, Text("at least one structure", "至少一个结构"))
    patient = Patient.of(root)
    names: dict[int, str] = {}
    notices: list[Notice] = []
    for item in listed:
        number = item.needed_count("ROINumber", at_least=0)
        if number in names:
            raise item.refuse(
                "ROINumber", Text(f"{number} twice", f"{number} 出现两次"), Text("a number of its own", "唯一的编号")
            )
        name = item.text("ROIName") or f"ROI {number}"
        if patient.shows_in(name):
            name = f"ROI {number}"
            notices.append(_notice("renamed", name, _RENAMED.fill(name=name)))
        if name in names.values():
            name = f"{name} ({number})"
            notices.append(_notice("same_name", name, _SAME_NAME.fill(name=name)))
        names[number] = name
    return names, notices


_SAME_NAME: Final = Text(
    "two structures have one name; the later one is called {name}",
    "两个结构同名；后者改称 {name}",
)
_RENAMED: Final = Text(
    "a structure whose name carried patient data is called {name}",
    "某结构名称含患者信息，已改称 {name}",
)


def _frames(root: Item) -> dict[int, str | None]:
    """The frame of reference each structure is drawn in; the structure set's own when it names none."""
    listed = [item.text("FrameOfReferenceUID") for item in root.items("ReferencedFrameOfReferenceSequence")]
    own = root.text("FrameOfReferenceUID") or (listed[0] if len(listed) == 1 else None)
    return {
        item.needed_count("ROINumber", at_least=0): item.text("ReferencedFrameOfReferenceUID") or own
        for item in root.items("StructureSetROISequence")
    }


def _contours_of(item: Item) -> tuple[tuple[Floats, ...], int]:
    """Closed contours, and how many there were of other kinds."""
    contours: list[Floats] = []
    others = 0
    for contour in item.items("ContourSequence"):
        kind = contour.text("ContourGeometricType")
        if kind in _CLOSED:
            contours.append(_points(contour))
        elif kind in _OPEN_KINDS:
            others += 1
        else:
            raise contour.refuse("ContourGeometricType", Text("another value", "其他值"), _KINDS)
    return tuple(contours), others


def _points(contour: Item) -> Floats:
    numbers = contour.numbers("ContourData")
    if len(numbers) % 3 or len(numbers) < 9:
        raise contour.refuse("ContourData", Text(f"{len(numbers)} numbers", f"{len(numbers)} 个数值"), _POINTS)
    stated = contour.count("NumberOfContourPoints")
    if stated is not None and stated * 3 != len(numbers):
        wanted = Text(f"{len(numbers) // 3}, as there are points", f"{len(numbers) // 3}（与点数一致）")
        raise contour.refuse("NumberOfContourPoints", str(stated), wanted)
    points = numbers.reshape(-1, 3)
    if float(np.abs(points).max()) > _FARTHEST_MM:
        raise contour.refuse("ContourData", Text("a point farther away", "距离过远的点"), _NUMBERS)
    return points


def common_normal(drawn: list[Drawn]) -> Floats:
    """The direction across the planes that at least half of the contours lie in, a unit vector in patient coordinates.

    The patient's own axes are tried first, so that axial contours give exactly (0, 0, 1); then the plane of the contour
    with most points.
    """
    contours = [contour for each in drawn for contour in each.contours]
    for axis in (2, 1, 0):
        flat = sum(float(np.ptp(contour[:, axis])) <= FLATNESS_MM for contour in contours)
        if 2 * flat >= len(contours):
            along_axis: Floats = np.eye(3)[axis]
            return along_axis
    return _newell(max(contours, key=len))[0]


def _newell(points: Floats) -> tuple[Floats, float]:
    """Unit normal and area of a closed polygon (Newell's method)."""
    centred = points - points.mean(axis=0)
    twice = np.cross(centred, np.roll(centred, -1, axis=0)).sum(axis=0)
    length = float(np.linalg.norm(twice))
    normal: Floats = twice / length if length > 0 else np.array([0.0, 0.0, 1.0])
    return normal, length / 2


def lying_across(drawn: list[Drawn], normal: Floats, file: DicomFile) -> Iterator[Drawn | Notice]:
    """Structures whose contours all lie across the normal; a notice for each drawn in other planes.

    Raises:
        InvalidInput: when a contour lies in no plane at all.
    """
    for each in drawn:
        tilted = [at for at, contour in enumerate(each.contours) if np.ptp(contour @ normal) > FLATNESS_MM]
        if not tilted:
            yield each
            continue
        for at in tilted:
            own, area = _newell(each.contours[at])
            if area <= 0 or np.ptp(each.contours[at] @ own) > FLATNESS_MM:
                field = f"ROIContourSequence: ROI {each.number}, ContourSequence[{at}].ContourData"
                raise file.root.refuse(field, Text("points beside their plane", "偏离所在平面的点"), _FLAT)
        yield _notice("other_planes", each.name, _TILTED.fill(name=each.name))


def in_planes(contours: tuple[Floats, ...]) -> list[Floats]:
    """Contours of the dose frame, each in one plane exactly, and those of one plane at the very same height.

    Rounding in the file, or turning, moves heights by hundredths of a millimetre; taken as they are, a hole and what
    it is in would then stand in two planes. Contours that need no change are not copied.
    """
    heights = np.array([contour[0, 2] for contour in contours])
    order = np.argsort(heights)
    starts = np.diff(heights[order], prepend=-np.inf) > FLATNESS_MM
    planes = np.empty(len(heights), dtype=np.int64)
    planes[order] = np.cumsum(starts) - 1
    level = heights[order][starts]
    return [_at_height(contour, float(level[plane])) for contour, plane in zip(contours, planes, strict=True)]


def _at_height(contour: Floats, height: float) -> Floats:
    if np.all(contour[:, 2] == height):
        return contour
    return np.column_stack([contour[:, :2], np.full(len(contour), height)])


_TILTED: Final = Text(
    "{name}: left out, for it is drawn in planes that are not parallel to those of the other structures",
    "{name}：所在平面与其他结构不平行，已略过",
)
