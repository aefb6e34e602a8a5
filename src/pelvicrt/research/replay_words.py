"""Which words does a replay speak in? English and Chinese of every heading, class and quantity a reader meets."""

from __future__ import annotations

from typing import Final

from pelvicrt.foundation import Language, Text
from pelvicrt.research.leave_out import Foreseen
from pelvicrt.research.predict import OutcomeClass

TITLE: Final = Text("Published cohorts replayed", "已发表队列的复演")
LEAD: Final = Text(
    "Each figure beside what a study of these patients would have printed under the model: the middle half and the "
    "middle 95 % of predictions, with parameters, differences between studies and the luck of the patients in them.",
    "每个数字与模型下同类研究本应报告的结果并列：预测的中间 50% 与中间 95% 区间，含参数、研究间差异与抽样误差。",
)
COHORT: Final = Text("Cohort", "队列")
FIGURE: Final = Text("Figure", "指标")
NUMBER: Final = Text("n", "人数")
OBSERVED: Final = Text("Observed", "报告值")
PREDICTED: Final = Text("Predicted", "预测值")
INTERVAL50: Final = Text("50 %", "50% 区间")
INTERVAL95: Final = Text("95 %", "95% 区间")
VERDICT: Final = Text("Inside", "是否落入")
INSIDE: Final = Text("inside", "区间内")
OUTSIDE: Final = Text("outside", "区间外")
MIDDLE: Final = Text("inside the middle half", "中间 50% 内")
SUMMARY: Final = Text("Summary of primary outcomes", "主要结局汇总")
CLASS: Final = Text("Kind of outcome", "结局类别")
FIGURES: Final = Text("Figures", "数字数")
COVERAGE95: Final = Text("in 95 %", "95% 覆盖")
COVERAGE50: Final = Text("in 50 %", "50% 覆盖")
MAE: Final = Text("Mean error", "平均绝对误差")
SIGNED: Final = Text("Predicted minus observed", "预测减报告")
ALL: Final = Text("all", "合计")
NOT_REPLAYED: Final = Text("Not replayed", "未复演")
ASSUMED: Final = Text("Taken where the file does not say", "文件未写明时的假定")
UNUSED: Final = Text("Described but without use in the model", "已描述但模型不使用")
NOT_SCORED: Final = Text("shown, not scored", "仅显示，不计分")
SECONDARY: Final = Text("secondary", "次要")
SLOPE: Final = Text("Calibration slope {value}", "校准斜率 {value}")
SHARPNESS: Final = Text(
    "Median width of the 95 % interval of 3-year survival at 100 patients: {value}",
    "3 年生存率 95% 区间中位宽度（100 例）：{value}",
)
DRAWS: Final = Text("{draws} parameter draws, seed {seed}", "参数抽样 {draws} 次，随机种子 {seed}")
MONTHS: Final = Text("months", "月")
AT: Final = Text("{what}, month {at}", "{what}，第 {at} 个月")
PROPORTION: Final = Text("proportion", "比例")
CAUTION: Final = Text(
    "Agreement of cohorts with a model says nothing of the effect of a treatment; contrasts between observational arms "
    "are not replayed.",
    "队列与模型相符不说明疗效；观察性分组之间的对比不作复演。",
)

CLASSES: Final[dict[OutcomeClass, Text]] = {
    "os": Text("Survival", "总生存"),
    "pfs": Text("Progression-free survival", "无进展生存"),
    "relapse": Text("Recurrence", "复发"),
    "completion": Text("Treatment completed", "治疗完成"),
    "pelvic": Text("Pelvis and operations", "盆腔与手术"),
    "toxicity": Text("Toxicity", "毒性"),
    "response": Text("Response", "缓解"),
    "symptom": Text("Symptoms and stoma", "症状与造口"),
    "regrowth": Text("Watch and wait", "等待观察"),
    "time": Text("Medians", "中位时间"),
}

