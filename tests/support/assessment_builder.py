"""Synthetic assessments for tests of the report: every shape the page must be able to show. Numbers are made up."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import numpy as np

from pelvicrt import evidence
from pelvicrt.assessment import Assessed, Assessment
from pelvicrt.case import Case, Labs, Liver, Molecular, Patient, Preferences, Primary, Symptoms
from pelvicrt.classify import Caution, Classification, Finding, GuidelineView, ScoreResult
from pelvicrt.evidence import Cited, Library, Regimen, Seen, Shelf, Source, Step, Study
from pelvicrt.foundation import Reason, Status, Text
from pelvicrt.recommend import (
    Advice,
    Change,
    Comparison,
    ConflictCard,
    Driver,
    MissingFact,
    Ranked,
    Recommendation,
)
from pelvicrt.simulate import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes
from pelvicrt.strategies import Candidate, DatedStep, RegimenDose, Timeline

DRAWS = 400
HORIZON = 60
TODAY = dt.date(2026, 11, 22)
START = dt.date(2026, 5, 11)

SCRT = Regimen(
    id="scrt-25-5",
    name=Text("Short course, 25 Gy in 5", "短程放疗，25 Gy/5 次"),
    family="short_course",
    intent="preoperative",
    total_gy=25,
    fractions=5,
    duration_days=5,
    evidence=(Cited(source="bahadoer-2021-rapido"),),
    grade="randomised",
    mark="V1",
    valid_from=TODAY,
    checked_on=TODAY,
)
LCRT = dataclasses.replace(
    SCRT,
    id="lcrt-50.4-28",
    name=Text("Long course, 50.4 Gy in 28", "长程放疗，50.4 Gy/28 次"),
    family="long_course",
    total_gy=50.4,
    fractions=28,
    duration_days=38,
)

NAMES: dict[str, tuple[Text, Text]] = {
    "interval": (
        Text("Short course, liver surgery in the gap", "短程放疗，间歇期肝切除"),
        Text("Liver surgery inside the gap between radiotherapy and TME", "在放疗与 TME 之间的间歇期行肝切除"),
    ),
    "scrt_chemo_surgery": (
        Text("Short course, chemotherapy, then surgery", "短程放疗→化疗→手术"),
        Text("All sites are treated with systemic therapy first", "先行全身治疗，覆盖所有病灶"),
    ),
    "watch_and_wait": (
        Text("Watch and wait if complete response", "完全缓解则等待观察"),
        Text("The rectum is kept when the response is complete", "临床完全缓解时保留直肠"),
    ),
    "no_rt_surgery": (
        Text("Chemotherapy, then surgery, no radiotherapy", "化疗→手术，不放疗"),
        Text("Radiotherapy is left out", "不做放疗"),
    ),
    "liver_first": (Text("Liver first", "肝优先"), Text("The liver is operated on before the rectum", "先肝后直肠")),
    "simultaneous": (
        Text("Both in one sitting", "同期手术"),
        Text("Liver and rectum in one operation", "肝与直肠同期"),
    ),
    "lcrt_tnt": (
        Text("Long course, total neoadjuvant", "长程放化疗＋全程新辅助"),
        Text("Chemoradiation, then chemotherapy", "同步放化疗后全身化疗"),
    ),
    "transplant": (Text("Liver transplant", "肝移植"), Text("For unresectable liver disease", "用于不可切除的肝转移")),
    "palliative_rt": (
        Text("Palliative radiotherapy", "姑息性放疗"),
        Text("To relieve bleeding and pain", "缓解出血与疼痛"),
    ),
    "palliative_chemo": (Text("Systemic therapy alone", "单纯全身治疗"), Text("Disease control", "控制疾病")),
}


def a_reason(
    text: Text,
    *,
    direction: str = "for",
    grade: str = "cohort",
    mark: str = "V1",
    sources: tuple[str, ...] = ("bahadoer-2021-rapido",),
    from_m0: bool = False,
    facts: tuple[str, ...] = (),
    rule: str = "rule.test",
) -> Reason:
    return Reason(
        rule=rule,
        text=text,
        sources=sources,
        grade=grade,  # type: ignore[arg-type]
        mark=mark,  # type: ignore[arg-type]
        direction=direction,  # type: ignore[arg-type]
        facts=facts,
        from_m0=from_m0,
    )


def _step(step_id: str, kind: str, en: str, zh: str, *, decision: Text | None = None) -> Step:
    return Step(id=step_id, kind=kind, label=Text(en, zh), decision=decision)  # type: ignore[arg-type]


def _plan(kind: str) -> tuple[tuple[Step, ...], Timeline]:
    """Steps and dates of one shape of plan: with short course, with long course, or without radiotherapy."""
    rt = {
        "short": _step("rt", "short_course", "25 Gy in 5", "25 Gy/5 次"),
        "long": _step("rt", "long_course", "50.4 Gy in 28 with capecitabine", "50.4 Gy/28 次，同步卡培他滨"),
    }.get(kind)
    steps = [
        _step("chemo", "systemic", "CAPOX × 4", "CAPOX × 4 周期"),
        _step("liver", "liver_local", "Liver surgery", "肝切除"),
        _step(
            "restage", "restage", "Restage rectum", "直肠再分期", decision=Text("Complete response?", "是否完全缓解？")
        ),
        _step("tme", "tme", "TME", "TME"),
    ]
    days = {"short": 5, "long": 38, "none": 0}[kind]
    start = START
    dated: list[DatedStep] = []
    if rt:
        steps.insert(0, rt)
        dated.append(_dated(rt, start, start + dt.timedelta(days=days - 1)))
    after = start + dt.timedelta(days=days + 14)
    rt_gap = (start + dt.timedelta(days=11), start + dt.timedelta(days=17))
    offsets = {"chemo": (0, 84), "liver": (100, 101), "restage": (128, 129), "tme": (150, 152)}
    for step in steps[1:] if rt else steps:
        first, last = offsets[step.id]
        begin, end = after + dt.timedelta(days=first), after + dt.timedelta(days=last)
        surgical = step.kind in {"liver_local", "tme"}
        dated.append(
            DatedStep(
                step_id=step.id,
                kind=step.kind,
                label=step.label,
                start=begin,
                end=end,
                window=(begin - dt.timedelta(days=10), begin + dt.timedelta(days=18)) if surgical else None,
                preferred=(begin - dt.timedelta(days=3), begin + dt.timedelta(days=5)) if surgical else None,
                hard_stops=(
                    (
                        (
                            *rt_gap,
                            Text(
                                "No TME: 11 to 17 days after radiotherapy began",
                                "禁行 TME：放疗开始后第 11～17 天",
                            ),
                        ),
                    )
                    if step.kind == "tme" and kind == "short"
                    else ()
                ),
                reasons=(a_reason(Text("Rest before surgery", "术前休整"), direction="neutral", grade="expert"),)
                if surgical
                else (),
            )
        )
    timeline = Timeline(
        feasible=True,
        steps=tuple(dated),
        deviations=(
            (
                a_reason(
                    Text("Adjuvant therapy starts 6 days later than preferred", "辅助治疗比首选时间晚 6 天"),
                    direction="against",
                    grade="expert",
                ),
            )
            if kind == "long"
            else ()
        ),
        days_without_systemic=21 if kind == "short" else 35,
        days_to_full_systemic=days + 14,
    )
    return tuple(steps), timeline


def _dated(step: Step, start: dt.date, end: dt.date) -> DatedStep:
    return DatedStep(step_id=step.id, kind=step.kind, label=step.label, start=start, end=end)


def a_candidate(
    strategy: str,
    *,
    plan: str = "short",
    status: Status = "acceptable",
    intent: str = "curative",
    reasons: tuple[Reason, ...] = (),
    missing: tuple[str, ...] = (),
) -> Candidate:
    regimen = {"short": SCRT, "long": LCRT, "none": None}[plan]
    steps, timeline = _plan(plan)
    name, summary = NAMES[strategy]
    doses = (
        ()
        if regimen is None
        else tuple(
            RegimenDose(
                scenario=Text(f"Tumour, alpha/beta {ratio} Gy", f"肿瘤，α/β {ratio} Gy"),
                alpha_beta_gy=float(ratio),
                bed_gy=regimen.total_gy * (1 + regimen.total_gy / regimen.fractions / ratio),
                eqd2_gy=regimen.total_gy * (ratio + regimen.total_gy / regimen.fractions) / (ratio + 2),
                eqd2_time_corrected_gy=None,
                parameter="alpha-beta.rectal-tumour",
            )
            for ratio in (5, 10)
        )
    )
    return Candidate(
        strategy=strategy,
        regimen=regimen,
        name=name,
        summary=summary,
        intent=intent,  # type: ignore[arg-type]
        organ_preservation_policy=strategy == "watch_and_wait",
        status=status,
        preferred=strategy == "interval",
        reasons=reasons,
        missing=missing,
        steps=steps,
        timeline=timeline,
        radiobiology=doses,
        benefits=(Text("Best completion of all steps in the cohorts", "队列中全程完成率最高"),),
        harms=(Text("Needs a fixed date for the liver operation", "须有确定的肝手术日期"),),
        stopping_rules=(Text("Stop when the liver disease grows", "肝病灶进展时停止"),),
    )


def _probability(rng: np.random.Generator, mean: float, common: np.ndarray, spread: float = 0.28) -> np.ndarray:
    logit = np.log(mean / (1 - mean)) + spread * (0.8 * common + 0.6 * rng.standard_normal(DRAWS))
    return 1 / (1 + np.exp(-logit))


def _draws(name: str, months: tuple[float, ...], values: np.ndarray, **more: object) -> OutcomeDraws:
    rng = np.random.default_rng(5)
    noise = rng.standard_normal(values.shape)
    if np.nanmax(values) <= 1:
        inner = np.clip(values, 1e-6, 1 - 1e-6)
        centre = 1 / (1 + np.exp(-(np.log(inner / (1 - inner)) + 0.3 * noise)))
    else:
        centre = values * np.exp(0.1 * noise)
    fields: dict[str, object] = {"grade": "cohort", "from_m0": False, "given": "", **more}
    return OutcomeDraws(
        name=name,
        at_months=months,
        values=values,
        centre_values=centre,
        parameters=("survival.base",),
        sources=("bahadoer-2021-rapido", "van-dijk-2013-m1"),
        **fields,  # type: ignore[arg-type]
    )


PROFILES: dict[str, Mapping[str, float]] = {
    "interval": {"os36": 0.64, "lr36": 0.06, "keep": 0.14, "tox": 0.34, "mort": 0.025, "days": 46, "clear": 0.78},
    "scrt_chemo_surgery": {"os36": 0.62, "lr36": 0.07, "keep": 0.16, "tox": 0.38, "mort": 0.027, "days": 52, "clear": 0.72},
    "watch_and_wait": {"os36": 0.62, "lr36": 0.09, "keep": 0.45, "tox": 0.36, "mort": 0.020, "days": 58, "clear": 0.70},
    "no_rt_surgery": {"os36": 0.61, "lr36": 0.14, "tox": 0.29, "mort": 0.030, "days": 39, "clear": 0.74},
    "liver_first": {"os36": 0.60, "lr36": 0.10, "keep": 0.1, "tox": 0.33, "mort": 0.03, "days": 50, "clear": 0.66},
    "simultaneous": {"os36": 0.60, "lr36": 0.12, "tox": 0.36, "mort": 0.04, "days": 44, "clear": 0.7},
    "lcrt_tnt": {"os36": 0.59, "lr36": 0.06, "keep": 0.22, "tox": 0.36, "mort": 0.024, "days": 66, "clear": 0.66},
    "palliative_rt": {"os36": 0.08, "lr36": 0.4, "tox": 0.12, "days": 9, "relief": 0.72},
    "palliative_chemo": {"os36": 0.1, "lr36": 0.5, "tox": 0.42, "days": 36, "relief": 0.4},
}  # fmt: skip


def some_outcomes(strategy: str, key: str) -> CandidateOutcomes:
    """Made-up draws that share their luck between candidates, as the model's do."""
    profile = PROFILES[strategy]
    common = np.random.default_rng(11).standard_normal(DRAWS)
    rng = np.random.default_rng(sum(map(ord, strategy)))
    months = np.arange(HORIZON + 1)
    alive36 = _probability(rng, profile["os36"], common)
    scale = -np.log(alive36) / 36**1.15
    survival = np.exp(-scale[:, None] * months[None, :] ** 1.15)
    failed36 = _probability(rng, profile["lr36"], common, 0.4)
    recurrence = failed36[:, None] * (1 - np.exp(-months[None, :] / 14)) / (1 - np.exp(-36 / 14))
    times = (12.0, 24.0, 36.0, 60.0)
    at = [12, 24, 36, 60]
    outcomes = [
        _draws("overall_survival", times, survival[:, at]),
        _draws("progression_free_survival", times, survival[:, at] ** 2.4, from_m0=True),
        _draws("local_recurrence", times, recurrence[:, at], grade="randomised", from_m0=True),
        _draws(
            "grade3plus_toxicity", (np.nan,), _probability(rng, profile["tox"], common)[:, None], grade="randomised"
        ),
        _draws("treatment_days", (np.nan,), (profile["days"] * np.exp(0.1 * common))[:, None], grade="expert"),
        _draws("life_months", (np.nan,), survival.sum(axis=1)[:, None]),
        _draws("quality_adjusted_months", (np.nan,), 0.8 * survival.sum(axis=1)[:, None], grade="assumption"),
    ]
    if "clear" in profile:
        outcomes.append(_draws("all_sites_cleared", (np.nan,), _probability(rng, profile["clear"], common)[:, None]))
        stoma = _probability(rng, 0.22, common)[:, None]
        outcomes.append(_draws("permanent_stoma", (np.nan,), stoma, from_m0=True))
        outcomes.append(_draws("major_lars", (np.nan,), _probability(rng, 0.4, common)[:, None], from_m0=True))
    if "keep" in profile:
        kept = np.stack([_probability(rng, profile["keep"] * f, common) for f in (1.5, 1.2, 1.0, 0.7)], axis=1)
        outcomes.append(_draws("organ_preservation", times, kept, grade="indirect", from_m0=True))
    if "mort" in profile:
        dead = _probability(rng, profile["mort"], common)[:, None]
        outcomes.append(
            _draws("postoperative_mortality_90d", (np.nan,), dead, given="every planned operation was done")
        )
    if "relief" in profile:
        outcomes.append(_draws("symptom_relief", (np.nan,), _probability(rng, profile["relief"], common)[:, None]))
    return CandidateOutcomes(
        candidate=key,
        outcomes=tuple(outcomes),
        curves={"overall_survival": survival, "local_recurrence": recurrence},
    )


