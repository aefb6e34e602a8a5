"""What is each fact called, in both languages, and who can supply it? One row per fact, contract and derived."""

from __future__ import annotations

from typing import Final

from pelvicrt.case.facts import CONTRACT_FACTS, DERIVED_FACTS, inputs_of
from pelvicrt.foundation import Text

_SUPPLIERS: Final[dict[str, Text]] = {
    "registry": Text("patient registration", "患者登记"),
    "clinic": Text("treating clinician", "主管医生"),
    "anaesthesia": Text("anaesthetist", "麻醉科"),
    "geriatrics": Text("geriatric assessment", "老年评估"),
    "mri": Text("radiology, rectal MRI", "放射科（直肠 MRI）"),
    "imaging": Text("radiology, staging imaging", "放射科（分期影像）"),
    "endoscopy": Text("endoscopy", "内镜科"),
    "pathology": Text("pathology", "病理科"),
    "genetics": Text("molecular pathology", "分子病理"),
    "hpb": Text("hepatobiliary surgeon", "肝胆外科"),
    "surgery": Text("colorectal surgeon", "结直肠外科"),
    "radiotherapy": Text("radiation oncology records", "放疗科病历"),
    "oncology": Text("treatment records", "治疗记录"),
    "laboratory": Text("laboratory", "检验科"),
    "patient": Text("the patient", "患者本人"),
}

