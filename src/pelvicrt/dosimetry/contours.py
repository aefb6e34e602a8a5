"""What does compiled code see of a structure? Its contours as flat arrays: points, and which point follows which."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry.structure import Structure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Contours(NamedTuple):
    """All points of a structure, plane by plane and ring by ring.

    `x`, `y` [mm] (points); `after` (points) the next point of the same ring; `ring` (points) the ring's number;
    `first` (planes + 1) where the points of each plane begin; `low`, `high` (planes) the extent of each plane in y.
    """

    x: Floats
    y: Floats
    after: Ints
    ring: Ints
    first: Ints
    low: Floats
    high: Floats


def contours_of(structure: Structure) -> Contours:
    """The contours of a structure, flat."""
    rings = [ring for plane in structure.planes for ring in plane.rings]
    sizes = np.array([len(ring) for ring in rings], dtype=np.int64)
    ends = np.cumsum(sizes)
    points = np.concatenate(rings) if rings else np.empty((0, 2))
    after = np.arange(1, len(points) + 1)
    after[ends - 1] = ends - sizes
    in_plane = [sum(len(ring) for ring in plane.rings) for plane in structure.planes]
    first = np.concatenate([[0], np.cumsum(in_plane, dtype=np.int64)]).astype(np.int64)
    y = np.ascontiguousarray(points[:, 1])
    filled = first[:-1] < first[1:]
    low, high = np.zeros(len(in_plane)), np.zeros(len(in_plane))
    if filled.any():
        low[filled] = np.minimum.reduceat(y, first[:-1][filled])
        high[filled] = np.maximum.reduceat(y, first[:-1][filled])
    return Contours(
        np.ascontiguousarray(points[:, 0]), y, after, np.repeat(np.arange(len(rings)), sizes), first, low, high
    )
