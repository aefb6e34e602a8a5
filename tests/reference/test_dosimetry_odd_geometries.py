"""Are odd geometries right, and is what was assumed said in words? Eight that broke other programs, and a few more.

Volumes are those of prisms: area times thickness, a circle of n points having n / (2 pi) sin(2 pi / n) of its area.
"""

from __future__ import annotations

import numpy as np
import pytest

from pelvicrt.dosimetry import DoseGrid, Sampling, Structure, StructureDose, dose_volume, dose_volumes

POINTS = 720
AROUND = np.arange(POINTS) * 2 * np.pi / POINTS
ROUND = POINTS / 2 * np.sin(2 * np.pi / POINTS)
"""Area of the drawn unit circle."""
THREE = np.arange(0.0, 24.0, 3.0)


def _circle(radius: float, z: float, x: float = 0.0, y: float = 0.0) -> np.ndarray:
    return np.column_stack([x + radius * np.cos(AROUND), y + radius * np.sin(AROUND), np.full(POINTS, z)])


def _box(low: float, high: float, z: float) -> np.ndarray:
    return np.array([[low, low, z], [high, low, z], [high, high, z], [low, high, z]])


def _grid(dose_gy: float = 40.0) -> DoseGrid:
    """2.5 mm voxels, dose rising 0.1 Gy/mm along x from `dose_gy` at 0."""
    axis = np.arange(-40.0, 41.0, 2.5)
    dose = np.broadcast_to(dose_gy + 0.1 * axis, (len(axis),) * 3)
    return DoseGrid(dose_gy=dose, x_mm=axis, y_mm=axis, z_mm=axis)


def _found(
    contours: list[np.ndarray], *, sampling: Sampling | None = None, thickness: float | None = None
) -> StructureDose:
    structure = Structure.from_contours("odd", contours, thickness)
    return dose_volume(_grid(), structure, sampling=sampling or Sampling())


def _codes(found: StructureDose) -> set[str]:
    return {notice.code for notice in found.warnings}


ANNULUS_CC = ROUND * (15**2 - 9**2) * 50 / 1000


def test_an_annulus_of_nested_contours_keeps_its_hole_and_says_so() -> None:
    heights = np.arange(-25 + 1.25, 25, 2.5)
    found = _found([c for z in heights for c in (_circle(15, z), _circle(9, z))])
    assert found.physical.volume_cc == pytest.approx(ANNULUS_CC, rel=1e-6)
    assert "nested" in _codes(found)


def test_an_annulus_drawn_with_a_keyhole_has_the_same_volume() -> None:
    heights = np.arange(-25 + 1.25, 25, 2.5)
    keyhole = [np.vstack([_circle(15, z), _circle(15, z)[:1], _circle(9, z)[:1], _circle(9, z)[::-1]]) for z in heights]
    found = _found(keyhole)
    assert found.physical.volume_cc == pytest.approx(ANNULUS_CC, rel=1e-6)
    assert "crossing" not in _codes(found)


def test_the_hole_of_an_annulus_gets_no_dose() -> None:
    hot = _grid()
    beam = np.where(np.hypot(hot.x_mm[None, :], hot.y_mm[:, None]) < 4, 40.0, 0.0)
    grid = DoseGrid(dose_gy=np.broadcast_to(beam, hot.dose_gy.shape), x_mm=hot.x_mm, y_mm=hot.y_mm, z_mm=hot.z_mm)
    structure = Structure.from_contours("odd", [c for z in THREE for c in (_circle(15, z), _circle(9, z))])
    assert dose_volume(grid, structure, sampling=Sampling(edge="keep")).physical.max_gy == 0


def test_mixed_spacing_reaches_half_way_to_each_neighbour_and_says_so() -> None:
    heights = np.array([0.0, 3.0, 6.0, 6.5, 7.0, 11.5, 14.5, 17.5, 20.5])
    found = _found([_circle(10, z) for z in heights])
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * (20.5 + 3) / 1000, rel=1e-6)
    assert "uneven_planes" in _codes(found)


