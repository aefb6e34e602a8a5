"""What do all DICOM objects the project writes have in common? Identifiers from a seed, a header, no patient, no date.

Everything written says that its identity was removed (or that there never was one). The same seed gives the same bytes.
"""

from __future__ import annotations

import io
import uuid
from dataclasses import dataclass
from typing import Final

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from pelvicrt.foundation import VERSION

_NAMESPACE: Final = uuid.UUID("7b0b5f3e-2f0f-5c53-9a52-3c5d3f1d7c11")  # ours, drawn once; makes seeds of ours unique
IMPLEMENTATION_UID: Final = f"2.25.{_NAMESPACE.int}"
NEVER_A_PATIENT: Final = "synthetic: no patient"


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Unique identifiers of one set of files, each by its role; the same seed gives the same ones.

    >>> Identifiers("demo").uid("dose") == Identifiers("demo").uid("dose") != Identifiers("demo").uid("plan")
    True
    """

    seed: str

    @classmethod
    def from_seed(cls, seed: str | None) -> Identifiers:
        """Identifiers of a seed, or new ones that no one else has."""
        return cls(seed if seed is not None else uuid.uuid4().hex)

    def uid(self, role: str) -> str:
        """An identifier below 2.25, the root for those made from UUIDs (PS3.5 B.2)."""
        return f"2.25.{uuid.uuid5(_NAMESPACE, f'{self.seed}/{role}').int}"

    def patient_number(self) -> str:
        """A number for a patient who does not exist: archives want one."""
        return f"PRT-{uuid.uuid5(_NAMESPACE, f'{self.seed}/patient').hex[:8].upper()}"


def new_object(*, sop_class: str, modality: str, ids: Identifiers, role: str) -> Dataset:
    """A data set with the modules every object needs: patient, study, series, equipment, common."""
    made = Dataset()
    made.SpecificCharacterSet = "ISO_IR 192"
    made.SOPClassUID = sop_class
    made.SOPInstanceUID = ids.uid(role)
    made.PatientName = ""
    made.PatientID = ids.patient_number()
    made.PatientBirthDate = ""
    made.PatientSex = ""
    made.PatientIdentityRemoved = "YES"
    made.DeidentificationMethod = NEVER_A_PATIENT
    made.StudyInstanceUID = ids.uid("study")
    made.StudyDate = ""
    made.StudyTime = ""
    made.ReferringPhysicianName = ""
    made.StudyID = ""
    made.AccessionNumber = ""
    made.Modality = modality
    made.SeriesInstanceUID = ids.uid(f"series/{modality}")
    made.SeriesNumber = None
    made.OperatorsName = ""
    made.Manufacturer = "pelvicrt"
    made.ManufacturerModelName = "pelvicrt"
    made.SoftwareVersions = VERSION
    made.InstanceNumber = 1
    return made


def reference_to(other: Dataset) -> Dataset:
    """A reference to another object by class and instance."""
    item = Dataset()
    item.ReferencedSOPClassUID = other.SOPClassUID
    item.ReferencedSOPInstanceUID = other.SOPInstanceUID
    return item


def one_item(item: Dataset) -> Sequence:
    """A sequence of one item."""
    return Sequence([item])


def file_bytes(made: Dataset, *, transfer_syntax: UID = ExplicitVRLittleEndian) -> bytes:
    """The object as a DICOM file."""
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = transfer_syntax
    made.file_meta.MediaStorageSOPClassUID = made.SOPClassUID
    made.file_meta.MediaStorageSOPInstanceUID = made.SOPInstanceUID
    made.file_meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    made.file_meta.ImplementationVersionName = "PELVICRT"
    stream = io.BytesIO()
    made.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def decimal(value: float) -> str:
    """A number in at most the 16 characters of a decimal string.

    >>> decimal(0.1 + 0.2), decimal(-1 / 3), decimal(-1.23456789012345e-7)
    ('0.3', '-0.333333333333', '-1.23456789e-07')
    """
    for digits in range(12, 0, -1):
        text = f"{value:.{digits}g}"
        if len(text) <= 16:
            return text
    raise ValueError(f"{value} does not fit into 16 characters")
