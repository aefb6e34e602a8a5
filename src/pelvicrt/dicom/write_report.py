"""How are measured doses written as a DICOM structured report? A measurement report (TID 1500), one group a structure.

Volume, mean, lowest and highest dose carry the standard's codes; other metrics (D98%, V45Gy) have none and carry their
notation in a private scheme, as the standard provides. Units are UCUM. The report points at the dose, the plan and the
structure set it was computed from.
"""

from __future__ import annotations

import io
from collections.abc import Sequence as Many
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple

from pydicom import dcmread
from pydicom.dataset import Dataset

from pelvicrt.dicom.deidentify import Deidentifier
from pelvicrt.dicom.made import Identifiers, file_bytes
from pelvicrt.dicom.treatment import Reference, TreatmentPlan
from pelvicrt.foundation import VERSION, Text, UsageError, write_whole


class Concept(NamedTuple):
    """A coded concept: value, scheme, meaning. pydicom's own class costs the import of every code there is."""

    value: str
    scheme: str
    meaning: str


Unit = Literal["Gy", "cm3", "%", "1"]
SCHEME: Final = "99PELVICRT"
_UNITS: Final = {
    "Gy": Concept("Gy", "UCUM", "gray"),
    "cm3": Concept("cm3", "UCUM", "cubic centimeter"),
    "%": Concept("%", "UCUM", "percent"),
    "1": Concept("1", "UCUM", "no units"),
}
_NAMES: Final = {
    "Volume": Concept("118565006", "SCT", "Volume"),
    "Mean": Concept("128533", "DCM", "Mean Absorbed Radiation Dose"),
    "Min": Concept("128532", "DCM", "Minimum Absorbed Radiation Dose"),
    "Max": Concept("128531", "DCM", "Maximum Absorbed Radiation Dose"),
}
_DEVICE: Final = Concept("121007", "DCM", "Device")
_PROCEDURE: Final = Concept("108290001", "SCT", "Radiation oncology AND/OR radiotherapy")
_TWO_GY: Final = Concept("130130", "DCM", "Equivalent 2-Gray Fractions Model")
_TARGETS: Final = {
    "GTV": Concept("228791009", "SCT", "Gross tumor volume"),
    "CTV": Concept("228792002", "SCT", "Clinical target volume"),
    "PTV": Concept("228793007", "SCT", "Planning target volume"),
}
_ORGANS: Final = {
    "BODY": Concept("38266002", "SCT", "Entire body"),
    "Bladder": Concept("89837001", "SCT", "Bladder"),
    "BoneMarrow": Concept("14016003", "SCT", "Bone marrow"),
    "Femur_Head": Concept("2812003", "SCT", "Head of femur"),
    "Rectum": Concept("34402009", "SCT", "Rectum"),
    "Sacrum": Concept("54735007", "SCT", "Sacrum"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measured value of a structure.

    `notation` is Volume, Mean, Min, Max or any metric as written (D98%, V45Gy). `alpha_beta_gy` is that of a dose in
    2 Gy fractions, None for a physical one.
    """

    structure: str
    notation: str
    value: float
    unit: Unit
    alpha_beta_gy: float | None = None


def write_structured_report(
    path: Path,
    measured: Many[Measured],
    *,
    plan: TreatmentPlan,
    secret: str | None = None,
    keep_identifiers: bool = False,
    seed: str | None = None,
) -> None:
    """Write the values measured on a plan as a Comprehensive 3D SR.

    Args:
        path: the file to write.
        measured: the values, in order; those of one structure form a group.
        plan: the plan they were measured on.
        secret: of the de-identified copies the report is to fit; a new one when None.
        keep_identifiers: keep the originals' identifiers instead, to store the report beside them; the patient's number
            stays empty all the same, for the reader never kept it.
        seed: makes the report's own identifiers the same on every run.

    Raises:
        UsageError: when nothing was measured, or the plan has no dose file to point at.
        OSError: when the file cannot be written.
    """
    references = [reference for reference in plan.references if reference.sop_instance_uid]
    if not measured or not any(reference.modality == "RTDOSE" for reference in references):
        raise UsageError(
            Text("a structured report needs measured values and a dose file", "结构化报告需要测量值和剂量文件")
        )
    ids = Identifiers.from_seed(seed)
    # Read back from its bytes, for highdicom leaves dates as objects that dicognito does not know.
    report = dcmread(io.BytesIO(file_bytes(_report(measured, references, ids))))
    if keep_identifiers:
        report.PatientID = ""
    else:
        Deidentifier(secret).apply(report)
    report.PatientIdentityRemoved = "YES"
    write_whole(path, file_bytes(report))


def _report(measured: Many[Measured], references: Many[Reference], ids: Identifiers) -> Dataset:
    """The whole object; highdicom builds and checks its content."""
    import highdicom.sr as hd
    from pydicom.sr.coding import Code

    evidence = [_evidence(reference, ids) for reference in references]
    doses = [each for each in evidence if each.Modality == "RTDOSE"]
    content = hd.MeasurementReport(
        observation_context=hd.ObservationContext(
            observer_device_context=hd.ObserverContext(
                observer_type=hd.CodedConcept(*_DEVICE),
                observer_identifying_attributes=hd.DeviceObserverIdentifyingAttributes(
                    uid=ids.uid("device"),
                    name="pelvicrt",
                    manufacturer_name="pelvicrt",
                    model_name=f"pelvicrt {VERSION}",
                ),
            )
        ),
        procedure_reported=Code(*_PROCEDURE),
        imaging_measurements=[
            _group(name, [each for each in measured if each.structure == name], doses, ids)
            for name in dict.fromkeys(each.structure for each in measured)
        ],
    )
    made: Dataset = hd.Comprehensive3DSR(
        evidence=evidence,
        content=content[0],
        series_instance_uid=ids.uid("series/SR"),
        series_number=1,
        sop_instance_uid=ids.uid("report"),
        instance_number=1,
        manufacturer="pelvicrt",
        manufacturer_model_name="pelvicrt",
        software_versions=VERSION,
        is_complete=True,
    )
    scheme = Dataset()
    scheme.CodingSchemeDesignator = SCHEME
    scheme.CodingSchemeName = "pelvicrt: metrics by their notation"
    made.CodingSchemeIdentificationSequence = [scheme]
    made.DeidentificationMethod = "patient data were never read"
    return made


def _group(name: str, measured: list[Measured], doses: list[Dataset], ids: Identifiers) -> Any:
    """The measurements of one structure (TID 1501)."""
    import highdicom.sr as hd
    from pydicom.sr.coding import Code

    finding = finding_code(name)
    return hd.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=hd.TrackingIdentifier(uid=ids.uid(f"structure/{name}"), identifier=name),
        finding_type=None if finding is None else Code(*finding),
        measurements=[
            hd.Measurement(
                name=Code(*name_code(each.notation, each.alpha_beta_gy)),
                value=each.value,
                unit=Code(*_UNITS[each.unit]),
                method=None if each.alpha_beta_gy is None else Code(*_TWO_GY),
            )
            for each in measured
        ],
        source_images=[hd.SourceImageForMeasurementGroup(dose.SOPClassUID, dose.SOPInstanceUID) for dose in doses],
    )


def name_code(notation: str, alpha_beta_gy: float | None) -> Concept:
    """The concept of a metric: the standard's where it has one, else the notation itself in a private scheme.

    >>> name_code("Mean", None).value, name_code("D98%", None).value, name_code("Mean", 3.0).meaning
    ('128533', 'D98%', 'Mean in 2 Gy fractions, alpha/beta 3 Gy')
    """
    if alpha_beta_gy is None:
        return _NAMES.get(notation) or Concept(notation, SCHEME, notation[:64])
    meaning = f"{notation} in 2 Gy fractions, alpha/beta {alpha_beta_gy:g} Gy"
    return Concept(f"EQD2({alpha_beta_gy:g}) {notation}", SCHEME, meaning[:64])


def finding_code(name: str) -> Concept | None:
    """The anatomy or target a TG-263 name means, None when there is no code for it.

    >>> finding_code("PTV_4500").value, finding_code("Femur_Head_L").value, finding_code("Foo")
    ('228793007', '2812003', None)
    """
    target = _TARGETS.get(name[:3])
    if target is not None:
        return target
    return next((code for organ, code in _ORGANS.items() if name.startswith(organ)), None)


def _evidence(reference: Reference, ids: Identifiers) -> Dataset:
    """A stand-in for a file that was read: its identifiers, and a patient who is nobody."""
    item = Dataset()
    item.SpecificCharacterSet = "ISO_IR 192"
    item.SOPClassUID = reference.sop_class_uid
    item.SOPInstanceUID = reference.sop_instance_uid
    item.StudyInstanceUID = reference.study_uid or ids.uid("study")
    item.SeriesInstanceUID = reference.series_uid or ids.uid(f"series/{reference.modality}")
    item.Modality = reference.modality
    item.PatientName = item.PatientBirthDate = item.PatientSex = ""
    item.PatientID = ids.patient_number()
    item.AccessionNumber = item.StudyID = item.StudyDate = item.StudyTime = item.ReferringPhysicianName = ""
    return item
