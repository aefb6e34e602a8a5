"""Which dose, plan and structure set of a folder belong together, and is the dose whole?

A dose names its plan, a plan its structure set. Several plans in one folder are refused with their labels unless one is
chosen. A dose that stands for a part (a beam, a fraction group) counts only when all parts of its plan are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from pelvicrt.dicom.files import DicomFile
from pelvicrt.dicom.folder import Folder
from pelvicrt.dicom.prescribing import read_groups
from pelvicrt.dicom.privacy import Patient, short_label
from pelvicrt.dicom.refusal import WHOLE_FILE, refusal
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import Text

_NO_DOSE: Final = Text("an RTDOSE with a plan's dose", "含有计划剂量的 RTDOSE")
_NO_STRUCTURES: Final = Text("an RTSTRUCT with the structures", "含有结构轮廓的 RTSTRUCT")
_CHOOSE: Final = Text("one plan; choose with plan= one of: {labels}", "一份计划；请用 plan= 选择其一：{labels}")
_KNOWN: Final = Text("one of: {labels}", "以下之一：{labels}")
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
    "one dose of the whole plan; choose with plan= one of: {labels}",
    "每份计划只有一个总剂量；请用 plan= 选择其一：{labels}",
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
_ASSUMED: Final = Text(
    "the dose names no plan; the only RTPLAN of the folder, of the same study, was taken",
    "剂量未注明所属计划；已采用文件夹中同一检查的唯一 RTPLAN",
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
_OTHER_SET: Final = Text(
    "the structure set is not the one the plan names; it was taken because it is the only one",
    "结构集并非计划所注明者；因文件夹中仅此一份而采用",
)
_UNUSED: Final = Text("{n} RTPLAN without a dose here were left out", "已略过 {n} 个没有剂量的 RTPLAN")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The files of one plan."""

    label: str
    doses: tuple[DicomFile, ...]
    plan: DicomFile | None
    structures: DicomFile
    several_plans: bool
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """Doses that name the same plan, or one dose that names none or several."""

    label: str
    plan: DicomFile | None
    doses: tuple[DicomFile, ...]
    assumed: bool = False


def choose(folder: Folder, wanted: str | None, fraction_group: int | None = None) -> Chosen:
    """The plan that is meant.

    Args:
        folder: what the folder holds.
        wanted: label of a plan, or name of one of its files; None when there is only one.
        fraction_group: number of the fraction group whose dose is meant; None for the whole plan.

    Raises:
        InvalidInput: when pieces are missing, several plans are there, or a dose is not of a whole course in gray.
    """
    where = str(folder.path)
    if not folder.doses:
        raise refusal(where, WHOLE_FILE, Text("no RTDOSE", "没有 RTDOSE"), _NO_DOSE)
    if not folder.structures:
        raise refusal(where, WHOLE_FILE, Text("no RTSTRUCT", "没有 RTSTRUCT"), _NO_STRUCTURES)
    candidates = _candidates(folder)
    candidate = _the_one(candidates, wanted, where)
    for dose in candidate.doses:
        _check_dose(dose)
    if fraction_group is None:
        doses, notices = _whole_dose(candidate, wanted)
    else:
        doses, notices = _dose_of_group(candidate, fraction_group), []
    structures, more = _structure_set(folder, candidate.plan, doses[0])
    used = {each.plan.name for each in candidates if each.plan is not None}
    unused = sum(plan.name not in used for plan in folder.plans)
    if unused:
        notices.append(Notice(code="plans_without_dose", text=_UNUSED.fill(n=unused)))
    if candidate.assumed:
        notices.append(Notice(code="plan_assumed", text=_ASSUMED))
    return Chosen(
        label=candidate.label,
        doses=doses,
        plan=candidate.plan,
        structures=structures,
        several_plans=doses[0].root.text("DoseSummationType") == "MULTI_PLAN",
        notices=(*notices, *more),
    )


