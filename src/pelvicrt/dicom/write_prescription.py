"""How do fractions and prescriptions become an RT Plan? One fraction group, one dose reference a target, no beams."""

from __future__ import annotations

from collections.abc import Sequence as Many

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pelvicrt.dicom.files import SOP_CLASSES
from pelvicrt.dicom.made import Identifiers, decimal, new_object, one_item, reference_to
from pelvicrt.dicom.treatment import Prescription


def plan_object(
    *,
    label: str,
    fractions: int | None,
    prescriptions: Many[Prescription],
    numbers: dict[str, int],
    structure_set: Dataset,
    ids: Identifiers,
) -> Dataset:
    """An RT Plan (PS3.3 A.20.3) that tells what was prescribed; `numbers` gives the number of each structure."""
    made = new_object(sop_class=SOP_CLASSES["RTPLAN"], modality="RTPLAN", ids=ids, role="plan")
    made.FrameOfReferenceUID = structure_set.FrameOfReferenceUID
    made.PositionReferenceIndicator = ""
    made.RTPlanLabel = label
    made.RTPlanDate = ""
    made.RTPlanTime = ""
    made.RTPlanGeometry = "PATIENT"
    made.ReferencedStructureSetSequence = one_item(reference_to(structure_set))
    made.ApprovalStatus = "UNAPPROVED"
    if prescriptions:
        made.DoseReferenceSequence = Sequence(
            [_dose_reference(at, each, numbers) for at, each in enumerate(prescriptions, start=1)]
        )
    group = Dataset()
    group.FractionGroupNumber = 1
    group.NumberOfFractionsPlanned = fractions
    group.NumberOfBeams = 0
    group.NumberOfBrachyApplicationSetups = 0
    made.FractionGroupSequence = one_item(group)
    return made


def _dose_reference(number: int, prescription: Prescription, numbers: dict[str, int]) -> Dataset:
    item = Dataset()
    item.DoseReferenceNumber = number
    if prescription.structure is None:
        item.DoseReferenceStructureType = "SITE"
    else:
        item.DoseReferenceStructureType = "VOLUME"
        item.ReferencedROINumber = numbers[prescription.structure]
    item.DoseReferenceDescription = prescription.structure or "Target"
    item.DoseReferenceType = "TARGET"
    item.TargetPrescriptionDose = decimal(prescription.dose_gy)
    return item
