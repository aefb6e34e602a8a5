"""How is a dose that was computed from a plan written? As an RT Dose in the plan's frame, without the patient.

A sum of courses or a dose in 2 Gy fractions points at the files it came from. By default all identifiers, the frame of
reference too, are replaced as `Deidentifier` does, so that the file fits de-identified copies made with the same secret
and no original. With `keep_identifiers` it fits the originals and can be loaded beside them.
"""

from __future__ import annotations

from collections.abc import Sequence as Many
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from pelvicrt.dicom.deidentify import Deidentifier
from pelvicrt.dicom.made import Identifiers, file_bytes
from pelvicrt.dicom.treatment import Reference, TreatmentPlan
from pelvicrt.dicom.write_dose import DoseKind, dose_object
from pelvicrt.dosimetry import DoseGrid
from pelvicrt.foundation import Text, UsageError, write_whole

_LONGEST_COMMENT: Final = 1024


def write_derived_dose(
    path: Path,
    dose: DoseGrid,
    *,
    of: Many[TreatmentPlan],
    kind: DoseKind,
    comment: str,
    secret: str | None = None,
    keep_identifiers: bool = False,
    seed: str | None = None,
) -> None:
    """Write a dose computed from one or several plans of one frame.

    Args:
        path: the file to write.
        dose: in the dose frame that all plans share [Gy].
        of: the plans it was computed from.
        kind: PHYSICAL for a sum, EFFECTIVE for a biologically weighted dose.
        comment: how it was computed, in plain words; at most 1024 characters and no patient data.
        secret: of the de-identified copies the file is to fit; a new one when None.
        keep_identifiers: keep the originals' identifiers instead, to load the file beside them; the patient's number
            stays empty all the same, for the reader never kept it.
        seed: makes the file's own identifiers the same on every run.

    Raises:
        UsageError: when the plans are in different frames, the comment is too long, or the dose cannot be written.
        OSError: when the file cannot be written.
    """
    if not of or any(
        each.frame_of_reference_uid != of[0].frame_of_reference_uid or (each.to_patient != of[0].to_patient).any()
        for each in of
    ):
        raise UsageError(Text("the plans of a derived dose must share one frame", "派生剂量的各计划须共用同一坐标系"))
    if len(comment) > _LONGEST_COMMENT:
        raise UsageError(Text("the comment of a dose has at most 1024 characters", "剂量说明最多 1024 个字符"))
    made = dose_object(
        dose,
        to_patient=of[0].to_patient,
        frame_of_reference=of[0].frame_of_reference_uid,
        ids=Identifiers.from_seed(seed),
        bits=32,
        kind=kind,
    )
    plans = [
        reference
        for each in of
        for reference in each.references
        if reference.modality == "RTPLAN" and reference.sop_instance_uid
    ]
    made.DoseSummationType = "MULTI_PLAN" if len(plans) > 1 else "PLAN"
    made.ReferencedRTPlanSequence = Sequence([pointing_at(reference) for reference in plans])
    if not plans:
        del made.ReferencedRTPlanSequence
    made.StudyInstanceUID = of[0].references[0].study_uid or made.StudyInstanceUID
    if keep_identifiers:
        made.PatientID = ""
    else:
        Deidentifier(secret).apply(made)
    made.DoseComment = comment
    write_whole(path, file_bytes(made))


def pointing_at(reference: Reference) -> Dataset:
    """A reference to an object by class and instance."""
    item = Dataset()
    item.ReferencedSOPClassUID = reference.sop_class_uid
    item.ReferencedSOPInstanceUID = reference.sop_instance_uid
    return item
