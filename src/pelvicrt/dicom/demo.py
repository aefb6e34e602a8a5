"""Which plans are shown in the demonstration? Short course, long course and a boost, on one analytic pelvis.

The dose is a formula, not a calculation of particles: a conformal part with a penumbra beyond the target, nine beams
that leave a bath on their way in and out, a few warm and cool spots. Short and long course have the very
same physical shape, one scaled to 25 Gy and one to 50 Gy, so that all that differs between them is fractionation.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.phantom import BODY, PTV, PTV_BOOST, STRUCTURES, Lobe, phantom_structure
from pelvicrt.dicom.treatment import Prescription
from pelvicrt.dicom.write_images import CtVolume
from pelvicrt.dicom.writing import write_plan
from pelvicrt.dosimetry import DoseGrid, Structure

Floats = npt.NDArray[np.float64]
_VOXEL_MM: Final = 3.0
_BEAMS: Final = 9
_PENUMBRA_MM: Final = 5.0  # number: standard deviation of the fall-off, as of a linear accelerator's field edge
_FIELD_MARGIN_MM: Final = 9.0  # number: so that the edge of the target still gets 96 % of the dose
_ATTENUATION_PER_MM: Final = 0.004  # number: of a megavoltage beam in water, about 0.4 % a millimetre
_BATH: Final = 0.72  # number: share of the dose where all beams meet just outside the target
_SCATTER: Final = 0.01
_ISOCENTRE: Final = (0.0, 38.0, 10.0)
_WARM: Final = ((30.0, 30.0, 30.0, 0.05, 14.0), (-38.0, 22.0, 50.0, 0.04, 12.0), (0.0, 60.0, -20.0, -0.03, 12.0))
_BOOST_WARM: Final = ((8.0, 46.0, 10.0, 0.03, 8.0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPlan:
    """One plan of the demonstration.

    `spots` are places of the target that get more or less: x, y, z [mm], share of the dose, spread [mm]. `boost_gy` is
    the total dose of the tumour with its margin when it gets more than the pelvis, in the same fractions.
    """

    label: str
    fractions: int
    dose_gy: float
    boost_gy: float | None = None
    spots: tuple[tuple[float, float, float, float, float], ...] = _WARM


DEMO_PLANS: Final = {
    "scrt": DemoPlan(label="SCRT 5x5", fractions=5, dose_gy=25),
    "lcrt": DemoPlan(label="LCRT 25x2", fractions=25, dose_gy=50),
    "sib": DemoPlan(label="SIB 45-50", fractions=25, dose_gy=45, boost_gy=50, spots=_WARM[::2] + _BOOST_WARM),
}


def write_demo_plans(folder: Path, *, with_ct: bool = False) -> dict[str, tuple[Path, ...]]:
    """Write the demonstration into sub-folders scrt, lcrt and sib; the same bytes on every run.

    Raises:
        OSError: when the folder cannot be written.
    """
    return {name: write_demo_plan(folder / name, plan, with_ct=with_ct) for name, plan in DEMO_PLANS.items()}


def write_demo_plan(folder: Path, plan: DemoPlan, *, with_ct: bool = False) -> tuple[Path, ...]:
    """Write one plan on the phantom.

    Raises:
        UsageError: when its label is not plain.
        OSError: when the folder cannot be written.
    """
    return write_plan(
        folder,
        label=plan.label,
        dose=demo_dose(plan),
        structures=demo_structures(plan),
        fractions=plan.fractions,
        prescriptions=_prescriptions(plan),
        ct=_ct() if with_ct else None,
        seed=f"demo/{plan.label}",
        frame_seed="demo",
    )


def demo_structures(plan: DemoPlan) -> tuple[Structure, ...]:
    """The phantom's structures; with a boost both targets carry their dose in their name."""
    lobes = dict(STRUCTURES)
    if plan.boost_gy is not None:
        del lobes["PTV"]
        lobes[_target_name(plan.dose_gy)] = (PTV,)
        lobes[_target_name(plan.boost_gy)] = (PTV_BOOST,)
    return tuple(phantom_structure(name, each) for name, each in lobes.items())


