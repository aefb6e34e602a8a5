"""How does a dose array become an RT Dose? As 16 or 32 bit steps of a scaling that keeps the highest dose exact."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from pelvicrt.dicom.files import SOP_CLASSES
from pelvicrt.dicom.made import Identifiers, decimal, new_object
from pelvicrt.dosimetry import DoseGrid
from pelvicrt.foundation import Text, UsageError

Floats = npt.NDArray[np.float64]
DoseKind = Literal["PHYSICAL", "EFFECTIVE"]
_ROUND_UP: Final = 1 + 1e-9  # number: so that the rounded scaling never makes the highest dose overflow


def dose_object(
    dose: DoseGrid, *, to_patient: Floats, frame_of_reference: str, ids: Identifiers, bits: int, kind: DoseKind
) -> Dataset:
    """An RT Dose of the whole plan (PS3.3 A.18.3) without references.

    Args:
        dose: the dose grid in the dose frame.
        to_patient: axes of the dose frame as columns in patient coordinates.
        frame_of_reference: identifier of the patient's frame.
        ids: identifiers of this set of files.
        bits: 16 or 32, the width of a voxel.
        kind: PHYSICAL, or EFFECTIVE for a biologically weighted dose.

    Raises:
        UsageError: when the dose is negative or not finite, or x or y are uneven.
    """
    _check(dose)
    made = new_object(sop_class=SOP_CLASSES["RTDOSE"], modality="RTDOSE", ids=ids, role="dose")
    made.FrameOfReferenceUID = frame_of_reference
    made.PositionReferenceIndicator = ""
    origin = to_patient @ np.array([dose.x_mm[0], dose.y_mm[0], dose.z_mm[0]])
    made.ImagePositionPatient = [decimal(value) for value in origin]
    made.ImageOrientationPatient = [decimal(value) for value in to_patient[:, :2].T.ravel()]
    made.SliceThickness = None
    made.PixelSpacing = [decimal(float(np.diff(axis).mean())) for axis in (dose.y_mm, dose.x_mm)]
    made.GridFrameOffsetVector = [decimal(value) for value in dose.z_mm - dose.z_mm[0]]
    made.FrameIncrementPointer = 0x3004000C
    made.DoseUnits = "GY"
    made.DoseType = kind
    made.DoseSummationType = "PLAN"
    _put_pixels(made, dose.dose_gy, bits)
    return made


def _check(dose: DoseGrid) -> None:
    highest, lowest = float(dose.dose_gy.max()), float(dose.dose_gy.min())
    if not (np.isfinite(highest) and lowest >= 0):
        raise UsageError(Text("a dose to be written must be finite and not negative", "写入的剂量必须有限且不为负"))
    if any(np.ptp(np.diff(axis)) > 1e-3 for axis in (dose.x_mm, dose.y_mm)):  # number: written to a thousandth
        raise UsageError(Text("a dose to be written must be even along x and y", "写入的剂量在 x、y 方向须等间距"))


def _put_pixels(made: Dataset, dose_gy: npt.NDArray[np.float32], bits: int) -> None:
    steps = 2**bits - 1
    highest = float(dose_gy.max())
    scaling = decimal(highest * _ROUND_UP / steps) if highest > 0 else "1"
    made.DoseGridScaling = scaling
    made.SamplesPerPixel = 1
    made.PhotometricInterpretation = "MONOCHROME2"
    made.NumberOfFrames, made.Rows, made.Columns = dose_gy.shape
    made.BitsAllocated = made.BitsStored = bits
    made.HighBit = bits - 1
    made.PixelRepresentation = 0
    words = np.empty(dose_gy.shape, dtype=f"<u{bits // 8}")
    for plane, target in zip(dose_gy, words, strict=True):
        target[...] = np.minimum(np.rint(plane.astype(np.float64) / float(scaling)), steps)
    data = words.tobytes()
    made.PixelData = data + b"\0" * (len(data) % 2)
    made["PixelData"].VR = "OW"
