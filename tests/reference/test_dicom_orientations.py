"""However a dose grid lies, the same place has the same dose: a linear dose in patient coordinates is the truth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.support.dicom_plans import (
    BOX,
    box_contours,
    dose_at,
    redraw,
    shuffled_axes,
    turn_dose,
    write_box_plan,
)

from pelvicrt.dicom import TreatmentPlan, read_plan
from pelvicrt.dosimetry import dose_volume

# Direction cosines of row and column for the patient positions of PS3.3 C.7.3.1.1.2, for axial images.
POSITIONS = {
    "HFS": (1, 0, 0, 0, 1, 0),
    "HFP": (-1, 0, 0, 0, -1, 0),
    "FFS": (-1, 0, 0, 0, 1, 0),
    "FFP": (1, 0, 0, 0, -1, 0),
    "HFDL": (0, -1, 0, 1, 0, 0),
    "HFDR": (0, 1, 0, -1, 0, 0),
    "FFDL": (0, 1, 0, 1, 0, 0),
    "FFDR": (0, -1, 0, -1, 0, 0),
}


def _axes(cosines: tuple[float, ...]) -> np.ndarray:
    row, column = np.array(cosines[:3], dtype=float), np.array(cosines[3:], dtype=float)
    return np.column_stack([row, column, np.cross(row, column)])


def _voxel_points(plan: TreatmentPlan) -> np.ndarray:
    z, y, x = np.meshgrid(plan.dose.z_mm, plan.dose.y_mm, plan.dose.x_mm, indexing="ij")
    return np.stack([x, y, z], axis=-1) @ plan.to_patient.T


def _check(plan: TreatmentPlan, tolerance_gy: float = 6e-5) -> None:
    assert np.linalg.det(plan.to_patient) == pytest.approx(1)
    assert np.abs(plan.dose.dose_gy - dose_at(_voxel_points(plan))).max() < tolerance_gy


@pytest.mark.parametrize("number", range(24))
def test_every_way_a_grid_can_lie_along_the_patient_gives_each_voxel_its_dose(tmp_path: Path, number: int) -> None:
    write_box_plan(tmp_path)
    turn_dose(tmp_path / "RD.dcm", shuffled_axes()[number])
    plan = read_plan(tmp_path)
    _check(plan)
    assert not [notice for notice in plan.notices if notice.code == "resampled"]


@pytest.mark.parametrize("position", POSITIONS)
def test_every_patient_position_gives_each_voxel_its_dose(tmp_path: Path, position: str) -> None:
    write_box_plan(tmp_path)
    turn_dose(tmp_path / "RD.dcm", _axes(POSITIONS[position]))
    _check(read_plan(tmp_path))


def _tilted(degrees: float, axis: int) -> np.ndarray:
    """Axes turned about one patient axis."""
    angle = np.deg2rad(degrees)
    first, second = (each for each in range(3) if each != axis)
    turned = np.eye(3)
    turned[first, first] = turned[second, second] = np.cos(angle)
    turned[first, second], turned[second, first] = -np.sin(angle), np.sin(angle)
    return turned


def test_a_grid_turned_in_the_plane_of_the_contours_is_not_interpolated(tmp_path: Path) -> None:
    write_box_plan(tmp_path)
    turn_dose(tmp_path / "RD.dcm", _tilted(17.0, axis=2))
    plan = read_plan(tmp_path)
    _check(plan)
    assert "resampled" not in {notice.code for notice in plan.notices}


@pytest.mark.parametrize("axis", [0, 1])
def test_a_grid_tilted_against_the_contours_is_interpolated_exactly_for_a_linear_dose_and_says_so(
    tmp_path: Path, axis: int
) -> None:
    write_box_plan(tmp_path)
    turn_dose(tmp_path / "RD.dcm", _tilted(11.0, axis=axis))
    plan = read_plan(tmp_path)
    assert "resampled" in {notice.code for notice in plan.notices}
    points = _voxel_points(plan)
    inside = (np.abs(points) < 14).all(axis=-1)
    assert np.abs(plan.dose.dose_gy - dose_at(points))[inside].max() < 1e-4


def test_an_interpolated_grid_is_no_coarser_than_its_own(tmp_path: Path) -> None:
    write_box_plan(tmp_path)
    turn_dose(tmp_path / "RD.dcm", _tilted(11.0, axis=0))
    plan = read_plan(tmp_path)
    steps = [np.diff(axis).max() for axis in (plan.dose.x_mm, plan.dose.y_mm, plan.dose.z_mm)]
    assert np.all(np.array(steps) <= np.array([3.0, 2.0, 2.0]) + 1e-9)


def _box_truth() -> tuple[float, float]:
    """Volume of the box [cc], and its mean dose [Gy]: that of its centre, for the dose is linear."""
    return float(np.prod(np.diff(BOX, axis=1))) / 1000, float(dose_at(BOX.mean(axis=1)))


@pytest.mark.parametrize("number", range(24))
def test_volume_and_mean_dose_are_the_same_however_the_grid_lies(tmp_path: Path, number: int) -> None:
    write_box_plan(tmp_path)
    turn_dose(tmp_path / "RD.dcm", shuffled_axes()[number])
    plan = read_plan(tmp_path)
    found = dose_volume(plan.dose, plan.structure("PTV")).physical
    volume_cc, mean_gy = _box_truth()
    assert found.volume_cc == pytest.approx(volume_cc, rel=1e-5)
    assert found.mean_gy == pytest.approx(mean_gy, abs=2e-3)


def _turned_contours(turned: np.ndarray) -> list[np.ndarray]:
    """The box's rectangles turned about the patient's origin, so that they lie across the third turned axis."""
    return [contour @ turned.T for contour in box_contours()]


@pytest.mark.parametrize("axis", [0, 1])
def test_contours_tilted_like_the_dose_need_no_interpolation(tmp_path: Path, axis: int) -> None:
    turned = _tilted(11.0, axis=axis)
    write_box_plan(tmp_path)
    turn_dose(tmp_path / "RD.dcm", turned)
    redraw(tmp_path / "RS.dcm", _turned_contours(turned))
    plan = read_plan(tmp_path)
    assert "resampled" not in {notice.code for notice in plan.notices}
    _check(plan)
    found = dose_volume(plan.dose, plan.structure("PTV")).physical
    assert found.volume_cc == pytest.approx(_box_truth()[0], rel=1e-4)
    assert found.mean_gy == pytest.approx(float(dose_at(turned @ BOX.mean(axis=1))), abs=3e-3)


@pytest.mark.parametrize("axis", [0, 1])
def test_contours_tilted_against_an_axial_dose_get_it_interpolated(tmp_path: Path, axis: int) -> None:
    turned = _tilted(11.0, axis=axis)
    write_box_plan(tmp_path)
    turn_dose(tmp_path / "RD.dcm", np.eye(3), shape=(21, 25, 31))
    redraw(tmp_path / "RS.dcm", _turned_contours(turned))
    plan = read_plan(tmp_path)
    assert "resampled" in {notice.code for notice in plan.notices}
    found = dose_volume(plan.dose, plan.structure("PTV")).physical
    assert found.volume_cc == pytest.approx(_box_truth()[0], rel=1e-4)
    assert found.mean_gy == pytest.approx(float(dose_at(turned @ BOX.mean(axis=1))), abs=3e-3)


def test_a_hole_whose_height_is_rounded_otherwise_stays_a_hole(tmp_path: Path) -> None:
    write_box_plan(tmp_path)
    outer = box_contours()
    holes = [contour * 0.5 + [0, 0, 0.5 * contour[0, 2] + 0.02] for contour in outer]
    redraw(tmp_path / "RS.dcm", [*outer, *holes])
    plan = read_plan(tmp_path)
    assert len(plan.structures[0].planes) == len(outer)
    found = dose_volume(plan.dose, plan.structure("PTV")).physical
    assert found.volume_cc == pytest.approx(0.75 * _box_truth()[0], rel=1e-4)


@pytest.mark.parametrize("normal_axis", [0, 1, 2])
def test_contours_drawn_across_any_patient_axis_give_the_same_volume_and_mean(tmp_path: Path, normal_axis: int) -> None:
    write_box_plan(tmp_path)
    redraw(tmp_path / "RS.dcm", box_contours(normal_axis))
    plan = read_plan(tmp_path)
    found = dose_volume(plan.dose, plan.structure("PTV")).physical
    volume_cc, mean_gy = _box_truth()
    assert found.volume_cc == pytest.approx(volume_cc, rel=1e-5)
    assert found.mean_gy == pytest.approx(mean_gy, abs=2e-3)
