"""Files of other makers are read right: planning systems, other libraries, other transfer syntaxes.

Origin and licence of each file stand beside them (LICENCES.md); none is committed. Numbers come from pydicom's own
reading of the pixels and from the planning system's stored histograms.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from tests.support.dicom_plans import SHARED, box_contours, edit, redraw, write_box_plan

from pelvicrt.dicom import read_plan
from pelvicrt.dosimetry import dose_volume
from pelvicrt.foundation import InvalidInput

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED.is_dir(), reason="third-party DICOM files are not beside the project"),
]
SMALL = SHARED / "small_pydicom"


def _whole(dose: Dataset) -> None:
    """pydicom's small dose, as if exported for the whole plan in gray."""
    dose.DoseUnits, dose.DoseSummationType = "GY", "PLAN"
    dose.DoseGridScaling = "1e-3"
    del dose.ReferencedRTPlanSequence


def _with_structures(folder: Path, dose: Path) -> Path:
    """A folder with one dose and a box drawn within it, in its frame of reference."""
    write_box_plan(folder)
    (folder / "RP.dcm").unlink()
    target = pydicom.dcmread(dose, force=True)
    box = np.array(
        [
            [target.ImagePositionPatient[axis] + 10, target.ImagePositionPatient[axis] + 40]
            if axis < 2
            else sorted([target.ImagePositionPatient[2] + float(target.GridFrameOffsetVector[at]) for at in (2, -3)])
            for axis in range(3)
        ]
    )
    redraw(folder / "RS.dcm", box_contours(box=box))
    shutil.copy(dose, folder / "RD.dcm")

    def same_frame(structures: Dataset) -> None:
        structures.StructureSetROISequence[0].ReferencedFrameOfReferenceUID = target.get("FrameOfReferenceUID", "1.2.3")

    edit(folder / "RS.dcm", same_frame)
    return folder


@pytest.mark.parametrize("name", ["rtdose.dcm", "rtdose_rle.dcm", "rtdose_expb.dcm"])
def test_pydicoms_dose_is_the_same_plain_run_length_coded_and_big_endian(tmp_path: Path, name: str) -> None:
    folder = _with_structures(tmp_path, SMALL / name)
    truth = pydicom.dcmread(SMALL / "rtdose.dcm").pixel_array * 1e-3
    edit(folder / "RD.dcm", _whole)
    assert np.allclose(read_plan(folder).dose.dose_gy, truth, rtol=1e-6)


def test_pydicoms_relative_dose_of_a_beam_is_refused_in_words(tmp_path: Path) -> None:
    folder = _with_structures(tmp_path, SMALL / "rtdose.dcm")
    with pytest.raises(InvalidInput, match=r"DoseUnits \(3004,0002\): found RELATIVE; expected GY; a relative dose"):
        read_plan(folder)


def test_a_dose_with_oblong_pixels_and_descending_planes_is_read(tmp_path: Path) -> None:
    """It lacks most of its header (no preamble, class, frame or type), which is added; grid and pixels are its own."""
    source = SHARED / "rtdose_pymedphys" / "rtdose_non_square_pixels.dcm"
    folder = _with_structures(tmp_path, source)
    raw = pydicom.dcmread(source, force=True)
    raw.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    raw.SOPClassUID, raw.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.481.2", "1.2.3.4"
    raw.FrameOfReferenceUID, raw.DoseType, raw.DoseSummationType = "1.2.3", "PHYSICAL", "PLAN"
    raw.save_as(folder / "RD.dcm", implicit_vr=True, little_endian=True, enforce_file_format=True)
    dose = read_plan(folder).dose
    words = np.frombuffer(raw.PixelData, "<u2").reshape(77, 65, 77)
    assert np.allclose(dose.dose_gy, words[::-1] * float(raw.DoseGridScaling), rtol=1e-6)
    assert np.diff(dose.x_mm).mean() == pytest.approx(1.00789473684210)
    assert np.diff(dose.y_mm).mean() == pytest.approx(1.03125)
    assert dose.z_mm[-1] == pytest.approx(18.5)


