"""What of the volume outside the dose grid? Its dose is unknown, but it can be bounded.

Outside the grid dose is taken to lie between 0 and the highest dose on the faces of the grid, because dose falls off
away from the beams. A verdict that is the same at both ends stands; one that is not cannot be given.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from pelvicrt.dosimetry import DoseGrid, Histogram


def highest_at_faces_gy(grid: DoseGrid) -> float:
    """The highest dose on the six outer faces of the grid [Gy].

    >>> dose = np.zeros((3, 3, 3)); dose[1, 1, 1] = 50; dose[0, 1, 1] = 2
    >>> highest_at_faces_gy(DoseGrid(dose_gy=dose, x_mm=[0, 1, 2], y_mm=[0, 1, 2], z_mm=[0, 1, 2]))
    2.0
    """
    dose = grid.dose_gy
    faces = (dose[0], dose[-1], dose[:, 0], dose[:, -1], dose[:, :, 0], dose[:, :, -1])
    return float(max(face.max() for face in faces))


def filled(histogram: Histogram, dose_gy: float) -> Histogram:
    """The physical histogram with all of its outside volume at one dose [Gy], and nothing outside any more."""
    edges, volumes = histogram.edges_gy, histogram.differential_cc
    if dose_gy >= edges[-1]:
        steps = np.arange(1, int((dose_gy - edges[-1]) / histogram.bin_gy) + 3)
        edges = np.append(edges, edges[-1] + histogram.bin_gy * steps)
        volumes = np.append(volumes, np.zeros(len(steps)))
    at = int(np.searchsorted(edges, dose_gy, side="right")) - 1
    added = np.zeros(len(volumes))
    added[at] = histogram.outside_cc
    share = histogram.outside_cc / histogram.volume_cc
    return dataclasses.replace(
        histogram,
        edges_gy=edges,
        differential_cc=volumes + added,
        outside_cc=0.0,
        min_gy=min(histogram.min_gy, dose_gy),
        max_gy=max(histogram.max_gy, dose_gy),
        mean_gy=(1 - share) * histogram.mean_gy + share * dose_gy,
        mean_square_gy2=(1 - share) * histogram.mean_square_gy2 + share * dose_gy**2,
    )