def _candidates(folder: Folder) -> list[_Candidate]:
    by_plan: dict[str, list[DicomFile]] = {}
    alone: list[DicomFile] = []
    for dose in folder.doses:
        named = _plans_of(dose)
        if len(named) == 1:
            by_plan.setdefault(named[0], []).append(dose)
        else:
            alone.append(dose)
    plans = {plan.reference.sop_instance_uid: plan for plan in folder.plans}
    found = [
        _Candidate(label=_plan_label(plans.get(uid), uid), plan=plans.get(uid), doses=tuple(doses))
        for uid, doses in by_plan.items()
    ]
    for dose in alone:
        assumed = _only_plan(folder, dose)
        label = _dose_label(dose) if assumed is None else _plan_label(assumed, assumed.reference.sop_instance_uid)
        found.append(_Candidate(label=label, plan=assumed, doses=(dose,), assumed=assumed is not None))
    return _with_distinct_labels(found)


def _plans_of(dose: DicomFile) -> list[str]:
    named = [item.text("ReferencedSOPInstanceUID") for item in dose.root.items("ReferencedRTPlanSequence")]
    return [uid for uid in named if uid is not None]


def _only_plan(folder: Folder, dose: DicomFile) -> DicomFile | None:
    """The plan a lone dose without a reference may be taken to belong to: single, and of the same study."""
    if len(folder.doses) > 1 or len(folder.plans) != 1 or _plans_of(dose):
        return None
    plan = folder.plans[0]
    same = plan.reference.study_uid == dose.reference.study_uid != ""
    return plan if same else None


def _plan_label(plan: DicomFile | None, uid: str) -> str:
    if plan is None:
        return short_label(None, uid, Patient((), ""), kind="plan")
    return short_label(plan.root.text("RTPlanLabel"), uid, Patient.of(plan.root), kind="plan")


def _dose_label(dose: DicomFile) -> str:
    return short_label(None, dose.reference.sop_instance_uid or dose.name, Patient((), ""), kind="dose")


def _with_distinct_labels(candidates: list[_Candidate]) -> list[_Candidate]:
    """Plans of one label are told apart by their doses' identifiers."""
    labels = [each.label for each in candidates]
    return [
        each
        if labels.count(each.label) == 1
        else _Candidate(
            label=f"{each.label} {_dose_label(each.doses[0])}",
            plan=each.plan,
            doses=each.doses,
            assumed=each.assumed,
        )
        for each in candidates
    ]


def _the_one(candidates: list[_Candidate], wanted: str | None, where: str) -> _Candidate:
    labels = ", ".join(each.label for each in candidates)
    if wanted is None:
        if len(candidates) > 1:
            raise refusal(
                where,
                WHOLE_FILE,
                Text(f"{len(candidates)} plans", f"{len(candidates)} 份计划"),
                _CHOOSE.fill(labels=labels),
            )
        return candidates[0]
    named = [each for each in candidates if each.label == wanted]
    named = named or [each for each in candidates if any(_is_file(dose, wanted) for dose in each.doses)]
    named = named or [each for each in candidates if each.plan is not None and _is_file(each.plan, wanted)]
    if len(named) != 1:
        raise refusal(
            where,
            "plan",
            Text("no such plan", "没有该计划") if not named else Text("several", "多份"),
            _KNOWN.fill(labels=labels),
        )
    return named[0]


def _is_file(file: DicomFile, wanted: str) -> bool:
    path = PurePosixPath(file.name)
    return wanted in {file.name, path.name, path.stem}


def _check_dose(dose: DicomFile) -> None:
    """Refuse what is no physical dose in gray, in words."""
    units = dose.root.text("DoseUnits")
    if units != "GY":
        raise dose.root.refuse("DoseUnits", "RELATIVE" if units == "RELATIVE" else Text("no GY", "并非 GY"), _GRAY)
    kind = dose.root.text("DoseType")
    if kind != "PHYSICAL":
        raise dose.root.refuse(
            "DoseType", kind if kind in {"EFFECTIVE", "ERROR"} else Text("no PHYSICAL", "并非 PHYSICAL"), _PHYSICAL
        )
    summation = dose.root.text("DoseSummationType")
    if summation not in _WHOLE | _PART:
        raise dose.root.refuse(
            "DoseSummationType", summation if summation in _NO_COURSE else Text("another", "其他类型"), _SUMMATION
        )