def _ranked(key: str, status: Status, p_best: float | None, utility: float | None) -> Ranked:
    return Ranked(
        candidate=key,
        status=status,
        utility_mean=utility,
        utility_low=None if utility is None else utility - 6.25,
        utility_high=None if utility is None else utility + 5.5,
        p_best=p_best,
        expected_loss=None if p_best is None else 1.1 - p_best,
    )


def _comparisons(assessed: tuple[Assessed, ...]) -> tuple[Comparison, ...]:
    """Survival and organ preservation of the first option against each other one, from the paired draws."""
    with_draws = [item for item in assessed if item.outcomes]
    found = []
    for other in with_draws[1:]:
        first = with_draws[0].outcomes
        assert first is not None
        assert other.outcomes is not None
        left, right = first.outcome("overall_survival"), other.outcomes.outcome("overall_survival")
        assert left is not None
        assert right is not None
        difference = left.values[:, 2] - right.values[:, 2]
        found.append(
            Comparison(
                a=first.candidate,
                b=other.outcomes.candidate,
                outcome="overall_survival",
                at_months=36,
                difference=float(difference.mean()),
                low=float(np.percentile(difference, 2.5)),
                high=float(np.percentile(difference, 97.5)),
                chance_a_better=float((difference > 0).mean()),
            )
        )
    return tuple(found)


