"""Who the patient is: every fact of one case, each either recorded or UNKNOWN.

Field names are the contract of a case file. A field left out is unknown, never "no". Units are in the name or the
docstring; distances on MRI and lesion sizes are millimetres, heights are centimetres.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal, TypeGuard, TypeVar

from pelvicrt.case.fields import check_values
from pelvicrt.foundation import UNKNOWN, Text, Unknown

T = TypeVar("T")
Misdate = tuple[str, dt.date, Text]

Sex = Literal["female", "male", "other"]
Histology = Literal["adenocarcinoma", "mucinous", "signet_ring", "squamous", "other"]
ClinicalT = Literal["T1", "T2", "T1-2", "T3", "T3a", "T3b", "T3c", "T3d", "T4", "T4a", "T4b", "Tx"]
ClinicalN = Literal["N0", "N1", "N1a", "N1b", "N1c", "N2", "N2a", "N2b", "Nx", "N+"]
Resectability = Literal["resectable", "resectable_with_ablation", "borderline", "unresectable"]
T4Structure = Literal[
    "levator",
    "external_sphincter",
    "prostate",
    "seminal_vesicle",
    "bladder",
    "vagina",
    "uterus",
    "sacrum",
    "sidewall",
    "bowel",
    "other",
]
LiverSegment = Literal["1", "2", "3", "4", "4a", "4b", "5", "6", "7", "8"]
HepaticVein = Literal["right", "middle", "left", "inferior_vena_cava"]
VascularRisk = Literal[
    "coronary_disease", "recent_infarction_or_stroke", "venous_thromboembolism", "uncontrolled_hypertension"
]


class Checked:
    """A record that refuses words and numbers no patient can have."""

    __slots__ = ()

    def __post_init__(self) -> None:
        """Check every field.

        Raises:
            ValueError: naming the field, the value and what is allowed.
        """
        check_values(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorPelvicRt(Checked):
    """One earlier course of pelvic radiotherapy."""

    site: str | Unknown = UNKNOWN
    dose_gy: float | Unknown = UNKNOWN
    fractions: int | Unknown = UNKNOWN
    end_date: dt.date | Unknown = UNKNOWN
    dicom_available: bool | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient(Checked):
    """Age, sex, fitness and what limits treatment. `dpyd_activity` is the gene activity score 0 to 2."""

    age: int | Unknown = UNKNOWN
    sex: Sex | Unknown = UNKNOWN
    menopausal_status: Literal["pre", "peri", "post", "not_applicable"] | Unknown = UNKNOWN
    ecog: int | Unknown = UNKNOWN
    ecog_tumour_caused: bool | Unknown = UNKNOWN
    karnofsky: int | Unknown = UNKNOWN
    bsa_m2: float | Unknown = UNKNOWN
    asa: int | Unknown = UNKNOWN
    charlson: int | Unknown = UNKNOWN
    clinical_frailty_scale: int | Unknown = UNKNOWN
    g8_score: float | Unknown = UNKNOWN
    life_expectancy_months: float | Unknown = UNKNOWN
    ibd: Literal["none", "ulcerative_colitis", "crohn", "unclassified"] | Unknown = UNKNOWN
    ibd_activity: Literal["remission", "active", "fistulising"] | Unknown = UNKNOWN
    connective_tissue_disease: Literal["none", "scleroderma", "lupus", "other"] | Unknown = UNKNOWN
    severe_autoimmunity: bool | Unknown = UNKNOWN
    organ_transplant: bool | Unknown = UNKNOWN
    prior_pelvic_rt: tuple[PriorPelvicRt, ...] | Unknown = UNKNOWN
    hip_prosthesis: Literal["none", "left", "right", "both"] | Unknown = UNKNOWN
    pelvic_kidney: bool | Unknown = UNKNOWN
    neuropathy_grade: int | Unknown = UNKNOWN
    cardiac_thrombotic_risk: tuple[VascularRisk, ...] | Unknown = UNKNOWN
    pregnancy: Literal["not_applicable", "none", "pregnant"] | Unknown = UNKNOWN
    fertility_wish: bool | Unknown = UNKNOWN
    dpyd_activity: float | Unknown = UNKNOWN
    ugt1a1: Literal["*1/*1", "*1/*28", "*28/*28"] | Unknown = UNKNOWN
    wexner_score: int | Unknown = UNKNOWN
    active_sepsis: bool | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Symptoms(Checked):
    """What the primary does to the patient now."""

    bleeding: Literal["none", "minor", "recurrent", "transfusion_dependent", "haemodynamically_unstable"] | Unknown = (
        UNKNOWN
    )
    obstruction: Literal["none", "stenosis_passable", "stenosis_not_passable", "impending", "complete"] | Unknown = (
        UNKNOWN
    )
    perforation: Literal["none", "contained", "free"] | Unknown = UNKNOWN
    fistula: Literal["none", "vesical", "vaginal", "perineal"] | Unknown = UNKNOWN
    pelvic_pain_nrs: int | Unknown = UNKNOWN
    pain_mechanism: Literal["tenesmus", "neuropathic", "bone"] | Unknown = UNKNOWN
    tenesmus: int | Unknown = UNKNOWN
    discharge: int | Unknown = UNKNOWN
    stoma: Literal["none", "loop_ileostomy", "loop_colostomy", "end"] | Unknown = UNKNOWN
    weight_loss_6mo_percent: float | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class LateralNode(Checked):
    """One pelvic side-wall node."""

    compartment: Literal["internal_iliac", "obturator", "external_iliac", "common_iliac"] | Unknown = UNKNOWN
    side: Literal["left", "right"] | Unknown = UNKNOWN
    short_axis_mm: float | Unknown = UNKNOWN
    malignant_features: bool | Unknown = UNKNOWN
    post_rt_short_axis_mm: float | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class MesorectalNode(Checked):
    """One mesorectal node; `morphology_flags` counts round shape, irregular border, heterogeneous signal (0 to 3)."""

    short_axis_mm: float | Unknown = UNKNOWN
    morphology_flags: int | Unknown = UNKNOWN
    mucinous: bool | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Primary(Checked):
    """The rectal tumour on staging MRI. The two heights are two facts; neither is computed from the other."""

    histology: Histology | Unknown = UNKNOWN
    distance_anal_verge_cm: float | Unknown = UNKNOWN
    distance_anorectal_junction_cm: float | Unknown = UNKNOWN
    peritoneal_reflection: Literal["above", "at", "below"] | Unknown = UNKNOWN
    sigmoid_takeoff: Literal["below", "straddling", "above"] | Unknown = UNKNOWN
    length_cm: float | Unknown = UNKNOWN
    morphology: Literal["polypoid", "semi_annular", "annular"] | Unknown = UNKNOWN
    ct: ClinicalT | Unknown = UNKNOWN
    emd_mm: float | Unknown = UNKNOWN
    t4_structures: tuple[T4Structure, ...] | Unknown = UNKNOWN
    mrf_mm: float | Unknown = UNKNOWN
    mrf_by: Literal["tumour", "emvi", "deposit", "node", "not_applicable"] | Unknown = UNKNOWN
    emvi: Literal["absent", "present"] | Unknown = UNKNOWN
    cn: ClinicalN | Unknown = UNKNOWN
    suspicious_node_count: int | Unknown = UNKNOWN
    nodes_over_10mm: int | Unknown = UNKNOWN
    mesorectal_nodes: tuple[MesorectalNode, ...] | Unknown = UNKNOWN
    tumour_deposits: int | Unknown = UNKNOWN
    lateral_nodes: tuple[LateralNode, ...] | Unknown = UNKNOWN
    sphincter: Literal["none", "internal", "intersphincteric", "external"] | Unknown = UNKNOWN
    levator_distance_mm: float | Unknown = UNKNOWN
    mucinous: Literal["absent", "present"] | Unknown = UNKNOWN
    mri_on: dt.date | Unknown = UNKNOWN
    in_place: bool | Unknown = UNKNOWN
    diagnosed_on: dt.date | Unknown = UNKNOWN
    resected_on: dt.date | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Liver(Checked):
    """The liver disease. `technical` is the hepatobiliary team's verdict and needs `hpb_review_on`."""

    lesion_count: int | Unknown = UNKNOWN
    largest_mm: float | Unknown = UNKNOWN
    distribution: Literal["unilobar", "bilobar"] | Unknown = UNKNOWN
    segments: tuple[LiverSegment, ...] | Unknown = UNKNOWN
    technical: Resectability | Unknown = UNKNOWN
    one_stage: bool | Unknown = UNKNOWN
    extent: Literal["minor", "major"] | Unknown = UNKNOWN
    depth_from_surface_mm: float | Unknown = UNKNOWN
    distance_portal_triad_mm: float | Unknown = UNKNOWN
    hepatic_vein_contact: tuple[HepaticVein, ...] | Unknown = UNKNOWN
    flr_percent: float | Unknown = UNKNOWN
    flr_augmentable: bool | Unknown = UNKNOWN
    contiguous_segments_spared: int | Unknown = UNKNOWN
    diffuse: bool | Unknown = UNKNOWN
    parenchyma: (
        Literal["normal", "steatosis", "steatohepatitis", "sinusoidal_obstruction", "fibrosis", "cirrhosis"] | Unknown
    ) = UNKNOWN
    disappeared_lesions: int | Unknown = UNKNOWN
    synchronicity: Literal["synchronous", "early_metachronous", "late_metachronous"] | Unknown = UNKNOWN
    detected_on: dt.date | Unknown = UNKNOWN
    histology_confirmed: bool | Unknown = UNKNOWN
    mri_done: bool | Unknown = UNKNOWN
    ct_sufficient_per_hpb: bool | Unknown = UNKNOWN
    hpb_review_on: dt.date | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Extrahepatic(Checked):
    """One site of disease outside pelvis and liver."""

    site: Literal["lung", "node", "peritoneum", "bone", "brain", "ovary", "adrenal", "other"] | Unknown = UNKNOWN
    count: int | Unknown = UNKNOWN
    largest_mm: float | Unknown = UNKNOWN
    station: str | Unknown = UNKNOWN
    treatable: bool | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Molecular(Checked):
    """Tumour biology."""

    mmr: Literal["proficient", "deficient"] | Unknown = UNKNOWN
    pole: Literal["wild_type", "pathogenic"] | Unknown = UNKNOWN
    tmb_per_mb: float | Unknown = UNKNOWN
    ras: Literal["wild_type", "mutant"] | Unknown = UNKNOWN
    braf: Literal["wild_type", "mutant", "v600e", "other_mutant"] | Unknown = UNKNOWN
    her2: Literal["negative", "positive"] | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Labs(Checked):
    """Blood values at assessment."""

    cea_ng_ml: float | Unknown = UNKNOWN
    haemoglobin_g_dl: float | Unknown = UNKNOWN
    platelets_10e9_l: float | Unknown = UNKNOWN
    neutrophils_10e9_l: float | Unknown = UNKNOWN
    bilirubin_umol_l: float | Unknown = UNKNOWN
    albumin_g_l: float | Unknown = UNKNOWN
    inr: float | Unknown = UNKNOWN
    creatinine_umol_l: float | Unknown = UNKNOWN
    gfr_ml_min: float | Unknown = UNKNOWN
    ldh_u_l: float | Unknown = UNKNOWN


