"""What is read from a folder of DICOM-RT files, what is refused in words, and what is only noticed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    RLELossless,
)
from tests.support.dicom_plans import BOX, box_contours, dose_at, edit, redraw, rewrite_as, turn_dose, write_box_plan

from pelvicrt.dicom import Prescription, TreatmentPlan, read_plan
from pelvicrt.foundation import InvalidInput, UsageError

Change = Callable[[Dataset], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_box_plan(tmp_path / "plan")


def _codes(plan: TreatmentPlan) -> set[str]:
    return {notice.code for notice in plan.notices}


def _error(plan: TreatmentPlan) -> float:
    """Largest difference from the linear dose, in a frame that is the patient's [Gy]."""
    z, y, x = np.meshgrid(plan.dose.z_mm, plan.dose.y_mm, plan.dose.x_mm, indexing="ij")
    return float(np.abs(plan.dose.dose_gy - dose_at(np.stack([x, y, z], axis=-1))).max())


def _set(**fields: object) -> Change:
    def change(dataset: Dataset) -> None:
        for keyword, value in fields.items():
            setattr(dataset, keyword, value)

    return change


def _drop(keyword: str) -> Change:
    return lambda dataset: dataset.__delattr__(keyword)


def test_a_plan_says_its_label_fractions_prescription_and_structures(folder: Path) -> None:
    plan = read_plan(folder)
    assert (plan.label, plan.fractions) == ("BOX", 25)
    assert plan.prescriptions == (Prescription(structure="PTV", dose_gy=50.0),)
    assert [structure.name for structure in plan.structures] == ["PTV"]
    assert plan.notices == ()
    assert sorted(reference.modality for reference in plan.references) == ["RTDOSE", "RTPLAN", "RTSTRUCT"]


@pytest.mark.parametrize(
    ("syntax", "bits"),
    [
        (ImplicitVRLittleEndian, 32),
        (ExplicitVRLittleEndian, 32),
        (ExplicitVRBigEndian, 16),
        (ExplicitVRBigEndian, 32),
        (DeflatedExplicitVRLittleEndian, 32),
        (RLELossless, 16),
    ],
)
def test_every_transfer_syntax_gives_the_same_dose(tmp_path: Path, syntax: str, bits: int) -> None:
    folder = write_box_plan(tmp_path, bits=bits)
    before = read_plan(folder)
    rewrite_as(folder / "RD.dcm", syntax)
    assert np.array_equal(read_plan(folder).dose.dose_gy, before.dose.dose_gy)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian])
def test_structures_and_plan_are_read_in_every_transfer_syntax(folder: Path, syntax: str) -> None:
    for name in ("RS.dcm", "RP.dcm"):
        rewrite_as(folder / name, syntax)
    plan = read_plan(folder)
    assert plan.fractions == 25
    assert plan.structures[0].planes[0].rings[0][0].tolist() == [BOX[0, 0], BOX[1, 0]]


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("signed", [True, False])
def test_signed_and_unsigned_words_of_both_widths_are_read(folder: Path, bits: int, signed: bool) -> None:
    turn_dose(folder / "RD.dcm", np.eye(3), bits=bits, signed=signed)
    assert _error(read_plan(folder)) < (1e-4 if bits == 32 else 1.1e-3)


def test_words_that_use_fewer_bits_than_they_have_are_cut_to_them(folder: Path) -> None:
    def change(dose: Dataset) -> None:
        words = np.frombuffer(dose.PixelData, "<u4") | np.uint32(0xA0000000)
        dose.PixelData = words.tobytes()
        dose.BitsStored, dose.HighBit = 28, 27

    turn_dose(folder / "RD.dcm", np.eye(3))
    edit(folder / "RD.dcm", change)
    assert _error(read_plan(folder)) < 1e-4


UNEVEN = (0.0, 2.0, 3.5, 6.5, 8.5, 11.5, 13.0)