def a_case() -> Case:
    return Case(
        id="example-1",
        assessed_on=dt.date(2026, 5, 4),
        patient=Patient(age=58, sex="male", ecog=0, asa=2),
        symptoms=Symptoms(bleeding="minor", obstruction="none", pelvic_pain_nrs=2),
        primary=Primary(
            histology="adenocarcinoma", distance_anal_verge_cm=6, ct="T3b", cn="N1", mrf_mm=3, sphincter="none"
        ),
        liver=Liver(lesion_count=3, largest_mm=28, distribution="unilobar", technical="resectable", flr_percent=55,
                    segments=("6", "7"), hpb_review_on=dt.date(2026, 4, 28)),
        elsewhere=(),
        molecular=Molecular(mmr="proficient", ras="mutant", braf="wild_type"),
        labs=Labs(cea_ng_ml=35, haemoglobin_g_dl=12.1),
        preferences=Preferences(organ_preservation=8, avoid_stoma=6, low_treatment_burden=3, declines=()),
        treated_so_far=(),
    )  # fmt: skip


def a_classification() -> Classification:
    return Classification(
        emergency=Finding(value="none"),
        mmr=Finding(value="proficient"),
        liver=Finding(
            value="upfront_local",
            reasons=(a_reason(Text("All lesions can be removed now", "所有病灶目前可切除"), grade="expert"),),
        ),
        pelvis=Finding(
            value="unknown",
            reasons=(
                a_reason(
                    Text("EMVI is unknown, not negative", "EMVI 目前是“未知”，不是“阴性”"),
                    direction="neutral",
                    grade="expert",
                    mark="V2",
                    sources=("esmo-rectal-2025",),
                    facts=("primary.emvi",),
                    from_m0=True,
                ),
            ),
            missing=("primary.emvi",),
        ),
        fitness=Finding(value="fit"),
        symptomatic=Finding(value="asymptomatic"),
        oligometastatic=Finding(value="oligo"),
        guideline_views=(
            GuidelineView(
                guideline="esmo-2025",
                name=Text("ESMO 2025", "ESMO 2025"),
                value="unknown",
                value_label=Text("cannot be said", "无法判断"),
                reasons=(),
                missing=("primary.emvi",),
                from_m0=True,
                marks=("V2",),
            ),
            GuidelineView(
                guideline="astro-2024",
                name=Text("ASTRO 2024", "ASTRO 2024"),
                value="intermediate",
                value_label=Text("intermediate", "中危"),
                reasons=(a_reason(Text("T3b N1, MRF clear", "T3b N1，MRF 未受侵"), grade="expert"),),
                missing=(),
                from_m0=True,
                marks=("V1",),
            ),
        ),
        cautions=(
            Caution(
                id="caution.dpyd",
                effect="warning",
                reason=a_reason(
                    Text(
                        "DPYD activity is unknown: test before any fluoropyrimidine",
                        "DPYD 活性未知：用氟尿嘧啶类前须检测",
                    ),
                    direction="against",
                    facts=("patient.dpyd_activity",),
                ),
            ),
        ),
        scores=(
            ScoreResult(
                score="fong-crs",
                name=Text("Clinical risk score", "临床风险评分（CRS）"),
                value=3,
                unit="points",
                group="high",
                group_label=Text("high, 3 of 5", "高危，5 分中 3 分"),
                missing=(),
                validity=Text("Resected liver metastases", "适用于已切除的肝转移"),
                sources=("ayez-crs-2011",),
                mark="V1",
            ),
            ScoreResult(
                score="tbs",
                name=Text("Tumour burden score", "肿瘤负荷评分（TBS）"),
                value=None,
                unit="",
                group="",
                group_label=Text("not known", "未知"),
                missing=("liver.largest_mm",),
                validity=Text("Before resection", "术前"),
                sources=("ayez-crs-2011",),
                mark="V2",
                range=(3.2, 5.8),
            ),
        ),
    )


