"""How do two plans differ, whatever their fractions? Curves, limits and chances of harm side by side.

Physical dose of different fractions has no order, so what counts is dose in 2 Gy fractions, structure by structure;
physical dose stands beside it, and where the two call another plan the lower that is said. Only histograms are
compared: no place in one plan is compared with a place in the other, so the scans need not be registered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from pelvicrt.dose import alpha_beta
from pelvicrt.dosimetry import Histogram, Notice, parse_metric
from pelvicrt.evidence import Library
from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import Text
from pelvicrt.plans.compared import (
    ComplicationDifference,
    ConstraintPair,
    CurvePair,
    PlanComparison,
    StructureComparison,
)
from pelvicrt.plans.gains import SIDES, flips_of, gains_of
from pelvicrt.plans.results import Complication, ConstraintVerdict, EvaluatedStructure, PlanEvaluation
from pelvicrt.radiobiology import eqd2

CURVE_STEPS = 200
SAME_VOLUME = 0.05  # number: volumes more than 5 % apart are not the same drawing (our convention)
SAME_DOSE = 0.02  # number: converted limits are printed to 0.1 Gy, so doses within 2 % are one limit
_INTERVAL = (0.025, 0.975)  # number: ends of a 95 % interval


def compare(a: PlanEvaluation, b: PlanEvaluation, *, library: Library | None = None) -> PlanComparison:
    """Two evaluations side by side; structures are paired by their sure names, a lone target by its kind.

    Each plan keeps its own limits. Chances of harm are subtracted draw by draw under the same parameters.
    """
    shelf = library or shipped_library()
    pairs = dict(_pairs(a, b))
    structures = tuple(_structure(name, one, other) for name, (one, other) in pairs.items())
    paired = {id(item) for pair in pairs.values() for item in pair}
    constraints = tuple(_constraints(a, b, pairs, shelf))
    complications = tuple(_complications(a, b))
    bare = PlanComparison(
        a=a,
        b=b,
        structures=structures,
        only_in_a=_unpaired(a, paired),
        only_in_b=_unpaired(b, paired),
        constraints=constraints,
        complications=complications,
        gains_of_a=(),
        gains_of_b=(),
        flips=(),
        notices=tuple(_notices(a, b, structures)),
    )
    gains_a, gains_b = (tuple(gains_of(side, bare)) for side in SIDES)
    return dataclasses.replace(bare, gains_of_a=gains_a, gains_of_b=gains_b, flips=tuple(flips_of(bare)))


def _pairs(a: PlanEvaluation, b: PlanEvaluation) -> Iterator[tuple[str, tuple[EvaluatedStructure, EvaluatedStructure]]]:
    first, second = _sure(a), _sure(b)
    for name, item in first.items():
        if name in second:
            yield name, (item, second[name])
    for kind in ("GTV", "CTV", "ITV", "PTV"):
        lone = [
            [item for name, item in side.items() if item.named.kind_of_target == kind and name not in other]
            for side, other in ((first, second), (second, first))
        ]
        everyone = [sum(item.named.kind_of_target == kind for item in side.values()) for side in (first, second)]
        if everyone == [1, 1] and lone[0] and lone[1]:
            yield kind, (lone[0][0], lone[1][0])


def _sure(plan: PlanEvaluation) -> Mapping[str, EvaluatedStructure]:
    return {
        item.named.tg263: item
        for item in plan.structures
        if item.named.tg263 is not None and item.physical.histogram.covered_cc > 0
    }


def _unpaired(plan: PlanEvaluation, paired: set[int]) -> tuple[str, ...]:
    return tuple(item.named.shown for item in plan.structures if id(item) not in paired)


def _structure(name: str, a: EvaluatedStructure, b: EvaluatedStructure) -> StructureComparison:
    shared = [
        _curves(one.alpha_beta_gy, one.histogram, other.histogram)
        for one in a.eqd2
        for other in b.eqd2
        if one.alpha_beta_gy == other.alpha_beta_gy
    ]
    return StructureComparison(
        structure=name,
        kind=a.named.kind,
        a=a,
        b=b,
        physical=_curves(None, a.physical.histogram, b.physical.histogram),
        eqd2=tuple(shared),
    )


def _curves(alpha_beta_gy: float | None, a: Histogram, b: Histogram) -> CurvePair:
    dose_gy = np.linspace(0.0, max(a.max_gy, b.max_gy), CURVE_STEPS + 1)
    return CurvePair(
        alpha_beta_gy=alpha_beta_gy,
        dose_gy=dose_gy,
        a_percent=a.percent_at_dose(dose_gy),
        b_percent=b.percent_at_dose(dose_gy),
        mean_a_gy=a.mean_gy,
        mean_b_gy=b.mean_gy,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What a row asks, so that rows of two templates can be told to ask the same; doses in 2 Gy fractions [Gy]."""

    structure: str
    op: str
    kind: str
    unit: str
    notation: str
    dose_gy: float | None

    def is_like(self, other: _Question) -> bool:
        """Whether the other row asks the same: the same metric, for a dose within it the same biological dose."""
        same = (self.structure, self.op, self.kind, self.unit) == (other.structure, other.op, other.kind, other.unit)
        if self.dose_gy is not None and other.dose_gy is not None:
            return same and abs(self.dose_gy - other.dose_gy) <= SAME_DOSE * self.dose_gy
        return same and self.notation == other.notation


