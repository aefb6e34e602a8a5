"""How does a folder of DICOM-RT files become a plan?

The files are chosen, dose and contours are placed in one frame, and what was missing or assumed is said.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.choosing import Chosen, choose
from pelvicrt.dicom.contours import Drawn, common_normal, in_planes, lying_across, read_drawn
from pelvicrt.dicom.dosing import PlacedDose, read_dose
from pelvicrt.dicom.files import MEMORY_BOUND_BYTES, DicomFile
from pelvicrt.dicom.folder import open_folder
from pelvicrt.dicom.prescribing import MOST_FRACTIONS, Prescribed, read_prescribed
from pelvicrt.dicom.slices import slice_thickness
from pelvicrt.dicom.stored import read_stored
from pelvicrt.dicom.treatment import StoredHistogram, TreatmentPlan
from pelvicrt.dosimetry import Notice, Structure
from pelvicrt.foundation import Text, UsageError

Floats = npt.NDArray[np.float64]
_SAME_FRAME: Final = Text(
    "the frame of reference of the dose; structures and dose of different frames cannot be put together",
    "与剂量相同的参考坐标系；坐标系不同的结构与剂量不能合并",
)
_CONTOURS: Final = Text("at least one structure with closed contours", "至少一个带闭合轮廓的结构")
_STATE: Final = Text("fractions must be between 1 and {most}", "分次数须在 1 至 {most} 之间")
_STATED: Final = Text(
    "{given} fractions as stated by you; the plan says {planned}",
    "按您给出的 {given} 次分次计算；计划中为 {planned} 次",
)
_OTHER_FRAME: Final = Text(
    "{name}: left out, for it belongs to another frame of reference",
    "{name}：属于另一参考坐标系，已略过",
)


def read_plan(
    folder: Path,
    *,
    plan: str | None = None,
    fraction_group: int | None = None,
    fractions: int | None = None,
    memory_bound_bytes: int = MEMORY_BOUND_BYTES,
) -> TreatmentPlan:
    """The plan whose files lie in a folder or below it: RTSTRUCT, RTDOSE, RTPLAN when there is one, CT when there is.

    Args:
        folder: where the files are; names and sub-folders do not matter.
        plan: label of the plan, or name of one of its dose files, when the folder holds several.
        fraction_group: number of the fraction group to read instead of the whole plan, when each has its dose.
        fractions: number of fractions to use instead of what the files say; None to use theirs, which may be unknown.
        memory_bound_bytes: most bytes the dose may need as 32-bit numbers, and any one file may have.

    Raises:
        UsageError: when the number of fractions stated is not between 1 and 200.
        InvalidInput: when a file is damaged, a piece is missing, the pieces do not belong together, or the dose is not
            the physical dose of a whole course in gray; the message names file, field and tag, what was found and what
            is needed.

    >>> import tempfile
    >>> from pelvicrt.dicom import write_plan
    >>> from pelvicrt.dosimetry import DoseGrid
    >>> axis = np.array([0.0, 10.0])
    >>> dose = DoseGrid(dose_gy=np.full((2, 2, 2), 25.0), x_mm=axis, y_mm=axis, z_mm=axis)
    >>> ptv = Structure.from_contours("PTV", [np.array([[2.0, 2, 5], [8, 2, 5], [8, 8, 5]])])
    >>> with tempfile.TemporaryDirectory() as name:
    ...     files = write_plan(Path(name), label="A", dose=dose, structures=[ptv], fractions=5)
    ...     plan = read_plan(Path(name))
    >>> plan.label, plan.fractions, round(float(plan.dose.dose_gy.max()), 3), plan.structures[0].name
    ('A', 5, 25.0, 'PTV')
    """
    if fractions is not None and not 1 <= fractions <= MOST_FRACTIONS:
        raise UsageError(_STATE.fill(most=MOST_FRACTIONS))
    files = open_folder(folder, memory_bound_bytes=memory_bound_bytes)
    chosen = choose(files, plan, fraction_group)
    notices = [*files.notices, *chosen.notices]
    drawn, said = read_drawn(chosen.structures)
    notices += said
    drawn, uid = _in_the_frame(drawn, chosen, notices)
    across = common_normal(drawn)
    drawn = _split(list(lying_across(drawn, across, chosen.structures)), notices)
    dose = read_dose(chosen.doses, across, memory_bound_bytes=memory_bound_bytes)
    notices += dose.notices
    names = {each.number: each.name for each in drawn}
    prescribed = read_prescribed(chosen.plan, names, fraction_group)
    notices += prescribed.notices
    thickness_mm = slice_thickness(files.images, uid, across, drawn, notices)
    return TreatmentPlan(
        label=chosen.label,
        dose=dose.grid,
        structures=tuple(_structure(each, dose, thickness_mm) for each in drawn),
        fractions=_fractions(fractions, prescribed, notices, several_plans=chosen.several_plans),
        prescriptions=prescribed.prescriptions,
        fraction_groups=prescribed.groups,
        frame_of_reference_uid=uid,
        to_patient=dose.frame,
        references=tuple(file.reference for file in _read_files(chosen)),
        stored=tuple(_stored(chosen.doses, names, notices)),
        notices=tuple(notices),
    )


def _read_files(chosen: Chosen) -> tuple[DicomFile, ...]:
    plan = () if chosen.plan is None else (chosen.plan,)
    return (chosen.structures, *chosen.doses, *plan)


def _in_the_frame(drawn: list[Drawn], chosen: Chosen, notices: list[Notice]) -> tuple[list[Drawn], str]:
    """Structures in the dose's frame of reference, and its identifier."""
    uids = {dose.root.needed_text("FrameOfReferenceUID") for dose in chosen.doses}
    if len(uids) > 1:
        raise chosen.doses[-1].root.refuse(
            "FrameOfReferenceUID", Text("another than that of the other doses", "与其他剂量不同"), _SAME_FRAME
        )
    uid = uids.pop()
    root = chosen.structures.root
    if not drawn:
        raise root.refuse("ROIContourSequence", Text("no closed contour", "没有闭合轮廓"), _CONTOURS)
    kept = [each for each in drawn if each.frame_of_reference_uid == uid]
    if not kept:
        raise root.refuse(
            "ReferencedFrameOfReferenceUID", Text("another frame of reference", "其他参考坐标系"), _SAME_FRAME
        )
    for each in drawn:
        if each.frame_of_reference_uid != uid:
            text = _OTHER_FRAME.fill(name=each.name)
            notices.append(Notice(code="other_frame", text=text, about=each.name))
    return kept, uid


