"""How is a patient taken out of DICOM objects? By dicognito, and by emptying the free text it leaves.

dicognito replaces names, numbers, identifiers, addresses, equipment, dates and times throughout, the same original by
the same substitute under one secret, so that files keep pointing at one another. It leaves descriptions and private
elements: those are removed here, and labels and structure names that carry the patient are replaced.
"""

from __future__ import annotations

import io
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pydicom import dcmread
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, ExplicitVRBigEndian, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from pelvicrt.dicom.fields import Item
from pelvicrt.dicom.files import DIRECTORY, MEMORY_BOUND_BYTES, open_file
from pelvicrt.dicom.folder import dicom_files
from pelvicrt.dicom.privacy import Patient
from pelvicrt.dicom.refusal import DAMAGE, INTACT, WHOLE_FILE, quiet, refusal
from pelvicrt.foundation import Text, UsageError, write_whole

# Free text that nothing depends on and that people write names into; dicognito does not know it.
_FREE_TEXT: Final = (
    "AcquisitionComments",
    "AdditionalPatientHistory",
    "Allergies",
    "AdmittingDiagnosesDescription",
    "BeamDescription",
    "DerivationDescription",
    "DoseComment",
    "FractionGroupDescription",
    "ImageComments",
    "InterpretationText",
    "MedicalAlerts",
    "PatientComments",
    "PatientSetupLabel",
    "PatientState",
    "PerformedProcedureStepDescription",
    "PrescriptionDescription",
    "ProtocolName",
    "ROIDescription",
    "ROIObservationDescription",
    "RTPlanDescription",
    "RTPlanName",
    "ReasonForTheRequestedProcedure",
    "RequestAttributesSequence",
    "RequestedProcedureComments",
    "RequestedProcedureDescription",
    "SeriesDescription",
    "SetupTechniqueDescription",
    "SourceStrengthReferenceDate",
    "StructureSetDescription",
    "StructureSetName",
    "StudyComments",
    "StudyDescription",
    "TreatmentSites",
    "VisitComments",
)
_FREE_TAGS: Final = frozenset(tag for tag in map(tag_for_keyword, _FREE_TEXT) if tag is not None)
_LABELS: Final = ("RTPlanLabel", "StructureSetLabel", "ROIName", "ROIObservationLabel", "BeamName", "EntityLabel")
_LABEL_TAGS: Final = frozenset(tag for tag in map(tag_for_keyword, _LABELS) if tag is not None)
# How a file without a header of its own is written again: by implicit kinds and little-endian order.
_BARE: Final[dict[tuple[bool | None, bool | None], UID]] = {
    (True, True): ImplicitVRLittleEndian,
    (False, True): ExplicitVRLittleEndian,
    (False, False): ExplicitVRBigEndian,
}


class Deidentifier:
    """Takes patients out of any number of objects; the same secret gives the same substitutes, also on another day.

    Without a secret the substitutes of this object are its own and cannot be made again. Whoever knows the secret can
    try originals against substitutes, so keep it as you keep the key to the originals.
    """

    def __init__(self, secret: str | None = None) -> None:
        from dicognito.anonymizer import Anonymizer

        self._anonymizer = Anonymizer(seed=secret)

    def apply(self, dataset: Dataset) -> None:
        """Take the patient out of a data set, in place."""
        patient = Patient.of(Item("", dataset))
        dataset.remove_private_tags()
        dataset.walk(lambda place, element: _clear(place, int(element.tag), patient))
        if not hasattr(dataset, "file_meta"):
            dataset.file_meta = FileMetaDataset()
        self._anonymizer.anonymize(dataset)


def _clear(place: Dataset, tag: int, patient: Patient) -> None:
    if tag in _FREE_TAGS:
        del place[tag]
    elif tag in _LABEL_TAGS and patient.shows_in(str(place[tag].value)):
        place[tag].value = "removed"


def deidentify_folder(
    source: Path, target: Path, *, secret: str | None = None, memory_bound_bytes: int = MEMORY_BOUND_BYTES
) -> tuple[Path, ...]:
    """Copy the DICOM files below a folder without the patient; the copies are named by modality and number.

    Args:
        source: folder with DICOM files; it is not changed.
        target: folder for the copies, not yet there or empty, and not within the source. It appears with all copies or
            not at all.
        secret: makes substitutes the same for other files of the patient, now or later.
        memory_bound_bytes: most bytes any one file may have, also after inflating.

    Returns:
        The copies.

    Raises:
        InvalidInput: when a file is damaged or too large.
        UsageError: when the target is within the source or not empty.
        OSError: when the target cannot be written.
    """
    _check_target(source, target)
    without = Deidentifier(secret)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as name:
        beside = Path(name) / "copies"
        beside.mkdir()
        names = [
            _copy(path, path.relative_to(source).as_posix(), beside, without, memory_bound_bytes)
            for path in dicom_files(source)
        ]
        beside.replace(target)
    return tuple(target / each for each in names if each is not None)


def _check_target(source: Path, target: Path) -> None:
    within = source.resolve() in {target.resolve(), *target.resolve().parents}
    if within or (target.exists() and any(target.iterdir())):
        raise UsageError(
            Text(
                "the folder for de-identified copies must be empty and outside the original folder",
                "存放去标识副本的文件夹必须为空，且不在原文件夹之内",
            )
        )


def _copy(path: Path, name: str, beside: Path, without: Deidentifier, bound: int) -> str | None:
    """Write the copy of one file and say how it is called; nothing for a DICOMDIR, which lists patients."""
    kind = open_file(path, name, memory_bound_bytes=bound).kind
    if kind == DIRECTORY:
        return None
    try:
        with quiet():
            dataset = dcmread(path, force=True)
            without.apply(dataset)
            if "TransferSyntaxUID" not in dataset.file_meta:
                dataset.file_meta.TransferSyntaxUID = _BARE[dataset.original_encoding]
            stream = io.BytesIO()
            dataset.save_as(stream, enforce_file_format=True)
    except DAMAGE as problem:
        raise refusal(name, WHOLE_FILE, type(problem).__name__, INTACT) from None
    number = 1 + len(list(beside.glob(f"{kind}.*.dcm")))
    write_whole(beside / f"{kind}.{number:03d}.dcm", stream.getvalue())
    return f"{kind}.{number:03d}.dcm"
