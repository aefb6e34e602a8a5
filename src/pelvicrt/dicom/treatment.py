"""What do a plan's DICOM files say? Dose, structures, fractions and prescriptions as arrays and plain values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.dosimetry import DoseGrid, Notice, Structure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One file that was read, by the identifiers other DICOM objects point to it with."""

    modality: str
    sop_class_uid: str
    sop_instance_uid: str
    study_uid: str
    series_uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription:
    """A dose the plan was asked for: `structure` is None when the plan names no structure for it.

    `dose_gy` is the physical dose of the whole course [Gy].
    """

    structure: str | None
    dose_gy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FractionGroup:
    """One fraction group of the plan: its number, how many fractions (None: not stated) and its treatment beams."""

    number: int
    fractions: int | None
    beams: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StoredHistogram:
    """A dose-volume histogram the planning system stored beside its dose, for comparison only.

    `dose_gy` are the lower edges of the bins and `volume_cc` the volume at or above each edge, both of shape (bins,); a
    differential histogram has been summed. The mean is that of the curve; minimum and maximum are the stated ones, None
    where the file is silent or contradicts its own curve.
    """

    structure: str
    dose_gy: Floats
    volume_cc: Floats
    mean_gy: float | None
    min_gy: float | None
    max_gy: float | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TreatmentPlan:
    """A plan as its files tell it, in the dose frame.

    The dose frame has axes x, y, z along the columns, rows and planes of `dose.dose_gy`, all ascending. A point p of
    the dose frame is `to_patient @ p` in patient coordinates (DICOM: x to the left, y to the back, z to the head for a
    patient lying on the back, head first); both frames share their origin and are right-handed.

    `fractions` is None when no file says it: it is then unknown, never assumed. Nothing here identifies the patient.
    """

    label: str
    dose: DoseGrid
    structures: tuple[Structure, ...]
    fractions: int | None
    prescriptions: tuple[Prescription, ...]
    fraction_groups: tuple[FractionGroup, ...]
    frame_of_reference_uid: str
    to_patient: Floats
    references: tuple[Reference, ...]
    stored: tuple[StoredHistogram, ...]
    notices: tuple[Notice, ...]

    def structure(self, name: str) -> Structure:
        """The structure of that name.

        Raises:
            KeyError: when the plan has none.
        """
        for structure in self.structures:
            if structure.name == name:
                return structure
        raise KeyError(name)
