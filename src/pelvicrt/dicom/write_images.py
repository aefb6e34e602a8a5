"""How does a volume of CT numbers become a CT series? One axial image a plane, in the frame of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from pelvicrt.dicom.files import SOP_CLASSES
from pelvicrt.dicom.made import Identifiers, decimal, new_object

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CtVolume:
    """CT numbers [HU] as [plane, row, column] with the coordinates of their centres in the dose frame [mm]."""

    hounsfield: npt.NDArray[np.int16]
    x_mm: Floats
    y_mm: Floats
    z_mm: Floats


def ct_objects(volume: CtVolume, *, to_patient: Floats, frame_of_reference: str, ids: Identifiers) -> Iterator[Dataset]:
    """The images of a CT series (PS3.3 A.3.3), in order of z."""
    thickness = float(np.diff(volume.z_mm).mean())
    for at, height in enumerate(volume.z_mm):
        made = new_object(sop_class=SOP_CLASSES["CT"], modality="CT", ids=ids, role=f"ct/{at}")
        del made.OperatorsName
        made.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        made.InstanceNumber = at + 1
        made.AcquisitionNumber = None
        made.PatientPosition = "HFS"
        made.BodyPartExamined = "PELVIS"
        made.KVP = None
        made.FrameOfReferenceUID = frame_of_reference
        made.PositionReferenceIndicator = ""
        origin = to_patient @ np.array([volume.x_mm[0], volume.y_mm[0], height])
        made.ImagePositionPatient = [decimal(value) for value in origin]
        made.ImageOrientationPatient = [decimal(value) for value in to_patient[:, :2].T.ravel()]
        made.PixelSpacing = [decimal(float(np.diff(axis).mean())) for axis in (volume.y_mm, volume.x_mm)]
        made.SliceThickness = decimal(thickness)
        made.SamplesPerPixel = 1
        made.PhotometricInterpretation = "MONOCHROME2"
        made.Rows, made.Columns = volume.hounsfield.shape[1:]
        made.BitsAllocated = made.BitsStored = 16
        made.HighBit = 15
        made.PixelRepresentation = 1
        made.RescaleIntercept = "0"
        made.RescaleSlope = "1"
        made.RescaleType = "HU"
        made.PixelData = volume.hounsfield[at].astype("<i2").tobytes()
        made["PixelData"].VR = "OW"
        yield made