def test_a_clinical_breast_plan_is_read_with_its_pieces() -> None:
    plan = read_plan(SHARED / "breast_dicompyler")
    assert (plan.label, plan.fractions) == ("B1", 7)
    assert len(plan.structures) == 9
    assert max(each.dose_gy for each in plan.prescriptions) == 14
    assert "Areola" in {notice.about for notice in plan.notices if notice.code == "no_contours"}


def test_a_clinical_dose_and_its_contours_are_those_pydicom_reads() -> None:
    plan = read_plan(SHARED / "breast_dicompyler")
    dose = pydicom.dcmread(SHARED / "breast_dicompyler" / "rtdose.dcm")
    assert np.allclose(plan.dose.dose_gy, dose.pixel_array * float(dose.DoseGridScaling), rtol=1e-6)
    structures = pydicom.dcmread(SHARED / "breast_dicompyler" / "rtss.dcm")
    heart = next(item.ROINumber for item in structures.StructureSetROISequence if item.ROIName == "Heart")
    drawn = next(item for item in structures.ROIContourSequence if item.ReferencedROINumber == heart)
    wanted = {tuple(map(float, contour.ContourData)) for contour in drawn.ContourSequence}
    found = {
        tuple(np.column_stack([ring, np.full(len(ring), plane.z_mm)]).ravel())
        for plane in plan.structure("Heart").planes
        for ring in plane.rings
    }
    assert found == wanted


# Sampled volumes and means of the planning system agree within the sizes reported by other programs for these files.
@pytest.mark.parametrize(("name", "percent"), [("Heart", 0.5), ("Tumor Bed", 0.5), ("Tumor Bed Block", 0.5)])
def test_mean_doses_are_those_the_planning_system_stored(name: str, percent: float) -> None:
    plan = read_plan(SHARED / "breast_dicompyler")
    stored = next(each for each in plan.stored if each.structure == name)
    found = dose_volume(plan.dose, plan.structure(name)).physical
    assert found.mean_gy == pytest.approx(stored.mean_gy, rel=percent / 100)


def test_a_stored_mean_in_percent_under_gray_is_not_believed() -> None:
    """The planning system wrote 102 for a mean of about 14.3 Gy, in a field it calls gray."""
    stored = next(each for each in read_plan(SHARED / "breast_dicompyler").stored if each.structure == "Tumor Bed")
    assert stored.max_gy is None
    assert stored.mean_gy == pytest.approx(1.0208 * 14, rel=2e-3)


@pytest.mark.parametrize(("name", "highest_gy"), [("RD_SCRT_5x5", 31), ("RD_LCRT_25x2", 62)])
def test_doses_without_a_plan_are_chosen_by_file(name: str, highest_gy: float) -> None:
    plan = read_plan(SHARED / "pelvis_synthetic", plan=name)
    assert plan.fractions is None
    assert float(plan.dose.dose_gy.max()) == pytest.approx(highest_gy, rel=0.02)


def test_doses_without_a_plan_are_not_added_but_refused() -> None:
    with pytest.raises(InvalidInput, match=r"found 2 plans; expected one plan; choose with --plan .* one of: dose-"):
        read_plan(SHARED / "pelvis_synthetic")


def test_a_structure_set_without_file_header_is_read(tmp_path: Path) -> None:
    """pydicom's rtstruct.dcm begins with its first element; its dose belongs to another frame and is refused for it."""
    shutil.copy(SMALL / "rtstruct.dcm", tmp_path)
    shutil.copy(SMALL / "rtdose.dcm", tmp_path)
    edit(tmp_path / "rtdose.dcm", _whole)
    with pytest.raises(InvalidInput, match=r"rtstruct.dcm: ReferencedFrameOfReferenceUID .*found another frame"):
        read_plan(tmp_path)
