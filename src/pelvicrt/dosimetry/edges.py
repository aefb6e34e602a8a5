"""What is the dose just inside the skin? Voxels outside the body hold zero, and trilinear dose mixes it in.

Filling gives each voxel without dose that touches a well-irradiated one the mean of its neighbours that have dose, so
that the last half voxel inside the skin keeps the dose of the tissue beside it. Voxels deep in air stay at zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.compiled import compiled
from pelvicrt.dosimetry.extremes import STEEP_SHARE
from pelvicrt.dosimetry.grid import DoseGrid

Doses = npt.NDArray[np.float32]


def filled_at_edge(grid: DoseGrid) -> DoseGrid:
    """The grid with voxels of zero dose beside more than 5 % of the highest dose given the mean of such neighbours.

    >>> dose = np.zeros((2, 2, 4)); dose[:, :, 0] = 10.0
    >>> grid = DoseGrid(dose_gy=dose, x_mm=[0, 1, 2, 3], y_mm=[0, 1], z_mm=[0, 1])
    >>> filled_at_edge(grid).dose_gy[0, 0].tolist()
    [10.0, 10.0, 0.0, 0.0]
    """
    filled = grid.dose_gy.copy()
    _fill(grid.dose_gy, filled, np.float32(STEEP_SHARE * grid.highest_gy))
    return DoseGrid(dose_gy=filled, x_mm=grid.x_mm, y_mm=grid.y_mm, z_mm=grid.z_mm)


@compiled
def _fill(dose: Doses, filled: Doses, steep: np.float32) -> None:
    planes, rows, columns = dose.shape
    reach = np.empty((planes, rows, 2), dtype=np.int64)
    for k in range(planes):
        for j in range(rows):
            reach[k, j, 0], reach[k, j, 1] = _reach(dose[k, j], steep)
    for k in range(planes):
        for j in range(rows):
            first, last = columns, -1
            for kk in range(max(k - 1, 0), min(k + 2, planes)):
                for jj in range(max(j - 1, 0), min(j + 2, rows)):
                    first, last = min(first, reach[kk, jj, 0]), max(last, reach[kk, jj, 1])
            for i in range(max(first - 1, 0), min(last + 2, columns)):
                if dose[k, j, i] == 0:
                    filled[k, j, i] = _mean_beside(dose, k, j, i, steep)


@compiled
def _reach(row: Doses, steep: np.float32) -> tuple[int, int]:
    """The first and the last voxel of a row with more than the steep dose; most air lies beyond and is passed over."""
    first = 0
    while first < len(row) and row[first] <= steep:
        first += 1
    last = len(row) - 1
    while last >= first and row[last] <= steep:
        last -= 1
    return first, last


@compiled
def _mean_beside(dose: Doses, k: int, j: int, i: int, steep: np.float32) -> float:
    total, count = 0.0, 0
    for kk in range(max(k - 1, 0), min(k + 2, dose.shape[0])):
        for jj in range(max(j - 1, 0), min(j + 2, dose.shape[1])):
            for ii in range(max(i - 1, 0), min(i + 2, dose.shape[2])):
                if dose[kk, jj, ii] > steep:
                    total += dose[kk, jj, ii]
                    count += 1
    return total / count if count > 0 else 0.0
