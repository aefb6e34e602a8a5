"""Are doses added where they can be, and refused where they cannot?"""

from __future__ import annotations

import numpy as np
import pytest

from pelvicrt.dosimetry import DoseGrid, eqd2_grid, on_common_grid, resampled, sum_of_grids
from pelvicrt.foundation import InvalidInput


def _linear(step: float, low: float, high: float) -> DoseGrid:
    axis = np.arange(low, high + 1e-9, step)
    dose = 20 + axis[None, None, :] + 0.5 * axis[None, :, None] - 0.25 * axis[:, None, None]
    return DoseGrid(dose_gy=dose, x_mm=axis, y_mm=axis, z_mm=axis)


def test_a_linear_dose_is_resampled_without_error() -> None:
    wanted = np.array([0.1, 1.7, 6.3])
    found = resampled(_linear(2.5, -5.0, 10.0), wanted, wanted, wanted)
    expected = 20 + wanted[None, None, :] + 0.5 * wanted[None, :, None] - 0.25 * wanted[:, None, None]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_the_sum_lies_on_the_finer_grid_within_both() -> None:
    fine, coarse = _linear(1.0, -6.0, 6.0), _linear(3.0, -3.0, 12.0)
    found = sum_of_grids([coarse, fine], frames=["1.2", "1.2"])
    assert (found.x_mm[0], found.x_mm[-1], found.x_mm[1] - found.x_mm[0]) == (-3.0, 6.0, 1.0)
    np.testing.assert_allclose(found.dose_gy[0, 0], 2 * (20 - 1.5 + 0.75 + found.x_mm), rtol=1e-6)


def test_doses_in_different_frames_are_not_added() -> None:
    grid = _linear(1.0, 0.0, 3.0)
    with pytest.raises(InvalidInput, match=r"plan\.dcm: frame of reference: found 2 frames of reference; expected"):
        sum_of_grids([grid, grid], frames=["1.2", "1.3"], file="plan.dcm")


def test_grids_that_do_not_overlap_are_not_added() -> None:
    with pytest.raises(InvalidInput, match="no common volume"):
        on_common_grid([_linear(1.0, 0.0, 3.0), _linear(1.0, 10.0, 13.0)])


def test_a_sum_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="one grid or more"):
        sum_of_grids([], frames=[])


def test_courses_are_added_in_two_gray_fractions_voxel_by_voxel() -> None:
    """50.4 Gy in 28 and 25 Gy in 5 for alpha/beta 3: 48.38 + 40.00 (clinical-spec E4)."""
    axis = np.arange(3.0)
    doses = ((50.4, 28), (25.0, 5))
    parts = [
        eqd2_grid(
            DoseGrid(dose_gy=np.full((3, 3, 3), dose), x_mm=axis, y_mm=axis, z_mm=axis),
            fractions=fractions,
            alpha_beta_gy=3.0,
        )
        for dose, fractions in doses
    ]
    assert sum_of_grids(parts, frames=["f", "f"]).highest_gy == pytest.approx(88.38, abs=0.01)


@pytest.mark.parametrize(("fractions", "ratio", "message"), [(0, 3.0, "1 fraction or more"), (5, 0.0, "above 0 Gy")])
def test_a_course_without_biology_is_refused(fractions: int, ratio: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        eqd2_grid(_linear(1.0, 0.0, 3.0), fractions=fractions, alpha_beta_gy=ratio)