def _why(text_en: str, text_zh: str, **more: object) -> tuple[Reason, ...]:
    return (a_reason(Text(text_en, text_zh), **more),)  # type: ignore[arg-type]


def the_candidates() -> tuple[tuple[Candidate, Status, float | None, float | None], ...]:
    """Eight candidates with final status, chance of best and utility."""
    return (
        (
            a_candidate("interval", reasons=_why(
                "Liver surgery inside the gap: more patients finish every step", "间歇期肝切除：更多患者完成全部步骤")),
            "recommended", 0.38, 31.2,
        ),
        (
            a_candidate("scrt_chemo_surgery", reasons=(
                *_why("All sites first: 36 of 50 had every site treated radically",
                      "先行全身化疗：50 例中 36 例全部病灶根治性处理", sources=("van-dijk-2013-m1",)),
                *_why("Short course with chemotherapy: more pelvic failure than long course",
                      "短程放疗加化疗：盆腔失败多于长程", direction="against", grade="randomised", from_m0=True,
                      mark="V2"))),
            "acceptable", 0.31, 30.4,
        ),
        (
            a_candidate("watch_and_wait", plan="long", status="conditional", reasons=_why(
                "Regrowth is common within two years", "两年内局部再生常见", direction="against", from_m0=True)),
            "conditional", 0.2, 29.9,
        ),
        (
            a_candidate("no_rt_surgery", plan="none", status="needs_information", missing=("primary.emvi",),
                        reasons=_why("If EMVI is present, one guideline calls the pelvis high risk",
                                     "若 EMVI 阳性，有指南判为盆腔高危", direction="against", grade="expert", mark="D",
                                     sources=("pelvicrt-convention",), facts=("primary.emvi",))),
            "needs_information", 0.07, 28.8,
        ),
        (a_candidate("liver_first"), "acceptable", 0.02, 28.1),
        (a_candidate("simultaneous", plan="none"), "acceptable", 0.01, 27.9),
        (
            a_candidate("lcrt_tnt", plan="long", status="conditional", reasons=_why(
                "Full-dose chemotherapy starts five weeks later", "推迟足量化疗 5 周", direction="against")),
            "conditional", 0.01, 27.5,
        ),
        (
            a_candidate("transplant", plan="none", status="contraindicated", reasons=_why(
                "The liver can be resected", "肝转移可切除", direction="block", grade="expert")),
            "contraindicated", None, None,
        ),
    )  # fmt: skip


