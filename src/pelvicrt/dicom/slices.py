"""How thick is a CT slice? From the positions of slices; needed for a structure drawn on one plane only."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.contours import FLATNESS_MM, Drawn
from pelvicrt.dicom.files import DicomFile
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import Text

Floats = npt.NDArray[np.float64]
_INFERRED: Final = Text(
    "no CT is there; the slice thickness of structures drawn on one plane was taken from the spacing of the other "
    "contours ({gap} mm)",
    "没有 CT；仅在单层勾画的结构，其层厚取自其他轮廓的间距（{gap} 毫米）",
)
_UNKNOWN: Final = Text(
    "no CT is there and all structures are drawn on one plane, so their thickness is unknown",
    "没有 CT，且所有结构均仅在单层勾画，层厚未知",
)


def slice_thickness(
    images: tuple[DicomFile, ...], frame_of_reference: str, normal: Floats, drawn: list[Drawn], notices: list[Notice]
) -> float | None:
    """The usual distance of CT slices along the contours' normal [mm]; without CT, that of the contour planes.

    Raises:
        InvalidInput: when a CT slice's position cannot be read.
    """
    positions = [
        float(image.root.numbers("ImagePositionPatient", 3) @ normal)
        for image in images
        if image.root.text("FrameOfReferenceUID") == frame_of_reference
    ]
    gap = _usual_gap(positions)
    if gap is not None:
        return gap
    heights = [[float(contour[0] @ normal) for contour in each.contours] for each in drawn]
    single = any(np.ptp(each) <= FLATNESS_MM for each in heights)
    gap = _usual_gap([height for each in heights for height in each])
    if single:
        text = _UNKNOWN if gap is None else _INFERRED.fill(gap=f"{gap:g}")
        notices.append(Notice(code="slice_thickness", text=text))
    return gap


def _usual_gap(positions: list[float]) -> float | None:
    """The median distance of neighbouring planes, None with fewer than two."""
    gaps = np.diff(np.sort(np.array(positions)))
    gaps = gaps[gaps > FLATNESS_MM]
    return float(np.round(np.median(gaps), 4)) if len(gaps) else None