_ZH: Final = {
    "overall_survival": "总生存率",
    "overall_survival_crude": "粗生存率",
    "median_overall_survival_months": "中位总生存",
    "disease_specific_survival": "疾病特异生存率",
    "cancer_specific_survival": "癌症特异生存率",
    "cause_specific_survival": "病因特异生存率",
    "progression_free_survival": "无进展生存率",
    "median_progression_free_survival_months": "中位无进展生存",
    "disease_free_survival": "无病生存率",
    "recurrence_free_survival": "无复发生存率",
    "relapse_free_survival": "无复发生存率",
    "median_recurrence_free_survival_months": "中位无复发生存",
    "median_disease_free_survival_months": "中位无病生存",
    "disease_free_crude": "无病比例",
    "recurrence_any": "任何复发",
    "any_recurrence": "任何复发",
    "distant_recurrence": "远处复发",
    "distant_progression": "远处进展",
    "local_recurrence": "局部复发",
    "pelvic_recurrence": "盆腔复发",
    "local_recurrence_isolated": "孤立局部复发",
    "treatment_completion": "完成治疗",
    "resection_of_all_sites": "全部病灶切除",
    "resection_completed": "完成切除",
    "completion_of_strategy": "完成策略",
    "all_sites_cleared": "全部病灶清除",
    "any_surgery": "任何手术",
    "primary_resection": "原发灶切除",
    "tme_surgery": "TME 手术",
    "metastases_resection": "转移灶切除",
    "metastases_treated_successfully": "转移灶成功治疗",
    "conversion_to_resectable": "转化为可切除",
    "primary_resection_withheld": "未行原发灶切除",
    "pcr": "病理完全缓解",
    "ypt0": "ypT0",
    "pathological_complete_response": "病理完全缓解",
    "ccr": "临床完全缓解",
    "complete_clinical_response": "临床完全缓解",
    "r0_resection": "R0 切除",
    "grade3plus_toxicity": "3 级及以上毒性",
    "serious_adverse_events": "严重不良事件",
    "postoperative_morbidity": "术后并发症",
    "postoperative_mortality": "术后死亡",
    "mortality_30_day": "30 天死亡",
    "treatment_related_mortality": "治疗相关死亡",
    "primary_symptomatic": "原发灶有症状",
    "symptom_relief": "症状缓解",
    "pelvic_symptom_control": "盆腔症状控制",
    "clinical_response": "临床缓解",
    "sustained_palliation": "持续缓解",
    "stoma": "造口",
    "palliative_surgery_any": "姑息手术",
    "palliative_surgery_cumulative": "姑息手术累积",
    "colostomy_free_survival": "无造口生存",
    "lars_major": "重度 LARS",
    "local_regrowth": "局部再生长",
    "regrowth_free_survival": "无再生长",
    "share_of_regrowth_diagnosed_within_24_months": "24 个月内发现的再生长占比",
    "salvage_surgery": "挽救手术",
    "salvage_surgery_of_regrowth": "挽救手术",
    "pelvic_control_after_salvage": "挽救后盆腔控制",
    "organ_preservation": "器官保留",
    "completed_schedule": "完成者",
    "not_completed": "未完成者",
    "radically_treated": "根治者",
    "primary_resected": "原发灶已切除",
    "primary_not_resected_or_progressed": "未切除或进展",
    "metastases_resected": "转移灶已切除",
    "metastases_not_resected": "转移灶未切除",
    "curative_intent": "根治意图",
    "near_obstructing": "近梗阻",
    "operated": "手术者",
    "regrowth": "再生长者",
    "resectable": "可切除",
    "unresectable": "不可切除",
}


def say(word: str, lang: Language) -> str:
    """A name of the vocabulary as a reader knows it; names without a translation stand as words.

    >>> say("median_overall_survival_months", "en"), say("pcr", "zh")
    ('median overall survival', '病理完全缓解')
    """
    if lang == "zh" and word in _ZH:
        return _ZH[word]
    bare = word.removesuffix("_months") if word.startswith("median_") else word
    return bare.replace("_", " ")


def figure_of(item: Foreseen, lang: Language) -> str:
    """A finding in words: quantity, subgroup, arm, month.

    The study's name stands apart.
    """
    target = item.target
    name = say(target.quantity, lang)
    parts = [say(part, lang) for part in (target.subgroup, target.arm) if part]
    if target.at_months is not None and target.scale == "logit":
        name = AT.fill(what=name, at=f"{target.at_months:g}").say(lang)
    if not parts:
        return name
    return f"{name}（{'，'.join(parts)}）" if lang == "zh" else f"{name} ({', '.join(parts)})"