def _assessed(rows: tuple[tuple[Candidate, Status, float | None, float | None], ...]) -> tuple[Assessed, ...]:
    return tuple(
        Assessed(
            candidate=candidate,
            outcomes=some_outcomes(candidate.strategy, candidate.key) if p_best is not None else None,
            ranked=_ranked(candidate.key, status, p_best, utility),
        )
        for candidate, status, p_best, utility in rows
    )


def _simulated(strategies: tuple[Assessed, ...]) -> SimulatedOutcomes:
    return SimulatedOutcomes(
        draws=DRAWS,
        seed=20260504,
        model_id="pelvis-liver-1",
        horizon_months=HORIZON,
        by_candidate={item.outcomes.candidate: item.outcomes for item in strategies if item.outcomes},
        assumed={},
        parameter_draws={},
        parameter_hash="0a1b2c3d4e5f",
    )


def some_conflicts() -> tuple[ConflictCard, ...]:
    return (
        ConflictCard(
            conflict="height-without-rt",
            question=Text("May radiotherapy be left out at this height?", "这个高度能否不做放疗？"),
            behaviour=Text(
                "Sources are never averaged. The team's reason for choosing one is recorded with the decision.",
                "不对各来源取平均。团队采用哪一种意见的理由将随决定一并记录。",
            ),
            positions=(
                (Text("ASTRO 2020", "ASTRO 2020"), Text("above 10 cm and N0", "肛缘上 >10 cm 且 N0"),
                 Text("the option without radiotherapy falls away", "排除不放疗方案"), ("astro-rectal-2020",), "V1"),
                (Text("ASTRO 2024", "ASTRO 2024"), Text("above 5 cm, EMVI absent", "肛缘上 >5 cm 且 EMVI 阴性"),
                 Text("it stays open if EMVI is absent", "EMVI 阴性时保留"), ("astro-rectal-2024",), "V2"),
            ),
            concerns=("no_rt_surgery",),
            patient_value=6.0,
            disputed=(5.0, 10.0),
            unit="cm",
            thresholds=((5.0, Text("2024: above 5", "2024：>5")), (10.0, Text("2020: above 10", "2020：>10"))),
        ),
        ConflictCard(
            conflict="which-first",
            question=Text("Which organ first?", "先治哪一处？"),
            behaviour=Text(
                "Observational data, patients were selected, no randomised comparison exists.",
                "均为观察性数据，存在选择偏倚，尚无随机对照。",
            ),
            positions=(
                (Text("Dutch centres", "荷兰中心"), Text("the interval strategy", "间歇期方案"),
                 Text("liver inside the gap", "间歇期切肝"), ("van-dijk-2013-m1",), "V1"),
            ),
            concerns=("interval", "liver_first"),
            patient_value=None,
            disputed=None,
            unit="",
        ),
    )  # fmt: skip


