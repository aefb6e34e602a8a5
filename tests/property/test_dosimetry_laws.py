"""Laws of dose-volume histograms, over random contours in random doses.

Laws that keep the sampling lines where they are hold to rounding; those that move them (a quarter turn, a union) hold
to what 24,000 lines resolve.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelvicrt.dosimetry import ContourPlane, DoseGrid, Histogram, Sampling, Structure, dose_volume, dose_volumes

SIDE = np.arange(-21.0, 22.0, 3.0)
KEEP = Sampling(edge="keep", gaps="bridge")
PERCENTS = (99.0, 98.0, 50.0, 10.0, 2.0)
QUICK = settings(max_examples=25, deadline=None)


@dataclass(frozen=True)
class Case:
    grid: DoseGrid
    structure: Structure

    def histogram(self) -> Histogram:
        return dose_volume(self.grid, self.structure, sampling=KEEP).physical


def _doses(found: Histogram) -> np.ndarray:
    return np.array([found.dose_at_volume_gy(p / 100 * found.covered_cc) for p in PERCENTS])


def _grid(seed: int, steep: float) -> DoseGrid:
    random = np.random.default_rng(seed)
    phase = random.uniform(0, 6, 3)
    x, y, z = (np.sin(SIDE / 11 + p) for p in phase)
    dose = 30 + steep * (x[None, None, :] + y[None, :, None] + z[:, None, None])
    return DoseGrid(dose_gy=dose + random.uniform(0, 1, dose.shape), x_mm=SIDE, y_mm=SIDE, z_mm=SIDE)


def _ring(seed: int, points: int, x: float = 0.0, size: float = 9.0) -> np.ndarray:
    """A star-shaped ring, so that it never crosses itself."""
    random = np.random.default_rng(seed)
    around = (np.arange(points) + random.uniform(0, 0.9, points)) * 2 * np.pi / points
    radius = size * random.uniform(0.4, 1.0, points)
    return np.column_stack([x + radius * np.cos(around), radius * np.sin(around)])


def _stack(seed: int, points: int, heights: list[float], x: float = 0.0, size: float = 9.0) -> Structure:
    rings = ((z, _ring(seed + i, points, x, size)) for i, z in enumerate(heights))
    return Structure(name="s", planes=tuple(ContourPlane(z, (ring,)) for z, ring in rings), slice_thickness_mm=3.0)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    seed, points = draw(st.integers(0, 10_000)), draw(st.integers(3, 24))
    count, spacing = draw(st.integers(1, 6)), draw(st.sampled_from([1.0, 2.5, 3.0, 5.0]))
    heights = [float(spacing * (i - count / 2)) for i in range(count)]
    return Case(_grid(seed, draw(st.sampled_from([0.0, 2.0, 9.0]))), _stack(seed, points, heights))


def _moved(case: Case, shift: tuple[float, float, float]) -> Case:
    dx, dy, dz = shift
    planes = tuple(
        ContourPlane(p.z_mm + dz, tuple(ring + np.array([dx, dy]) for ring in p.rings)) for p in case.structure.planes
    )
    grid = DoseGrid(
        dose_gy=case.grid.dose_gy, x_mm=case.grid.x_mm + dx, y_mm=case.grid.y_mm + dy, z_mm=case.grid.z_mm + dz
    )
    return Case(grid, replace(case.structure, planes=planes))


@QUICK
@given(cases())
def test_the_cumulative_curve_falls_from_the_whole_volume_to_nothing(case: Case) -> None:
    found = case.histogram()
    curve = found.cumulative_cc()
    assert (np.diff(curve) <= 0).all()
    assert (curve[0], curve[-1]) == (pytest.approx(found.covered_cc), 0.0)
    assert found.volume_at_dose_cc(0.0) == pytest.approx(found.volume_cc)


@QUICK
@given(cases())
def test_doses_at_volumes_lie_in_order_between_lowest_and_highest(case: Case) -> None:
    found = case.histogram()
    doses = np.array([found.min_gy, *_doses(found), found.max_gy])
    assert (np.diff(doses) >= 0).all()
    assert found.min_gy <= found.mean_gy <= found.max_gy


@QUICK
@given(cases())
def test_dose_at_a_volume_and_volume_at_a_dose_undo_each_other(case: Case) -> None:
    found = case.histogram()
    for percent in PERCENTS:
        volume = percent / 100 * found.covered_cc
        again = found.volume_at_dose_cc(found.dose_at_volume_gy(volume))
        assert again == pytest.approx(volume, rel=0.02)


@QUICK
@given(cases(), st.tuples(*[st.floats(-300, 300)] * 3))
def test_moving_the_patient_changes_nothing(case: Case, shift: tuple[float, float, float]) -> None:
    here, there = case.histogram(), _moved(case, shift).histogram()
    assert there.volume_cc == pytest.approx(here.volume_cc, rel=1e-9)
    np.testing.assert_allclose(_doses(there), _doses(here), atol=0.01)


@QUICK
@given(cases(), st.sampled_from([0.5, 2.0, 4.0]))
def test_growing_everything_grows_the_volume_by_its_cube_and_no_dose(case: Case, factor: float) -> None:
    planes = tuple(
        ContourPlane(p.z_mm * factor, tuple(ring * factor for ring in p.rings)) for p in case.structure.planes
    )
    grid = DoseGrid(dose_gy=case.grid.dose_gy, x_mm=SIDE * factor, y_mm=SIDE * factor, z_mm=SIDE * factor)
    grown = Case(grid, replace(case.structure, planes=planes, slice_thickness_mm=3.0 * factor)).histogram()
    here = case.histogram()
    assert grown.volume_cc == pytest.approx(here.volume_cc * factor**3, rel=1e-9)
    np.testing.assert_allclose(_doses(grown), _doses(here), atol=1e-6)


@QUICK
@given(cases(), st.integers(1, 3))
def test_a_quarter_turn_about_the_axis_changes_nothing(case: Case, turns: int) -> None:
    quarter = np.linalg.matrix_power(np.array([[0.0, -1.0], [1.0, 0.0]]), turns)
    planes = tuple(ContourPlane(p.z_mm, tuple(r @ quarter.T for r in p.rings)) for p in case.structure.planes)
    dose = np.rot90(case.grid.dose_gy, -turns, axes=(1, 2))
    turned = Case(DoseGrid(dose_gy=dose, x_mm=SIDE, y_mm=SIDE, z_mm=SIDE), replace(case.structure, planes=planes))
    here, there = case.histogram(), turned.histogram()
    assert there.volume_cc == pytest.approx(here.volume_cc, rel=1e-9)
    assert (there.min_gy, there.max_gy) == (pytest.approx(here.min_gy, abs=1e-4), pytest.approx(here.max_gy, abs=1e-4))
    np.testing.assert_allclose(_doses(there), _doses(here), atol=0.05)


@QUICK
@given(st.integers(0, 10_000))
def test_a_structure_of_two_parts_is_the_sum_of_both(seed: int) -> None:
    heights = [-6.0, -3.0, 0.0, 3.0]
    one, other = (_stack(seed + k, 12, heights, x, 7.0) for k, x in ((0, -10.0), (50, 10.0)))
    both = replace(
        one,
        planes=tuple(ContourPlane(p.z_mm, (*p.rings, *q.rings)) for p, q in zip(one.planes, other.planes, strict=True)),
    )
    grid = _grid(seed, 9.0)
    a, b, whole = (dose_volume(grid, s, sampling=KEEP).physical for s in (one, other, both))
    assert whole.volume_cc == pytest.approx(a.volume_cc + b.volume_cc, rel=1e-9)
    for dose in np.linspace(a.min_gy, a.max_gy, 7):
        parts = a.volume_at_dose_cc(dose) + b.volume_at_dose_cc(dose)
        assert whole.volume_at_dose_cc(dose) == pytest.approx(parts, abs=0.003 * whole.volume_cc)


@QUICK
@given(cases(), st.floats(0.25, 3.0), st.floats(0.0, 20.0))
def test_scaling_and_adding_dose_does_so_to_every_dose_metric(case: Case, factor: float, more: float) -> None:
    dose = case.grid.dose_gy.astype(np.float64) * factor + more
    changed = Case(DoseGrid(dose_gy=dose, x_mm=SIDE, y_mm=SIDE, z_mm=SIDE), case.structure).histogram()
    here = case.histogram()
    np.testing.assert_allclose(_doses(changed), _doses(here) * factor + more, atol=0.01)
    assert changed.mean_gy == pytest.approx(here.mean_gy * factor + more, abs=1e-4)


@QUICK
@given(cases(), st.integers(1, 23), st.booleans())
def test_where_a_contour_starts_and_which_way_it_runs_does_not_matter(case: Case, start: int, backwards: bool) -> None:
    step = -1 if backwards else 1
    planes = tuple(
        ContourPlane(p.z_mm, tuple(np.roll(r, start, axis=0)[::step].copy() for r in p.rings))
        for p in case.structure.planes
    )
    other = Case(case.grid, replace(case.structure, planes=planes)).histogram()
    np.testing.assert_allclose(_doses(other), _doses(case.histogram()), atol=1e-3)


@QUICK
@given(cases())
def test_points_in_the_middle_of_edges_do_not_matter(case: Case) -> None:
    def finer(ring: np.ndarray) -> np.ndarray:
        return np.stack([ring, (ring + np.roll(ring, -1, axis=0)) / 2], axis=1).reshape(-1, 2)

    planes = tuple(ContourPlane(p.z_mm, tuple(finer(r) for r in p.rings)) for p in case.structure.planes)
    other = Case(case.grid, replace(case.structure, planes=planes)).histogram()
    here = case.histogram()
    assert other.volume_cc == pytest.approx(here.volume_cc, rel=1e-9)
    np.testing.assert_allclose(_doses(other), _doses(here), atol=1e-3)


@QUICK
@given(cases(), st.integers(1, 40), st.floats(0.5, 20.0))
def test_dose_in_two_gray_fractions_is_the_physical_dose_of_the_same_volume_changed(
    case: Case, fractions: int, ratio: float
) -> None:
    found = dose_volume(case.grid, case.structure, fractions=fractions, alpha_betas_gy=[ratio], sampling=KEEP)
    physical, biological = found.physical, found.eqd2[ratio]
    doses = _doses(physical)
    expected = doses * (doses / fractions + ratio) / (2 + ratio)
    np.testing.assert_allclose(_doses(biological), expected, rtol=2e-4)
    assert (np.diff(biological.edges_gy) > 0).all()


@QUICK
@given(cases(), st.floats(0.5, 20.0))
def test_more_dose_a_fraction_weighs_more_the_lower_alpha_beta_is(case: Case, ratio: float) -> None:
    found = dose_volume(case.grid, case.structure, fractions=5, alpha_betas_gy=[ratio, ratio + 1], sampling=KEEP)
    over_two_gy = found.physical.min_gy > 5 * 2
    assert not over_two_gy or found.eqd2[ratio].mean_gy > found.eqd2[ratio + 1].mean_gy


@QUICK
@given(cases())
def test_uniform_equivalent_dose_of_exponent_one_is_the_mean(case: Case) -> None:
    found = case.histogram()
    assert found.generalised_eud_gy(1.0) == pytest.approx(found.mean_gy, abs=0.006)
    assert found.generalised_eud_gy(-5.0) <= found.mean_gy + 0.006 <= found.generalised_eud_gy(8.0) + 0.012


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_one_thread_and_two_give_the_same_bits(seed: int) -> None:
    grid = _grid(seed, 9.0)
    structures = [_stack(seed + k, 12, [-3.0, 0.0, 3.0]) for k in range(4)]
    one, two = (dose_volumes(grid, structures, threads=n) for n in (1, 2))
    for a, b in zip(one, two, strict=True):
        assert a.physical.differential_cc.tobytes() == b.physical.differential_cc.tobytes()
        assert (a.physical.min_gy, a.physical.mean_gy) == (b.physical.min_gy, b.physical.mean_gy)
