"""How is a plan written as DICOM-RT? RTSTRUCT, RTDOSE and RTPLAN that point to each other, and CT when given."""

from __future__ import annotations

import re
from collections.abc import Sequence as Many
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.made import Identifiers, file_bytes, one_item, reference_to
from pelvicrt.dicom.treatment import Prescription
from pelvicrt.dicom.write_dose import DoseKind, dose_object
from pelvicrt.dicom.write_images import CtVolume, ct_objects
from pelvicrt.dicom.write_prescription import plan_object
from pelvicrt.dicom.write_structures import structures_object
from pelvicrt.dosimetry import DoseGrid, Structure
from pelvicrt.foundation import Text, UsageError, write_whole

Floats = npt.NDArray[np.float64]
_LABEL: Final = re.compile(r"[A-Za-z0-9 ._:+\-]{1,16}")


def write_plan(
    folder: Path,
    *,
    label: str,
    dose: DoseGrid,
    structures: Many[Structure],
    fractions: int | None,
    prescriptions: Many[Prescription] = (),
    to_patient: Floats | None = None,
    ct: CtVolume | None = None,
    seed: str | None = None,
    frame_seed: str | None = None,
    bits: int = 16,
    kind: DoseKind = "PHYSICAL",
) -> tuple[Path, ...]:
    """Write a plan into a folder, which is made when missing: RS.dcm, RD.dcm, RP.dcm and CT/CT.001.dcm onwards.

    Args:
        folder: where to write.
        label: name of the plan, at most 16 letters, digits, blanks or . _ : + -
        dose: physical dose of the whole course [Gy], in the dose frame.
        structures: in the dose frame.
        fractions: number of fractions planned, None when unknown.
        prescriptions: target doses; a structure named must be among the structures.
        to_patient: axes of the dose frame as columns in patient coordinates; the patient's own when None.
        ct: CT numbers, when images are wanted.
        seed: makes all identifiers the same on every run; new ones when None.
        frame_seed: plans of one `frame_seed` lie in one frame of reference; each in its own when None.
        bits: 16 or 32 bits a voxel.
        kind: PHYSICAL, or EFFECTIVE for a biologically weighted dose.

    Returns:
        The files written.

    Raises:
        UsageError: when the label is not plain, a prescribed structure is unknown, or the dose cannot be written.
        OSError: when the folder cannot be written.
    """
    frame = np.eye(3) if to_patient is None else to_patient
    numbers = {structure.name: number for number, structure in enumerate(structures, start=1)}
    _check(label, prescriptions, numbers, structures)
    ids = Identifiers.from_seed(seed)
    uid = (ids if frame_seed is None else Identifiers(frame_seed)).uid("frame")
    drawn = structures_object(structures, label=label, to_patient=frame, frame_of_reference=uid, ids=ids)
    plan = plan_object(
        label=label, fractions=fractions, prescriptions=prescriptions, numbers=numbers, structure_set=drawn, ids=ids
    )
    delivered = dose_object(dose, to_patient=frame, frame_of_reference=uid, ids=ids, bits=bits, kind=kind)
    delivered.ReferencedRTPlanSequence = one_item(reference_to(plan))
    made = {"RS.dcm": drawn, "RD.dcm": delivered, "RP.dcm": plan}
    if ct is not None:
        images = ct_objects(ct, to_patient=frame, frame_of_reference=uid, ids=ids)
        made |= {f"CT/CT.{at:03d}.dcm": image for at, image in enumerate(images, start=1)}
    contents = {folder / name: file_bytes(each) for name, each in made.items()}
    for path, content in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    return tuple(contents)


def _check(label: str, prescriptions: Many[Prescription], numbers: dict[str, int], structures: Many[Structure]) -> None:
    if not _LABEL.fullmatch(label):
        raise UsageError(
            Text(
                "a plan's label has at most 16 letters, digits, blanks or . _ : + -",
                "计划标签最多 16 个字符，可用字母、数字、空格或 . _ : + -",
            )
        )
    if len(numbers) < len(structures):
        raise UsageError(Text("two structures have the same name", "有两个结构同名"))
    unknown = [each.structure for each in prescriptions if each.structure is not None and each.structure not in numbers]
    if unknown:
        raise UsageError(
            Text(
                f"no structure is called {unknown[0]}, but it has a prescription", f"处方所指的结构 {unknown[0]} 不存在"
            )
        )