_ROWS: Final[dict[str, tuple[str, str, str]]] = {
    "patient.age": ("age", "年龄", "registry"),
    "patient.sex": ("sex at birth", "出生性别", "registry"),
    "patient.menopausal_status": ("menopausal status", "绝经状态", "clinic"),
    "patient.ecog": ("ECOG performance status", "ECOG 体能状态", "clinic"),
    "patient.ecog_tumour_caused": ("poor performance caused by the tumour", "体能下降由肿瘤引起", "clinic"),
    "patient.karnofsky": ("Karnofsky performance status", "Karnofsky 功能状态", "clinic"),
    "patient.bsa_m2": ("body surface area", "体表面积", "clinic"),
    "patient.asa": ("ASA class", "ASA 分级", "anaesthesia"),
    "patient.charlson": ("Charlson comorbidity index", "Charlson 合并症指数", "clinic"),
    "patient.clinical_frailty_scale": ("clinical frailty scale", "临床衰弱量表", "geriatrics"),
    "patient.g8_score": ("G8 geriatric screening score", "G8 老年筛查评分", "geriatrics"),
    "patient.life_expectancy_months": ("life expectancy", "预计生存期", "clinic"),
    "patient.ibd": ("inflammatory bowel disease", "炎症性肠病", "clinic"),
    "patient.ibd_activity": ("activity of inflammatory bowel disease", "炎症性肠病活动度", "clinic"),
    "patient.connective_tissue_disease": ("connective tissue disease", "结缔组织病", "clinic"),
    "patient.severe_autoimmunity": ("severe active autoimmune disease", "严重活动性自身免疫病", "clinic"),
    "patient.organ_transplant": ("organ transplant in the past", "既往器官移植", "clinic"),
    "patient.prior_pelvic_rt": ("earlier pelvic radiotherapy", "既往盆腔放疗", "radiotherapy"),
    "patient.hip_prosthesis": ("hip prosthesis", "髋关节假体", "clinic"),
    "patient.pelvic_kidney": ("pelvic kidney", "盆腔异位肾", "imaging"),
    "patient.neuropathy_grade": ("peripheral neuropathy grade", "周围神经病变分级", "clinic"),
    "patient.cardiac_thrombotic_risk": ("cardiac and thrombotic risks", "心脏及血栓风险", "clinic"),
    "patient.pregnancy": ("pregnancy", "妊娠", "clinic"),
    "patient.fertility_wish": ("wish to have children", "生育意愿", "patient"),
    "patient.dpyd_activity": ("DPYD activity score", "DPYD 活性评分", "genetics"),
    "patient.ugt1a1": ("UGT1A1 genotype", "UGT1A1 基因型", "genetics"),
    "patient.wexner_score": ("Wexner incontinence score", "Wexner 失禁评分", "surgery"),
    "patient.active_sepsis": ("active sepsis", "活动性脓毒症", "clinic"),
    "symptoms.bleeding": ("bleeding", "出血", "clinic"),
    "symptoms.obstruction": ("obstruction", "梗阻", "clinic"),
    "symptoms.perforation": ("perforation", "穿孔", "imaging"),
    "symptoms.fistula": ("fistula", "瘘", "imaging"),
    "symptoms.pelvic_pain_nrs": ("pelvic pain, 0 to 10", "盆腔疼痛（0～10 分）", "patient"),
    "symptoms.pain_mechanism": ("origin of the pain", "疼痛来源", "clinic"),
    "symptoms.tenesmus": ("tenesmus grade", "里急后重分级", "clinic"),
    "symptoms.discharge": ("rectal discharge grade", "直肠分泌物分级", "clinic"),
    "symptoms.stoma": ("stoma present", "现有造口", "surgery"),
    "symptoms.weight_loss_6mo_percent": ("weight lost in 6 months", "近 6 个月体重下降", "clinic"),
    "primary.histology": ("histology", "组织学类型", "pathology"),
    "primary.distance_anal_verge_cm": ("height above the anal verge", "距肛缘距离", "endoscopy"),
    "primary.distance_anorectal_junction_cm": ("height above the anorectal junction", "距肛管直肠环距离", "mri"),
    "primary.peritoneal_reflection": ("position to the peritoneal reflection", "与腹膜反折的关系", "mri"),
    "primary.sigmoid_takeoff": ("position to the sigmoid take-off", "与乙状结肠起始部的关系", "mri"),
    "primary.length_cm": ("tumour length", "肿瘤长度", "mri"),
    "primary.morphology": ("tumour shape", "肿瘤形态", "mri"),
    "primary.ct": ("clinical T stage", "临床 T 分期", "mri"),
    "primary.emd_mm": ("extramural depth", "壁外浸润深度", "mri"),
    "primary.t4_structures": ("structures invaded", "受侵结构", "mri"),
    "primary.mrf_mm": ("distance to the mesorectal fascia (MRF)", "距直肠系膜筋膜（MRF）距离", "mri"),
    "primary.mrf_by": ("what threatens the mesorectal fascia (MRF)", "威胁直肠系膜筋膜（MRF）的病灶", "mri"),
    "primary.emvi": ("extramural vascular invasion (EMVI)", "壁外血管侵犯（EMVI）", "mri"),
    "primary.cn": ("clinical N stage", "临床 N 分期", "mri"),
    "primary.suspicious_node_count": ("suspicious mesorectal nodes", "可疑系膜淋巴结数", "mri"),
    "primary.nodes_over_10mm": ("nodes over 10 mm", "大于 10 mm 的淋巴结数", "mri"),
    "primary.mesorectal_nodes": ("mesorectal nodes", "直肠系膜淋巴结", "mri"),
    "primary.tumour_deposits": ("tumour deposits", "肿瘤沉积数", "mri"),
    "primary.lateral_nodes": ("lateral lymph nodes", "侧方淋巴结", "mri"),
    "primary.sphincter": ("sphincter invasion", "括约肌侵犯", "mri"),
    "primary.levator_distance_mm": ("distance to the levator muscle", "距肛提肌距离", "mri"),
    "primary.mucinous": ("mucinous tumour on MRI", "MRI 示黏液性肿瘤", "mri"),
    "primary.mri_on": ("date of the rectal MRI", "直肠 MRI 日期", "mri"),
    "primary.in_place": ("primary tumour still in place", "原发灶仍在位", "surgery"),
    "primary.diagnosed_on": ("date the primary was diagnosed", "原发灶诊断日期", "pathology"),
    "primary.resected_on": ("date the primary was resected", "原发灶切除日期", "surgery"),
    "liver.lesion_count": ("liver metastases, number", "肝转移灶数目", "imaging"),
    "liver.largest_mm": ("largest liver metastasis", "最大肝转移灶", "imaging"),
    "liver.distribution": ("liver lobes involved", "肝叶分布", "imaging"),
    "liver.segments": ("liver segments involved", "受累肝段", "imaging"),
    "liver.technical": ("resectability judged by the liver team", "肝胆团队对可切除性的判断", "hpb"),
    "liver.one_stage": ("all lesions removable in one session", "可一期清除全部病灶", "hpb"),
    "liver.extent": ("extent of the liver resection", "肝切除范围", "hpb"),
    "liver.depth_from_surface_mm": ("depth below the liver surface", "距肝表面深度", "hpb"),
    "liver.distance_portal_triad_mm": ("distance to the portal triad", "距门管三联结构距离", "hpb"),
    "liver.hepatic_vein_contact": ("hepatic veins touched", "接触的肝静脉", "hpb"),
    "liver.flr_percent": ("future liver remnant (FLR)", "未来余肝（FLR）", "hpb"),
    "liver.flr_augmentable": ("remnant can be enlarged", "余肝可增大", "hpb"),
    "liver.contiguous_segments_spared": ("contiguous segments spared", "可保留的相邻肝段数", "hpb"),
    "liver.diffuse": ("diffuse liver disease", "弥漫性肝转移", "imaging"),
    "liver.parenchyma": ("liver tissue outside the lesions", "肝实质状态", "imaging"),
    "liver.disappeared_lesions": (
        "lesions no longer visible after systemic therapy",
        "全身治疗后消失的病灶数",
        "imaging",
    ),
    "liver.synchronicity": ("when the liver metastases appeared", "肝转移出现时机", "imaging"),
    "liver.detected_on": ("date the liver metastases were found", "发现肝转移日期", "imaging"),
    "liver.histology_confirmed": ("liver metastasis confirmed by biopsy", "肝转移经活检证实", "pathology"),
    "liver.mri_done": ("liver MRI done", "已行肝脏 MRI", "imaging"),
    "liver.ct_sufficient_per_hpb": ("liver team accepts the CT", "肝胆团队认可 CT 已足够", "hpb"),
    "liver.hpb_review_on": ("date of the liver team's review", "肝胆团队评审日期", "hpb"),
    "elsewhere": ("disease outside pelvis and liver", "盆腔和肝以外的病灶", "imaging"),
    "molecular.mmr": ("mismatch repair", "错配修复状态", "pathology"),
    "molecular.pole": ("POLE/POLD1", "POLE/POLD1", "genetics"),
    "molecular.tmb_per_mb": ("tumour mutational burden", "肿瘤突变负荷", "genetics"),
    "molecular.ras": ("RAS", "RAS", "genetics"),
    "molecular.braf": ("BRAF", "BRAF", "genetics"),
    "molecular.her2": ("HER2", "HER2", "pathology"),
    "labs.cea_ng_ml": ("CEA", "CEA", "laboratory"),
    "labs.haemoglobin_g_dl": ("haemoglobin", "血红蛋白", "laboratory"),
    "labs.platelets_10e9_l": ("platelets", "血小板", "laboratory"),
    "labs.neutrophils_10e9_l": ("neutrophils", "中性粒细胞", "laboratory"),
    "labs.bilirubin_umol_l": ("bilirubin", "胆红素", "laboratory"),
    "labs.albumin_g_l": ("albumin", "白蛋白", "laboratory"),
    "labs.inr": ("INR", "INR", "laboratory"),
    "labs.creatinine_umol_l": ("creatinine", "肌酐", "laboratory"),
    "labs.gfr_ml_min": ("glomerular filtration rate", "肾小球滤过率", "laboratory"),
    "labs.ldh_u_l": ("lactate dehydrogenase", "乳酸脱氢酶", "laboratory"),
    "preferences.organ_preservation": ("wish to keep the rectum", "保留直肠的意愿", "patient"),
    "preferences.avoid_stoma": ("wish to avoid a stoma", "避免造口的意愿", "patient"),
    "preferences.low_treatment_burden": ("wish for little treatment burden", "减轻治疗负担的意愿", "patient"),
    "preferences.sexual_function": ("importance of sexual function", "对性功能的重视程度", "patient"),
    "preferences.survival_over_function": ("survival before function", "生存优先于功能", "patient"),
    "preferences.accepts_surveillance": ("accepts close surveillance", "接受密切随访", "patient"),
    "preferences.travel_km": ("distance to the centre", "到治疗中心的距离", "patient"),
    "preferences.max_rt_weeks": ("longest radiotherapy accepted", "可接受的最长放疗时间", "patient"),
    "preferences.declines": ("treatments declined", "拒绝的治疗", "patient"),
    "treated_so_far": ("treatment given so far", "已接受的治疗", "oncology"),
}

