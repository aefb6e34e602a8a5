"""Treatment plans made of boxes with known doses, for tests whose right answer can be worked out by hand.

Each structure is a row of blocks side by side along x, every block 20 x 20 x 20 mm inside a 40 mm wide slab of one dose,
so that no interpolation reaches a block. A structure of blocks with doses 20, 40 and 50 Gy has a third of its volume at
each; `weights` repeats blocks for other shares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from pelvicrt.dicom import Prescription, Reference, TreatmentPlan
from pelvicrt.dosimetry import DoseGrid, Structure

SLAB_MM = 40.0
STEP_MM = 5.0
PLANES_MM = np.arange(10.0, 31.0, 5.0)


def box_plan(
    doses_gy: Mapping[str, float | Sequence[float]],
    *,
    fractions: int | None,
    prescriptions: Sequence[Prescription] = (),
    label: str = "BOXES",
    outside_mm: Mapping[str, float] | None = None,
) -> TreatmentPlan:
    """A plan in which each named structure has its own blocks; `outside_mm` stretches one in z beyond the grid."""
    slabs = [(name, dose) for name, given in doses_gy.items() for dose in _each(given)]
    x_mm = np.arange(0.0, SLAB_MM * len(slabs) + STEP_MM, STEP_MM)
    profile = np.array([slabs[min(int(x // SLAB_MM), len(slabs) - 1)][1] for x in x_mm])
    y_mm = z_mm = np.arange(0.0, 45.0, STEP_MM)
    dose = np.broadcast_to(profile, (len(z_mm), len(y_mm), len(x_mm)))
    structures = [
        _structure(
            name, [place for place, slab in enumerate(slabs) if slab[0] == name], (outside_mm or {}).get(name, 0)
        )
        for name in doses_gy
    ]
    return TreatmentPlan(
        label=label,
        dose=DoseGrid(dose_gy=dose.astype(np.float32), x_mm=x_mm, y_mm=y_mm, z_mm=z_mm),
        structures=tuple(structures),
        fractions=fractions,
        prescriptions=tuple(prescriptions),
        fraction_groups=(),
        frame_of_reference_uid="1.2.3",
        to_patient=np.eye(3),
        references=(
            Reference(
                modality="RTDOSE", sop_class_uid="1.2", sop_instance_uid="1.3", study_uid="1.4", series_uid="1.5"
            ),
        ),
        stored=(),
        notices=(),
    )


def _each(given: float | Sequence[float]) -> list[float]:
    return [float(given)] if isinstance(given, (int, float)) else [float(dose) for dose in given]


def _structure(name: str, places: Sequence[int], beyond_mm: float) -> Structure:
    planes = np.arange(PLANES_MM[0], PLANES_MM[-1] + beyond_mm + 0.1, STEP_MM)
    rings = []
    for place in places:
        left = SLAB_MM * place + 10
        square = [(left, 10), (left + 20, 10), (left + 20, 30), (left, 30)]
        rings += [np.array([(x, y, z) for x, y in square]) for z in planes]
    return Structure.from_contours(name, rings, STEP_MM)
