"""How are verdicts and numbers of a plan said? The words and the rounding that text, pages and reports share."""

from __future__ import annotations

from pelvicrt.dosimetry import NotComputable, Notice
from pelvicrt.foundation import Language, Text
from pelvicrt.plans.results import ConstraintVerdict, PlanEvaluation, Standing

DASH = "–"
SMALLEST_PERCENT = 0.1  # number: smaller chances print as less than this

STANDINGS: dict[Standing, Text] = {
    "met": Text("met", "达标"),
    "missed": Text("goal missed", "未达目标"),
    "exceeded": Text("hard limit exceeded (needs approval)", "超出硬性限值（须审批）"),
    "cannot_be_violated": Text("cannot be violated here, not counted as met", "在此不可能超限，不计为达标"),
    "reported": Text("reported", "仅报告"),
    "cannot_be_judged": Text("cannot be judged", "无法判断"),
}
_MISSED_BY = Text("goal missed by {n} {unit}", "未达目标，差 {n} {unit}")
_EXCEEDED_BY = Text("hard limit exceeded by {n} {unit} (needs approval)", "超出硬性限值 {n} {unit}（须审批）")
_SHORT_BY = Text("hard limit not reached by {n} {unit} (needs approval)", "低于硬性限值 {n} {unit}（须审批）")


def verdict_said(verdict: ConstraintVerdict) -> Text:
    """The verdict in words, with by how much a limit is broken."""
    if verdict.standing not in ("missed", "exceeded") or verdict.margin is None:
        return STANDINGS[verdict.standing]
    lower = verdict.limit.op in (">", ">=")
    words = _MISSED_BY if verdict.standing == "missed" else _SHORT_BY if lower else _EXCEEDED_BY
    return words.fill(n=margin_said(-verdict.margin), unit=verdict.limit.unit)


def number_said(value: float | NotComputable | None, digits: int = 1) -> str:
    """A dose, volume or share as printed; a dash where there is none.

    >>> number_said(24.957), number_said(129.6, 0), number_said(None)
    ('25.0', '130', '–')
    """
    return DASH if value is None or isinstance(value, NotComputable) else f"{value:.{digits}f}"


def margin_said(margin: float) -> str:
    """A margin with so many decimals that one that is not 0 never reads as 0.

    >>> margin_said(2.12), margin_said(0.004), margin_said(0.0)
    ('2.1', '0.004', '0.0')
    """
    for digits in (1, 2, 3, 4):
        if margin == 0 or float(f"{margin:.{digits}f}") != 0:
            return f"{margin:.{digits}f}"
    return f"{margin:.1e}"


def limit_said(verdict: ConstraintVerdict) -> str:
    """The limit with its sign and unit, a dash for what is only reported."""
    row = verdict.limit
    if row.limit is None:
        return DASH
    sign = {"<=": "≤", ">=": "≥"}.get(row.op, row.op)
    return f"{sign} {row.limit:g} {row.unit}"


def chance_said(chance: float) -> str:
    """A chance as a number of 100 patients.

    >>> chance_said(0.1063), chance_said(0.0004), chance_said(0.004), chance_said(0.998)
    ('11', '<0.1', '0.4', '>99')
    """
    percent = 100 * chance
    if percent < SMALLEST_PERCENT:
        return f"<{SMALLEST_PERCENT:g}"
    said = f"{percent:.1f}" if percent < 10 else f"{percent:.0f}"
    return ">99" if said == "100" and chance < 1 else said


def notice_said(notice: Notice, lang: Language) -> str:
    """A notice as one line, with what it is about in front."""
    said = notice.text.say(lang)
    if not notice.about or notice.about in said:
        return said
    return f"{notice.about}{'：' if lang == 'zh' else ': '}{said}"


def course_said(evaluation: PlanEvaluation) -> Text:
    """Prescription, fractions and limits in one line."""
    dose = evaluation.prescribed_gy
    course = _DOSE.fill(dose=f"{dose:g}") if dose is not None else _NO_DOSE
    fractions = _FRACTIONS.fill(n=evaluation.fractions) if evaluation.fractions is not None else _NO_FRACTIONS
    template = evaluation.template.name if evaluation.template is not None else _NO_TEMPLATE
    return _COURSE.fill(dose=course, fractions=fractions, template=template)


_COURSE = Text("{dose}, {fractions}; limits: {template}", "{dose}，{fractions}；限值：{template}")
_DOSE = Text("highest prescribed dose {dose} Gy", "最高处方剂量 {dose} Gy")
_NO_DOSE = Text("prescribed dose not known", "处方剂量不详")
_FRACTIONS = Text("{n} fractions", "{n} 次分次")
_NO_FRACTIONS = Text("number of fractions not known", "分次数不详")
_NO_TEMPLATE = Text("none", "无")