def _constraints(
    a: PlanEvaluation,
    b: PlanEvaluation,
    pairs: Mapping[str, tuple[EvaluatedStructure, EvaluatedStructure]],
    library: Library,
) -> Iterator[ConstraintPair]:
    """Rows that ask the same side by side in the order of a's limits, then those only b has."""
    renamed = {other.named.shown: one.named.shown for one, other in pairs.values()}
    left = [(item, _question(item, b, renamed.get(item.structure, item.structure), library)) for item in b.constraints]
    for one in a.constraints:
        asked = _question(one, a, one.structure, library)
        found = next((pair for pair in left if asked.is_like(pair[1])), None)
        if found is not None:
            left.remove(found)
        yield ConstraintPair(structure=one.structure, a=one, b=None if found is None else found[0])
    for other, asked in left:
        yield ConstraintPair(structure=asked.structure, a=None, b=other)


def _question(item: ConstraintVerdict, plan: PlanEvaluation, structure: str, library: Library) -> _Question:
    metric = parse_metric(item.limit.metric)
    dose_gy = None
    if metric.kind == "V" and metric.asked == "Gy" and metric.number and plan.fractions and plan.template:
        ratio_gy = plan.template.alpha_beta_gy.get(item.limit.structure, alpha_beta(library, "late_low"))
        per_fraction_gy = metric.number / plan.fractions
        dose_gy = eqd2(dose_per_fraction_gy=per_fraction_gy, fractions=plan.fractions, alpha_beta_gy=ratio_gy).value_gy
    return _Question(
        structure=structure,
        op=item.limit.op,
        kind=metric.kind,
        unit=metric.unit,
        notation=str(metric),
        dose_gy=dose_gy,
    )


def _complications(a: PlanEvaluation, b: PlanEvaluation) -> Iterator[ComplicationDifference]:
    def keyed(plan: PlanEvaluation) -> dict[tuple[str, str], Complication]:
        return {(item.structure, item.model): item for item in plan.complications}

    first, second = keyed(a), keyed(b)
    for key, one in first.items():
        if key not in second:
            continue
        other = second[key]
        difference = other.estimate.value - one.estimate.value
        low, high = np.quantile(other.drawn_chances - one.drawn_chances, _INTERVAL)
        yield ComplicationDifference(
            model=one.model,
            structure=one.structure,
            a=one,
            b=other,
            difference=difference,
            low=min(float(low), difference),
            high=max(float(high), difference),
        )


def _notices(a: PlanEvaluation, b: PlanEvaluation, structures: tuple[StructureComparison, ...]) -> Iterator[Notice]:
    same = a.frame_of_reference_uid == b.frame_of_reference_uid
    yield Notice(code="no_geometry", text=_SAME_FRAME if same else _OTHER_FRAME)
    if a.fractions is None or b.fractions is None:
        yield Notice(code="no_fractions", text=_NO_FRACTIONS)
    for item in structures:
        larger, smaller = sorted((item.a.volume_cc, item.b.volume_cc), reverse=True)
        if item.kind != "target" and larger - smaller > SAME_VOLUME * larger:
            volumes = {"a": f"{item.a.volume_cc:.0f}", "b": f"{item.b.volume_cc:.0f}"}
            text = _OTHER_VOLUME.fill(name=item.structure, **volumes)
            yield Notice(code="other_volume", text=text, about=item.structure)


_SAME_FRAME = Text(
    "both plans lie in one frame of reference; only histograms are compared, no places",
    "两计划位于同一参考坐标系；仅比较直方图，不比较空间位置",
)
_OTHER_FRAME = Text(
    "the plans lie in different frames of reference; histograms need none in common, but whether both are of one "
    "patient only you know",
    "两计划位于不同参考坐标系；比较直方图无需共同坐标系，但是否同一患者须由您确认",
)
_NO_FRACTIONS = Text(
    "the number of fractions of a plan is not known: only physical dose is compared, which says little when fractions "
    "differ; give --fractions-a or --fractions-b",
    "某一计划分次数不详：仅比较物理剂量，分次不同时意义有限；请给出 --fractions-a 或 --fractions-b",
)
_OTHER_VOLUME = Text(
    "{name} has {a} cc in A and {b} cc in B: not the same drawing, so differences of dose may come from that",
    "{name} 在 A 中为 {a} cc，在 B 中为 {b} cc：勾画不同，剂量差异可能由此而来",
)