Refusal = Literal["surgery", "radiotherapy", "chemotherapy", "transfusion", "stoma"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences(Checked):
    """What the patient wants, each wish 0 (does not matter) to 10 (matters most); never overrides a safety gate."""

    organ_preservation: int | Unknown = UNKNOWN
    avoid_stoma: int | Unknown = UNKNOWN
    low_treatment_burden: int | Unknown = UNKNOWN
    sexual_function: int | Unknown = UNKNOWN
    survival_over_function: int | Unknown = UNKNOWN
    accepts_surveillance: bool | Unknown = UNKNOWN
    travel_km: float | Unknown = UNKNOWN
    max_rt_weeks: float | Unknown = UNKNOWN
    declines: tuple[Refusal, ...] | Unknown = UNKNOWN


StepKind = Literal[
    "systemic",
    "short_course",
    "long_course",
    "palliative_rt",
    "consolidative_rt",
    "liver_local",
    "tme",
    "simultaneous_surgery",
    "immunotherapy",
    "stoma",
    "transplant",
    "restage",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class TreatedStep(Checked):
    """One step already given."""

    step: StepKind | Unknown = UNKNOWN
    start: dt.date | Unknown = UNKNOWN
    end: dt.date | Unknown = UNKNOWN
    agents: tuple[str, ...] | Unknown = UNKNOWN
    cycles: int | Unknown = UNKNOWN
    dose_gy: float | Unknown = UNKNOWN
    fractions: int | Unknown = UNKNOWN
    response_primary: Literal["complete", "near_complete", "partial", "stable", "progression"] | Unknown = UNKNOWN
    response_liver: Literal["complete", "partial", "stable", "progression"] | Unknown = UNKNOWN
    result: str | Unknown = UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One patient on one day. Dates of findings lie on or before `assessed_on`; treated steps stand in time order."""

    id: str
    assessed_on: dt.date
    patient: Patient = field(default_factory=Patient)
    symptoms: Symptoms = field(default_factory=Symptoms)
    primary: Primary = field(default_factory=Primary)
    liver: Liver = field(default_factory=Liver)
    elsewhere: tuple[Extrahepatic, ...] | Unknown = UNKNOWN
    molecular: Molecular = field(default_factory=Molecular)
    labs: Labs = field(default_factory=Labs)
    preferences: Preferences = field(default_factory=Preferences)
    treated_so_far: tuple[TreatedStep, ...] | Unknown = UNKNOWN

    def __post_init__(self) -> None:
        """Check that nothing already found or given lies in the future and that steps stand in time order.

        Raises:
            ValueError: naming the field.
        """
        wrong = misdated(
            assessed_on=self.assessed_on,
            patient=self.patient,
            primary=self.primary,
            liver=self.liver,
            treated_so_far=self.treated_so_far,
        )
        if wrong:
            raise ValueError("; ".join(f"{name} is {day}; allowed: {allowed.en}" for name, day, allowed in wrong))


def misdated(
    *,
    assessed_on: dt.date,
    patient: Patient,
    primary: Primary,
    liver: Liver,
    treated_so_far: tuple[TreatedStep, ...] | Unknown,
) -> list[Misdate]:
    """Dates that cannot be: the dotted name of each, the date and what it should be."""
    past = Text("a date on or before assessed_on", "不晚于 assessed_on 的日期")
    dates: list[tuple[str, dt.date | Unknown]] = [
        ("primary.mri_on", primary.mri_on),
        ("primary.diagnosed_on", primary.diagnosed_on),
        ("primary.resected_on", primary.resected_on),
        ("liver.detected_on", liver.detected_on),
        ("liver.hpb_review_on", liver.hpb_review_on),
    ]
    for n, course in enumerate(known_items(patient.prior_pelvic_rt), start=1):
        dates.append((f"patient.prior_pelvic_rt.{n}.end_date", course.end_date))
    for n, step in enumerate(known_items(treated_so_far), start=1):
        dates += [(f"treated_so_far.{n}.start", step.start), (f"treated_so_far.{n}.end", step.end)]
    wrong = [(name, day, past) for name, day in dates if isinstance(day, dt.date) and day > assessed_on]
    return wrong + _misordered(known_items(treated_so_far))


def _misordered(steps: tuple[TreatedStep, ...]) -> list[Misdate]:
    wrong: list[Misdate] = []
    latest: dt.date | Unknown = UNKNOWN
    for n, step in enumerate(steps, start=1):
        if _before(step.end, step.start):
            wrong.append(
                (f"treated_so_far.{n}.end", step.end, Text("a date on or after its start", "不早于开始日期的日期"))
            )
        if _before(step.start, latest):
            wrong.append(
                (f"treated_so_far.{n}.start", step.start, Text("steps in order of start", "按开始时间先后排列"))
            )
        latest = latest if step.start is UNKNOWN else step.start
    return wrong


def _before(first: dt.date | Unknown, second: dt.date | Unknown) -> TypeGuard[dt.date]:
    return isinstance(first, dt.date) and isinstance(second, dt.date) and first < second


def known_items(items: tuple[T, ...] | Unknown) -> tuple[T, ...]:
    """The items of a list, none when nobody recorded the list; only for walking over what is there.

    >>> known_items(UNKNOWN), known_items((1, 2))
    ((), (1, 2))
    """
    return items if isinstance(items, tuple) else ()
