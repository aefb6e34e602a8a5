"""Which words are fixed by the product's contract: ids, values and horizons that files and programs rely on."""

from typing import Literal

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

Mark = Literal["V1", "V2", "V3", "M", "D"]
"""How a figure was checked: read at source, read second-hand, computed here, from memory (disabled), own convention."""

Grade = Literal["randomised", "cohort", "indirect", "expert", "assumption"]
EVIDENCE_GRADES: tuple[Grade, ...] = ("randomised", "cohort", "indirect", "expert", "assumption")

Status = Literal[
    "recommended",
    "acceptable",
    "conditional",
    "not_recommended",
    "contraindicated",
    "needs_information",
]
STATUSES: tuple[Status, ...] = (
    "recommended",
    "acceptable",
    "conditional",
    "not_recommended",
    "contraindicated",
    "needs_information",
)

STRATEGY_IDS: tuple[str, ...] = (
    "immunotherapy_first",
    "scrt_chemo_surgery",
    "interval",
    "liver_first",
    "rectum_first",
    "simultaneous",
    "no_rt_surgery",
    "lcrt_tnt",
    "watch_and_wait",
    "palliative_chemo",
    "palliative_rt",
    "consolidative_rt",
    "transplant",
)

CLASSIFICATION_VALUES: dict[str, tuple[str, ...]] = {
    "emergency": (
        "none",
        "decompress_first",
        "decompress_or_fast_track",
        "emergency_surgery",
        "stabilise_first",
        "drain_or_divert_first",
        "unknown",
    ),
    "mmr": ("deficient", "proficient", "unknown"),
    "liver": ("none", "upfront_local", "convertible", "unresectable", "unknown"),
    "pelvis": ("low", "intermediate", "high", "unknown"),
    "fitness": ("fit", "intermediate", "unfit", "unknown"),
    "symptomatic": ("symptomatic", "asymptomatic", "unknown"),
    "oligometastatic": ("oligo", "not_oligo", "induced", "unknown"),
}

OUTCOME_NAMES: tuple[str, ...] = (
    "overall_survival",
    "progression_free_survival",
    "local_recurrence",
    "local_regrowth",
    "distant_progression",
    "all_sites_cleared",
    "complete_clinical_response",
    "pathological_complete_response",
    "r0_resection",
    "organ_preservation",
    "stoma_free",
    "permanent_stoma",
    "pelvic_symptom_free",
    "symptom_relief",
    "grade3plus_toxicity",
    "postoperative_mortality_90d",
    "major_lars",
    "life_months",
    "quality_adjusted_months",
    "treatment_days",
    "cost",
)

AMOUNTS: frozenset[str] = frozenset({"life_months", "quality_adjusted_months", "treatment_days", "cost"})
"""Outcomes told as an amount; every other outcome is a probability."""

LOWER_IS_BETTER: frozenset[str] = frozenset(
    {
        "local_recurrence",
        "local_regrowth",
        "distant_progression",
        "permanent_stoma",
        "grade3plus_toxicity",
        "postoperative_mortality_90d",
        "major_lars",
        "treatment_days",
        "cost",
    }
)
"""Outcomes of which less is better; of all others more is."""

HORIZONS_MONTHS: tuple[int, ...] = (12, 24, 36, 60)
