"""Builders of candidates and cases for the tests of simulate: plans of the outcome model text, section 2.2."""

import datetime as dt
from dataclasses import replace

from pelvicrt.case import Case, Labs, Liver, Molecular, Patient, Primary, Symptoms
from pelvicrt.classify.results import Classification, Finding
from pelvicrt.evidence import Regimen, Step, library
from pelvicrt.foundation import Text
from pelvicrt.strategies.results import Candidate, Timeline

WORDS = Text("plan", "方案")


def steps(spec: str) -> tuple[Step, ...]:
    """`"short_course wait:1.5 systemic:18 restage"` as steps; `systemic:18:folfoxiri` names agents."""
    out = []
    for number, word in enumerate(spec.split()):
        kind, *rest = word.split(":")
        weeks = float(rest[0]) if rest and rest[0] else None
        agents = tuple(rest[1].split("+")) if len(rest) > 1 else ()
        out.append(Step(id=f"s{number}", kind=kind, label=WORDS, weeks=weeks, agents=agents))
    return tuple(out)


def regimen(regimen_id: str | None) -> Regimen | None:
    return None if regimen_id is None else library().regimens[regimen_id]


def candidate(strategy: str, spec: str, rt: str | None = None, *, policy: bool = False) -> Candidate:
    return Candidate(
        strategy=strategy,
        regimen=regimen(rt),
        name=WORDS,
        summary=WORDS,
        intent="curative",
        organ_preservation_policy=policy,
        status="acceptable",
        preferred=False,
        reasons=(),
        missing=(),
        steps=steps(spec),
        timeline=Timeline(feasible=True),
        radiobiology=(),
    )


SPECS = {
    "scrt_chemo_surgery": (
        "short_course wait:1.5 systemic:18 restage wait:5 liver_local wait:3 assess_pelvis tme",
        "SC-25-del",
    ),
    "interval": ("systemic:12 restage short_course wait:2 liver_local wait:3 assess_pelvis tme", "SC-25-del"),
    "liver_first": (
        "systemic:12 restage wait:3 liver_local wait:2 long_course wait:7 assess_pelvis tme",
        "LC-50.4",
    ),
    "rectum_first": ("short_course wait:2 systemic:6 tme systemic:12 restage wait:4 liver_local", "SC-25-del"),
    "simultaneous": ("short_course wait:1.5 systemic:18 restage wait:4 simultaneous_surgery", "SC-25-del"),
    "no_rt_surgery": ("systemic:18 restage wait:4 liver_local wait:4 tme", None),
    "lcrt_tnt": (
        "long_course wait:2 systemic:16 restage wait:4 liver_local wait:3 assess_pelvis tme",
        "LC-50.4",
    ),
    "palliative_chemo": ("systemic:18 restage wait:5 liver_local wait:4 tme", None),
    "palliative_rt": ("palliative_rt systemic:18 restage wait:5 liver_local wait:4 tme", "P-25"),
    "consolidative_rt": ("systemic:18 restage consolidative_rt systemic:8 wait:5 liver_local wait:4 tme", "SC-25-del"),
    "transplant": ("systemic:20 tme systemic:12 restage wait:8 transplant", None),
    "immunotherapy_first": ("immunotherapy restage assess_pelvis", None),
}


def built(strategy: str, *, policy: bool = False) -> Candidate:
    spec, rt = SPECS[strategy]
    return candidate(f"{strategy}+ww" if policy else strategy, spec, rt, policy=policy)


def a_classification(**values: str) -> Classification:
    usual = {
        "emergency": "none",
        "mmr": "proficient",
        "liver": "upfront_local",
        "pelvis": "high",
        "fitness": "fit",
        "symptomatic": "asymptomatic",
        "oligometastatic": "oligo",
    }
    return Classification(**{name: Finding(value=value) for name, value in {**usual, **values}.items()})


def a_case(**groups: dict) -> Case:
    """A 58-year-old man, clinical risk score 2, RAS wild type, low tumour, clear margin, unless told otherwise."""
    usual = Case(
        id="t",
        assessed_on=dt.date(2026, 5, 4),
        patient=Patient(age=58, sex="male", ecog=0),
        symptoms=Symptoms(bleeding="none", obstruction="none", stoma="none"),
        primary=Primary(distance_anal_verge_cm=4, ct="T3c", cn="N1", mrf_mm=3, emvi="present", length_cm=4),
        liver=Liver(lesion_count=1, largest_mm=28, technical="resectable"),
        molecular=Molecular(mmr="proficient", ras="wild_type", braf="wild_type"),
        labs=Labs(cea_ng_ml=35),
        treated_so_far=(),
    )
    for group, values in groups.items():
        usual = replace(usual, **{group: replace(getattr(usual, group), **values)})
    return usual
