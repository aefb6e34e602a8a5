"""How does a dose summary read in a terminal? Plain lines, one fact each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pelvicrt.foundation import Language, Text
from pelvicrt.radiobiology import ResponseEstimate

if TYPE_CHECKING:
    from pelvicrt.dose.summary import DoseSummary, RepairCase, Scenario, TimeCorrected


def lines_of(summary: DoseSummary, lang: Language) -> tuple[str, ...]:
    """The whole summary, schedule first, warnings last."""
    asked_gy = summary.alpha_beta_gy
    inside = [estimate for estimate in summary.tumour_regression if not estimate.flagged("dose_range")]
    parts = [
        _schedule(summary),
        *_boost(summary),
        *_headline(summary),
        *(_scenario(each) for each in sorted(summary.scenarios, key=lambda each: each.alpha_beta_gy != asked_gy)),
        *([_time(summary.time_corrected)] if summary.time_corrected else []),
        *(_repair(each) for each in summary.incomplete_repair),
        *([summary.spread.flag.text] if summary.spread else []),
        *(_response(each) for each in inside),
        *([_REGRESSION_ONLY] if inside else [_REGRESSION_LEFT_OUT] if summary.tumour_regression else []),
        *(_WARNING.fill(text=each.text) for each in summary.warnings),
    ]
    return tuple(part.say(lang) for part in parts)


def _schedule(summary: DoseSummary) -> Text:
    if summary.fractions == 1:
        return _SINGLE.fill(total=f"{summary.total_gy:g}")
    each = f"{summary.dose_per_fraction_gy:g}"
    return _SCHEDULE.fill(total=f"{summary.total_gy:g}", n=summary.fractions, d=each)


def _boost(summary: DoseSummary) -> list[Text]:
    boost = summary.boost
    if boost is None:
        return []
    words = _BOOST.fill(total=f"{boost.total_gy:g}", n=boost.fractions, d=f"{boost.dose_per_fraction_gy:g}")
    return [words] if summary.boost_included else [words, _BOOST_APART]


def _headline(summary: DoseSummary) -> list[Text]:
    """The answer for the alpha/beta asked for, unless a named scenario gives it anyway."""
    if summary.bed_gy is None or summary.eqd2_gy is None:
        return [_NO_NUMBER]
    if any(each.alpha_beta_gy == summary.alpha_beta_gy for each in summary.scenarios):
        return []
    asked = _HEADLINE.fill(ab=f"{summary.alpha_beta_gy:g}", bed=f"{summary.bed_gy:.2f}", eqd2=f"{summary.eqd2_gy:.2f}")
    return [asked]


def _scenario(each: Scenario) -> Text:
    if each.bed_gy is None or each.eqd2_gy is None:
        return _SCENARIO_EMPTY.fill(name=each.name, ab=f"{each.alpha_beta_gy:g}")
    return _SCENARIO.fill(
        name=each.name, ab=f"{each.alpha_beta_gy:g}", bed=f"{each.bed_gy:.2f}", eqd2=f"{each.eqd2_gy:.2f}"
    )


def _time(each: TimeCorrected) -> Text:
    return _TIME.fill(
        days=f"{each.days:g}",
        ab=f"{each.alpha_beta_gy:g}",
        loss=f"{each.dose_per_day_gy:g}",
        eqd2=f"{each.eqd2_gy:.2f}",
    )


def _repair(each: RepairCase) -> Text:
    return _REPAIR.fill(half=f"{each.half_time_hours:g}", ab=f"{each.alpha_beta_gy:g}", eqd2=f"{each.eqd2_gy:.2f}")


def _response(each: ResponseEstimate) -> Text:
    metric = _EQD2 if each.dose_metric == "eqd2" else _PHYSICAL
    return _RESPONSE.fill(
        endpoint=each.endpoint,
        metric=metric,
        dose=f"{each.dose_gy:.1f}",
        value=f"{100 * each.value:.0f}",
        low=f"{100 * each.low:.0f}",
        high=f"{100 * each.high:.0f}",
    )


_SINGLE = Text("{total} Gy in a single fraction", "{total} Gy 单次")
_SCHEDULE = Text("{total} Gy in {n} fractions of {d} Gy", "{total} Gy/{n} 次，每次 {d} Gy")
_BOOST = Text("then a boost of {total} Gy in {n} fractions of {d} Gy", "其后补量 {total} Gy/{n} 次，每次 {d} Gy")
_BOOST_APART = Text(
    "the boost is not in the numbers below; report it as physical dose",
    "以下数值不含补量；补量请按物理剂量报告",
)
_HEADLINE = Text("alpha/beta {ab} Gy: BED {bed} Gy, EQD2 {eqd2} Gy", "α/β {ab} Gy：BED {bed} Gy，EQD2 {eqd2} Gy")
_NO_NUMBER = Text(
    "no single BED or EQD2: the fractions are too large for the linear-quadratic formula",
    "不给出单一 BED 或 EQD2：每次剂量过大，线性二次模型不适用",
)
_SCENARIO = Text("{name}, {ab} Gy: BED {bed} Gy, EQD2 {eqd2} Gy", "{name}，{ab} Gy：BED {bed} Gy，EQD2 {eqd2} Gy")
_SCENARIO_EMPTY = Text("{name}, {ab} Gy: no single number", "{name}，{ab} Gy：不给出单一数值")
_TIME = Text(
    "with time ({days} days, alpha/beta {ab} Gy and {loss} Gy lost a day, one fit): EQD2 {eqd2} Gy",
    "计入时间（{days} 天，α/β {ab} Gy、每日损失 {loss} Gy，出自同一拟合）：EQD2 {eqd2} Gy",
)
_REPAIR = Text(
    "repair half-time {half} hours, alpha/beta {ab} Gy: EQD2 {eqd2} Gy",
    "修复半时 {half} 小时，α/β {ab} Gy：EQD2 {eqd2} Gy",
)
_EQD2 = Text("EQD2", "EQD2")
_PHYSICAL = Text("physical dose", "物理剂量")
_RESPONSE = Text(
    "{endpoint}: {value} of 100 (likely range {low} to {high}) at {metric} {dose} Gy",
    "{endpoint}：每 100 人约 {value} 人（可能范围 {low}～{high}），{metric} {dose} Gy",
)
_REGRESSION_ONLY = Text(
    "regression in the specimen only: it may not be read as local control or survival",
    "仅指标本退缩：不可当作局部控制或生存",
)
_REGRESSION_LEFT_OUT = Text(
    "tumour regression not shown: the dose lies outside the range the curve was fitted on",
    "不展示肿瘤退缩：剂量超出曲线拟合范围",
)
_WARNING = Text("Note: {text}", "注意：{text}")
