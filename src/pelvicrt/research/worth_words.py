"""What does a person call a group of parameters, and what is said about the worth of knowing more?"""

from __future__ import annotations

from pelvicrt.foundation import Text

GROUPS: dict[str, Text] = {
    "outcome.background": Text("death from other causes", "其他原因死亡"),
    "outcome.between_centre": Text("differences between centres", "中心间差异"),
    "outcome.biology": Text("how aggressive the disease is", "疾病的生物学侵袭性"),
    "outcome.ccr": Text("clinical complete response", "临床完全缓解"),
    "outcome.crs": Text("clinical risk score", "临床风险评分"),
    "outcome.days": Text("days of treatment", "治疗天数"),
    "outcome.duration": Text("time treatment takes", "治疗所需时间"),
    "outcome.io": Text("immunotherapy", "免疫治疗"),
    "outcome.lars": Text("bowel function after surgery", "术后肠道功能"),
    "outcome.leak": Text("anastomotic leak", "吻合口漏"),
    "outcome.liver": Text("liver resectability and conversion", "肝转移可切除性与转化"),
    "outcome.morbidity": Text("complications of surgery", "手术并发症"),
    "outcome.mortality": Text("operative death", "手术死亡"),
    "outcome.pcr": Text("response of the primary to treatment", "原发灶对治疗的缓解"),
    "outcome.pelvis": Text("pelvic recurrence", "盆腔复发"),
    "outcome.pif": Text("sacral fracture after radiotherapy", "放疗后骶骨骨折"),
    "outcome.plan": Text("how plans are completed", "方案完成情况"),
    "outcome.post_relapse": Text("survival after relapse", "复发后生存"),
    "outcome.primary": Text("complications of the primary", "原发灶并发症"),
    "outcome.regrowth": Text("regrowth under watch and wait", "等待观察中的再生长"),
    "outcome.relapse": Text("relapse after clearance", "清除后复发"),
    "outcome.relapse2": Text("second relapse", "再次复发"),
    "outcome.salvage": Text("treatment of relapse", "复发的挽救治疗"),
    "outcome.stoma": Text("stoma", "造口"),
    "outcome.strength": Text("strength of evidence", "证据强度"),
    "outcome.symptom": Text("pelvic symptoms", "盆腔症状"),
    "outcome.sys": Text("disease under systemic treatment", "系统治疗下的疾病进程"),
    "outcome.toxicity": Text("toxicity of treatment", "治疗毒性"),
    "outcome.transplant": Text("liver transplantation", "肝移植"),
    "outcome.u": Text("quality of life in each state", "各状态的生活质量"),
}

NOTHING_TO_VALUE = Text(
    "no option can be weighed yet, so no knowledge can be priced; first settle: {facts}",
    "目前尚无可权衡的方案，无法估计信息价值；请先明确：{facts}",
)
TITLE = Text("What would knowing more be worth? Case {case}", "多知道一些值多少？病例 {case}")
UNIT = Text("quality-adjusted months", "质量调整月")
EVPI = Text("Knowing everything", "完全知情")
GROUP_HEAD = Text("Knowing a group of figures exactly", "准确知道一组参数")
STUDY_HEAD = Text("A study that has not reported yet", "尚未报告结果的研究")
FACT_HEAD = Text("A fact of this patient", "该患者的一项资料")
EXAMINATION = Text("{name} (can err)", "{name}（可能有误）")
PATIENTS = Text("{n} patients", "{n} 例")
STANDS = Text(
    "{name} is the best option on what is known; chance of being the best {chance}",
    "{name} 为当前最佳方案；为最佳的概率 {chance}",
)
BLIND = Text(
    "No ranking yet: a fact is missing. The figures suppose that the choice had to be made today.",
    "尚缺资料，暂不排序。以下数值假定今天就必须作出选择。",
)
MORE = Text("{n} more worth {least} or less", "另有 {n} 项，价值不超过 {least}")
NO_NOISE = Text(
    "The outcome model is solved, not simulated life by life: a draw has no noise of its own, and the correction is 0.",
    "结局模型为解析求解而非逐例模拟：每次抽样本身无噪声，故相应校正为 0。",
)
READ = Text(
    "Each figure is what the choice would gain on average, per patient, if it could wait for that knowledge; ± is one "
    "standard error over {draws} draws. Near 0 means: no answer would change the choice enough to matter.",
    "每个数值表示若能等到该信息再作选择，平均每位患者可获得的收益；± 为 {draws} 次抽样的一个标准误。"
    "接近 0 表示任何答案都不会使选择有实质改变。",
)
POPULATION = Text(
    "For {n} patients: knowing everything is worth {evpi} quality-adjusted years.",
    "对 {n} 名患者：完全知情价值 {evpi} 个质量调整年。",
)
STUDY_POPULATION = Text("{years} quality-adjusted years for {n} patients", "{n} 名患者合计 {years} 个质量调整年")
NOTE_OF = Text("{name}: {note}", "{name}：{note}")
FROM_M0 = Text("patients without metastases", "无转移患者")
BARS = Text("Worth of knowing, months (bar: 1 standard error)", "信息价值，月（误差线：1 个标准误）")


def group_name(group: str) -> Text:
    """The group's name for people; its id when it has none.

    >>> group_name("outcome.pcr").en
    'response of the primary to treatment'
    """
    return GROUPS.get(group, Text(group, group))
