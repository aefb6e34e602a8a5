"""What does each plan gain over the other, and where does fractionation turn the order round? Sentences, facts only.

A gain is a lower dose in 2 Gy fractions to an organ (not to the rectum, which bears the tumour), a higher one to a
target, a limit kept that the other breaks, a complication surely rarer, fewer visits. What one plan gains is what the
other costs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pelvicrt.foundation import Text
from pelvicrt.plans.biology import RECTUM
from pelvicrt.plans.compared import ComplicationDifference, CurvePair, PlanComparison, Side, StructureComparison

SIDES: Final[tuple[Side, Side]] = ("a", "b")
WORTH_SAYING_GY = 1.0
"""Mean doses in 2 Gy fractions nearer than this are left to the table (our convention)."""
WORTH_SAYING_CHANCE = 0.001  # number: one patient in a thousand


def gains_of(side: Side, comparison: PlanComparison) -> Iterator[Text]:
    """What the plan `side` gains over the other."""
    own, other = (comparison.a, comparison.b) if side == "a" else (comparison.b, comparison.a)
    if own.fractions is not None and other.fractions is not None and own.fractions < other.fractions:
        yield _VISITS.fill(n=own.fractions, m=other.fractions)
    for item in comparison.structures:
        for pair in item.eqd2:
            if item.kind == "target" and _higher(pair) == side:
                yield _dose(_TARGET, item.structure, pair, side)
            elif (
                item.kind == "organ"
                and item.structure != RECTUM
                and pair.lower == side
                and _apart(pair) >= WORTH_SAYING_GY
            ):
                yield _dose(_ORGAN, item.structure, pair, side)
    for row in comparison.constraints:
        mine, theirs = (row.a, row.b) if side == "a" else (row.b, row.a)
        if mine is not None and theirs is not None and mine.met is True and theirs.met is False:
            yield _LIMIT.fill(structure=row.structure, own=mine.limit.metric, other=theirs.limit.metric)
    for harm in comparison.complications:
        if _rarer(harm) == side:
            yield _harm(harm)


def flips_of(comparison: PlanComparison) -> Iterator[Text]:
    """Where the order of the plans depends on fractionation or, for a target, on alpha/beta."""
    names = {"a": _A.fill(plan=comparison.a.plan), "b": _B.fill(plan=comparison.b.plan)}
    for item in comparison.structures:
        for ratio_gy in item.flips:
            yield _FLIP.fill(structure=item.structure, physical=names[item.physical.lower], ratio=f"{ratio_gy:g}")
        orders = {pair.lower for pair in item.eqd2}
        if {"a", "b"} <= orders:
            ratios = ", ".join(f"{pair.alpha_beta_gy:g}" for pair in item.eqd2)
            yield _RATIO.fill(structure=item.structure, ratios=ratios)


def _is_spared(item: StructureComparison) -> bool:
    """Whether less dose to it is a gain."""
    return item.kind == "organ" and item.structure != RECTUM


def _apart(pair: CurvePair) -> float:
    return abs(pair.mean_a_gy - pair.mean_b_gy)


def _higher(pair: CurvePair) -> Side:
    other: dict[Side, Side] = {"a": "b", "b": "a", "same": "same"}
    return other[pair.lower]


def _dose(words: Text, structure: str, pair: CurvePair, side: Side) -> Text:
    own, other = (pair.mean_a_gy, pair.mean_b_gy) if side == "a" else (pair.mean_b_gy, pair.mean_a_gy)
    return words.fill(
        structure=structure,
        gap=f"{abs(own - other):.1f}",
        own=f"{own:.1f}",
        other=f"{other:.1f}",
        ratio=f"{pair.alpha_beta_gy:g}",
    )


def _rarer(harm: ComplicationDifference) -> Side:
    if not harm.is_sure or abs(harm.difference) < WORTH_SAYING_CHANCE:
        return "same"
    return "a" if harm.difference > 0 else "b"


def _harm(harm: ComplicationDifference) -> Text:
    ends = sorted((abs(harm.low), abs(harm.high)))
    return _HARM.fill(
        structure=harm.structure,
        endpoint=harm.a.estimate.endpoint,
        gap=f"{100 * abs(harm.difference):.1f}",
        low=f"{100 * ends[0]:.1f}",
        high=f"{100 * ends[1]:.1f}",
    )


_A = Text("A ({plan})", "A（{plan}）")
_B = Text("B ({plan})", "B（{plan}）")
_VISITS = Text("{n} fractions instead of {m}", "{n} 次照射，而非 {m} 次")
_TARGET = Text(
    "{structure} gets {gap} Gy more in 2 Gy fractions at alpha/beta {ratio} Gy (mean {own} against {other})",
    "{structure} 的 2 Gy 等效剂量高 {gap} Gy（α/β {ratio} Gy；平均 {own} 对 {other}）",
)
_ORGAN = Text(
    "{structure} gets {gap} Gy less in 2 Gy fractions at alpha/beta {ratio} Gy (mean {own} against {other})",
    "{structure} 的 2 Gy 等效剂量低 {gap} Gy（α/β {ratio} Gy；平均 {own} 对 {other}）",
)
_LIMIT = Text(
    "{structure}: {own} is kept, the other plan's {other} is not", "{structure}：{own} 达标，另一计划的 {other} 未达标"
)
_HARM = Text(
    "{structure}, {endpoint}: {gap} fewer of 100 (likely range {low} to {high}), by a model fitted to other patients",
    "{structure}，{endpoint}：每 100 人少 {gap} 人（可能范围 {low}～{high}），模型拟合自其他人群",
)
_FLIP = Text(
    "{structure}: in physical dose {physical} is the lower, in 2 Gy fractions at alpha/beta {ratio} Gy the other is; "
    "judge by the latter",
    "{structure}：按物理剂量 {physical} 较低，按 2 Gy 等效剂量（α/β {ratio} Gy）则另一计划较低；应以后者为准",
)
_RATIO = Text(
    "{structure}: which plan gives it more depends on alpha/beta ({ratios} Gy)",
    "{structure}：哪个计划剂量更高取决于 α/β（{ratios} Gy）",
)
