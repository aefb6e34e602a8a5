"""How do structures become an RT Structure Set? Closed contours in patient coordinates, to a ten-thousandth of a mm."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence as Many
from typing import Final

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pelvicrt.dicom.files import SOP_CLASSES
from pelvicrt.dicom.made import Identifiers, new_object, one_item
from pelvicrt.dosimetry import Structure

Floats = npt.NDArray[np.float64]
_TYPES: Final = {"PTV": "PTV", "CTV": "CTV", "GTV": "GTV", "BODY": "EXTERNAL", "EXTERNAL": "EXTERNAL"}
_GOLDEN: Final = 0.618034  # number: steps of the golden ratio round the colour circle keep neighbours apart


def structures_object(
    structures: Many[Structure], *, label: str, to_patient: Floats, frame_of_reference: str, ids: Identifiers
) -> Dataset:
    """An RT Structure Set (PS3.3 A.19.3); structures are numbered from 1 in their order."""
    made = new_object(sop_class=SOP_CLASSES["RTSTRUCT"], modality="RTSTRUCT", ids=ids, role="structures")
    made.FrameOfReferenceUID = frame_of_reference
    made.PositionReferenceIndicator = ""
    made.StructureSetLabel = label
    made.StructureSetDate = ""
    made.StructureSetTime = ""
    frame = Dataset()
    frame.FrameOfReferenceUID = frame_of_reference
    made.ReferencedFrameOfReferenceSequence = one_item(frame)
    numbered = list(enumerate(structures, start=1))
    made.StructureSetROISequence = Sequence([_listed(number, each, frame_of_reference) for number, each in numbered])
    made.ROIContourSequence = Sequence([_contours(number, each, to_patient) for number, each in numbered])
    made.RTROIObservationsSequence = Sequence([_observation(number, each) for number, each in numbered])
    return made


def _listed(number: int, structure: Structure, frame_of_reference: str) -> Dataset:
    item = Dataset()
    item.ROINumber = number
    item.ReferencedFrameOfReferenceUID = frame_of_reference
    item.ROIName = structure.name
    item.ROIGenerationAlgorithm = ""
    return item


def _contours(number: int, structure: Structure, to_patient: Floats) -> Dataset:
    item = Dataset()
    item.ROIDisplayColor = [round(255 * part) for part in colorsys.hsv_to_rgb(number * _GOLDEN % 1, 0.75, 1)]
    contours = [
        _contour(np.column_stack([ring, np.full(len(ring), plane.z_mm)]) @ to_patient.T)
        for plane in structure.planes
        for ring in plane.rings
    ]
    if contours:
        item.ContourSequence = Sequence(contours)
    item.ReferencedROINumber = number
    return item


def _contour(points: Floats) -> Dataset:
    item = Dataset()
    item.ContourGeometricType = "CLOSED_PLANAR"
    item.NumberOfContourPoints = len(points)
    item.ContourData = [f"{value:.4f}" for value in points.ravel()]
    return item


def _observation(number: int, structure: Structure) -> Dataset:
    item = Dataset()
    item.ObservationNumber = number
    item.ReferencedROINumber = number
    item.RTROIInterpretedType = _TYPES.get(structure.name[:3].upper(), _TYPES.get(structure.name.upper(), "ORGAN"))
    item.ROIInterpreter = ""
    return item
