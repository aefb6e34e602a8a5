"""Are grids and structures that make no sense refused in words, and are extremes those of a dense search?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.interpolate import RegularGridInterpolator

from pelvicrt.dosimetry import ContourPlane, DoseGrid, Sampling, Structure, dose_volume, dose_volumes
from pelvicrt.dosimetry.edges import filled_at_edge

AXIS = np.arange(4.0)
SQUARE = np.array([[0.5, 0.5], [2.5, 0.5], [2.5, 2.5], [0.5, 2.5]])


def _grid(**changes: np.ndarray) -> DoseGrid:
    given = {"dose_gy": np.ones((4, 4, 4)), "x_mm": AXIS, "y_mm": AXIS, "z_mm": AXIS} | changes
    return DoseGrid(**given)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dose_gy": np.ones((4, 4, 3))}, "does not fit 4 planes"),
        ({"dose_gy": -np.ones((4, 4, 4))}, "must be 0 or more"),
        ({"dose_gy": np.full((4, 4, 4), np.nan)}, "must be 0 or more"),
        ({"x_mm": AXIS[::-1]}, "x_mm must ascend"),
        ({"y_mm": np.array([0.0, 1.0, 2.5, 3.0])}, "y_mm must be evenly spaced"),
        ({"dose_gy": np.ones((1, 4, 4)), "z_mm": np.zeros(1)}, "two voxels or more"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(changes: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _grid(**changes)


def test_planes_of_a_grid_may_be_uneven() -> None:
    assert _grid(z_mm=np.array([0.0, 1.0, 4.0, 5.0])).z_mm[2] == 4.0


def test_a_contour_out_of_its_plane_is_refused() -> None:
    tilted = np.column_stack([SQUARE, [0.0, 0.0, 1.0, 1.0]])
    with pytest.raises(ValueError, match="does not lie in its plane"):
        Structure.from_contours("PTV", [tilted])


@pytest.mark.parametrize(
    ("planes", "message"),
    [
        ((ContourPlane(1.0, (SQUARE,)), ContourPlane(0.0, (SQUARE,))), "planes must ascend"),
        ((ContourPlane(1.0, (SQUARE[:2],)),), "three points or more"),
        ((ContourPlane(1.0, (SQUARE * np.nan,)),), "three points or more"),
    ],
)
def test_a_structure_that_makes_no_sense_is_refused(planes: tuple[ContourPlane, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Structure(name="PTV", planes=planes)


def test_a_slice_thickness_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="thickness must be above 0"):
        Structure(name="PTV", planes=(), slice_thickness_mm=0.0)


def test_biological_dose_without_fractions_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the number of fractions"):
        dose_volumes(_grid(), [], alpha_betas_gy=[3.0])


def test_no_thread_is_refused() -> None:
    with pytest.raises(ValueError, match="one thread or more"):
        dose_volumes(_grid(), [], threads=0)


def test_sampling_without_lines_is_refused() -> None:
    with pytest.raises(ValueError, match="one line or more"):
        Sampling(lines=0)


def test_progress_is_told_after_each_structure() -> None:
    told: list[int] = []
    dose_volumes(_grid(), [Structure(name=n, planes=()) for n in "abc"], advance=lambda: told.append(1))
    assert len(told) == 3


@pytest.mark.parametrize("seed", range(12))
def test_extremes_are_those_of_a_dense_search_of_faces_and_contours(seed: int) -> None:
    """Every candidate place is searched in steps of an 8,000th of an edge; the faces between can hold no extreme."""
    random = np.random.default_rng(seed)
    axis = np.arange(8.0)
    grid = DoseGrid(dose_gy=random.uniform(0, 50, (8, 8, 8)), x_mm=axis, y_mm=axis, z_mm=axis)
    centre = random.uniform(2.5, 4.5, 2)
    around = np.sort(random.uniform(0, 2 * np.pi, 9))
    radius = random.uniform(0.8, 2.0, 9)
    ring = centre + np.column_stack([radius * np.cos(around), radius * np.sin(around)])
    height = float(random.uniform(2.0, 5.0))
    structure = Structure(name="s", planes=(ContourPlane(height, (ring,)),), slice_thickness_mm=1.7)
    found = dose_volume(grid, structure, sampling=Sampling(edge="keep")).physical

    part = np.linspace(0, 1, 8000)[:, None]
    edges = [a + part * (b - a) for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True)]
    places = np.vstack([*edges, *_nodes_inside(ring)])
    levels = [height - 0.85, *np.arange(np.ceil(height - 0.85), height + 0.85), height + 0.85]
    look_up = RegularGridInterpolator((axis, axis, axis), grid.dose_gy.astype(np.float64))
    dense = np.concatenate([look_up((z, places[:, 1], places[:, 0])) for z in levels])
    assert found.min_gy == pytest.approx(dense.min(), abs=0.02)
    assert found.max_gy == pytest.approx(dense.max(), abs=0.02)
    assert found.min_gy <= dense.min() + 1e-5
    assert found.max_gy >= dense.max() - 1e-5


def _nodes_inside(ring: np.ndarray) -> list[list[float]]:
    found = []
    for x in range(8):
        for y in range(8):
            a, b = ring, np.roll(ring, -1, axis=0)
            crosses = (a[:, 1] > y) != (b[:, 1] > y)
            with np.errstate(divide="ignore", invalid="ignore"):
                at = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
            if (crosses & (x < at)).sum() % 2:
                found.append([float(x), float(y)])
    return found


def test_voxels_without_dose_take_the_mean_of_steep_neighbours_only() -> None:
    random = np.random.default_rng(1)
    dose = random.uniform(0, 1, (7, 8, 9)) * (random.uniform(0, 1, (7, 8, 9)) < 0.3)
    dose[:, :3] = 0
    grid = DoseGrid(dose_gy=dose, x_mm=np.arange(9.0), y_mm=np.arange(8.0), z_mm=np.arange(7.0))
    slow = grid.dose_gy.copy()
    for k, j, i in zip(*np.nonzero(grid.dose_gy == 0), strict=True):
        beside = grid.dose_gy[max(k - 1, 0) : k + 2, max(j - 1, 0) : j + 2, max(i - 1, 0) : i + 2]
        steep = beside[beside > 0.05 * grid.highest_gy]
        slow[k, j, i] = steep.mean() if len(steep) else 0.0
    np.testing.assert_allclose(filled_at_edge(grid).dose_gy, slow, rtol=1e-6)
