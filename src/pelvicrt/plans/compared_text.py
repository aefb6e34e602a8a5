"""What does a comparison of two plans say in a terminal? Gains and costs first, then dose, limits and chances."""

from __future__ import annotations

from collections.abc import Iterable

from pelvicrt.foundation import Language, Text
from pelvicrt.plans.as_text import USUAL_WIDTH, Terminal
from pelvicrt.plans.compared import ComplicationDifference, ConstraintPair, PlanComparison
from pelvicrt.plans.results import INTENDED_USE, ConstraintVerdict
from pelvicrt.plans.wording import (
    chance_said,
    course_said,
    limit_said,
    margin_said,
    notice_said,
    number_said,
    verdict_said,
)


def comparison_text(comparison: PlanComparison, lang: Language = "en", width: int = USUAL_WIDTH) -> str:
    """The comparison as plain text."""
    page = Terminal(lang, width)
    for letter, plan in (("A", comparison.a), ("B", comparison.b)):
        page.line(f"{letter}  {plan.plan}: {course_said(plan).say(lang)}")
        page.line(f"   {plan.verdict.say(lang)}")
    page.line(INTENDED_USE)
    page.bullets((notice_said(notice, lang) for notice in comparison.notices), "!")
    _said(page, _GAINS.fill(letter="A"), comparison.gains_of_a)
    _said(page, _GAINS.fill(letter="B"), comparison.gains_of_b)
    _said(page, _FLIPS, comparison.flips or (_NO_FLIP,))
    _doses(page, comparison)
    _limits(page, comparison)
    _chances(page, comparison)
    _alone(page, comparison)
    return page.text()


def _said(page: Terminal, title: Text, lines: Iterable[Text]) -> None:
    page.title(title)
    page.bullets(text.say(page.lang) for text in (tuple(lines) or (_NOTHING,)))


def _doses(page: Terminal, comparison: PlanComparison) -> None:
    page.title(_MEANS)
    rows = []
    for item in comparison.structures:
        for pair in (item.physical, *item.eqd2):
            physical = pair.alpha_beta_gy is None
            kind = _PHYSICAL.say(page.lang) if physical else f"EQD2 α/β {pair.alpha_beta_gy:g}"
            lower = {"a": "A", "b": "B", "same": "="}[pair.lower]
            means = (pair.mean_a_gy, pair.mean_b_gy)
            gap = f"{pair.mean_b_gy - pair.mean_a_gy:+.1f}"
            rows.append((item.structure if physical else "", kind, *map(number_said, means), gap, lower))
    page.table((_STRUCTURE, _DOSE, "A", "B", "B - A", _LOWER), rows, words=(0, 1, 5))


def _limits(page: Terminal, comparison: PlanComparison) -> None:
    rows = [_limit_row(page, row) for row in comparison.constraints if _is_judged(row)]
    if not rows:
        return
    page.title(_LIMITS)
    heads = (_STRUCTURE, "A", _VALUE, _MARGIN, _VERDICT, "B", _VALUE, _MARGIN, _VERDICT)
    page.table(heads, rows, words=(0, 1, 4, 5, 8))


def _is_judged(row: ConstraintPair) -> bool:
    return any(item is not None and item.standing != "cannot_be_judged" for item in (row.a, row.b))


def _limit_row(page: Terminal, row: ConstraintPair) -> tuple[str, ...]:
    return (row.structure, *_half(page, row.a), *_half(page, row.b))


def _half(page: Terminal, item: ConstraintVerdict | None) -> tuple[str, str, str, str]:
    if item is None:
        return ("–", "–", "–", "–")
    metric = f"{item.limit.metric} {limit_said(item)}"
    margin = "–" if item.margin is None else margin_said(item.margin)
    return (metric, number_said(item.value), margin, verdict_said(item).say(page.lang))


def _chances(page: Terminal, comparison: PlanComparison) -> None:
    if not comparison.complications:
        return
    page.title(_CHANCES)
    rows = [_chance_row(page, item) for item in comparison.complications]
    page.table((_STRUCTURE, _ENDPOINT, "A", "B", "B - A", _RANGE), rows, words=(0, 1))
    page.line(_PAIRED)
    page.flags(item.a.estimate for item in comparison.complications)


def _chance_row(page: Terminal, item: ComplicationDifference) -> tuple[str, ...]:
    to = "～" if page.lang == "zh" else " to "
    return (
        item.structure,
        item.a.estimate.endpoint.say(page.lang),
        chance_said(item.a.estimate.value),
        chance_said(item.b.estimate.value),
        f"{100 * item.difference:+.1f}",
        f"{100 * item.low:+.1f}{to}{100 * item.high:+.1f}",
    )


def _alone(page: Terminal, comparison: PlanComparison) -> None:
    for letter, names in (("A", comparison.only_in_a), ("B", comparison.only_in_b)):
        if names:
            listed = Text(", ".join(names), "、".join(names))
            page.bullets([_ALONE.fill(letter=letter, names=listed).say(page.lang)], "!")


_GAINS = Text(
    "What {letter} gains over the other, and the other costs", "{letter} 优于另一计划之处（即另一计划的代价）"
)
_NOTHING = Text("nothing that the numbers say for sure", "没有可由数值确定的优势")
_FLIPS = Text("Where fractionation turns the order round", "分次方式改变高低顺序之处")
_NO_FLIP = Text(
    "nowhere: physical dose and dose in 2 Gy fractions call the same plan the lower for every structure",
    "无：各结构按物理剂量与按 2 Gy 等效剂量的高低顺序一致",
)
_MEANS = Text("Mean dose [Gy]", "平均剂量 [Gy]")
_PHYSICAL = Text("physical", "物理剂量")
_STRUCTURE = Text("structure", "结构")
_DOSE = Text("dose", "剂量")
_LOWER = Text("lower", "较低者")
_LIMITS = Text("Limits, each plan under its own", "限值（各按其自身模板）")
_VALUE = Text("plan", "计划值")
_MARGIN = Text("margin", "余量")
_VERDICT = Text("verdict", "判断")
_CHANCES = Text("Chances of complications, of 100", "并发症概率（每 100 人）")
_ENDPOINT = Text("what", "终点")
_RANGE = Text("likely range of B - A", "B - A 的可能范围")
_PAIRED = Text(
    "The range comes from the same draws of parameters for both plans; it holds no other uncertainty.",
    "该范围由两计划共用的参数抽样得出，不含其他不确定性。",
)
_ALONE = Text("only in {letter}, not compared: {names}", "仅见于 {letter}，未比较：{names}")