def some_missing() -> tuple[MissingFact, ...]:
    return (
        MissingFact(
            fact="primary.emvi",
            label=Text("EMVI on the staging MRI", "分期 MRI 的 EMVI"),
            value_qalm=0.31,
            value_low=0.1,
            value_high=0.6,
            chance_changes_advice=0.31,
            who=Text("Radiology: re-read the existing MRI, no new scan", "放射科：重阅现有 MRI，无需再扫描"),
            blocks=("no_rt_surgery",),
        ),
        MissingFact(
            fact="primary.lateral_nodes",
            label=Text("Lateral lymph nodes, short axis", "侧方淋巴结短径"),
            value_qalm=0.1,
            value_low=0.02,
            value_high=0.2,
            chance_changes_advice=0.09,
            who=Text("Radiology: re-read the existing MRI", "放射科：重阅现有 MRI"),
        ),
    )


def _recommendation(leader: str | None, alternatives: tuple[str, ...]) -> Recommendation:
    return Recommendation(
        strategy=leader,
        equipoise=bool(alternatives),
        alternatives=alternatives,
        headline=Text(
            "No clear winner between liver surgery in the gap and chemotherapy first",
            "间歇期肝切除与先化疗难分优劣",
        )
        if alternatives
        else Text("Short course with liver surgery in the gap is probably best", "短程放疗加间歇期肝切除很可能是最优选择"),
        explanation=Text(
            "They differ by less than the evidence can tell. What separates them is time without full chemotherapy.",
            "两者的差别小于现有证据能分辨的程度。真正区别在于多久不能足量化疗。",
        ),
        drivers=(
            Driver(text=Text("Fewer weeks without systemic therapy", "无全身治疗的时间更短"), effect_qalm=0.6,
                   sources=("van-dijk-2013-m1",)),
            Driver(text=Text("More chances that every site is cleared", "全部病灶清除的机会更大"), effect_qalm=0.4),
            Driver(text=Text("One more operation date to keep", "多一个须落实的手术日期"), effect_qalm=-0.3),
        ),
        would_change_it=(
            Change(what=Text("Liver surgery held on date", "肝手术如期"), to="scrt_chemo_surgery:scrt-25-5",
                   low_label=Text("certain", "确定"), high_label=Text("slips 6 weeks", "延迟 6 周"),
                   low_difference=0.6, high_difference=-0.85, flips=True, kind="assumption"),
            Change(what=Text("EMVI", "EMVI"), to="scrt_chemo_surgery:scrt-25-5",
                   low_label=Text("absent", "阴性"), high_label=Text("present", "阳性"),
                   low_difference=0.2, high_difference=-0.4, flips=True, kind="fact"),
            Change(what=Text("Weight of keeping the rectum", "保留直肠的权重"), to="watch_and_wait:lcrt-50.4-28",
                   low_label=Text("0", "0"), high_label=Text("10", "10"),
                   low_difference=0.5, high_difference=0.1, flips=False, kind="preference"),
        ),
        evpi_qalm=0.8,
    )  # fmt: skip


