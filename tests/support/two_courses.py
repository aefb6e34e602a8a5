"""Two courses on one body, small enough to work out by hand: uniform, sloping or hot in different places."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from pelvicrt.dicom import Reference, TreatmentPlan
from pelvicrt.dosimetry import ContourPlane, DoseGrid, Structure

FRAME = "1.2.826.0.1.3680043.10.1.1"
SQUARE = np.array([[-10.0, -10.0], [10.0, -10.0], [10.0, 10.0], [-10.0, 10.0]])


def box(name: str, half_mm: float = 10.0) -> Structure:
    planes = tuple(ContourPlane(z, (SQUARE * half_mm / 10.0,)) for z in np.arange(-9.0, 9.1, 2.0))
    return Structure(name=name, planes=planes)


def course(
    dose_gy: float | Callable[..., np.ndarray],
    fractions: int | None,
    *,
    label: str = "plan",
    structures: tuple[Structure, ...] = (),
    half_mm: float = 30.0,
    step_mm: float = 2.0,
    frame: str = FRAME,
    to_patient: np.ndarray | None = None,
    dose_uid: str | None = None,
) -> TreatmentPlan:
    axis = np.arange(-half_mm, half_mm + step_mm / 2, step_mm)
    z, y, x = np.meshgrid(axis, axis, axis, indexing="ij")
    dose = dose_gy(x, y, z) if callable(dose_gy) else np.full(x.shape, dose_gy)
    return TreatmentPlan(
        label=label,
        dose=DoseGrid(dose_gy=dose.astype(np.float32), x_mm=axis, y_mm=axis, z_mm=axis),
        structures=structures or (box("Bladder"),),
        fractions=fractions,
        prescriptions=(),
        fraction_groups=(),
        frame_of_reference_uid=frame,
        to_patient=np.eye(3) if to_patient is None else to_patient,
        references=(
            Reference(
                modality="RTDOSE",
                sop_class_uid="1.2.840.10008.5.1.4.1.1.481.2",
                sop_instance_uid=dose_uid or f"{FRAME}.{label}",
                study_uid="",
                series_uid="",
            ),
        ),
        stored=(),
        notices=(),
    )