_WHOLE: Final = frozenset({"PLAN", "MULTI_PLAN"})
_PART: Final = frozenset({"FRACTION", "BEAM"})
_NO_COURSE: Final = frozenset(
    {"BRACHY", "FRACTION_SESSION", "BEAM_SESSION", "BRACHY_SESSION", "CONTROL_POINT", "RECORD", "PLAN_OVERVIEW"}
)


def _whole_dose(candidate: _Candidate, wanted: str | None) -> tuple[tuple[DicomFile, ...], list[Notice]]:
    """The files whose sum is the dose of the whole course."""
    by_type: dict[str, list[DicomFile]] = {}
    for dose in candidate.doses:
        by_type.setdefault(dose.root.text("DoseSummationType") or "", []).append(dose)
    whole = [*by_type.get("PLAN", []), *by_type.get("MULTI_PLAN", [])]
    if len(whole) > 1:
        whole = [
            dose for dose in whole if wanted is not None and (_is_file(dose, wanted) or _dose_label(dose) == wanted)
        ]
        if len(whole) != 1:
            labels = ", ".join(PurePosixPath(dose.name).name for dose in candidate.doses)
            found = Text(f"{len(candidate.doses)} doses of one plan", f"同一计划的 {len(candidate.doses)} 个剂量")
            raise candidate.doses[0].root.refuse("DoseSummationType", found, _ONE_WHOLE.fill(labels=labels))
    if whole:
        left = len(candidate.doses) - sum(len(by_type.get(kind, [])) for kind in _WHOLE)
        notices = [Notice(code="parts_left_out", text=_PARTS_LEFT.fill(n=left))] if left else []
        if whole[0].root.text("DoseSummationType") == "MULTI_PLAN":
            notices.append(Notice(code="several_plans", text=_MULTI))
        return tuple(whole), notices
    parts = by_type.get("FRACTION") or by_type["BEAM"]
    _check_parts(candidate.plan, parts, beams="FRACTION" not in by_type)
    if len(parts) == 1:
        return tuple(parts), []
    return tuple(parts), [Notice(code="summed", text=_SUMMED.fill(n=len(parts)))]


def _dose_of_group(candidate: _Candidate, group: int) -> tuple[DicomFile, ...]:
    """The dose of one fraction group, which must stand in one file."""
    by_file = [
        (dose, {number for number, _ in _parts_of(dose, beams=False)})
        for dose in candidate.doses
        if dose.root.text("DoseSummationType") == "FRACTION"
    ]
    found = [dose for dose, groups in by_file if groups == {group}]
    if len(found) != 1:
        count = Text(f"{len(found)} doses of fraction group {group}", f"分次组 {group} 的 {len(found)} 个剂量")
        raise candidate.doses[0].root.refuse("ReferencedFractionGroupNumber", count, _ONE_GROUP)
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


def _structure_set(folder: Folder, plan: DicomFile | None, dose: DicomFile) -> tuple[DicomFile, list[Notice]]:
    """The structure set the plan names, or the dose; the only one otherwise, with a notice."""
    named = [
        item.text("ReferencedSOPInstanceUID")
        for file in (plan, dose)
        if file is not None
        for item in file.root.items("ReferencedStructureSetSequence")
    ]
    by_uid = {file.reference.sop_instance_uid: file for file in folder.structures}
    for uid in named:
        if uid in by_uid:
            return by_uid[uid], []
    if len(folder.structures) > 1:
        count = len(folder.structures)
        found = Text(f"{count} RTSTRUCT, none of which the plan names", f"{count} 个 RTSTRUCT，计划均未引用")
        raise refusal(str(folder.path), WHOLE_FILE, found, Text("one structure set", "一个结构集"))
    return folder.structures[0], [Notice(code="other_structure_set", text=_OTHER_SET)] if any(named) else []