def an_assessment() -> Assessment:
    """Eight candidates, unknown facts, two disputes, a tie between two options."""
    strategies = _assessed(the_candidates())
    leader, second = strategies[0].candidate.key, strategies[1].candidate.key
    third, fourth = strategies[2].candidate.key, strategies[3].candidate.key
    return Assessment(
        id="0f1e2d3c4b5a",
        case=a_case(),
        created_at=dt.datetime(2026, 5, 4, 10, 12, tzinfo=dt.UTC),
        version="0.1.0",
        library_hash="9f3a1c00aa11",
        evidence_date=TODAY,
        model_id="pelvis-liver-1",
        seed=20260504,
        draws=DRAWS,
        classification=a_classification(),
        strategies=strategies,
        simulated=_simulated(strategies),
        advice=Advice(
            ranked=tuple(item.ranked for item in strategies),
            recommendation=_recommendation(leader, (second,)),
            comparisons=_comparisons(strategies),
            preference_strips={
                "organ_preservation": (fourth, fourth, *("tie",) * 7, third, third),
                "avoid_stoma": (*("tie",) * 10, third),
                "low_treatment_burden": (*("tie",) * 5, *(leader,) * 4, fourth, fourth),
            },
            missing_information=some_missing(),
            conflicts=some_conflicts(),
            warnings=(Text("Predictions come from patients treated 2007 to 2022", "预测依据 2007～2022 年治疗的患者"),),
        ),
        warnings=(Text("DPYD activity is unknown", "DPYD 活性未知"),),
        citations=("bahadoer-2021-rapido", "van-dijk-2013-m1", "esmo-rectal-2025", "pelvicrt-convention"),
    )


def one_option() -> Assessment:
    base = an_assessment()
    first = base.strategies[0]
    shut = tuple(
        dataclasses.replace(
            item,
            outcomes=None,
            ranked=_ranked(item.candidate.key, "contraindicated", None, None),
        )
        for item in base.strategies[1:]
    )
    strategies = (dataclasses.replace(first, ranked=_ranked(first.candidate.key, "recommended", 1.0, 31.0)), *shut)
    recommendation = dataclasses.replace(
        _recommendation(first.candidate.key, ()),
        headline=Text("One option is open", "只有一个方案可行"),
        would_change_it=(),
    )
    return _with(base, strategies, recommendation, comparisons=(), preference_strips={})


def none_open() -> Assessment:
    base = an_assessment()
    strategies = tuple(
        dataclasses.replace(item, outcomes=None, ranked=_ranked(item.candidate.key, "contraindicated", None, None))
        for item in base.strategies
    )
    recommendation = dataclasses.replace(
        _recommendation(None, ()),
        headline=Text("No option is open", "没有可行的方案"),
        explanation=Text("Each option meets a stop; the reasons are listed below.", "每个方案都有禁忌，理由见下。"),
        drivers=(),
        would_change_it=(),
        evpi_qalm=None,
    )
    return _with(base, strategies, recommendation, comparisons=(), preference_strips={})


