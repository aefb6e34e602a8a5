"""Are two courses added in 2 Gy fractions where they may be, and refused in words where they may not?"""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pydicom
import pytest
import typer
from tests.support.dicom_plans import write_box_plan
from tests.support.two_courses import box, course
from typer.testing import CliRunner

from pelvicrt.cli.plan_sum import plan_sum_command
from pelvicrt.foundation import InvalidInput, MissingInformation
from pelvicrt.plans import sum_json, sum_plans, sum_text


def _mean(found, place=0, ratio=0):
    return found.structures[place].doses[ratio].total.mean_gy


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        # Clinical specification E4, cumulative EQD2 at alpha/beta 3 Gy without recovery.
        ((50.4, 28), (39.0, 26), 83.48),
        ((25.0, 5), (39.0, 26), 75.10),
    ],
)
def test_uniform_courses_add_to_the_worked_numbers(first, second, expected):
    found = sum_plans(course(*first, label="a"), course(*second, label="b"))

    assert _mean(found) == pytest.approx(expected, abs=0.01)


def test_a_target_is_summed_at_both_tumour_values():
    target = (box("PTV"),)
    found = sum_plans(course(25.0, 5, label="a"), course(50.0, 25, label="b", structures=target))

    # 25 Gy in 5: 25 (5 + 10) / 12 = 31.25; 50 Gy in 25 stay 50.
    assert found.structures[0].doses[0].alpha_beta_gy == 10
    assert _mean(found) == pytest.approx(81.25, abs=0.01)


def test_a_name_that_is_not_sure_is_summed_with_the_cautious_value_and_says_so():
    found = sum_plans(course(25.0, 5, label="a"), course(50.0, 25, label="b", structures=(box("Blader"),)))

    assert (found.structures[0].doses[0].alpha_beta_gy, found.structures[0].named.tg263) == (3, None)
    assert "name is not sure" in found.structures[0].doses[0].why.en


def test_courses_on_different_grids_are_added_on_the_common_one():
    def sloping(x, y, z):
        return 20.0 + 0.1 * x

    found = sum_plans(course(sloping, 10, label="a", step_mm=3.0), course(sloping, 10, label="b", half_mm=24.0))
    # Mean over the box of D (D/10 + 3) / 5 for D = 20 + 0.1 x, |x| < 10: E[D] = 20, E[D^2] = 400 + 1/3.
    expected = 2 * ((400 + 1 / 3) / 10 + 3 * 20) / 5

    assert _mean(found) == pytest.approx(expected, rel=2e-4)


def test_what_the_earlier_dose_does_not_cover_is_counted_apart():
    found = sum_plans(course(25.0, 5, label="a", half_mm=6.0), course(25.0, 5, label="b"))
    total = found.structures[0].doses[0].total

    assert total.outside_cc > 0.5 * total.volume_cc
    assert any("lies outside the dose grid" in notice.text.en for notice in found.structures[0].warnings)


def test_the_sum_says_that_no_recovery_is_assumed_and_no_limit_known():
    found = sum_plans(course(25.0, 5, label="a"), course(25.0, 5, label="b"))

    assert [notice.code for notice in found.notices] == ["no_recovery", "no_cumulative_limit", "anatomy_of_today"]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"frame": "1.2.3"}, "FrameOfReferenceUID: found two frames of reference; expected .*register the images"),
        ({"frame": ""}, "FrameOfReferenceUID"),
        (
            {"to_patient": np.diag([1.0, -1.0, -1.0])},
            "ImageOrientationPatient: found grids laid in different directions",
        ),
        ({"dose_uid": "1.2.826.0.1.3680043.10.1.1.a"}, "SOPInstanceUID: found one dose in both plans"),
    ],
)
def test_what_lies_in_another_place_is_refused(other, message):
    with pytest.raises(InvalidInput, match=message) as caught:
        sum_plans(course(25.0, 5, label="a"), course(25.0, 5, label="b", **other))
    assert caught.value.message.zh


def test_grids_without_a_common_volume_are_refused():
    far = course(25.0, 5, label="a", half_mm=6.0)
    moved = course(25.0, 5, label="b", half_mm=6.0)
    away = type(moved.dose)(
        dose_gy=moved.dose.dose_gy, x_mm=moved.dose.x_mm + 100, y_mm=moved.dose.y_mm, z_mm=moved.dose.z_mm
    )

    with pytest.raises(InvalidInput, match="no common volume"):
        sum_plans(far, dataclasses.replace(moved, dose=away))


def test_unknown_fractions_are_asked_for():
    with pytest.raises(MissingInformation, match="number of fractions is in no file of early"):
        sum_plans(course(25.0, None, label="early"), course(25.0, 5, label="late"))


def test_stated_fractions_replace_what_no_file_says():
    found = sum_plans(course(25.0, None, label="a"), course(25.0, 5, label="b"), fractions=(5, None))

    assert found.fractions == (5, 5)


def test_the_sum_as_data_is_json_without_odd_numbers():
    found = sum_json(sum_plans(course(25.0, 5, label="a", half_mm=6.0), course(25.0, 5, label="b")), "zh")

    assert json.loads(json.dumps(found, allow_nan=False))["structures"][0]["eqd2"][0]["alpha_beta_gy"] == 3


@pytest.mark.parametrize(("lang", "word"), [("en", "no recovery"), ("zh", "没有恢复")])
def test_the_sum_in_words_starts_with_what_must_be_known(lang, word):
    said = sum_text(sum_plans(course(25.0, 5, label="a"), course(25.0, 5, label="b")), lang)

    assert word in said.split("α/β")[0]


def _run(*words):
    app = typer.Typer()
    app.command()(plan_sum_command)
    return CliRunner().invoke(app, [str(word) for word in words])


def _in_frame_of(folder, other):
    """Puts the files of a folder into another plan's frame of reference, as a planning system does after mapping."""
    frame = str(pydicom.dcmread(other / "RD.dcm", stop_before_pixels=True).FrameOfReferenceUID)
    for path in folder.glob("*.dcm"):
        data = pydicom.dcmread(path)
        if "FrameOfReferenceUID" in data:
            data.FrameOfReferenceUID = frame
        for item in (
            *data.get("ReferencedFrameOfReferenceSequence", ()),
            *data.get("StructureSetROISequence", ()),
        ):
            for keyword in ("FrameOfReferenceUID", "ReferencedFrameOfReferenceUID"):
                if keyword in item:
                    setattr(item, keyword, frame)
        data.save_as(path)


def _two_folders(tmp_path):
    for name in ("a", "b"):
        write_box_plan(tmp_path / name, seed=name)
    return tmp_path / "a", tmp_path / "b"


def test_the_command_refuses_plans_of_two_frames(tmp_path):
    found = _run(*_two_folders(tmp_path))

    assert isinstance(found.exception, InvalidInput)
    assert "two frames of reference" in str(found.exception)


def test_the_command_adds_two_folders_of_one_frame(tmp_path):
    first, second = _two_folders(tmp_path)
    _in_frame_of(second, first)

    dose = json.loads(_run(first, second, "--format", "json").stdout)["structures"][0]["eqd2"][0]

    assert dose["mean_gy"] == pytest.approx(dose["first_mean_gy"] + dose["second_mean_gy"], rel=1e-4)


def test_the_command_writes_a_file_whole(tmp_path):
    first, second = _two_folders(tmp_path)
    _in_frame_of(second, first)

    _run(first, second, "-o", tmp_path / "sum.txt", "--lang", "zh")

    assert "没有恢复" in (tmp_path / "sum.txt").read_text(encoding="utf-8")