_DERIVED: Final[dict[str, tuple[str, str]]] = {
    "lateral_node_count": ("number of lateral lymph nodes", "侧方淋巴结数目"),
    "lateral_node_max_mm": ("largest lateral lymph node", "最大侧方淋巴结"),
    "lateral_node_max_at_least_mm": ("largest lateral lymph node measured so far", "目前测得的最大侧方淋巴结"),
    "lateral_node_max_after_rt_mm": ("largest lateral lymph node after radiotherapy", "放疗后最大侧方淋巴结"),
    "internal_iliac_max_after_rt_mm": (
        "largest internal iliac node after radiotherapy",
        "放疗后最大髂内淋巴结",
    ),
    "any_lateral_malignant": ("a lateral lymph node that looks malignant", "存在恶性征象的侧方淋巴结"),
    "liver_present": ("liver metastases present", "存在肝转移"),
    "liver_imaging_sufficient": ("liver imaging sufficient", "肝脏影像已足够"),
    "hpb_review_age_days": ("age of the liver team's review", "肝胆团队评审距今天数"),
    "mri_age_days": ("age of the rectal MRI", "直肠 MRI 距今天数"),
    "synchronicity_days": ("days from diagnosis to liver metastases", "诊断至发现肝转移的天数"),
    "liver_after_resection_days": ("days from resection to liver metastases", "原发灶切除至发现肝转移的天数"),
    "extrahepatic_present": ("disease outside pelvis and liver", "盆腔和肝以外存在病灶"),
    "extrahepatic_sites": ("sites outside pelvis and liver", "盆腔和肝以外的部位"),
    "extrahepatic_all_treatable": ("every site elsewhere treatable", "其他部位均可局部治疗"),
    "diffuse_site": ("peritoneal disease", "腹膜转移"),
    "metastasis_count": ("metastases, total number", "转移灶总数"),
    "metastasis_count_at_least": ("metastases counted so far", "目前已计数的转移灶"),
    "prior_pelvic_rt_given": ("earlier pelvic radiotherapy", "既往接受过盆腔放疗"),
    "prior_pelvic_rt_months": ("months since earlier pelvic radiotherapy", "距既往盆腔放疗的月数"),
    "prior_pelvic_rt_total_gy": ("total dose of earlier pelvic radiotherapy", "既往盆腔放疗总剂量"),
    "prior_pelvic_rt_dicom_available": ("plans of earlier radiotherapy at hand", "可取得既往放疗计划"),
    "prior_systemic_given": ("systemic therapy given", "已行全身治疗"),
    "prior_systemic_weeks": ("weeks of systemic therapy given", "已行全身治疗周数"),
    "prior_immunotherapy_given": ("immunotherapy given", "已行免疫治疗"),
    "rt_given_so_far": ("pelvic radiotherapy given for this illness", "本次已行盆腔放疗"),
    "short_course_given_so_far": ("short course given", "已行短程放疗"),
    "long_course_given_so_far": ("long-course chemoradiation given", "已行长程同步放化疗"),
    "days_since_rt_end": ("days since radiotherapy ended", "放疗结束至今天数"),
    "days_since_systemic_end": ("days since systemic therapy ended", "全身治疗结束至今天数"),
    "liver_cleared_so_far": ("liver metastases cleared", "肝转移已清除"),
    "primary_removed": ("primary tumour resected", "原发灶已切除"),
    "ct_group": ("clinical T group", "临床 T 分组"),
    "t_major": ("clinical T category", "临床 T 大类"),
    "is_t1_or_t2": ("T1 or T2", "T1 或 T2"),
    "is_t3": ("T3", "T3"),
    "is_t3ab": ("T3a or T3b", "T3a 或 T3b"),
    "is_t3cd": ("T3c or T3d", "T3c 或 T3d"),
    "is_t3cd_or_t4": ("T3c or deeper", "T3c 或更深"),
    "is_t3ab_or_less": ("T3b or shallower", "T3b 或更浅"),
    "is_t4": ("T4", "T4"),
    "is_t4a": ("T4a", "T4a"),
    "is_t4b": ("T4b", "T4b"),
    "n_major": ("clinical N category", "临床 N 大类"),
    "node_positive": ("involved regional nodes", "区域淋巴结转移"),
    "is_n2": ("N2", "N2"),
    "pregnancy_now": ("pregnant now", "目前妊娠"),
    "bleeding_rank": ("severity of bleeding", "出血严重程度"),
    "obstruction_rank": ("severity of obstruction", "梗阻严重程度"),
    "progression_on_first_line": ("progression under first systemic therapy", "一线全身治疗中进展"),
    "primary_response_latest": ("latest response of the primary tumour", "原发灶最近一次疗效"),
    "liver_response_latest": ("latest response in the liver", "肝转移最近一次疗效"),
    "responded_so_far": ("response to treatment so far", "目前治疗有效"),
    "controlled_so_far": ("disease controlled so far", "目前疾病得到控制"),
}