def test_a_single_contour_takes_the_slice_thickness_and_says_so() -> None:
    found = _found([_circle(10, 1.0)], thickness=3.0)
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 3 / 1000, rel=1e-6)
    assert "single_plane" in _codes(found)


def test_a_single_contour_without_slice_thickness_takes_the_spacing_of_its_neighbours() -> None:
    single = Structure.from_contours("single", [_circle(10, 1.0)])
    other = Structure.from_contours("other", [_circle(10, z) for z in np.arange(0.0, 10.0, 2.0)])
    found = dose_volumes(_grid(), [single, other])[0]
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 2 / 1000, rel=1e-6)
    assert "is assumed" in found.warnings[0].text.en


def test_a_single_contour_alone_takes_the_spacing_of_the_dose() -> None:
    found = _found([_circle(10, 1.0)])
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 2.5 / 1000, rel=1e-6)


def test_two_lobes_add_up_and_are_no_warning() -> None:
    found = _found([c for z in THREE for c in (_circle(8, z, -12), _circle(6, z, 10))])
    assert found.physical.volume_cc == pytest.approx(ROUND * (64 + 36) * 24 / 1000, rel=1e-6)
    assert found.warnings == ()


def test_what_lies_outside_the_grid_is_counted_apart_and_said() -> None:
    found = _found([_box(20.0, 60.0, z) for z in THREE])
    assert found.physical.volume_cc == pytest.approx(40 * 40 * 24 / 1000)
    assert found.physical.covered_cc == pytest.approx(20 * 20 * 24 / 1000, rel=1e-4)
    assert found.physical.mean_gy == pytest.approx(43.0, abs=1e-4)
    assert "outside_grid" in _codes(found)


def test_a_structure_wholly_outside_has_no_dose_but_a_volume() -> None:
    found = _found([_box(50.0, 60.0, z) for z in THREE]).physical
    assert (found.volume_cc, found.outside_cc) == (pytest.approx(2.4), pytest.approx(2.4))
    assert np.isnan(found.mean_gy)


def test_a_tiny_structure_has_its_volume_and_says_that_it_is_tiny() -> None:
    found = _found([_circle(1.5, z) for z in (0.5, 1.5)])
    assert found.physical.volume_cc == pytest.approx(ROUND * 2.25 * 2 / 1000, rel=1e-6)
    assert "tiny" in _codes(found)


TWO_MISSING = np.delete(THREE, [3, 4])


def test_two_missing_planes_are_bridged_and_said() -> None:
    found = _found([_circle(10, z) for z in TWO_MISSING])
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 24 / 1000, rel=1e-6)
    assert _codes(found) == {"gap_bridged"}


def test_two_missing_planes_are_left_empty_on_request_and_said() -> None:
    found = _found([_circle(10, z) for z in TWO_MISSING], sampling=Sampling(gaps="leave"))
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 18 / 1000, rel=1e-6)
    assert _codes(found) == {"gap_left"}


def test_a_wide_gap_separates_two_parts_and_is_said() -> None:
    heights = np.concatenate([np.arange(-30.0, -20.0, 3.0), np.arange(12.0, 22.0, 3.0)])
    found = _found([_circle(10, z) for z in heights])
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 24 / 1000, rel=1e-6)
    assert _codes(found) == {"gap_left"}


def test_planes_sparser_than_the_ct_slices_are_filled_in_and_said() -> None:
    found = _found([_circle(10, z) for z in THREE], thickness=1.0)
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 24 / 1000, rel=1e-6)
    assert "drawn only every 3 mm while the CT slices are 1 mm thick" in found.warnings[0].text.en


def test_two_planes_far_apart_are_filled_in_and_said() -> None:
    found = _found([_circle(10, z) for z in (-15.0, 15.0)])
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 60 / 1000, rel=1e-6)
    assert _codes(found) == {"sparse_planes"}