def _split(found: list[Drawn | Notice], notices: list[Notice]) -> list[Drawn]:
    """The structures among structures and notices; the notices are kept."""
    notices += [each for each in found if isinstance(each, Notice)]
    return [each for each in found if isinstance(each, Drawn)]


def _structure(drawn: Drawn, dose: PlacedDose, thickness_mm: float | None) -> Structure:
    """A structure in the dose frame; patient coordinates are kept to the bit when the frames are the same."""
    same = np.array_equal(dose.frame, np.eye(3))
    contours = drawn.contours if same else tuple(contour @ dose.frame for contour in drawn.contours)
    return Structure.from_contours(drawn.name, in_planes(contours), slice_thickness_mm=thickness_mm)


def _fractions(stated: int | None, prescribed: Prescribed, notices: list[Notice], *, several_plans: bool) -> int | None:
    """The number of fractions: the user's word first, then the plan's; of a sum of plans nobody's."""
    if stated is None:
        return None if several_plans else prescribed.fractions
    if prescribed.fractions is not None and prescribed.fractions != stated:
        text = _STATED.fill(given=stated, planned=prescribed.fractions)
        notices.append(Notice(code="fractions_stated", text=text))
    return stated


def _stored(doses: tuple[DicomFile, ...], names: dict[int, str], notices: list[Notice]) -> list[StoredHistogram]:
    """Stored histograms of a dose in one file; those of parts say nothing of the sum."""
    if len(doses) > 1:
        return []
    found = list(read_stored(doses[0], names))
    notices += [each for each in found if isinstance(each, Notice)]
    return [each for each in found if isinstance(each, StoredHistogram)]