_INNER: Final[dict[str, tuple[str, str]]] = {
    "id": ("case id", "病例编号"),
    "assessed_on": ("date of assessment", "评估日期"),
    "site": ("site", "部位"),
    "dose_gy": ("dose", "剂量"),
    "fractions": ("fractions", "分次"),
    "end_date": ("end date", "结束日期"),
    "dicom_available": ("plan files at hand", "可取得计划文件"),
    "compartment": ("compartment", "区域"),
    "side": ("side", "侧别"),
    "short_axis_mm": ("short axis", "短径"),
    "malignant_features": ("malignant features", "恶性征象"),
    "post_rt_short_axis_mm": ("short axis after radiotherapy", "放疗后短径"),
    "morphology_flags": ("suspicious shape features, 0 to 3", "可疑形态特征数（0～3）"),
    "mucinous": ("mucinous", "黏液性"),
    "count": ("number", "数目"),
    "largest_mm": ("largest", "最大径"),
    "station": ("node station", "淋巴结站"),
    "treatable": ("treatable locally with curative aim", "可根治性局部治疗"),
    "step": ("kind of treatment", "治疗类型"),
    "start": ("start date", "开始日期"),
    "end": ("end date", "结束日期"),
    "agents": ("drugs", "药物"),
    "cycles": ("cycles", "周期数"),
    "response_primary": ("response of the primary tumour", "原发灶疗效"),
    "response_liver": ("response in the liver", "肝转移疗效"),
    "result": ("result", "结果"),
}
"""Labels of the case's own two fields and of the fields inside lists of records, by last name."""

