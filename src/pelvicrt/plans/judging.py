"""Does the plan keep to the limits? Each row of a template put to the structure it names, and to no other.

A row is judged only when its structure was contoured under a sure name, its number can be had, its source was verified
and the number of fractions is known. Volume outside the dose grid has no dose: the row is then judged only when
whatever dose it got would not change the verdict. A converted limit above what the prescription can reach is shown as
such and never as met.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pelvicrt.dose import applicable_limits
from pelvicrt.dosimetry import Metric, NotComputable, parse_metric
from pelvicrt.evidence import DoseLimit, DoseLimitSet, Library
from pelvicrt.foundation import Text
from pelvicrt.plans.outside import filled
from pelvicrt.plans.results import ConstraintVerdict, EvaluatedStructure, Standing

REACHABLE = 1.05  # number: a plan may go 5 % above its prescription [clinical specification F2, our convention]
_REPORTED: Standing = "reported"
_NOT_REACHED: Standing = "cannot_be_violated"
OUTSIDE_SHARE = 0.001  # number: below a thousandth of the volume, what lies outside the grid changes no printed digit


def judge(
    template: DoseLimitSet,
    structures: Sequence[EvaluatedStructure],
    *,
    fractions: int | None,
    prescribed_gy: float | None,
    edge_gy: float,
    library: Library,
) -> tuple[ConstraintVerdict, ...]:
    """Every row of the template in its order; a row about a kind of target once for each such target.

    `edge_gy` is the highest dose on the faces of the dose grid [Gy].
    """
    named = {name for item in structures for name in names_for(item)}
    clashing = {
        row.structure
        for row in template.rows
        if row.enabled and row.exclusive_with and {row.structure, row.exclusive_with} <= named
    }
    asked = applicable_limits(template, structures=named - clashing)
    judged = {id(row) for row in asked.rows}
    reasons = {id(row): why for row, why in asked.left_out}
    context = _Context(structures, prescribed_gy, edge_gy)
    found: list[ConstraintVerdict] = []
    for row in template.rows:
        origin = origin_of(row, library)
        if id(row) not in judged:
            why = _why_not(row, structures, clashing) if row.enabled else None
            found.append(_unjudged(row, None, why or reasons[id(row)], origin))
            continue
        for item in structures:
            if row.structure not in names_for(item):
                continue
            if fractions is None:
                found.append(_unjudged(row, item, _NO_FRACTIONS, origin))
            else:
                found.append(_verdict(row, item, context, origin))
    return tuple(found)


def names_for(item: EvaluatedStructure) -> Iterator[str]:
    """The names a row may call this structure: its own, and its kind for a target (`PTV_5000` is a `PTV`)."""
    if item.named.tg263 is None:
        return
    yield item.named.tg263
    if item.named.kind_of_target is not None and item.named.kind_of_target != item.named.tg263:
        yield item.named.kind_of_target


def origin_of(row: DoseLimit, library: Library) -> Text:
    """Where a limit comes from, in words: published, a department's practice, derived, a convention."""
    if row.derived:
        return _DERIVED
    if row.mark in _ORIGINS:
        return _ORIGINS[row.mark]
    known = [each.source for each in row.evidence if each.source in library.sources]
    if not known:
        return _SITE
    return _PRACTICE if any(library.sources[name].kind == "practice" for name in known) else _PUBLISHED


class _Context:
    """What a verdict on one structure must know of the whole plan."""

    def __init__(self, structures: Sequence[EvaluatedStructure], prescribed_gy: float | None, edge_gy: float) -> None:
        self.prescribed_gy = prescribed_gy
        self.edge_gy = edge_gy
        doses = [item.prescribed_gy for item in structures if item.prescribed_gy is not None]
        self.highest_target_gy = max(doses, default=None)


def _why_not(row: DoseLimit, structures: Sequence[EvaluatedStructure], clashing: set[str]) -> Text | None:
    """A better reason than that the structure is missing: it is drawn twice, waits for its name, or clashes."""
    if row.structure in clashing:
        return _BOTH.fill(first=row.structure, second=row.exclusive_with)
    for item in structures:
        if any(proposal.tg263 == row.structure for proposal in item.named.proposals[:1]):
            return _UNSURE.fill(name=item.named.drawn, said=item.named.said)
    return None