def test_crossing_contours_count_what_an_odd_number_encloses_and_say_so() -> None:
    eight = np.array([[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]])
    found = _found([np.column_stack([eight, np.full(4, z)]) for z in THREE])
    assert found.physical.volume_cc == pytest.approx(50 * 24 / 1000, rel=1e-6)
    assert _codes(found) == {"crossing"}


def test_overlapping_lobes_count_what_an_odd_number_encloses_and_say_so() -> None:
    found = _found([c for z in THREE for c in (_box(0.0, 10.0, z), _box(5.0, 15.0, z))])
    assert found.physical.volume_cc == pytest.approx((200 - 2 * 25) * 24 / 1000, rel=1e-6)
    assert "crossing" in _codes(found)


def test_a_contour_along_voxel_edges_is_not_empty() -> None:
    found = _found([_box(-1.25, 1.25, z) for z in (-1.25, 1.25)]).physical
    assert found.volume_cc == pytest.approx(2.5**3 * 2 / 1000)
    assert found.dose_at_volume_gy(0.98 * found.volume_cc) > 39.8


def test_a_contour_along_voxel_centres_is_not_empty() -> None:
    found = _found([_box(-2.5, 2.5, z) for z in (-2.5, 0.0, 2.5)]).physical
    assert found.covered_cc == pytest.approx(25 * 7.5 / 1000)
    assert (found.min_gy, found.max_gy) == (pytest.approx(39.75, abs=1e-5), pytest.approx(40.25, abs=1e-5))


def test_points_and_open_scraps_are_left_out_and_said() -> None:
    found = _found([*(_circle(10, z) for z in THREE), np.array([[0.0, 0.0, 3.0], [1.0, 0.0, 3.0]])])
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 24 / 1000, rel=1e-6)
    assert "points" in _codes(found)


def test_a_contour_that_stands_twice_counts_once_and_is_said() -> None:
    found = _found([c for z in THREE for c in (_circle(10, z), np.roll(_circle(10, z)[::-1], 7, axis=0))])
    assert found.physical.volume_cc == pytest.approx(ROUND * 100 * 24 / 1000, rel=1e-6)
    assert "repeats" in _codes(found)


def test_a_structure_without_contours_is_empty_and_says_so() -> None:
    found = _found([])
    assert found.physical.volume_cc == 0
    assert _codes(found) == {"empty"}


def test_every_notice_is_said_in_chinese_too() -> None:
    found = _found([_circle(10, z) for z in TWO_MISSING])
    assert "空隙由相邻层面填补" in found.warnings[0].text.zh


def _skin_grid() -> DoseGrid:
    """20 Gy left of x = 0, nothing right of it, as a body and the air beside it."""
    flat = _grid()
    dose = np.where(flat.x_mm <= 0, 20.0, 0.0)
    return DoseGrid(dose_gy=np.broadcast_to(dose, flat.dose_gy.shape), x_mm=flat.x_mm, y_mm=flat.y_mm, z_mm=flat.z_mm)


SKIN = Structure.from_contours(
    "body", [np.array([[-20.0, -20.0, z], [1.25, -20.0, z], [1.25, 20.0, z], [-20.0, 20.0, z]]) for z in THREE]
)


def test_dose_at_the_skin_is_not_diluted_by_air() -> None:
    found = dose_volume(_skin_grid(), SKIN)
    assert found.physical.min_gy == pytest.approx(20.0)
    assert "skin" in _codes(found)


def test_dose_at_the_skin_is_taken_as_it_stands_on_request_and_said() -> None:
    found = dose_volume(_skin_grid(), SKIN, sampling=Sampling(edge="keep"))
    assert found.physical.min_gy == pytest.approx(10.0)
    assert "reads too low" in next(n for n in found.warnings if n.code == "skin").text.en
