"""Does it matter how the patient lies? A cone under a gradient in patient coordinates, laid into dose frames.

A reader turns contours and doses of a patient lying on the back or the front, head or feet first, or on a side, into a
frame of ascending axes. Here the turn is done on arrays; the files of it are the reader's own tests.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.dosimetry_shapes import CENTRE_GY, OFFSETS, shape

from pelvicrt.dosimetry import DoseGrid, Structure, dose_volume

# Rows are the axes of the dose frame in patient coordinates (left, back, head).
POSITIONS = {
    "head first, on the back": np.diag([1, 1, 1]),
    "head first, on the front": np.diag([-1, -1, 1]),
    "feet first, on the back": np.diag([-1, 1, -1]),
    "feet first, on the front": np.diag([1, -1, -1]),
    "head first, on the left side": np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]]),
    "head first, on the right side": np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]]),
}
GRADIENTS = {"left": (1.0, 0.0, 0.0), "back": (0.0, 1.0, 0.0), "head": (0.0, 0.0, 1.0), "between": (0.6, 0.48, 0.64)}
CONE = shape("cone", 3.0)


def _in_frame(turn: np.ndarray) -> Structure:
    contours = [np.column_stack([p.rings[0], np.full(len(p.rings[0]), p.z_mm)]) for p in CONE.structure().planes]
    return Structure.from_contours("cone", [contour @ turn.T for contour in contours])


def _grid(turn: np.ndarray, gradient: np.ndarray) -> DoseGrid:
    x, y, z = (np.arange(-30.0, 31.0, 2.5) + offset for offset in OFFSETS)
    points = np.stack(np.broadcast_arrays(x[None, None, :], y[None, :, None], z[:, None, None]), axis=-1)
    return DoseGrid(dose_gy=np.maximum(CENTRE_GY + points @ turn @ gradient, 0.0), x_mm=x, y_mm=y, z_mm=z)


@pytest.mark.parametrize("gradient", list(GRADIENTS))
@pytest.mark.parametrize("position", list(POSITIONS))
def test_dose_of_a_cone_is_the_same_in_every_position(position: str, gradient: str) -> None:
    turn, direction = POSITIONS[position].astype(float), np.array(GRADIENTS[gradient])
    found = dose_volume(_grid(turn, direction), _in_frame(turn)).physical
    asked = (0.98 * CONE.volume_cc(), 0.02 * CONE.volume_cc(), 0.03)
    errors = [found.dose_at_volume_gy(v) - CONE.dose_at_volume_gy(v, direction) for v in asked]
    assert np.abs([*errors, 3 * (found.mean_gy - CONE.mean_gy(direction))]).max() < 0.015