def _verdict(row: DoseLimit, item: EvaluatedStructure, context: _Context, origin: Text) -> ConstraintVerdict:
    metric = parse_metric(row.metric)
    is_target = item.named.kind == "target"
    reference_gy = item.prescribed_gy if is_target else context.prescribed_gy
    value = metric.of(item.physical.histogram, reference_gy)
    if isinstance(value, NotComputable):
        return _unjudged(row, item, value.reason, origin)
    upper = row.op in ("<", "<=")
    if is_target and upper and _is_around_a_boost(item, context):
        return _unjudged(row, item, _AROUND, origin)
    why = None
    if row.op == "report" or row.limit is None:
        standing, margin = _REPORTED, None
    elif not _is_certain(row, item, reference_gy, context):
        share = 100 * item.outside_cc / item.volume_cc
        return _unjudged(row, item, _OUTSIDE.fill(percent=f"{share:.1f}"), origin)
    else:
        margin = -_beyond(row, value) if upper else _beyond(row, value)
        standing = _standing(row, value)
        if standing == "met" and upper and _out_of_reach(row, metric, context.prescribed_gy):
            standing, why = _NOT_REACHED, _NEVER
    return ConstraintVerdict(
        limit=row,
        standing=standing,
        structure=item.named.shown,
        drawn=item.named.drawn,
        value=value,
        margin=margin,
        why=why,
        origin=origin,
    )


def _standing(row: DoseLimit, value: float) -> Standing:
    if _kept(row, value):
        return "met"
    return "exceeded" if row.priority == "P1" else "missed"


def _is_around_a_boost(item: EvaluatedStructure, context: _Context) -> bool:
    """Whether another target is meant to get more: an upper limit on this one would count the boost as a fault."""
    own, highest = item.prescribed_gy, context.highest_target_gy
    return own is not None and highest is not None and highest > own


def _kept(row: DoseLimit, value: float) -> bool:
    beyond = _beyond(row, value)
    return {"<": beyond < 0, "<=": beyond <= 0, ">": beyond > 0, ">=": beyond >= 0}[row.op]


def _beyond(row: DoseLimit, value: float) -> float:
    """How far a value lies above its limit; a millionth of a unit is rounding of sums, and lies on the limit."""
    assert row.limit is not None
    return round(value - row.limit, ndigits=6) + 0.0


def _is_certain(row: DoseLimit, item: EvaluatedStructure, reference_gy: float | None, context: _Context) -> bool:
    """Whether the verdict stands whatever dose the volume outside the grid got."""
    histogram, metric = item.physical.histogram, parse_metric(row.metric)
    if histogram.outside_cc <= OUTSIDE_SHARE * histogram.volume_cc:
        return True
    ends = [metric.of(filled(histogram, dose_gy), reference_gy) for dose_gy in (0.0, context.edge_gy)]
    known = metric.of(histogram, reference_gy)
    return len({_kept(row, value) for value in (*ends, known) if not isinstance(value, NotComputable)}) == 1


def _out_of_reach(row: DoseLimit, metric: Metric, prescribed_gy: float | None) -> bool:
    """Whether the dose a converted limit speaks of lies above what this prescription can give.

    Rows marked so were converted above a certain prescription; a higher one brings them back within reach.
    """
    dose_gy = metric.number if metric.kind == "V" and metric.asked == "Gy" else None
    if dose_gy is None and metric.kind != "V" and metric.unit == "Gy":
        dose_gy = row.limit
    if prescribed_gy is None or dose_gy is None:
        return row.never_binding
    return (row.never_binding and dose_gy > prescribed_gy) or (row.derived and dose_gy > REACHABLE * prescribed_gy)


def _unjudged(row: DoseLimit, item: EvaluatedStructure | None, why: Text, origin: Text) -> ConstraintVerdict:
    return ConstraintVerdict(
        limit=row,
        standing="cannot_be_judged",
        structure=row.structure if item is None else item.named.shown,
        drawn=None if item is None else item.named.drawn,
        why=why,
        origin=origin,
    )


_DERIVED = Text("derived, not validated", "换算所得，未经验证")
_PUBLISHED = Text("published", "已发表")
_PRACTICE = Text("practice of one department, no evidence of safety", "某科室实际做法，非安全性证据")
_SITE = Text("of this site", "本单位自定")
_ORIGINS = {
    "V2": Text("published, read second-hand", "已发表（二手资料）"),
    "D": Text("our convention", "本软件约定"),
    "M": Text("from memory, not verified", "凭记忆，未经核实"),
}
_NO_FRACTIONS = Text("the number of fractions is not known; give --fractions", "分次数不详；请用 --fractions 指定")
_BOTH = Text(
    "{first} and {second} are both drawn, and their limits exclude each other; leave one out in a names file",
    "同时勾画了 {first} 与 {second}，两者限值互斥；请在名称文件中排除其一",
)
_UNSURE = Text("{name}: {said}", "{name}：{said}")
_AROUND = Text(
    "another target is meant to get a higher dose, so an upper limit here would count that as a fault",
    "另有靶区处方剂量更高，此处上限会把该剂量误判为超量",
)
_OUTSIDE = Text(
    "{percent} % of the structure lies outside the dose grid, and its dose could change the verdict",
    "该结构有 {percent}% 位于剂量网格之外，其剂量可能改变判断",
)
_NEVER = Text(
    "lies above what this prescription can give: keeping to it says nothing about the plan",
    "高于本处方所能达到的剂量：符合该限值并不说明计划的好坏",
)
