"""Is the dose of a plan whole? One file for the plan, or one for each of its parts, in gray and physical.

A dose that stands for a part (a beam, a fraction group) counts only when all parts of its plan are there once. Two
files that each claim to be the whole are never added.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Final

from pelvicrt.dicom.files import DicomFile
from pelvicrt.dicom.prescribing import read_groups
from pelvicrt.dicom.privacy import Patient, short_label
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import InvalidInput, Text

_WHOLE: Final = frozenset({"PLAN", "MULTI_PLAN"})
_PART: Final = frozenset({"FRACTION", "BEAM"})
_NO_COURSE: Final = frozenset(
    {"BRACHY", "FRACTION_SESSION", "BEAM_SESSION", "BRACHY_SESSION", "CONTROL_POINT", "RECORD", "PLAN_OVERVIEW"}
)
_GRAY: Final = Text(
    "GY; a relative dose says nothing of tissue, export the dose in gray",
    "GY；相对剂量无法用于评估，请以 Gy 导出剂量",
)
_PHYSICAL: Final = Text(
    "PHYSICAL; biologically weighted or error doses are not evaluated",
    "PHYSICAL；不评估生物加权剂量或误差剂量",
)
_SUMMATION: Final = Text(
    "PLAN, MULTI_PLAN, FRACTION or BEAM; doses of sessions, control points or records are no whole course",
    "PLAN、MULTI_PLAN、FRACTION 或 BEAM；单次照射、控制点或记录的剂量不代表整个疗程",
)
_ONE_WHOLE: Final = Text(
    "one dose of the whole plan; choose with --plan (plan= in Python) one of: {labels}",
    "每份计划只有一个总剂量；请用 --plan（Python 中为 plan=）选择其一：{labels}",
)
_ONE_GROUP: Final = Text(
    "one dose of that fraction group (FRACTION); without one, read the whole plan",
    "该分次组的一个剂量（FRACTION）；若没有，请读取整个计划",
)
_PARTS: Final = Text(
    "each part of the plan once; missing or double: {parts}", "计划的每一部分各一次；缺少或重复：{parts}"
)
_PARTS_NEED_PLAN: Final = Text(
    "the RTPLAN, to know whether the doses of all beams or fraction groups are there",
    "RTPLAN，以核对所有射束或分次组的剂量是否齐全",
)
_PARTS_LEFT: Final = Text(
    "the plan's whole dose was read; {n} doses of its parts were left out",
    "已读取计划总剂量；略过 {n} 个部分剂量",
)
_SUMMED: Final = Text("the dose is the sum of {n} files", "剂量为 {n} 个文件之和")
_MULTI: Final = Text(
    "the dose sums several plans, so the number of fractions is not that of one plan",
    "剂量为多份计划之和，分次数不等于其中任一计划",
)


def why_not(dose: DicomFile) -> InvalidInput | None:
    """The refusal of what is no physical dose in gray of a known extent, None for one that is."""
    root = dose.root
    units, kind, extent = root.text("DoseUnits"), root.text("DoseType"), root.text("DoseSummationType")
    if units != "GY":
        return root.refuse("DoseUnits", "RELATIVE" if units == "RELATIVE" else Text("no GY", "并非 GY"), _GRAY)
    if kind != "PHYSICAL":
        found = kind if kind in {"EFFECTIVE", "ERROR"} else Text("no PHYSICAL", "并非 PHYSICAL")
        return root.refuse("DoseType", found, _PHYSICAL)
    if extent not in _WHOLE | _PART:
        found = extent if extent in _NO_COURSE else Text("another", "其他类型")
        return root.refuse("DoseSummationType", found, _SUMMATION)
    return None


def whole_dose(
    doses: tuple[DicomFile, ...], plan: DicomFile | None, wanted: str | None
) -> tuple[tuple[DicomFile, ...], list[Notice]]:
    """The files of one plan whose sum is the dose of the whole course, and what is to be said of them.

    Raises:
        InvalidInput: when several claim to be the whole, or parts are missing or double.
    """
    by_type: dict[str, list[DicomFile]] = {}
    for dose in doses:
        by_type.setdefault(dose.root.text("DoseSummationType") or "", []).append(dose)
    whole = [*by_type.get("PLAN", []), *by_type.get("MULTI_PLAN", [])]
    if len(whole) > 1:
        whole = [dose for dose in whole if wanted is not None and (is_file(dose, wanted) or dose_label(dose) == wanted)]
        if len(whole) != 1:
            labels = ", ".join(PurePosixPath(dose.name).name for dose in doses)
            found = Text(f"{len(doses)} doses of one plan", f"同一计划的 {len(doses)} 个剂量")
            raise doses[0].root.refuse("DoseSummationType", found, _ONE_WHOLE.fill(labels=labels))
    if whole:
        left = len(doses) - sum(len(by_type.get(kind, [])) for kind in _WHOLE)
        notices = [Notice(code="parts_left_out", text=_PARTS_LEFT.fill(n=left))] if left else []
        if whole[0].root.text("DoseSummationType") == "MULTI_PLAN":
            notices.append(Notice(code="several_plans", text=_MULTI))
        return tuple(whole), notices
    parts = by_type.get("FRACTION") or by_type["BEAM"]
    _check_parts(plan, parts, beams="FRACTION" not in by_type)
    if len(parts) == 1:
        return tuple(parts), []
    return tuple(parts), [Notice(code="summed", text=_SUMMED.fill(n=len(parts)))]


def dose_of_group(doses: tuple[DicomFile, ...], group: int) -> tuple[DicomFile, ...]:
    """The dose of one fraction group, which must stand in one file.

    Raises:
        InvalidInput: when it does not.
    """
    by_file = [
        (dose, {number for number, _ in _parts_of(dose, beams=False)})
        for dose in doses
        if dose.root.text("DoseSummationType") == "FRACTION"
    ]
    found = [dose for dose, groups in by_file if groups == {group}]
    if len(found) != 1:
        count = Text(f"{len(found)} doses of fraction group {group}", f"分次组 {group} 的 {len(found)} 个剂量")
        raise doses[0].root.refuse("ReferencedFractionGroupNumber", count, _ONE_GROUP)
    return tuple(found)


def _check_parts(plan: DicomFile | None, parts: list[DicomFile], *, beams: bool) -> None:
    """Refuse doses of beams or fraction groups that do not add up to the plan."""
    if plan is None:
        raise parts[0].root.refuse(
            "ReferencedRTPlanSequence", Text("a plan that is not here", "文件夹中没有的计划"), _PARTS_NEED_PLAN
        )
    found = sorted(part for dose in parts for part in _parts_of(dose, beams=beams))
    groups = read_groups(plan)
    needed = sorted((group.number, beam) for group in groups for beam in group.beams)
    if not beams:
        needed = sorted((group.number, 0) for group in groups)
    wrong = {part for part in {*found, *needed} if found.count(part) != 1 or part not in needed}
    if wrong:
        kind = Text("beam", "射束") if beams else Text("fraction group", "分次组")
        listed = ", ".join(str(beam if beams else group) for group, beam in sorted(wrong))
        counted = Text("doses of {n} of {all} parts ({kind})", "{all} 个部分中 {n} 个的剂量（{kind}）")
        counted = counted.fill(n=len(found), all=len(needed), kind=kind)
        named = Text(f"{kind.en} {listed}", f"{kind.zh} {listed}")
        raise parts[0].root.refuse("ReferencedRTPlanSequence", counted, _PARTS.fill(parts=named))


def _parts_of(dose: DicomFile, *, beams: bool) -> list[tuple[int, int]]:
    """Fraction group and beam numbers a dose stands for; beam 0 for the whole group."""
    parts: list[tuple[int, int]] = []
    for plan in dose.root.items("ReferencedRTPlanSequence"):
        for group in plan.items("ReferencedFractionGroupSequence"):
            number = group.needed_count("ReferencedFractionGroupNumber", at_least=0)
            listed = [
                beam.needed_count("ReferencedBeamNumber", at_least=0) for beam in group.items("ReferencedBeamSequence")
            ]
            parts += [(number, beam) for beam in listed] if beams else [(number, 0)]
    return parts


def is_file(file: DicomFile, wanted: str) -> bool:
    """Whether a name given by the user is that of the file, with or without folder and ending."""
    path = PurePosixPath(file.name)
    return wanted in {file.name, path.name, path.stem}


def dose_label(dose: DicomFile) -> str:
    """A label for a dose without a plan, made from its identifier."""
    return short_label(None, dose.reference.sop_instance_uid or dose.name, Patient((), ""), kind="dose")