@pytest.mark.parametrize(
    ("offsets", "first"),
    [(UNEVEN, 0.0), (tuple(-value for value in UNEVEN), 0.0)],
    ids=["ascending", "descending"],
)
def test_uneven_planes_are_read_in_either_order(folder: Path, offsets: tuple[float, ...], first: float) -> None:
    turn_dose(folder / "RD.dcm", np.eye(3), offsets_mm=offsets, first_offset_mm=first)
    plan = read_plan(folder)
    assert _error(plan) < 1e-4
    assert np.all(np.diff(plan.dose.z_mm) > 0)


def test_absolute_offsets_mean_heights_in_the_patient(folder: Path) -> None:
    turn_dose(folder / "RD.dcm", np.eye(3), offsets_mm=UNEVEN)

    def absolute(dose: Dataset) -> None:
        height = float(dose.ImagePositionPatient[2])
        dose.GridFrameOffsetVector = [value + height for value in UNEVEN]

    edit(folder / "RD.dcm", absolute)
    assert _error(read_plan(folder)) < 1e-4


def test_uneven_planes_that_become_columns_are_interpolated_with_a_notice(folder: Path) -> None:
    axes = np.eye(3)[:, [1, 2, 0]]
    turn_dose(folder / "RD.dcm", axes, offsets_mm=np.cumsum([0, *([2.0, 3.0] * 8)]))
    plan = read_plan(folder)
    assert "resampled" in _codes(plan)
    assert _error(plan) < 1e-4


def test_file_names_and_sub_folders_do_not_matter(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    shutil.move(folder / "RS.dcm", folder / "a" / "b" / "1.2.840.1")
    shutil.move(folder / "RD.dcm", folder / "a" / "dose")
    assert read_plan(folder).fractions == 25


def test_a_file_without_preamble_is_read(folder: Path) -> None:
    (folder / "RS.dcm").write_bytes(_bare(folder / "RS.dcm"))
    assert read_plan(folder).structures[0].name == "PTV"


def _bare(path: Path) -> bytes:
    """The data set alone, without preamble and file header."""
    content = path.read_bytes()
    length = int.from_bytes(content[140:144], "little")
    return content[144 + length :]


def test_files_that_are_no_dicom_are_noticed(folder: Path) -> None:
    (folder / "notes.txt").write_text("hello")
    assert _codes(read_plan(folder)) == {"no_dicom"}


def test_a_copy_of_a_file_counts_once(folder: Path) -> None:
    shutil.copy(folder / "RD.dcm", folder / "RD2.dcm")
    plan = read_plan(folder)
    assert _codes(plan) == {"copies"}
    assert _error(plan) < 1e-4


def test_without_a_plan_file_the_fractions_are_unknown_and_not_assumed(folder: Path) -> None:
    (folder / "RP.dcm").unlink()
    plan = read_plan(folder)
    assert plan.fractions is None
    assert plan.prescriptions == ()
    assert "no_plan" in _codes(plan)


def test_fractions_can_be_stated(folder: Path) -> None:
    (folder / "RP.dcm").unlink()
    assert read_plan(folder, fractions=5).fractions == 5


def test_stating_other_fractions_than_the_plans_is_noticed(folder: Path) -> None:
    plan = read_plan(folder, fractions=5)
    assert plan.fractions == 5
    assert "fractions_stated" in _codes(plan)


def test_several_fraction_groups_have_no_single_number_of_fractions(folder: Path) -> None:
    def change(plan: Dataset) -> None:
        second = Dataset()
        second.update(plan.FractionGroupSequence[0])
        second.FractionGroupNumber, second.NumberOfFractionsPlanned = 2, 8
        plan.FractionGroupSequence = [plan.FractionGroupSequence[0], second]

    edit(folder / "RP.dcm", change)
    plan = read_plan(folder)
    assert plan.fractions is None
    assert [group.fractions for group in plan.fraction_groups] == [25, 8]
    assert "25 + 8" in next(notice.text.en for notice in plan.notices if notice.code == "several_fraction_groups")


def _second_plan(folder: Path) -> None:
    other = write_box_plan(folder / "other", seed="other", fractions=5)
    edit(other / "RP.dcm", _set(RTPlanLabel="BOOST"))


def test_several_plans_are_refused_with_their_labels(folder: Path) -> None:
    _second_plan(folder)
    with pytest.raises(
        InvalidInput, match=r"found 2 plans; expected one plan; choose with --plan .* one of: BOX, BOOST"
    ):
        read_plan(folder)


@pytest.mark.parametrize("wanted", ["BOOST", "other/RD.dcm", "other/RP.dcm"])
def test_one_of_several_plans_is_chosen_by_label_or_file(folder: Path, wanted: str) -> None:
    _second_plan(folder)
    assert read_plan(folder, plan=wanted).fractions == 5


def test_an_unknown_plan_is_refused_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="found no such plan; expected one of: BOX"):
        read_plan(folder, plan="X")


