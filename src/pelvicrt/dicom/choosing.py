"""Which dose, plan and structure set of a folder belong together?

A dose names its plan, a plan its structure set. Several plans in one folder are refused with their labels unless one is
chosen. Doses that cannot be evaluated are left out when others can. Whether the dose is whole: `wholeness.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pelvicrt.dicom.files import DicomFile
from pelvicrt.dicom.folder import Folder
from pelvicrt.dicom.privacy import Patient, short_label
from pelvicrt.dicom.refusal import WHOLE_FILE, refusal
from pelvicrt.dicom.wholeness import dose_label, dose_of_group, is_file, whole_dose, why_not
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import Text

_NO_DOSE: Final = Text("an RTDOSE with a plan's dose", "含有计划剂量的 RTDOSE")
_NO_STRUCTURES: Final = Text("an RTSTRUCT with the structures", "含有结构轮廓的 RTSTRUCT")
_CHOOSE: Final = Text(
    "one plan; choose with --plan (plan= in Python) one of: {labels}",
    "一份计划；请用 --plan（Python 中为 plan=）选择其一：{labels}",
)
_KNOWN: Final = Text("one of: {labels}", "以下之一：{labels}")
_ASSUMED: Final = Text(
    "the dose names no plan; the only RTPLAN of the folder, of the same study, was taken",
    "剂量未注明所属计划；已采用文件夹中同一检查的唯一 RTPLAN",
)
_OTHER_SET: Final = Text(
    "the structure set is not the one the plan names; it was taken because it is the only one",
    "结构集并非计划所注明者；因文件夹中仅此一份而采用",
)
_OTHER_DOSES: Final = Text(
    "{n} doses that are biologically weighted, relative or of single sessions were left out",
    "已略过 {n} 个生物加权、相对或单次照射的剂量",
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
    usable, other = _usable(folder.doses, wanted)
    candidates = _candidates(folder, usable)
    candidate = _the_one(candidates, wanted, where)
    for dose in candidate.doses:
        reason = why_not(dose)
        if reason is not None:
            raise reason
    if fraction_group is None:
        doses, notices = whole_dose(candidate.doses, candidate.plan, wanted)
    else:
        doses, notices = dose_of_group(candidate.doses, fraction_group), []
    structures, more = _structure_set(folder, candidate.plan, doses[0])
    used = {each.plan.name for each in candidates if each.plan is not None}
    unused = sum(plan.name not in used for plan in folder.plans)
    if unused:
        notices.append(Notice(code="plans_without_dose", text=_UNUSED.fill(n=unused)))
    if other:
        notices.append(Notice(code="other_doses", text=_OTHER_DOSES.fill(n=other)))
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


def _usable(doses: tuple[DicomFile, ...], wanted: str | None) -> tuple[tuple[DicomFile, ...], int]:
    """The doses to choose from, and how many lie beside them that cannot be evaluated.

    A biologically weighted, relative or partial dose is passed over when its plan has a dose that can be evaluated.
    When there are only such doses, or one is asked for by name, its refusal says why. Another plan's stays a choice.
    """
    refusals = {dose.name: why_not(dose) for dose in doses}
    usable = [dose for dose in doses if refusals[dose.name] is None]
    asked = [dose for dose in doses if wanted is not None and is_file(dose, wanted)]
    for dose in asked or ([] if usable else doses):
        reason = refusals[dose.name]
        if reason is not None:
            raise reason
    plans = {uid for dose in usable for uid in _plans_of(dose)}
    others = [dose for dose in doses if refusals[dose.name] is not None]
    of_other_plans = [dose for dose in others if not plans.issuperset(_plans_of(dose))]
    return (*usable, *of_other_plans), len(others) - len(of_other_plans)


def _candidates(folder: Folder, doses: tuple[DicomFile, ...]) -> list[_Candidate]:
    by_plan: dict[str, list[DicomFile]] = {}
    alone: list[DicomFile] = []
    for dose in doses:
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
        label = dose_label(dose) if assumed is None else _plan_label(assumed, assumed.reference.sop_instance_uid)
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


def _with_distinct_labels(candidates: list[_Candidate]) -> list[_Candidate]:
    """Plans of one label are told apart by their doses' identifiers."""
    labels = [each.label for each in candidates]
    return [
        each
        if labels.count(each.label) == 1
        else _Candidate(
            label=f"{each.label} {dose_label(each.doses[0])}",
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
    named = named or [each for each in candidates if any(is_file(dose, wanted) for dose in each.doses)]
    named = named or [each for each in candidates if each.plan is not None and is_file(each.plan, wanted)]
    if len(named) != 1:
        raise refusal(
            where,
            "plan",
            Text("no such plan", "没有该计划") if not named else Text("several", "多份"),
            _KNOWN.fill(labels=labels),
        )
    return named[0]


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
