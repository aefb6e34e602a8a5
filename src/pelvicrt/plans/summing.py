"""What do two courses give together? The dose of each in 2 Gy fractions, added voxel by voxel, by structure.

For treatment given again. Both doses must lie in one frame of reference, laid the same way: nothing is registered here.
Each is read on the common grid, changed to 2 Gy fractions with its own number of fractions and the alpha/beta of the
structure asked, and only then added. No recovery between the courses is assumed. The structures are those of the second
plan, drawn on the anatomy of today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from pelvicrt.dicom import TreatmentPlan
from pelvicrt.dose import alpha_beta, lq_validity
from pelvicrt.dosimetry import (
    DoseGrid,
    Histogram,
    NotComputable,
    Notice,
    Structure,
    dose_volumes,
    eqd2_grid,
    on_common_grid,
    parse_metric,
    sum_of_grids,
)
from pelvicrt.evidence import Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import InvalidInput, MissingInformation, Problem, Text
from pelvicrt.plans.biology import ratios_of
from pelvicrt.plans.naming import name_structures
from pelvicrt.plans.results import NamedStructure
from pelvicrt.radiobiology import Course, cumulative_eqd2

SUM_METRICS = ("D0.03cc[Gy]", "D2%[Gy]", "D50%[Gy]", "Mean[Gy]")
"""Read off the histograms of a sum, all in Gy of 2 Gy fractions."""
SAME_DIRECTION = 1e-4  # number: cosines nearer than this are one orientation, as files write six digits


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SummedDose:
    """One structure at one alpha/beta [Gy]: each course alone and both together, in 2 Gy fractions.

    `metrics` are those of the sum [Gy]. Those of the courses need not add up to them: the hottest places of two courses
    are seldom one place.
    """

    alpha_beta_gy: float
    why: Text
    first: Histogram
    second: Histogram
    total: Histogram
    metrics: Mapping[str, float | NotComputable]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SummedStructure:
    """One structure of the second plan: how its name was read, its sums (headline alpha/beta first), its notices."""

    named: NamedStructure
    doses: tuple[SummedDose, ...]
    warnings: tuple[Notice, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PlanSum:
    """Two courses together; `notices` say what must be known before any number is read."""

    first: str
    second: str
    fractions: tuple[int, int]
    structures: tuple[SummedStructure, ...]
    notices: tuple[Notice, ...]
    library_hash: str


def sum_plans(
    first: TreatmentPlan,
    second: TreatmentPlan,
    *,
    library: Library | None = None,
    confirmed: Mapping[str, str] | None = None,
    fractions: tuple[int | None, int | None] = (None, None),
    threads: int = 1,
) -> PlanSum:
    """The sum of an earlier course and a second one in 2 Gy fractions, no recovery assumed.

    `fractions` replace what the files say; `confirmed` holds readings of the second plan's structure names.

    EQD2 = sum over the courses of D_i (D_i / n_i + alpha/beta) / (2 + alpha/beta)          [Gy, voxel by voxel]

    Raises:
        InvalidInput: two frames of reference, grids laid in different directions or without a common volume, one dose
            given twice.
        MissingInformation: the number of fractions of a course is in no file.
        UsageError: fractions too large to be added by the linear-quadratic formula, as of contact brachytherapy.
    """
    shelf = library or shipped_library()
    _check_same_place(first, second)
    courses = _counted(first, second, fractions)
    named = name_structures([item.name for item in second.structures], library=shelf, confirmed=confirmed)
    parts = on_common_grid((first.dose, second.dose), file=_files(first, second))
    flags = _flags(parts, courses, shelf)
    asked = [_ratios(item, shelf) for item in named]
    found: dict[tuple[int, float], _Courses] = {}
    for ratio in dict.fromkeys(ratio for each in asked for ratio, _ in each):
        places = [place for place, each in enumerate(asked) if ratio in dict(each)]
        drawn = [second.structures[place] for place in places]
        for place, courses_there in zip(places, _in_two_gy(parts, courses, ratio, drawn, threads), strict=True):
            found[place, ratio] = courses_there
    structures = tuple(
        _structure(item, {(ratio, why): found[place, ratio] for ratio, why in ratios})
        for place, (item, ratios) in enumerate(zip(named, asked, strict=True))
    )
    return PlanSum(
        first=first.label,
        second=second.label,
        fractions=courses,
        structures=structures,
        notices=(*flags, *_told_by(first), *_told_by(second)),
        library_hash=shelf.hash,
    )


def _told_by(plan: TreatmentPlan) -> tuple[Notice, ...]:
    return tuple(replace(notice, about=notice.about or plan.label) for notice in plan.notices)


_Found = tuple[Histogram, tuple[Notice, ...]]
_Courses = tuple[_Found, _Found, _Found]


def _in_two_gy(
    parts: Sequence[DoseGrid], courses: tuple[int, int], ratio: float, structures: Sequence[Structure], threads: int
) -> list[_Courses]:
    """Each course and both together at one alpha/beta, for each structure."""
    converted = [eqd2_grid(grid, fractions=n, alpha_beta_gy=ratio) for grid, n in zip(parts, courses, strict=True)]
    total = sum_of_grids(converted, frames=("common", "common"))
    measured = [
        [
            (replace(item.physical, alpha_beta_gy=ratio), item.warnings)
            for item in dose_volumes(grid, structures, threads=threads)
        ]
        for grid in (*converted, total)
    ]
    return list(zip(*measured, strict=True))


def _structure(named: NamedStructure, found: Mapping[tuple[float, Text], _Courses]) -> SummedStructure:
    doses = []
    warnings: tuple[Notice, ...] = ()
    for (ratio, why), ((first, _), (second, _), (total, warnings)) in found.items():  # noqa: B007
        measured = {name: parse_metric(name).of(total) for name in SUM_METRICS}
        doses.append(
            SummedDose(
                alpha_beta_gy=ratio,
                why=why,
                first=first,
                second=second,
                total=total,
                metrics=MappingProxyType(measured),
            )
        )
    return SummedStructure(named=named, doses=tuple(doses), warnings=warnings)


def _ratios(named: NamedStructure, library: Library) -> tuple[tuple[float, Text], ...]:
    """The alpha/beta values of an evaluation; for a name that is not sure the customary late one, which is cautious."""
    return ratios_of(named, None, library) or ((alpha_beta(library, "late_low"), _LATE_UNNAMED),)


def _flags(parts: Sequence[DoseGrid], courses: tuple[int, int], library: Library) -> tuple[Notice, ...]:
    """What radiobiology says of adding these courses, asked with the highest dose per fraction of each.

    Raises:
        UsageError: fractions too large to be added.
    """
    highest = [
        Course(dose_per_fraction_gy=round(grid.highest_gy / n, 2), fractions=n)
        for grid, n in zip(parts, courses, strict=True)
        if grid.highest_gy > 0
    ]
    if not highest:
        return ()
    asked = cumulative_eqd2(
        highest,
        alpha_beta_gy=alpha_beta(library, "late_low"),
        spatial_basis="voxel_sum",
        validity=lq_validity(library),
    )
    return (
        *(Notice(code=flag.kind, text=flag.text) for flag in asked.flags),
        Notice(code="no_cumulative_limit", text=_NO_LIMIT),
        Notice(code="anatomy_of_today", text=_ANATOMY),
    )


def _counted(first: TreatmentPlan, second: TreatmentPlan, stated: tuple[int | None, int | None]) -> tuple[int, int]:
    found = [plan.fractions if own is None else own for plan, own in zip((first, second), stated, strict=True)]
    missing = [plan.label for plan, count in zip((first, second), found, strict=True) if count is None]
    if missing:
        raise MissingInformation(_NO_FRACTIONS.fill(plans=", ".join(missing)), facts=("fractions",))
    counts = [count or 0 for count in found]
    return counts[0], counts[1]


def _check_same_place(first: TreatmentPlan, second: TreatmentPlan) -> None:
    doses = [
        {item.sop_instance_uid for item in plan.references if item.modality == "RTDOSE"} for plan in (first, second)
    ]
    problem = None
    if not first.frame_of_reference_uid or first.frame_of_reference_uid != second.frame_of_reference_uid:
        problem = ("FrameOfReferenceUID", "two frames of reference", _ONE_FRAME)
    elif np.abs(first.to_patient - second.to_patient).max() > SAME_DIRECTION:
        problem = ("ImageOrientationPatient", "grids laid in different directions", _ONE_DIRECTION)
    elif doses[0] & doses[1]:
        problem = ("SOPInstanceUID", "one dose in both plans", _TWO_DOSES)
    if problem is not None:
        field, found, expected = problem
        raise InvalidInput([Problem(file=_files(first, second), field=field, found=found, expected=expected)])


def _files(first: TreatmentPlan, second: TreatmentPlan) -> str:
    return f"{first.label} + {second.label}"


_ONE_FRAME = Text(
    "two plans of one frame of reference: register the images and map the earlier dose onto the new scan in the "
    "planning system, then export it; nothing is registered here",
    "同一参考坐标系下的两个计划：请先在计划系统中配准图像、将既往剂量映射到新 CT 后导出；本软件不做配准",
)
_ONE_DIRECTION = Text("two dose grids whose axes run the same way", "两个坐标轴方向一致的剂量网格")
_TWO_DOSES = Text("two different doses, one of each course", "两个不同的剂量文件，每个疗程各一")
_NO_FRACTIONS = Text(
    "the number of fractions is in no file of {plans}; without it a dose has no equivalent in 2 Gy fractions and "
    "cannot be added: state it",
    "{plans} 的文件均未说明分次数；没有分次数就无法换算为 2 Gy 等效剂量，也就不能相加：请指定",
)
_NO_LIMIT = Text(
    "no limit for dose given twice was verified at a source: the sum is shown and not judged",
    "尚无经来源核实的累积剂量限值：仅显示总和，不作判断",
)
_ANATOMY = Text(
    "the earlier dose is laid on the structures of the second plan: bowel and bladder lay elsewhere then, and operated "
    "tissue may be gone",
    "既往剂量叠加于第二个计划的结构上：当时肠管与膀胱的位置不同，已切除的组织可能不复存在",
)
_LATE_UNNAMED = Text(
    "late damage, by convention; the structure's name is not sure", "晚期损伤，按惯例取值；结构名称未确定"
)
