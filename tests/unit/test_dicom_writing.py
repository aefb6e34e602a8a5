"""What is written can be read again, is valid DICOM, has no patient, and is the same on every run."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pydicom
import pytest
from tests.support.dicom_plans import box_contours, dose_at, linear_grid, write_box_plan
from tests.support.dicom_validation import dciodvfy_says, has_dciodvfy, validator_says

from pelvicrt.dicom import (
    DEMO_PLANS,
    CtVolume,
    Measured,
    Prescription,
    TreatmentPlan,
    read_plan,
    write_demo_plan,
    write_derived_dose,
    write_plan,
    write_structured_report,
)
from pelvicrt.dosimetry import Structure, dose_volume, eqd2_grid
from pelvicrt.foundation import UsageError

MEASURED = [
    Measured(structure="PTV", notation="Volume", value=10.4, unit="cm3"),
    Measured(structure="PTV", notation="Mean", value=29.8, unit="Gy"),
    Measured(structure="PTV", notation="Min", value=27.1, unit="Gy"),
    Measured(structure="PTV", notation="Max", value=32.9, unit="Gy"),
    Measured(structure="PTV", notation="D98%", value=27.5, unit="Gy"),
    Measured(structure="PTV", notation="V95%", value=99.1, unit="%"),
    Measured(structure="PTV", notation="Mean", value=27.4, unit="Gy", alpha_beta_gy=10.0),
    Measured(structure="PTV", notation="D0.03cc", value=30.4, unit="Gy", alpha_beta_gy=4.67),
    Measured(structure="Thing", notation="D0.03cc", value=31.0, unit="Gy"),
]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of everything the project writes: a plan with CT, a derived dose, a report."""
    folder = tmp_path_factory.mktemp("written")
    write_demo_plan(folder / "demo", DEMO_PLANS["sib"], with_ct=True)
    box = write_box_plan(folder / "box")
    plan = read_plan(box)
    _derive(plan, folder / "EQD2.dcm")
    write_structured_report(folder / "SR.dcm", MEASURED, plan=plan, seed="report", secret="s")
    return folder


def _derive(plan: TreatmentPlan, path: Path, *, keep_identifiers: bool = False) -> None:
    write_derived_dose(
        path,
        eqd2_grid(plan.dose, fractions=25, alpha_beta_gy=3.0),
        of=[plan],
        kind="EFFECTIVE",
        comment="dose in 2 Gy fractions, alpha/beta 3 Gy",
        secret="s",
        keep_identifiers=keep_identifiers,
        seed="derived",
    )


FILES = (
    "demo/RS.dcm",
    "demo/RD.dcm",
    "demo/RP.dcm",
    "demo/CT/CT.001.dcm",
    "demo/CT/CT.081.dcm",
    "box/RS.dcm",
    "box/RD.dcm",
    "box/RP.dcm",
    "EQD2.dcm",
    "SR.dcm",
)


@pytest.mark.parametrize("name", FILES)
def test_every_file_written_is_clean_under_dicom_validator(written: Path, name: str) -> None:
    assert validator_says(written / name) == []


@pytest.mark.parametrize("name", FILES)
def test_every_file_written_is_clean_under_dciodvfy(written: Path, name: str) -> None:
    if not has_dciodvfy():
        assert "CI" not in os.environ, "dciodvfy is missing where it must be: tools/system_packages.sh dicom"
        pytest.skip("dciodvfy is not installed: package dicom3tools, `make checker`")
    assert dciodvfy_says(written / name) == []


def test_the_validator_finds_a_missing_attribute(written: Path, tmp_path: Path) -> None:
    """So that a clean verdict means something."""
    dose = pydicom.dcmread(written / "box/RD.dcm")
    del dose.DoseUnits
    dose.save_as(tmp_path / "RD.dcm")
    assert any("(3004,0002): TagMissing" in line for line in validator_says(tmp_path / "RD.dcm"))


