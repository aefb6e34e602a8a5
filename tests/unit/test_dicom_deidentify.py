"""De-identified copies hold no patient, still belong together, and read as the same plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from tests.support.dicom_plans import SHARED, edit, write_box_plan

from pelvicrt.dicom import Measured, deidentify_folder, read_plan, write_structured_report
from pelvicrt.foundation import InvalidInput, UsageError

WORDS = ("Zhang", "Weimin", "HN0042317", "Dr Who", "General Hospital", "Room 7", "secret note", "19570412")


@pytest.fixture
def original(tmp_path: Path) -> Path:
    folder = write_box_plan(tmp_path / "original")

    def fill(dataset: Dataset) -> None:
        dataset.PatientName, dataset.PatientID = "Zhang^Weimin", "HN0042317"
        dataset.PatientBirthDate, dataset.ReferringPhysicianName = "19570412", "Dr Who"
        dataset.InstitutionName, dataset.StationName = "General Hospital", "Room 7"
        dataset.StudyDescription = dataset.SeriesDescription = "Zhang, rectum"
        dataset.PatientComments = "secret note"
        dataset.StudyDate, dataset.StudyID = "20260102", "HN0042317-1"
        block = dataset.private_block(0x0011, "VENDOR", create=True)
        block.add_new(1, "LO", "Zhang Weimin")

    for name in ("RS.dcm", "RD.dcm", "RP.dcm"):
        edit(folder / name, fill)
    edit(folder / "RP.dcm", lambda plan: setattr(plan, "RTPlanName", "Zhang boost"))
    edit(folder / "RS.dcm", lambda s: setattr(s.StructureSetROISequence[0], "ROIName", "PTV HN0042317"))
    return folder


def _text(path: Path) -> str:
    return str(pydicom.dcmread(path))


def test_copies_hold_nothing_of_the_patient(original: Path, tmp_path: Path) -> None:
    for path in deidentify_folder(original, tmp_path / "copy"):
        assert not [word for word in WORDS if word in _text(path) or word.encode() in path.read_bytes()]
        assert pydicom.dcmread(path).PatientIdentityRemoved == "YES"


def test_copies_have_neutral_names(original: Path, tmp_path: Path) -> None:
    (original / "RD.dcm").rename(original / "RD_Zhang.dcm")
    copies = deidentify_folder(original, tmp_path / "copy")
    assert sorted(path.name for path in copies) == ["RTDOSE.001.dcm", "RTPLAN.001.dcm", "RTSTRUCT.001.dcm"]


def test_copies_read_as_the_same_plan(original: Path, tmp_path: Path) -> None:
    before = read_plan(original)
    deidentify_folder(original, tmp_path / "copy")
    after = read_plan(tmp_path / "copy")
    assert np.array_equal(before.dose.dose_gy, after.dose.dose_gy)
    assert (before.fractions, len(before.structures)) == (after.fractions, len(after.structures))
    assert after.frame_of_reference_uid != before.frame_of_reference_uid


def test_no_identifier_of_an_instance_is_kept(original: Path, tmp_path: Path) -> None:
    kept = {
        str(element.value)
        for name in ("RS.dcm", "RD.dcm", "RP.dcm")
        for element in pydicom.dcmread(original / name).iterall()
        if element.VR == "UI" and not element.keyword.endswith("ClassUID")
    }
    for path in deidentify_folder(original, tmp_path / "copy"):
        assert not [uid for uid in kept if uid in _text(path)]


def test_one_secret_gives_the_same_substitutes_and_another_gives_others(original: Path, tmp_path: Path) -> None:
    uids = []
    for name, secret in (("one", "a"), ("two", "a"), ("three", "b")):
        deidentify_folder(original, tmp_path / name, secret=secret)
        uids.append(pydicom.dcmread(tmp_path / name / "RTDOSE.001.dcm").SOPInstanceUID)
    assert uids[0] == uids[1] != uids[2]


def test_a_report_written_with_the_secret_points_at_the_copies(original: Path, tmp_path: Path) -> None:
    deidentify_folder(original, tmp_path / "copy", secret="a")
    measured = [Measured(structure="PTV", notation="Mean", value=30.0, unit="Gy")]
    write_structured_report(tmp_path / "SR.dcm", measured, plan=read_plan(original), secret="a")
    dose = pydicom.dcmread(tmp_path / "copy" / "RTDOSE.001.dcm")
    assert dose.SOPInstanceUID in _text(tmp_path / "SR.dcm")
    assert pydicom.dcmread(tmp_path / "SR.dcm").StudyInstanceUID == dose.StudyInstanceUID


def test_originals_are_not_changed(original: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in original.iterdir()}
    deidentify_folder(original, tmp_path / "copy")
    assert {path.name: path.read_bytes() for path in original.iterdir()} == before


@pytest.mark.parametrize("inside", ["", "below"])
def test_copies_into_the_original_folder_are_refused(original: Path, inside: str) -> None:
    with pytest.raises(UsageError, match="must be empty and outside the original folder"):
        deidentify_folder(original, original / inside)


def test_a_damaged_file_stops_everything_before_anything_is_written(original: Path, tmp_path: Path) -> None:
    content = (original / "RS.dcm").read_bytes()
    (original / "RS.dcm").write_bytes(content[:132] + b"\xff" * 400)
    with pytest.raises(InvalidInput, match=r"RS.dcm: \(file\): .*expected a complete DICOM file"):
        deidentify_folder(original, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["original"]


def test_a_file_without_a_header_of_its_own_is_copied_too(original: Path, tmp_path: Path) -> None:
    content = (original / "RS.dcm").read_bytes()
    (original / "RS.dcm").write_bytes(content[144 + int.from_bytes(content[140:144], "little") :])
    deidentify_folder(original, tmp_path / "copy")
    assert read_plan(tmp_path / "copy").structures[0].name == "removed"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="third-party DICOM files are not beside the project")
def test_a_clinical_plan_reads_the_same_without_its_patient(tmp_path: Path) -> None:
    source = SHARED / "breast_dicompyler"
    deidentify_folder(source, tmp_path / "copy")
    before, after = read_plan(source), read_plan(tmp_path / "copy")
    assert np.array_equal(before.dose.dose_gy, after.dose.dose_gy)
    assert [each.name for each in before.structures] == [each.name for each in after.structures]
