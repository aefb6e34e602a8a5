"""In which words is advice given? Headlines, explanations and labels, both languages, one place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pelvicrt.case import FACT_LABELS, FACT_SUPPLIERS, label_of
from pelvicrt.foundation import Text
from pelvicrt.strategies import Candidate

CAPPED: Final = Text(
    "Watch and wait is not put first by the model alone: metastatic patients were seldom studied. It can lead when the "
    "wish to keep the rectum is recorded at {wish} or more of 10 and the liver can be cleared or controlled",
    "等待观察不单凭模型列为首选：有转移患者的数据很少。只有在记录的保留直肠意愿达到 {wish} 分及以上（满分 10 分）"
    "且肝转移可清除或得到控制时，才可居首位",
)
EMERGENCY: Final[dict[str, Text]] = {
    "decompress_first": Text("the bowel is obstructed and must be decompressed", "肠梗阻，须先减压"),
    "decompress_or_fast_track": Text("impending obstruction", "即将梗阻"),
    "emergency_surgery": Text("emergency surgery is needed", "需要急诊手术"),
    "stabilise_first": Text("bleeding must be stopped and the patient stabilised", "须先止血并稳定病情"),
    "drain_or_divert_first": Text("sepsis or fistula must be drained or diverted", "感染或瘘须先引流或转流"),
}
NO_OPTION: Final = Text("No option is open", "目前没有可选方案")
ACT_FIRST: Final = Text(
    "Act first: {what}. Ranking is folded until this is settled", "先处理急症：{what}。处理前不展示方案排序"
)
NO_RANKING_EMERGENCY: Final = Text(
    "No ranking yet: whether this is an emergency cannot be said, because this is not recorded: {facts}. To be "
    "supplied by {who}",
    "暂不排序：以下资料未记录，无法判断是否为急症：{facts}。可请{who}补充",
)
NO_RANKING: Final = Text(
    "No ranking yet, because this is unknown and decides the first step: {facts}. To be supplied by {who}",
    "暂不排序：以下资料未知，而它决定第一步：{facts}。可请{who}补充",
)
ONLY_CAPPED: Final = Text(
    "No ranking yet: watch and wait is open, but how much keeping the rectum matters to the patient is not recorded",
    "暂不排序：等待观察可选，但尚未记录患者对保留直肠的意愿",
)
ONE_OPTION: Final = Text("One option is open: {a}", "仅有一个可选方案：{a}")
ONE_CONDITIONAL: Final = Text("One option is open, on a condition: {a}", "仅有一个有条件可选的方案：{a}")
ONE_FREE: Final = Text("One option is open without a condition: {a}", "仅有一个无附加条件的可选方案：{a}")
TIE: Final = Text(
    "No clear winner between {list}. They differ by less than the evidence can tell",
    "{list}难分优劣：差别小于现有证据能分辨的程度",
)
PROBABLY: Final = Text("{a} is probably the best choice (chance {p} %)", "{a}很可能是最优选择（把握 {p}%）")
VERY_PROBABLY: Final = Text("{a} is very probably the best choice (chance {p} %)", "{a}极可能是最优选择（把握 {p}%）")
PLAINLY: Final = Text("{a} is the best choice (chance {p} %)", "{a}是最优选择（把握 {p}%）")

EXPLAIN_STOP: Final = Text(
    "Nothing is put first while this is open. Options not depending on it: {n}; all are listed with their status.",
    "该问题解决之前不推出首选。不受其影响的方案：{n} 个；所有方案仍按各自状态列出。",
)
EXPLAIN_NONE: Final = Text(
    "Every option is ruled out; each one below says by which rule.", "所有方案均被排除；下方逐一说明依据的规则。"
)
EXPLAIN_ONE: Final = Text(
    "No other option passed the safety rules, so there is nothing to weigh it against.",
    "没有其他方案通过安全规则，因此无从比较。",
)
EXPLAIN_LEAD: Final = Text(
    "{a} is ahead of {b} by {d} quality-adjusted months on average (likely range {low} to {high}) and better in {p} % "
    "of paired draws.",
    "平均而言，{a}比{b}多 {d} 个质量调整生存月（可能范围 {low}～{high}），在 {p}% 的配对抽样中更优。",
)
EXPLAIN_PREFERRED: Final = Text(
    "Outcomes cannot separate them; {a} is named first because a source prefers it in this situation.",
    "结局无法区分它们；因有来源在此情形下优先选用{a}，故将其列在最前。",
)
EXPLAIN_CONDITION: Final = Text(
    "{b} would be ahead by {d} quality-adjusted months if its condition is met.",
    "若满足其条件，{b}将领先 {d} 个质量调整生存月。",
)
EXPLAIN_NO_WISHES: Final = Text("No wishes are recorded, so none is weighed.", "尚未记录患者意愿，因此未计入任何意愿。")
EXPLAIN_WISHES: Final = Text(
    "Recorded wishes weighed: {used}. Not recorded, so weighing nothing: {unused}.",
    "已计入的意愿：{used}。未记录、因此不计权重：{unused}。",
)

LEADS: Final = Text("Highest expected utility among the options that may stand first", "在可居首位的方案中期望效用最高")
TIED: Final = Text("Outcomes cannot tell it apart from the leader", "结局无法将其与首位方案区分")
TIE_BROKEN: Final = Text(
    "A source prefers it here and outcomes cannot separate it from the others",
    "有来源在此情形下优先选用，且结局无法将其与其他方案区分",
)
BEHIND: Final = Text(
    "{d} quality-adjusted months behind the leader on average", "平均比首位方案少 {d} 个质量调整生存月"
)
HELD_BY_GATE: Final = Text(
    "Not ranked: a safety rule or a missing fact stands before any weighing",
    "不参与排序：安全规则或缺失信息优先于任何权衡",
)
CONDITION_KEPT: Final = Text(
    "Stays conditional: outcomes do not remove its condition", "仍为有条件可选：结局不能免除其条件"
)

FROM_M0: Final = Text(
    "From M0: the figures marked so ({n} of the outcomes shown) are read across from patients without metastases",
    "外推自 M0：标有此记号的数字（所示结局中的 {n} 项）来自无远处转移的患者",
)
FROM_M0_VIEW: Final = Text(
    "From M0: {names} speak about patients without metastases; their pelvic risk class is shown, not followed blindly",
    "外推自 M0：{names}针对无远处转移的患者；其盆腔风险分级仅作展示，不盲目照搬",
)
OBSERVATIONAL: Final = Text(
    "Observational: no randomised trial compares the order of liver and rectal treatment; the order is ranked by "
    "simulation with wide uncertainty",
    "观察性证据：肝脏与直肠治疗的先后顺序没有随机对照试验；此处依模拟排序，不确定性较大",
)
UNUSED_WISH: Final = Text(
    "The wish about {wish} is recorded but not weighed: no outcome of the model speaks about it for every option",
    "已记录关于{wish}的意愿，但未计入：模型没有适用于所有方案的对应结局",
)


def names_of(candidates: Sequence[Candidate]) -> dict[str, Text]:
    """A name for each option by key, with its schedule where one strategy stands more than once."""
    return {item.key: _name(item, candidates) for item in candidates}


def _name(candidate: Candidate, candidates: Sequence[Candidate]) -> Text:
    alike = [other for other in candidates if other.name == candidate.name]
    if len(alike) < 2 or candidate.regimen is None:
        return candidate.name
    return Text(
        f"{candidate.name.en} ({candidate.regimen.short_name.en})",
        f"{candidate.name.zh}（{candidate.regimen.short_name.zh}）",
    )


def listed(texts: Sequence[Text], *, most: int = 4) -> Text:
    """Several names as one phrase; beyond `most`, how many more.

    >>> listed([Text("A", "甲"), Text("B", "乙"), Text("C", "丙")]).en
    'A, B and C'
    """
    shown, more = texts[:most], len(texts) - most
    if len(texts) == 1:
        return texts[0]
    if more > 0:
        return Text(
            f"{', '.join(t.en for t in shown)} and {more} more",
            f"{'、'.join(t.zh for t in shown)}等 {len(texts)} 个方案",
        )
    return Text(
        f"{', '.join(t.en for t in shown[:-1])} and {shown[-1].en}",
        f"{'、'.join(t.zh for t in shown[:-1])}与{shown[-1].zh}",
    )


def percent(chance: float) -> Text:
    """A chance in whole percent, rounded down so that it never claims the rung above; never 100.

    >>> percent(0.749).en, percent(1.0).en
    ('74', 'over 99')
    """
    whole = int(100 * chance + _DUST)
    return Text("over 99", "超过 99") if whole == 100 else Text(f"{whole}", f"{whole}")


_DUST: Final = 1e-9
"""Keeps .29 from being printed as 28."""


def joined(texts: Sequence[Text]) -> Text:
    """Sentences one after the other."""
    return Text(" ".join(t.en for t in texts), "".join(t.zh for t in texts))


def plain_list(texts: Sequence[Text]) -> Text:
    """Labels as a bare list; "none" when empty."""
    if not texts:
        return Text("none", "无")
    return Text(", ".join(t.en for t in texts), "、".join(t.zh for t in texts))


CLASS_LABELS: Final[dict[str, Text]] = {
    "class.emergency": Text("emergency class", "急症分类"),
    "class.mmr": Text("mismatch repair class", "错配修复分类"),
    "class.liver": Text("liver resectability class", "肝转移可切除性分类"),
    "class.pelvis": Text("pelvic risk class", "盆腔复发风险分级"),
    "class.fitness": Text("fitness class", "体能分类"),
    "class.symptomatic": Text("symptom class", "症状分类"),
    "class.oligometastatic": Text("oligometastatic class", "寡转移分类"),
}
CLINICIAN: Final = Text("treating clinician", "主管医生")


def fact_label(fact: str) -> Text:
    """What a person calls a fact or a class.

    >>> fact_label("class.pelvis").en
    'pelvic risk class'
    """
    return CLASS_LABELS.get(fact) or label_of(fact)


def supplier(facts: Sequence[str]) -> Text:
    """Who can supply these facts, each named once.

    >>> supplier(["class.pelvis"]).en
    'treating clinician'
    """
    who = [FACT_SUPPLIERS.get(fact, CLINICIAN) for fact in facts if fact in FACT_LABELS] or [CLINICIAN]
    return listed(list(dict.fromkeys(who)))


def facts_label(facts: Sequence[str], *, most: int = 3) -> Text:
    """The names of some facts as a phrase."""
    return plain_list([fact_label(fact) for fact in facts[:most]])