@pytest.mark.parametrize("name", FILES)
def test_nothing_written_names_a_patient(written: Path, name: str) -> None:
    dataset = pydicom.dcmread(written / name)
    assert dataset.PatientIdentityRemoved == "YES"
    assert dataset.DeidentificationMethod
    assert not [
        keyword
        for keyword in ("PatientBirthDate", "PatientSex", "ReferringPhysicianName", "InstitutionName")
        if dataset.get(keyword)
    ]


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    one, two = write_box_plan(tmp_path / "one"), write_box_plan(tmp_path / "two")
    for name in ("RS.dcm", "RD.dcm", "RP.dcm"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_without_a_seed_identifiers_are_new(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_plan(tmp_path / name, label="X", dose=linear_grid(), structures=[_box()], fractions=None)
    uids = {pydicom.dcmread(tmp_path / name / "RD.dcm").SOPInstanceUID for name in ("one", "two")}
    assert len(uids) == 2
    assert all(uid.startswith("2.25.") for uid in uids)


def _box() -> Structure:
    return Structure.from_contours("PTV", box_contours(), 2.0)


@pytest.mark.parametrize("bits", [16, 32])
def test_a_dose_comes_back_within_half_a_step(tmp_path: Path, bits: int) -> None:
    folder = write_box_plan(tmp_path, bits=bits)
    step = float(pydicom.dcmread(folder / "RD.dcm").DoseGridScaling)
    found = read_plan(folder).dose
    assert np.abs(found.dose_gy - linear_grid().dose_gy).max() <= step / 2 + 4e-6
    assert np.allclose(found.z_mm, linear_grid().z_mm, atol=1e-9)


def test_a_plan_in_a_turned_frame_comes_back_at_its_place(tmp_path: Path) -> None:
    turned = np.array([[0.0, 0.0, -1.0], [1.0, 0.0, 0.0], [0.0, -1.0, 0.0]])
    grid = linear_grid()
    write_plan(tmp_path, label="X", dose=grid, structures=[_box()], fractions=5, to_patient=turned, bits=32)
    plan = read_plan(tmp_path)
    z, y, x = np.meshgrid(plan.dose.z_mm, plan.dose.y_mm, plan.dose.x_mm, indexing="ij")
    own = np.stack([x, y, z], axis=-1) @ (turned.T @ plan.to_patient).T
    assert np.abs(plan.dose.dose_gy - dose_at(own)).max() < 1e-4
    assert dose_volume(plan.dose, plan.structures[0]).physical.mean_gy == pytest.approx(
        dose_volume(grid, _box()).physical.mean_gy, abs=2e-3
    )


def test_a_written_plan_holds_its_prescriptions_and_fractions(tmp_path: Path) -> None:
    write_demo_plan(tmp_path, DEMO_PLANS["sib"])
    plan = read_plan(tmp_path)
    assert plan.fractions == 25
    assert plan.prescriptions == (
        Prescription(structure="PTV_5000", dose_gy=50.0),
        Prescription(structure="PTV_4500", dose_gy=45.0),
    )


def test_ct_slices_give_the_thickness_of_structures(tmp_path: Path) -> None:
    axis = np.arange(-20.0, 21.0, 5.0)
    ct = CtVolume(hounsfield=np.zeros((9, 9, 9), dtype=np.int16), x_mm=axis, y_mm=axis, z_mm=axis)
    write_plan(tmp_path, label="X", dose=linear_grid(), structures=[_box()], fractions=5, ct=ct)
    plan = read_plan(tmp_path)
    assert plan.structures[0].slice_thickness_mm == 5.0
    assert len(list((tmp_path / "CT").iterdir())) == 9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": "a label that is much too long"}, "a plan's label has at most 16"),
        ({"label": "Li^Ming"}, "a plan's label has at most 16"),
        ({"prescriptions": [Prescription(structure="CTV", dose_gy=5)]}, "no structure is called CTV"),
        ({"structures": [_box(), _box()]}, "two structures have the same name"),
    ],
)
def test_what_cannot_be_written_is_refused_and_nothing_is_written(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    given: dict[str, object] = {"label": "X", "dose": linear_grid(), "structures": [_box()], "fractions": 5}
    with pytest.raises(UsageError, match=message):
        write_plan(tmp_path / "plan", **(given | change))  # type: ignore[arg-type]
    assert not (tmp_path / "plan").exists()


def test_a_derived_dose_points_at_its_plan_under_replaced_identifiers(written: Path) -> None:
    source = pydicom.dcmread(written / "box/RP.dcm")
    made = pydicom.dcmread(written / "EQD2.dcm")
    assert made.DoseType == "EFFECTIVE"
    assert made.DoseComment == "dose in 2 Gy fractions, alpha/beta 3 Gy"
    assert made.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID != source.SOPInstanceUID
    assert made.FrameOfReferenceUID != source.FrameOfReferenceUID


def test_a_derived_dose_can_keep_identifiers_to_lie_beside_its_originals(written: Path, tmp_path: Path) -> None:
    _derive(read_plan(written / "box"), tmp_path / "EQD2.dcm", keep_identifiers=True)
    source, made = pydicom.dcmread(written / "box/RP.dcm"), pydicom.dcmread(tmp_path / "EQD2.dcm")
    assert made.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID == source.SOPInstanceUID
    assert made.FrameOfReferenceUID == source.FrameOfReferenceUID
    assert made.PatientID == ""


def test_a_derived_dose_of_plans_in_two_frames_is_refused(written: Path, tmp_path: Path) -> None:
    plans = [read_plan(written / "box"), read_plan(written / "demo")]
    with pytest.raises(UsageError, match="must share one frame"):
        write_derived_dose(tmp_path / "x.dcm", plans[0].dose, of=plans, kind="PHYSICAL", comment="sum")
    assert not list(tmp_path.iterdir())


def _groups(path: Path) -> dict[str, list[tuple[str, str, float, str]]]:
    """Measurements of a report by structure, read with plain pydicom: name, scheme, value, unit."""
    report = pydicom.dcmread(path)
    measurements = next(
        item for item in report.ContentSequence if item.ConceptNameCodeSequence[0].CodeValue == "126010"
    )
    found = {}
    for group in measurements.ContentSequence:
        name = next(item.TextValue for item in group.ContentSequence if item.ValueType == "TEXT")
        found[name] = [
            (
                item.ConceptNameCodeSequence[0].get("CodeValue") or item.ConceptNameCodeSequence[0].LongCodeValue,
                item.ConceptNameCodeSequence[0].CodingSchemeDesignator,
                float(item.MeasuredValueSequence[0].NumericValue),
                item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue,
            )
            for item in group.ContentSequence
            if item.ValueType == "NUM"
        ]
    return found


def test_a_report_holds_each_value_with_code_and_unit(written: Path) -> None:
    assert _groups(written / "SR.dcm") == {
        "PTV": [
            ("118565006", "SCT", 10.4, "cm3"),
            ("128533", "DCM", 29.8, "Gy"),
            ("128532", "DCM", 27.1, "Gy"),
            ("128531", "DCM", 32.9, "Gy"),
            ("D98%", "99PELVICRT", 27.5, "Gy"),
            ("V95%", "99PELVICRT", 99.1, "%"),
            ("EQD2(10) Mean", "99PELVICRT", 27.4, "Gy"),
            ("EQD2(4.67) D0.03cc", "99PELVICRT", 30.4, "Gy"),
        ],
        "Thing": [("D0.03cc", "99PELVICRT", 31.0, "Gy")],
    }


def test_a_report_is_a_measurement_report_that_points_at_all_files(written: Path) -> None:
    report = pydicom.dcmread(written / "SR.dcm")
    assert report.ContentTemplateSequence[0].TemplateIdentifier == "1500"
    evidence = [
        item.ReferencedSOPClassUID.name
        for sequence in ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence")
        for study in report.get(sequence, [])
        for series in study.ReferencedSeriesSequence
        for item in series.ReferencedSOPSequence
    ]
    assert sorted(evidence) == ["RT Dose Storage", "RT Plan Storage", "RT Structure Set Storage"]


def test_a_report_with_nothing_in_it_is_refused(written: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs measured values and a dose file"):
        write_structured_report(tmp_path / "SR.dcm", [], plan=read_plan(written / "box"))