def blocked() -> Assessment:
    """Mismatch repair is unknown, so nothing is ranked."""
    base = an_assessment()
    strategies = tuple(
        dataclasses.replace(
            item,
            outcomes=None,
            candidate=dataclasses.replace(item.candidate, missing=("molecular.mmr",)),
            ranked=_ranked(item.candidate.key, "needs_information", None, None),
        )
        for item in base.strategies
    )
    recommendation = dataclasses.replace(
        _recommendation(None, ()),
        headline=Text(
            "No ranking yet: mismatch repair is unknown and decides the first step",
            "暂不排序：错配修复状态未知，而它决定第一步",
        ),
        explanation=Text("Pathology can supply it.", "可请病理科补充。"),
        drivers=(),
        would_change_it=(),
        evpi_qalm=None,
    )
    missing = (
        dataclasses.replace(
            some_missing()[0],
            fact="molecular.mmr",
            label=Text("Mismatch repair", "错配修复状态"),
            who=Text("Pathology: immunohistochemistry on the biopsy", "病理科：活检组织免疫组化"),
            blocks=tuple(item.candidate.key for item in base.strategies),
        ),
    )
    changed = _with(base, strategies, recommendation, comparisons=(), preference_strips={}, missing_information=missing)
    classification = dataclasses.replace(base.classification, mmr=Finding(value="unknown", missing=("molecular.mmr",)))
    return dataclasses.replace(changed, classification=classification)


def emergency() -> Assessment:
    base = an_assessment()
    finding = Finding(
        value="decompress_first",
        reasons=(
            a_reason(
                Text("The lumen is about to close", "肠腔即将闭塞"),
                direction="block",
                grade="expert",
                sources=("wses-obstruction-perforation-2017",),
                facts=("symptoms.obstruction",),
            ),
        ),
    )
    return dataclasses.replace(base, classification=dataclasses.replace(base.classification, emergency=finding))


def palliative() -> Assessment:
    base = an_assessment()
    rows = (
        (a_candidate("palliative_rt", intent="palliative"), "recommended", 0.84, 9.0),
        (a_candidate("palliative_chemo", plan="none", intent="disease_control"), "acceptable", 0.16, 8.1),
    )
    strategies = _assessed(rows)  # type: ignore[arg-type]
    recommendation = dataclasses.replace(
        _recommendation(strategies[0].candidate.key, ()),
        headline=Text("Palliative radiotherapy is probably the best choice", "姑息性放疗很可能是最优选择"),
        would_change_it=(),
    )
    return _with(base, strategies, recommendation, comparisons=(), preference_strips={}, conflicts=())


def _with(
    base: Assessment, strategies: tuple[Assessed, ...], recommendation: Recommendation, **advice: object
) -> Assessment:
    return dataclasses.replace(
        base,
        strategies=strategies,
        simulated=_simulated(strategies),
        advice=dataclasses.replace(
            base.advice,
            ranked=tuple(item.ranked for item in strategies),
            recommendation=recommendation,
            **advice,  # type: ignore[arg-type]
        ),
    )


def a_library(follow_up_months: float | None = None) -> Library:
    """A library that holds only the sources the synthetic assessment cites; with a follow-up, one is a study."""

    def source(source_id: str, title: str, **more: object) -> Source:
        return Source(
            id=source_id,
            title=title,
            kind="trial",
            mark="V1",
            seen=Seen(what="abstract", on=TODAY),
            **more,  # type: ignore[arg-type]
        )

    rows = (
        source(
            "bahadoer-2021-rapido",
            "Short-course radiotherapy followed by chemotherapy before total mesorectal excision (RAPIDO)",
            first_author="Bahadoer",
            journal="Lancet Oncol",
            year=2021,
            volume="22",
            pages="29-42",
        ),
        source(
            "van-dijk-2013-m1",
            "Evaluation of short-course radiotherapy followed by neoadjuvant bevacizumab, capecitabine, and oxaliplatin",
            first_author="van Dijk",
            journal="Ann Oncol",
            year=2013,
        ),
        source("esmo-rectal-2025", "Localised rectal cancer: clinical practice guideline", year=2025),
        source("pelvicrt-convention", "Conventions of this software"),
    )
    made = Library()
    studies: dict[str, Study] = {}
    if follow_up_months is not None:
        finding = evidence.Finding(quantity="overall_survival", value=0.5, at_months=follow_up_months)
        studies[rows[0].id] = Study(
            source=rows[0], topic="pelvic", design="randomised", population="made up", findings=(finding,)
        )
    made._shelves = {"sources": Shelf("sources", {row.id: row for row in rows}), "studies": Shelf("studies", studies)}
    return made