FACT_LABELS: Final[dict[str, Text]] = {
    **{name: Text(_ROWS[name][0], _ROWS[name][1]) for name in CONTRACT_FACTS},
    **{name: Text(*_DERIVED[name.removeprefix("derived.")]) for name in DERIVED_FACTS},
}
"""What a person calls each fact."""


def _suppliers(name: str) -> Text:
    found = [_SUPPLIERS[code] for code in dict.fromkeys(_ROWS[part][2] for part in inputs_of(name))]
    return Text(" or ".join(text.en for text in found), "或".join(text.zh for text in found))


FACT_SUPPLIERS: Final[dict[str, Text]] = {name: _suppliers(name) for name in FACT_LABELS}
"""Who can supply each fact; for a derived fact, whoever supplies what it is found from."""


def label_of(name: str) -> Text:
    """What a person calls a fact, a field of a list's record (`primary.lateral_nodes.1.side`), `id` or `assessed_on`.

    Raises:
        KeyError: when there is no such name.

    >>> label_of("primary.lateral_nodes.2.side").en
    'lateral lymph nodes 2, side'
    """
    if name in FACT_LABELS:
        return FACT_LABELS[name]
    parent, _, last = name.rpartition(".")
    inner = Text(*_INNER[last])
    if not parent:
        return inner
    listed, _, number = parent.rpartition(".")
    return Text("{a} {n}, {b}", "{a}{n}：{b}").fill(a=FACT_LABELS[listed], n=number, b=inner)
