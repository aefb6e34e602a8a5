"""START HERE. A plan and a set of limits in; names, dose, limits and chances of harm out.

plan -> names read -> histograms -> 2 Gy fractions -> limits judged -> chances of harm and of response
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pelvicrt.dicom import TreatmentPlan
from pelvicrt.dose import lq_validity
from pelvicrt.dosimetry import Histogram, NotComputable, Notice, StructureDose, dose_volumes, parse_metric
from pelvicrt.evidence import DoseLimitSet, Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import VERSION, Text
from pelvicrt.plans.biology import complications_of, never_known, ratios_of, responses_of
from pelvicrt.plans.judging import judge
from pelvicrt.plans.limits_file import check_fractions
from pelvicrt.plans.naming import name_structures
from pelvicrt.plans.outside import highest_at_faces_gy
from pelvicrt.plans.prescribed import prescribed_doses
from pelvicrt.plans.results import METRICS, DoseFigures, EvaluatedStructure, NamedStructure, PlanEvaluation
from pelvicrt.radiobiology import LqValidity


def evaluate(
    plan: TreatmentPlan,
    *,
    template: DoseLimitSet | None,
    library: Library | None = None,
    names: Mapping[str, str] | None = None,
    fractions: int | None = None,
    prescription: float | None = None,
    threads: int = 1,
    advance: Callable[[], None] | None = None,
) -> PlanEvaluation:
    """What one plan gives each structure, and how that stands to a set of limits. The same plan gives the same bits.

    Args:
        plan: the plan as read from its files.
        template: limits to judge by, or None to judge nothing.
        library: evidence to use; the shipped one by default.
        names: readings the user confirmed, by drawn name; an empty one leaves a structure out.
        fractions: number of fractions instead of the plan's own.
        prescription: dose [Gy] of targets that neither plan nor name gives one.
        threads: threads of the histogram engine; any number gives the same bits.
        advance: called after each structure.

    Raises:
        UsageError: a template for another number of fractions.
        ValueError: fewer than one fraction, or a prescription not above 0.
    """
    shelf = library or shipped_library()
    count = plan.fractions if fractions is None else fractions
    if template is not None:
        check_fractions(template, count)
    named = name_structures([item.name for item in plan.structures], library=shelf, confirmed=names)
    asked = prescribed_doses(named, plan.prescriptions, prescription)
    doses = dose_volumes(plan.dose, plan.structures, threads=threads, advance=advance)
    structures = tuple(
        _structure(
            name,
            dose,
            prescribed_gy=asked.by_target_gy.get(name.drawn),
            fractions=count,
            ratios=ratios_of(name, template, shelf),
            validity=lq_validity(shelf),
        )
        for name, dose in zip(named, doses, strict=True)
    )
    complications, withheld = ((), ()) if count is None else complications_of(structures, count, shelf)
    verdicts = (
        ()
        if template is None
        else judge(
            template,
            structures,
            fractions=count,
            prescribed_gy=asked.highest_gy,
            edge_gy=highest_at_faces_gy(plan.dose),
            library=shelf,
        )
    )
    return PlanEvaluation(
        plan=plan.label,
        fractions=count,
        prescribed_gy=asked.highest_gy,
        template=template,
        structures=structures,
        constraints=verdicts,
        complications=complications,
        responses=responses_of(structures, shelf),
        not_known=(*withheld, *never_known(has_fractions=count is not None)),
        notices=(*plan.notices, *asked.notices),
        references=plan.references,
        frame_of_reference_uid=plan.frame_of_reference_uid,
        library_hash=shelf.hash,
        version=VERSION,
    )


def _structure(
    named: NamedStructure,
    dose: StructureDose,
    *,
    prescribed_gy: float | None,
    fractions: int | None,
    ratios: tuple[tuple[float, Text], ...],
    validity: LqValidity,
) -> EvaluatedStructure:
    """One structure; no dose in 2 Gy fractions where fractions are too large for the linear-quadratic formula."""
    per_fraction_gy = 0.0 if fractions is None else dose.physical.max_gy / fractions
    flags = validity.flags(round(per_fraction_gy, 1)) if ratios else ()
    large = [Notice(code="large_fraction", text=flag.text, about=named.drawn) for flag in flags]
    eqd2 = [
        _figures(dose.physical.in_two_gy_fractions(fractions=fractions, alpha_beta_gy=ratio_gy), why)
        for ratio_gy, why in ratios
        if fractions is not None and per_fraction_gy <= validity.reasonable_to_gy
    ]
    return EvaluatedStructure(
        named=named,
        prescribed_gy=prescribed_gy,
        physical=_figures(dose.physical, _PHYSICAL),
        eqd2=tuple(eqd2),
        warnings=(*dose.warnings, *large),
    )


def _figures(histogram: Histogram, why: Text) -> DoseFigures:
    metrics: dict[str, float | NotComputable] = {name: parse_metric(name).of(histogram) for name in METRICS}
    return DoseFigures(
        alpha_beta_gy=histogram.alpha_beta_gy, why=why, histogram=histogram, metrics=MappingProxyType(metrics)
    )


_PHYSICAL = Text("physical dose of the whole course", "全疗程物理剂量")
