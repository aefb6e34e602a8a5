"""What is the demonstration pelvis? Smooth analytic shapes with TG-263 names; nobody's anatomy.

Every cross-section is star-shaped: a centre and a radius as a function of the angle, both changing with z. So contours
are exact points of a formula, a margin is a longer radius, and the distance to an edge is known well enough for a
penumbra. Coordinates are DICOM's for a patient lying on the back, head first: x to the left, y to the back, z to the
head [mm].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry import Structure

Floats = npt.NDArray[np.float64]
Radius = Callable[[Floats], Floats]
PLANE_GAP_MM: Final = 3.0
_VERTICES: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Lobe:
    """A tube of star-shaped sections: centre, radius by angle, extent in z, and how bluntly it ends.

    The radius shrinks towards both ends as the section of an ellipsoid does over the last `taper_mm`.
    """

    centre: tuple[float, float]
    radius: Radius
    z_low: float
    z_high: float
    taper_mm: float = 0.0
    margin_mm: float = 0.0

    def grown(self, margin_mm: float) -> Lobe:
        """The same lobe with a margin all round."""
        return Lobe(
            centre=self.centre,
            radius=self.radius,
            z_low=self.z_low - margin_mm,
            z_high=self.z_high + margin_mm,
            taper_mm=self.taper_mm,
            margin_mm=self.margin_mm + margin_mm,
        )

    def radius_at(self, angle: Floats, z: float) -> Floats:
        """Radius [mm] at angles [rad] in the plane z; 0 beyond the ends."""
        return np.asarray((self.radius(angle) + self.margin_mm) * self._share(z))

    def _share(self, z: float) -> float:
        inside = min(z - self.z_low, self.z_high - z)
        if inside < 0:
            return 0.0
        if inside >= self.taper_mm:
            return 1.0
        return float(np.sqrt(1 - (1 - inside / self.taper_mm) ** 2))

    def ring(self, z: float) -> Floats | None:
        """The contour in the plane z, None where the lobe is not or is too small to draw."""
        angle = np.linspace(0, 2 * np.pi, _VERTICES, endpoint=False)
        radius = self.radius_at(angle, z)
        if radius.min() < 1.0:
            return None
        return np.column_stack(
            [self.centre[0] + radius * np.cos(angle), self.centre[1] + radius * np.sin(angle), np.full(_VERTICES, z)]
        )

    def beyond(self, x: Floats, y: Floats, z: float) -> Floats:
        """Distance [mm] of points of the plane z from the edge, negative inside; radial in the plane."""
        across, down = x - self.centre[0], y - self.centre[1]
        edge = (self.radius(np.arctan2(down, across)) + self.margin_mm) * max(self._share(z), 0.0)
        in_plane = np.hypot(across, down) - edge
        along = max(self.z_low - z, z - self.z_high)
        if along <= 0:
            return np.maximum(in_plane, along)
        nearest = (self.radius(np.arctan2(down, across)) + self.margin_mm) * self._share(
            self.z_low + self.taper_mm / 2 if z < self.z_low else self.z_high - self.taper_mm / 2
        )
        return np.hypot(np.maximum(np.hypot(across, down) - nearest, 0.0), along)


def ellipse(half_x: float, half_y: float, power: float = 2.0) -> Radius:
    """Radius of an ellipse, or of a super-ellipse when the power is above 2."""

    def radius(angle: Floats) -> Floats:
        share = np.abs(np.cos(angle) / half_x) ** power + np.abs(np.sin(angle) / half_y) ** power
        return np.asarray(share ** (-1 / power))

    return radius


def with_bulges(base: Radius, *, at: tuple[float, ...], height: float, width: float) -> Radius:
    """A radius that bulges by `height` [mm] around angles `at`, with a spread of `width` [rad]."""

    def radius(angle: Floats) -> Floats:
        total = base(angle)
        for centre in at:
            away = np.angle(np.exp(1j * (angle - centre)))
            total = total + height * np.exp(-0.5 * (away / width) ** 2)
        return np.asarray(total)

    return radius


# Bulges of the clinical target towards the lateral lymph nodes: left and right, a little to the front.
_TO_NODES: Final = (-0.45, np.pi + 0.45)
BODY: Final = Lobe(centre=(0, 0), radius=ellipse(185, 118, 2.5), z_low=-121.5, z_high=121.5)
GTV: Final = Lobe(centre=(4, 46), radius=ellipse(19, 16), z_low=-24, z_high=36, taper_mm=12)
CTV: Final = Lobe(
    centre=(0, 38),
    radius=with_bulges(ellipse(40, 36), at=_TO_NODES, height=34, width=0.33),
    z_low=-63,
    z_high=84,
    taper_mm=16,
)
PTV: Final = CTV.grown(7)
PTV_BOOST: Final = GTV.grown(10)
_SACRUM: Final = Lobe(centre=(0, 92), radius=ellipse(42, 13), z_low=3, z_high=113, taper_mm=10)
_ILIAC_LEFT: Final = Lobe(centre=(112, 32), radius=ellipse(13, 40), z_low=15, z_high=111, taper_mm=15)
_ILIAC_RIGHT: Final = Lobe(centre=(-112, 32), radius=ellipse(13, 40), z_low=15, z_high=111, taper_mm=15)

STRUCTURES: Final[dict[str, tuple[Lobe, ...]]] = {
    "BODY": (BODY,),
    "GTVp": (GTV,),
    "CTV": (CTV,),
    "PTV": (PTV,),
    "Rectum": (Lobe(centre=(2, 44), radius=ellipse(22, 19), z_low=-60, z_high=72, taper_mm=8),),
    "Canal_Anal": (Lobe(centre=(0, 52), radius=ellipse(14, 14), z_low=-102, z_high=-63),),
    "Bladder": (Lobe(centre=(0, -46), radius=ellipse(40, 29), z_low=-28, z_high=44, taper_mm=34),),
    "Bag_Bowel": (Lobe(centre=(0, -38), radius=ellipse(96, 54, 2.5), z_low=46, z_high=117, taper_mm=12),),
    "Femur_Head_L": (Lobe(centre=(94, -8), radius=ellipse(24, 24), z_low=-54, z_high=-6, taper_mm=24),),
    "Femur_Head_R": (Lobe(centre=(-94, -8), radius=ellipse(24, 24), z_low=-54, z_high=-6, taper_mm=24),),
    "Sacrum": (_SACRUM,),
    "BoneMarrow^Pelvis": (_SACRUM, _ILIAC_LEFT, _ILIAC_RIGHT),
}


def phantom_structure(name: str, lobes: tuple[Lobe, ...]) -> Structure:
    """A structure of the phantom as contours every 3 mm."""
    planes = np.arange(-40, 41) * PLANE_GAP_MM
    rings = [lobe.ring(float(z)) for z in planes for lobe in lobes]
    return Structure.from_contours(name, [ring for ring in rings if ring is not None], PLANE_GAP_MM)