REFUSED: dict[str, tuple[str, Change, str]] = {
    "relative": ("RD.dcm", _set(DoseUnits="RELATIVE"), r"DoseUnits \(3004,0002\): found RELATIVE; expected GY"),
    "effective": ("RD.dcm", _set(DoseType="EFFECTIVE"), r"DoseType \(3004,0004\): found EFFECTIVE; expected PHYSICAL"),
    "error": ("RD.dcm", _set(DoseType="ERROR"), r"DoseType \(3004,0004\): found ERROR; expected PHYSICAL"),
    "control point": ("RD.dcm", _set(DoseSummationType="CONTROL_POINT"), "DoseSummationType.*found CONTROL_POINT"),
    "record": ("RD.dcm", _set(DoseSummationType="RECORD"), "DoseSummationType.*found RECORD"),
    "scaling zero": (
        "RD.dcm",
        _set(DoseGridScaling="0"),
        r"DoseGridScaling \(3004,000E\): found 0; expected .* above 0",
    ),
    "scaling missing": ("RD.dcm", _drop("DoseGridScaling"), r"DoseGridScaling \(3004,000E\): found nothing"),
    "scaling huge": (
        "RD.dcm",
        _set(DoseGridScaling="1e300"),
        "DoseGridScaling .*found 1e.300; expected steps of at most",
    ),
    "dose huge": ("RD.dcm", _set(DoseGridScaling="1"), r"PixelData .*expected a dose below 10 000 Gy"),
    "pixels missing": ("RD.dcm", _drop("PixelData"), r"PixelData \(7FE0,0010\): found nothing"),
    "spacing": ("RD.dcm", _set(PixelSpacing=["-2", "2"]), r"PixelSpacing \(0028,0030\): found -2; expected a spacing"),
    "frames": ("RD.dcm", _set(NumberOfFrames=7), r"GridFrameOffsetVector.*found 25 values; expected 7 finite numbers"),
    "rows": ("RD.dcm", _set(Rows=7), r"PixelData \(7FE0,0010\): found \d+ bytes; expected \d+ bytes"),
    "bits": ("RD.dcm", _set(BitsAllocated=12), r"BitsAllocated \(0028,0100\): found 12; expected 16 or 32"),
    "orientation": (
        "RD.dcm",
        _set(ImageOrientationPatient=[1, 0, 0, 1, 0, 0]),
        r"ImageOrientationPatient \(0020,0037\): found 1 0 0 1 0 0; expected two perpendicular directions",
    ),
    "offset start": (
        "RD.dcm",
        lambda dose: setattr(dose, "GridFrameOffsetVector", [float(x) + 5 for x in dose.GridFrameOffsetVector]),
        r"GridFrameOffsetVector \(3004,000C\): found a first offset of 5; expected 0",
    ),
    "no structures": ("RS.dcm", _drop("StructureSetROISequence"), r"StructureSetROISequence.*expected at least one"),
    "fractions": (
        "RP.dcm",
        lambda plan: setattr(plan.FractionGroupSequence[0], "NumberOfFractionsPlanned", 0),
        r"FractionGroupSequence\[0\].NumberOfFractionsPlanned \(300A,0078\): found 0; expected 1 to 200 fractions",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_used_is_refused_by_file_field_and_tag(folder: Path, name: str) -> None:
    file, change, message = REFUSED[name]
    edit(folder / file, change)
    with pytest.raises(InvalidInput, match=message) as caught:
        read_plan(folder)
    assert caught.value.exit_code == 3
    assert any(file in problem.file for problem in caught.value.problems)


def test_structures_of_another_frame_of_reference_than_the_dose_are_refused(folder: Path) -> None:
    edit(folder / "RD.dcm", _set(FrameOfReferenceUID="1.2.3"))
    with pytest.raises(InvalidInput, match=r"RS.dcm: .*found another frame of reference; expected the frame of"):
        read_plan(folder)


@pytest.mark.parametrize(("name", "message"), [("RD.dcm", "no RTDOSE"), ("RS.dcm", "no RTSTRUCT")])
def test_a_missing_piece_is_named(folder: Path, name: str, message: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InvalidInput, match=message):
        read_plan(folder)


def test_a_file_called_dcm_that_is_none_is_refused(folder: Path) -> None:
    (folder / "broken.dcm").write_bytes(b"not DICOM at all")
    with pytest.raises(InvalidInput, match=r"broken.dcm: .*found no DICOM file; expected a complete DICOM file"):
        read_plan(folder)


def test_two_files_with_one_identifier_and_other_content_are_refused(folder: Path) -> None:
    edit(folder / "RD.dcm", _set(DoseComment="other"), to=folder / "RD2.dcm")
    with pytest.raises(InvalidInput, match=r"SOPInstanceUID .*found the identifier of RD.dcm, with other content"):
        read_plan(folder)


def test_two_doses_of_the_whole_plan_are_not_added_but_refused(folder: Path) -> None:
    edit(folder / "RD.dcm", _set(SOPInstanceUID="1.2.3.4"), to=folder / "RD2.dcm")
    with pytest.raises(InvalidInput, match="found 2 doses of one plan; expected one dose of the whole plan"):
        read_plan(folder)


def _with_beams(folder: Path, *, beams: int, setup_beam: bool = False) -> None:
    """Let the plan have beams, and replace its dose by one file a beam, each with an equal share."""

    def add(plan: Dataset) -> None:
        items, listed = [], []
        for number in range(1, beams + 1 + setup_beam):
            beam, reference = Dataset(), Dataset()
            beam.BeamNumber = reference.ReferencedBeamNumber = number
            beam.TreatmentDeliveryType = "SETUP" if number > beams else "TREATMENT"
            items.append(beam)
            listed.append(reference)
        plan.BeamSequence = items
        plan.FractionGroupSequence[0].ReferencedBeamSequence = listed

    edit(folder / "RP.dcm", add)
    for number in range(1, beams + 1):

        def share(dose: Dataset, number: int = number) -> None:
            dose.SOPInstanceUID = f"1.2.3.{number}"
            dose.DoseSummationType = "BEAM"
            dose.DoseGridScaling = f"{float(dose.DoseGridScaling) / beams:.10g}"
            group, beam = Dataset(), Dataset()
            group.ReferencedFractionGroupNumber = 1
            beam.ReferencedBeamNumber = number
            group.ReferencedBeamSequence = [beam]
            dose.ReferencedRTPlanSequence[0].ReferencedFractionGroupSequence = [group]

        edit(folder / "RD.dcm", share, to=folder / f"RD{number}.dcm")
    (folder / "RD.dcm").unlink()


def test_doses_of_all_beams_are_summed(folder: Path) -> None:
    _with_beams(folder, beams=3, setup_beam=True)
    plan = read_plan(folder)
    assert _error(plan) < 2e-4
    assert "summed" in _codes(plan)


def test_a_missing_beam_is_refused_by_number(folder: Path) -> None:
    _with_beams(folder, beams=3)
    (folder / "RD2.dcm").unlink()
    with pytest.raises(InvalidInput, match=r"doses of 2 of 3 parts .*missing or double: beam 2"):
        read_plan(folder)


def test_doses_of_beams_without_the_plan_are_refused(folder: Path) -> None:
    _with_beams(folder, beams=2)
    (folder / "RP.dcm").unlink()
    with pytest.raises(InvalidInput, match="expected the RTPLAN, to know whether the doses of all beams"):
        read_plan(folder)


def test_doses_of_beams_on_other_grids_are_summed_by_interpolation_with_a_notice(folder: Path) -> None:
    _with_beams(folder, beams=2)
    turn_dose(folder / "RD2.dcm", np.eye(3), spacing_mm=(2.0, 2.0, 2.0), shape=(24, 24, 24))
    edit(folder / "RD2.dcm", _set(DoseGridScaling=f"{1e-4 / 2:.10g}"))
    plan = read_plan(folder)
    assert _error(plan) < 2e-4
    assert "summed_other_grids" in _codes(plan)


@pytest.mark.parametrize(
    "change",
    [_set(DoseType="EFFECTIVE"), _set(DoseUnits="RELATIVE"), _set(DoseSummationType="CONTROL_POINT")],
    ids=["effective", "relative", "control point"],
)
def test_a_dose_of_another_kind_beside_the_plans_is_left_out_with_a_notice(folder: Path, change: Change) -> None:
    def other(dose: Dataset) -> None:
        dose.SOPInstanceUID = "1.2.3.4"
        change(dose)

    edit(folder / "RD.dcm", other, to=folder / "other.dcm")
    plan = read_plan(folder)
    assert _error(plan) < 1e-4
    assert _codes(plan) == {"other_doses"}
    with pytest.raises(InvalidInput, match=r"other\.dcm: Dose"):
        read_plan(folder, plan="other")


def test_a_dose_of_another_kind_that_belongs_to_another_plan_stays_a_choice(folder: Path) -> None:
    _second_plan(folder)
    edit(folder / "other" / "RD.dcm", _set(DoseType="EFFECTIVE"))
    with pytest.raises(InvalidInput, match="found 2 plans"):
        read_plan(folder)
    assert read_plan(folder, plan="BOX").fractions == 25
    with pytest.raises(InvalidInput, match="found EFFECTIVE; expected PHYSICAL"):
        read_plan(folder, plan="BOOST")


def test_doses_of_fraction_groups_are_summed(folder: Path) -> None:
    def group(dose: Dataset) -> None:
        item = Dataset()
        item.ReferencedFractionGroupNumber = 1
        dose.ReferencedRTPlanSequence[0].ReferencedFractionGroupSequence = [item]
        dose.DoseSummationType = "FRACTION"

    edit(folder / "RD.dcm", group)
    assert _error(read_plan(folder)) < 1e-4


def _two_groups(folder: Path) -> None:
    """Two fraction groups of 25 and 5 fractions, each with its own dose: the linear one, and a fifth of it."""

    def add_group(plan: Dataset) -> None:
        second = Dataset()
        second.update(plan.FractionGroupSequence[0])
        second.FractionGroupNumber, second.NumberOfFractionsPlanned = 2, 5
        plan.FractionGroupSequence = [plan.FractionGroupSequence[0], second]

    edit(folder / "RP.dcm", add_group)
    for number, share in ((1, 1.0), (2, 0.2)):

        def part(dose: Dataset, number: int = number, share: float = share) -> None:
            group = Dataset()
            group.ReferencedFractionGroupNumber = number
            dose.ReferencedRTPlanSequence[0].ReferencedFractionGroupSequence = [group]
            dose.DoseSummationType, dose.SOPInstanceUID = "FRACTION", f"1.2.{number}"
            dose.DoseGridScaling = f"{float(dose.DoseGridScaling) * share:.10g}"

        edit(folder / "RD.dcm", part, to=folder / f"RD{number}.dcm")
    (folder / "RD.dcm").unlink()


def test_one_fraction_group_is_read_with_its_own_fractions(folder: Path) -> None:
    _two_groups(folder)
    second = read_plan(folder, fraction_group=2)
    assert second.fractions == 5
    assert float(second.dose.dose_gy.max()) == pytest.approx(0.2 * read_plan(folder, fraction_group=1).dose.highest_gy)


def test_all_fraction_groups_together_have_the_summed_dose_and_no_single_number_of_fractions(folder: Path) -> None:
    _two_groups(folder)
    plan = read_plan(folder)
    assert plan.fractions is None
    assert plan.dose.highest_gy == pytest.approx(1.2 * read_plan(folder, fraction_group=1).dose.highest_gy)


def test_a_fraction_group_without_its_own_dose_is_refused(folder: Path) -> None:
    with pytest.raises(
        InvalidInput, match="found 0 doses of fraction group 1; expected one dose of that fraction group"
    ):
        read_plan(folder, fraction_group=1)


@pytest.mark.parametrize("fractions", [0, -3, 201])
def test_an_impossible_number_of_fractions_is_refused(folder: Path, fractions: int) -> None:
    with pytest.raises(UsageError, match="fractions must be between 1 and 200"):
        read_plan(folder, fractions=fractions)


def test_the_dose_of_several_plans_has_no_fractions(folder: Path) -> None:
    edit(folder / "RD.dcm", _set(DoseSummationType="MULTI_PLAN"))
    plan = read_plan(folder)
    assert plan.fractions is None
    assert "several_plans" in _codes(plan)


def test_points_and_empty_structures_are_left_out_with_a_notice(folder: Path) -> None:
    def add(structures: Dataset) -> None:
        for number, kind in ((2, "POINT"), (3, None)):
            listed, drawn = Dataset(), Dataset()
            listed.ROINumber = drawn.ReferencedROINumber = number
            listed.ROIName = f"ROI{number}"
            listed.ReferencedFrameOfReferenceUID = structures.FrameOfReferenceUID
            if kind is not None:
                point = Dataset()
                point.ContourGeometricType, point.NumberOfContourPoints, point.ContourData = kind, 1, [1, 2, 3]
                drawn.ContourSequence = [point]
            structures.StructureSetROISequence.append(listed)
            structures.ROIContourSequence.append(drawn)

    edit(folder / "RS.dcm", add)
    plan = read_plan(folder)
    assert [structure.name for structure in plan.structures] == ["PTV"]
    assert {(notice.code, notice.about) for notice in plan.notices} == {
        ("open_contours", "ROI2"),
        ("no_contours", "ROI3"),
    }


def test_exclusive_or_contours_are_read(folder: Path) -> None:
    edit(
        folder / "RS.dcm",
        lambda s: [
            setattr(c, "ContourGeometricType", "CLOSEDPLANAR_XOR") for c in s.ROIContourSequence[0].ContourSequence
        ],
    )
    assert len(read_plan(folder).structures[0].planes) == 10


def test_a_structure_in_other_planes_is_left_out_with_a_notice(folder: Path) -> None:
    def add(structures: Dataset) -> None:
        listed, drawn = Dataset(), Dataset()
        listed.update(structures.StructureSetROISequence[0])
        listed.ROINumber, listed.ROIName = 2, "Sagittal"
        drawn.update(structures.ROIContourSequence[0])
        drawn.ReferencedROINumber = 2
        structures.StructureSetROISequence.append(listed)
        structures.ROIContourSequence.append(drawn)

    edit(folder / "RS.dcm", add)
    redraw(folder / "RS.dcm", box_contours(0)[:5], roi=1)
    plan = read_plan(folder)
    assert [structure.name for structure in plan.structures] == ["PTV"]
    assert ("other_planes", "Sagittal") in {(notice.code, notice.about) for notice in plan.notices}


def test_the_planes_of_most_contours_count_and_not_those_of_the_one_with_most_points(folder: Path) -> None:
    angle = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    circle = np.column_stack([np.zeros(500), 5 * np.cos(angle), 5 * np.sin(angle)])

    def add(structures: Dataset) -> None:
        listed, drawn = Dataset(), Dataset()
        listed.update(structures.StructureSetROISequence[0])
        listed.ROINumber, listed.ROIName = 2, "Sagittal"
        drawn.ReferencedROINumber = 2
        structures.StructureSetROISequence.append(listed)
        structures.ROIContourSequence.append(drawn)

    edit(folder / "RS.dcm", add)
    redraw(folder / "RS.dcm", [circle], roi=1)
    assert [structure.name for structure in read_plan(folder).structures] == ["PTV"]


def test_points_beside_their_plane_are_refused(folder: Path) -> None:
    contours = box_contours()
    contours[3][1, 2] += 3
    redraw(folder / "RS.dcm", contours)
    with pytest.raises(InvalidInput, match=r"ROI 1, ContourSequence\[3\].ContourData: found points beside their plane"):
        read_plan(folder)


def test_slice_thickness_comes_from_ct_positions(folder: Path) -> None:
    redraw(folder / "RS.dcm", box_contours()[4:5])
    uid = pydicom.dcmread(folder / "RD.dcm").FrameOfReferenceUID
    for at in range(4):
        image = pydicom.dcmread(folder / "RD.dcm")
        image.SOPClassUID, image.SOPInstanceUID, image.Modality = "1.2.840.10008.5.1.4.1.1.2", f"1.2.{at}", "CT"
        image.ImagePositionPatient, image.FrameOfReferenceUID = [0, 0, 2.5 * at], uid
        image.save_as(folder / f"CT{at}.dcm")
    assert read_plan(folder).structures[0].slice_thickness_mm == 2.5


def test_without_ct_a_structure_on_one_plane_has_no_thickness_and_it_is_said(folder: Path) -> None:
    redraw(folder / "RS.dcm", box_contours()[4:5])
    plan = read_plan(folder)
    assert plan.structures[0].slice_thickness_mm is None
    assert "slice_thickness" in _codes(plan)


def test_patient_data_appear_nowhere_in_what_is_read(folder: Path) -> None:
    for name in ("RS.dcm", "RD.dcm", "RP.dcm"):
        edit(folder / name, _set(PatientName="Zhang^Weimin", PatientID="HN0042317"))
    edit(folder / "RS.dcm", lambda s: setattr(s.StructureSetROISequence[0], "ROIName", "PTV_HN0042317"))
    edit(folder / "RP.dcm", _set(RTPlanLabel="ZHANG WEIMIN"))
    plan = read_plan(folder)
    said = repr(plan) + "".join(notice.text.en + notice.text.zh for notice in plan.notices)
    assert not [word for word in ("zhang", "weimin", "0042317") if word in said.lower()]
    assert plan.structures[0].name == "ROI 1"
    assert "renamed" in _codes(plan)


def test_a_refusal_is_said_in_chinese_too(folder: Path) -> None:
    edit(folder / "RD.dcm", _drop("DoseGridScaling"))
    with pytest.raises(InvalidInput) as caught:
        read_plan(folder)
    assert caught.value.message.zh == "RD.dcm：DoseGridScaling (3004,000E)：发现 空缺；应填写大于 0 的数值"


def test_messages_never_repeat_text_of_the_file(folder: Path) -> None:
    edit(folder / "RD.dcm", _set(DoseUnits="ZHANG", DoseType="WEIMIN"))
    with pytest.raises(InvalidInput) as caught:
        read_plan(folder)
    assert "ZHANG" not in str(caught.value)
    assert "ZHANG" not in caught.value.message.zh
