"""What is a structure? Closed contours in planes of constant z; inside is what an odd number of contours enclose.

So a contour within a contour cuts a hole, a third one within the hole is tissue again, and several lobes in one plane
simply add up (the even-odd rule; keyhole contours, whose bridge runs back along itself, need nothing special).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FLAT_MM = 0.05
"""Coordinates are written to a hundredth of a millimetre or coarser; no scan has planes as close as this."""


@dataclass(frozen=True, slots=True, eq=False)
class ContourPlane:
    """All contours of a structure in the plane z [mm]: rings of shape (points, 2) with x and y [mm].

    A ring closes itself: its last point joins its first, whether or not they are the same.
    """

    z_mm: float
    rings: tuple[Floats, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Structure:
    """A structure in the dose frame, its planes in ascending z.

    `slice_thickness_mm` is that of the CT, used when the structure stands on one plane only; None when not known.
    `points_left_out` counts contours of fewer than three points, which enclose nothing; `repeats_left_out` those that
    stood twice in one plane, which would cut each other out.

    Raises:
        ValueError: planes that do not ascend, a ring that is not (3 or more, 2), a coordinate that is not a number.
    """

    name: str
    planes: tuple[ContourPlane, ...]
    slice_thickness_mm: float | None = None
    points_left_out: int = 0
    repeats_left_out: int = 0

    def __post_init__(self) -> None:
        heights = np.array([plane.z_mm for plane in self.planes])
        if not np.isfinite(heights).all() or (np.diff(heights) <= 0).any():
            raise ValueError(f"structure {self.name!r}: planes must ascend in z")
        for plane in self.planes:
            for ring in plane.rings:
                if ring.ndim != 2 or ring.shape[1] != 2 or len(ring) < 3 or not np.isfinite(ring).all():
                    raise ValueError(
                        f"structure {self.name!r}, z = {plane.z_mm:g} mm: a ring needs three points or more, each of "
                        f"two numbers; got shape {ring.shape}"
                    )
        if self.slice_thickness_mm is not None and not self.slice_thickness_mm > 0:
            raise ValueError(f"structure {self.name!r}: slice thickness must be above 0 mm")

    @classmethod
    def from_contours(cls, name: str, contours: Iterable[Floats], slice_thickness_mm: float | None = None) -> Structure:
        """A structure from contours of shape (points, 3) in any order; those within 0.05 mm of a height share a plane.

        Contours of fewer than three points, and second copies of a contour, are left out and counted.

        Raises:
            ValueError: a contour that does not lie in a plane of constant z within 0.05 mm.

        >>> square = np.array([[0, 0, 5], [10, 0, 5], [10, 10, 5], [0, 10, 5]], dtype=float)
        >>> Structure.from_contours("PTV", [square]).planes[0].z_mm
        5.0
        """
        given = [np.asarray(contour, dtype=np.float64) for contour in contours]
        closed = [contour for contour in given if len(contour) >= 3]
        closed.sort(key=lambda contour: float(contour[0, 2]))
        planes: list[tuple[float, dict[bytes, Floats]]] = []
        for contour in closed:
            height = float(contour[0, 2])
            if np.abs(contour[:, 2] - height).max() > FLAT_MM:
                raise ValueError(f"structure {name!r}: a contour near z = {height:g} mm does not lie in its plane")
            if not planes or height - planes[-1][0] > FLAT_MM:
                planes.append((height, {}))
            ring = np.ascontiguousarray(contour[:, :2])
            planes[-1][1].setdefault(_points_of(ring), ring)
        kept = tuple(ContourPlane(height, tuple(rings.values())) for height, rings in planes)
        return cls(
            name=name,
            planes=kept,
            slice_thickness_mm=slice_thickness_mm,
            points_left_out=len(given) - len(closed),
            repeats_left_out=len(closed) - sum(len(plane.rings) for plane in kept),
        )


def _points_of(ring: Floats) -> bytes:
    """The points of a ring in an order of their own: the same wherever it starts and whichever way it runs."""
    points = ring[:-1] if np.array_equal(ring[0], ring[-1]) else ring
    return points[np.lexsort(points.T)].tobytes()