def demo_dose(plan: DemoPlan) -> DoseGrid:
    """The plan's physical dose of the whole course on a 3 mm grid [Gy]."""
    x_mm, y_mm, z_mm = _axis(65), _axis(42), _axis(40)
    dose = np.empty((len(z_mm), len(y_mm), len(x_mm)), dtype=np.float32)
    y, x = np.meshgrid(y_mm, x_mm, indexing="ij")
    for at, z in enumerate(z_mm):
        shape = _shape(PTV, x, y, float(z), plan.spots)
        if plan.boost_gy is not None:
            gain = plan.boost_gy / plan.dose_gy - 1
            shape = shape + gain * _covered(PTV_BOOST.beyond(x, y, float(z)))
        dose[at] = plan.dose_gy * shape * _covered(BODY.beyond(x, y, float(z)), spread_mm=1.0, reach_mm=-2.0)
    return DoseGrid(dose_gy=dose, x_mm=x_mm, y_mm=y_mm, z_mm=z_mm)


def _axis(half: int) -> Floats:
    """Voxel centres on both sides of 0, in the planes of the contours where it is z."""
    return np.arange(-half, half + 1, dtype=np.float64) * _VOXEL_MM


def _shape(
    target: Lobe, x: Floats, y: Floats, z: float, spots: tuple[tuple[float, float, float, float, float], ...]
) -> Floats:
    """Dose as a share of the prescription in one plane."""
    covered = _covered(target.beyond(x, y, z))
    warm = np.ones_like(x)
    for at_x, at_y, at_z, share, spread in spots:
        away = ((x - at_x) ** 2 + (y - at_y) ** 2 + (z - at_z) ** 2) / spread**2
        warm += share * np.exp(-0.5 * away)
    return covered * warm + (1 - covered) * (_BATH * _bath(target, x, y, z) + _SCATTER)


def _covered(beyond_mm: Floats, spread_mm: float = _PENUMBRA_MM, reach_mm: float = _FIELD_MARGIN_MM) -> Floats:
    """Share of the dose at a distance beyond an edge: a cumulative normal curve half-way at `reach_mm`."""
    from scipy.special import erfc

    return np.asarray(0.5 * erfc((beyond_mm - reach_mm) / (np.sqrt(2) * spread_mm)))


def _bath(target: Lobe, x: Floats, y: Floats, z: float) -> Floats:
    """What beams from all round leave on their way: 1 where all meet, weaker behind than before the target."""
    along_z = _covered(np.asarray(max(target.z_low - z, z - target.z_high)))
    across_x, down_y = x - _ISOCENTRE[0], y - _ISOCENTRE[1]
    angles = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    edge = target.radius_at(angles, min(max(z, target.z_low + target.taper_mm), target.z_high - target.taper_mm))
    total = np.zeros_like(x)
    for beam in np.arange(_BEAMS) * 2 * np.pi / _BEAMS:
        forward = across_x * np.sin(beam) + down_y * np.cos(beam)
        aside = across_x * np.cos(beam) - down_y * np.sin(beam)
        silhouette = edge * np.cos(angles + beam)
        outside = np.maximum(aside - silhouette.max(), silhouette.min() - aside)
        total += _covered(outside) * np.exp(-_ATTENUATION_PER_MM * forward)
    return np.asarray(along_z * total / _BEAMS)


def _prescriptions(plan: DemoPlan) -> list[Prescription]:
    if plan.boost_gy is None:
        return [Prescription(structure="PTV", dose_gy=plan.dose_gy)]
    doses = (plan.boost_gy, plan.dose_gy)
    return [Prescription(structure=_target_name(dose_gy), dose_gy=dose_gy) for dose_gy in doses]


def _target_name(dose_gy: float) -> str:
    """TG-263: a target with its dose in centigray.

    >>> _target_name(45)
    'PTV_4500'
    """
    return f"PTV_{round(100 * dose_gy)}"


def _ct() -> CtVolume:
    """CT numbers of the phantom: air, water and bone."""
    x_mm, y_mm, z_mm = _axis(70), _axis(46), _axis(40)
    y, x = np.meshgrid(y_mm, x_mm, indexing="ij")
    hounsfield = np.full((len(z_mm), len(y_mm), len(x_mm)), -1000, dtype=np.int16)
    for at, z in enumerate(z_mm):
        hounsfield[at][BODY.beyond(x, y, float(z)) <= 0] = 0
        for bone in STRUCTURES["BoneMarrow^Pelvis"] + STRUCTURES["Femur_Head_L"] + STRUCTURES["Femur_Head_R"]:
            hounsfield[at][bone.beyond(x, y, float(z)) <= 0] = 400
    return CtVolume(hounsfield=hounsfield, x_mm=x_mm, y_mm=y_mm, z_mm=z_mm)
