"""Do facts, derived facts and range checks say what the record holds, and nothing more?"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from pelvicrt.case import (
    FACT_LABELS,
    FACT_NAMES,
    FACT_SUPPLIERS,
    Case,
    Extrahepatic,
    Facts,
    Labs,
    LateralNode,
    Liver,
    Patient,
    Preferences,
    Primary,
    PriorPelvicRt,
    Symptoms,
    TreatedStep,
    inputs_of,
    unknown_facts,
    with_fact,
)
from pelvicrt.foundation import UNKNOWN

DAY = dt.date(2026, 5, 4)


def fact(name: str, **sections: Any) -> Any:
    return Facts(Case(id="a", assessed_on=DAY, **sections)).get(f"derived.{name}")


def steps(*kinds: str, **more: Any) -> tuple[TreatedStep, ...]:
    return tuple(TreatedStep(step=kind, **more) for kind in kinds)  # type: ignore[arg-type]


STAGES = [
    # ct, group, major, t1_or_t2, t3, t3ab, t3cd_or_t4, t4, t4b
    ("T1", "T1", 1, True, False, False, False, False, False),
    ("T2", "T2", 2, True, False, False, False, False, False),
    ("T1-2", UNKNOWN, UNKNOWN, True, False, False, False, False, False),
    ("T3", UNKNOWN, 3, False, True, UNKNOWN, UNKNOWN, False, False),
    ("T3a", "T3ab", 3, False, True, True, False, False, False),
    ("T3b", "T3ab", 3, False, True, True, False, False, False),
    ("T3c", "T3cd", 3, False, True, False, True, False, False),
    ("T3d", "T3cd", 3, False, True, False, True, False, False),
    ("T4", UNKNOWN, 4, False, False, False, True, True, UNKNOWN),
    ("T4a", "T4a", 4, False, False, False, True, True, False),
    ("T4b", "T4b", 4, False, False, False, True, True, True),
    ("Tx", UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
]
STAGE_FACTS = ("ct_group", "t_major", "is_t1_or_t2", "is_t3", "is_t3ab", "is_t3cd_or_t4", "is_t4", "is_t4b")


@pytest.mark.parametrize("row", STAGES, ids=lambda row: row[0])
def test_a_t_stage_settles_what_it_can(row: tuple[Any, ...]) -> None:
    primary = Primary(ct=row[0])
    assert tuple(fact(name, primary=primary) for name in STAGE_FACTS) == row[1:]


@pytest.mark.parametrize(
    ("cn", "major", "positive", "n2"),
    [
        ("N0", "N0", False, False),
        ("N1c", "N1", True, False),
        ("N2b", "N2", True, True),
        ("N+", UNKNOWN, True, UNKNOWN),
        ("Nx", UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)
def test_an_n_stage_settles_what_it_can(cn: Any, major: Any, positive: Any, n2: Any) -> None:
    primary = Primary(cn=cn)
    assert (fact("n_major", primary=primary), fact("node_positive", primary=primary)) == (major, positive)
    assert fact("is_n2", primary=primary) == n2


def test_no_lateral_node_has_size_zero_when_the_list_is_known_to_be_empty() -> None:
    assert fact("lateral_node_max_mm", primary=Primary(lateral_nodes=())) == 0.0


def test_an_unmeasured_node_leaves_the_largest_unknown() -> None:
    primary = Primary(lateral_nodes=(LateralNode(short_axis_mm=8), LateralNode()))
    assert fact("lateral_node_max_mm", primary=primary) is UNKNOWN
    assert fact("lateral_node_max_at_least_mm", primary=primary) == 8


def test_an_internal_iliac_node_is_judged_apart() -> None:
    nodes = (
        LateralNode(compartment="obturator", post_rt_short_axis_mm=9),
        LateralNode(compartment="internal_iliac", post_rt_short_axis_mm=5),
    )
    assert fact("internal_iliac_max_after_rt_mm", primary=Primary(lateral_nodes=nodes)) == 5
    assert fact("lateral_node_max_after_rt_mm", primary=Primary(lateral_nodes=nodes)) == 9


@pytest.mark.parametrize(
    ("features", "answer"), [((True, UNKNOWN), True), ((False, UNKNOWN), UNKNOWN), ((False, False), False), ((), False)]
)
def test_one_malignant_node_settles_the_question(features: tuple[Any, ...], answer: Any) -> None:
    nodes = tuple(LateralNode(malignant_features=value) for value in features)
    assert fact("any_lateral_malignant", primary=Primary(lateral_nodes=nodes)) is answer


def test_vanished_lesions_still_count_as_liver_disease() -> None:
    liver = Liver(lesion_count=0, disappeared_lesions=2)
    assert fact("liver_present", liver=liver, treated_so_far=steps("systemic")) is True


def test_no_lesion_after_systemic_therapy_is_undecided_until_vanished_lesions_are_counted() -> None:
    treated = steps("systemic")
    assert fact("liver_present", liver=Liver(lesion_count=0), treated_so_far=treated) is UNKNOWN
    assert fact("liver_present", liver=Liver(lesion_count=0, disappeared_lesions=0), treated_so_far=treated) is False


def test_no_lesion_without_systemic_therapy_is_a_clear_liver() -> None:
    assert fact("liver_present", liver=Liver(lesion_count=0), treated_so_far=()) is False


def test_no_lesion_with_unrecorded_treatment_is_undecided() -> None:
    assert fact("liver_present", liver=Liver(lesion_count=0)) is UNKNOWN


def test_a_count_of_none_beside_a_measured_lesion_says_nothing() -> None:
    assert fact("liver_present", liver=Liver(lesion_count=0, largest_mm=20), treated_so_far=()) is UNKNOWN


def test_diffuse_disease_settles_liver_disease_without_a_count() -> None:
    assert fact("liver_present", liver=Liver(diffuse=True)) is True


@pytest.mark.parametrize(
    ("mri", "ct", "answer"),
    [
        (True, UNKNOWN, True),
        (False, True, True),
        (UNKNOWN, True, True),
        (False, False, False),
        (False, UNKNOWN, UNKNOWN),
    ],
)
def test_liver_imaging_suffices_by_mri_or_by_an_accepted_ct(mri: Any, ct: Any, answer: Any) -> None:
    assert fact("liver_imaging_sufficient", liver=Liver(mri_done=mri, ct_sufficient_per_hpb=ct)) is answer


def test_the_age_of_the_liver_review_is_counted_in_days() -> None:
    assert fact("hpb_review_age_days", liver=Liver(hpb_review_on=dt.date(2026, 4, 28))) == 6


def test_metastases_are_counted_over_liver_and_elsewhere() -> None:
    elsewhere = (Extrahepatic(site="lung", count=2), Extrahepatic(site="node", count=1))
    assert fact("metastasis_count", liver=Liver(lesion_count=3), elsewhere=elsewhere) == 6


def test_an_uncounted_site_leaves_the_total_open_from_below() -> None:
    sections: dict[str, Any] = {"liver": Liver(lesion_count=8), "elsewhere": (Extrahepatic(site="lung"),)}
    assert fact("metastasis_count", **sections) is UNKNOWN
    assert fact("metastasis_count_at_least", **sections) == 8


def test_no_site_elsewhere_leaves_nothing_untreatable() -> None:
    assert fact("extrahepatic_all_treatable", elsewhere=()) is True
    assert fact("diffuse_site", elsewhere=()) is False


def test_one_untreatable_site_settles_the_question() -> None:
    sites = (Extrahepatic(site="lung"), Extrahepatic(site="bone", treatable=False))
    assert fact("extrahepatic_all_treatable", elsewhere=sites) is False


def test_peritoneum_is_a_diffuse_site_whatever_the_others_are() -> None:
    assert fact("diffuse_site", elsewhere=(Extrahepatic(), Extrahepatic(site="peritoneum"))) is True


def test_sites_elsewhere_are_named_once_each() -> None:
    sites = (Extrahepatic(site="node"), Extrahepatic(site="lung"), Extrahepatic(site="node"))
    assert fact("extrahepatic_sites", elsewhere=sites) == ("lung", "node")


def test_months_since_an_earlier_course_run_from_the_last_one() -> None:
    courses = (PriorPelvicRt(end_date=dt.date(2010, 5, 4)), PriorPelvicRt(end_date=dt.date(2025, 5, 4)))
    assert fact("prior_pelvic_rt_months", patient=Patient(prior_pelvic_rt=courses)) == pytest.approx(365 / 365.25 * 12)


def test_no_earlier_course_lies_infinitely_far_back() -> None:
    assert fact("prior_pelvic_rt_months", patient=Patient(prior_pelvic_rt=())) == math.inf
    assert fact("prior_pelvic_rt_given", patient=Patient(prior_pelvic_rt=())) is False


def test_an_earlier_course_without_date_leaves_the_months_unknown() -> None:
    patient = Patient(prior_pelvic_rt=(PriorPelvicRt(dose_gy=50),))
    assert fact("prior_pelvic_rt_months", patient=patient) is UNKNOWN
    assert fact("prior_pelvic_rt_given", patient=patient) is True


def test_weeks_of_systemic_therapy_add_up() -> None:
    first = TreatedStep(step="systemic", start=dt.date(2026, 1, 1), end=dt.date(2026, 1, 22))
    second = TreatedStep(step="immunotherapy", start=dt.date(2026, 2, 1), end=dt.date(2026, 2, 15))
    assert fact("prior_systemic_weeks", treated_so_far=(first, second)) == 5.0


def test_a_step_of_unknown_kind_may_have_been_radiotherapy() -> None:
    assert fact("rt_given_so_far", treated_so_far=(TreatedStep(),)) is UNKNOWN
    assert fact("rt_given_so_far", treated_so_far=(TreatedStep(), *steps("short_course"))) is True


def test_days_since_radiotherapy_run_from_its_last_end() -> None:
    treated = (TreatedStep(step="short_course", end=dt.date(2026, 4, 24)),)
    assert fact("days_since_rt_end", treated_so_far=treated) == 10


@pytest.mark.parametrize(
    ("in_place", "treated", "answer"),
    [
        (True, (), False),
        (False, UNKNOWN, True),
        (UNKNOWN, (), False),
        (UNKNOWN, steps("tme"), True),
        (UNKNOWN, UNKNOWN, UNKNOWN),
        (True, steps("tme"), UNKNOWN),
        (False, (), UNKNOWN),
    ],
)
def test_removal_of_the_primary_is_recorded_or_follows_from_the_steps(in_place: Any, treated: Any, answer: Any) -> None:
    assert fact("primary_removed", primary=Primary(in_place=in_place), treated_so_far=treated) is answer


def test_a_treated_liver_with_vanished_lesions_is_not_cleared() -> None:
    liver = Liver(lesion_count=0, disappeared_lesions=1)
    assert fact("liver_cleared_so_far", liver=liver, treated_so_far=steps("systemic", "liver_local")) is False


def test_a_treated_liver_without_lesions_is_cleared() -> None:
    liver = Liver(lesion_count=0, disappeared_lesions=0)
    assert fact("liver_cleared_so_far", liver=liver, treated_so_far=steps("systemic", "liver_local")) is True


def test_progression_counts_under_the_first_systemic_therapy_only() -> None:
    first = TreatedStep(step="systemic", response_primary="partial", response_liver="stable")
    second = TreatedStep(step="systemic", response_liver="progression")
    assert fact("progression_on_first_line", treated_so_far=(first, second)) is False
    assert fact("progression_on_first_line", treated_so_far=(second, first)) is True


def test_the_latest_reported_response_speaks() -> None:
    treated = (
        TreatedStep(step="systemic", response_primary="stable"),
        TreatedStep(step="restage", response_primary="complete"),
        TreatedStep(step="systemic"),
    )
    assert fact("primary_response_latest", treated_so_far=treated) == "complete"
    assert fact("responded_so_far", treated_so_far=treated) is True


@pytest.mark.parametrize(
    ("patient", "answer"),
    [
        (Patient(pregnancy="pregnant"), True),
        (Patient(pregnancy="none"), False),
        (Patient(sex="male"), False),
        (Patient(sex="male", pregnancy="pregnant"), UNKNOWN),
        (Patient(sex="female", menopausal_status="post"), False),
        (Patient(sex="female"), UNKNOWN),
        (Patient(), UNKNOWN),
    ],
)
def test_pregnancy_is_settled_by_record_sex_or_menopause(patient: Patient, answer: Any) -> None:
    assert fact("pregnancy_now", patient=patient) is answer


def test_bleeding_and_obstruction_have_ranks() -> None:
    symptoms = Symptoms(bleeding="recurrent", obstruction="complete")
    assert (fact("bleeding_rank", symptoms=symptoms), fact("obstruction_rank", symptoms=symptoms)) == (2, 4)


def test_days_between_diagnosis_and_liver_keep_their_sign() -> None:
    sections: dict[str, Any] = {
        "primary": Primary(diagnosed_on=dt.date(2026, 1, 10), resected_on=dt.date(2026, 3, 1)),
        "liver": Liver(detected_on=dt.date(2026, 1, 3)),
    }
    assert (fact("synchronicity_days", **sections), fact("liver_after_resection_days", **sections)) == (-7, -57)


# --- names ---


@pytest.mark.parametrize("name", ["primary.mrf", "mrf_mm", "derived.is_t4c"])
def test_a_wrong_fact_name_is_answered_with_near_ones(name: str) -> None:
    with pytest.raises(KeyError, match="did you mean"):
        Facts(Case(id="a", assessed_on=DAY)).get(name)


def test_a_list_of_records_is_no_single_fact() -> None:
    with pytest.raises(KeyError, match="lateral_node_max_mm"):
        Facts(Case(id="a", assessed_on=DAY)).get("primary.lateral_nodes")


def test_every_fact_has_label_and_supplier_in_both_languages() -> None:
    assert set(FACT_NAMES) == set(FACT_LABELS) == set(FACT_SUPPLIERS)


def test_one_fact_is_replaced_and_the_rest_kept() -> None:
    case = Case(id="a", assessed_on=DAY, labs=Labs(cea_ng_ml=3))
    changed = with_fact(case, "labs.inr", 1.1)
    assert (changed.labs, changed.primary) == (Labs(cea_ng_ml=3, inr=1.1), case.primary)


def test_a_derived_fact_cannot_be_replaced() -> None:
    with pytest.raises(KeyError, match=r"primary\.ct"):
        with_fact(Case(id="a", assessed_on=DAY), "derived.is_t4", value=True)


def test_a_replaced_fact_is_checked_too() -> None:
    with pytest.raises(ValueError, match=r"Patient\.age is 7"):
        with_fact(Case(id="a", assessed_on=DAY), "patient.age", 7)


def test_unknown_facts_reach_into_lists() -> None:
    case = Case(id="a", assessed_on=DAY, primary=Primary(lateral_nodes=(LateralNode(side="left"),)))
    inside = [name for name in unknown_facts(case) if name.startswith("primary.lateral_nodes")]
    assert inside[0] == "primary.lateral_nodes.1.compartment"
    assert "primary.lateral_nodes.1.side" not in inside


def test_an_input_stands_for_itself() -> None:
    assert inputs_of("primary.ct") == ("primary.ct",)


# --- values no patient can have ---


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: Patient(age=17), "Patient.age"),
        (lambda: Patient(ecog=6), "Patient.ecog"),
        (lambda: Patient(ecog=True), "Patient.ecog"),
        (lambda: Patient(age=58.5), "Patient.age"),
        (lambda: Patient(dpyd_activity=0.7), "Patient.dpyd_activity"),
        (lambda: Patient(sex="m"), "Patient.sex"),
        (lambda: Primary(mrf_mm=float("nan")), "Primary.mrf_mm"),
        (lambda: Primary(t4_structures=("bladdr",)), "Primary.t4_structures"),
        (lambda: Labs(haemoglobin_g_dl=121), "Labs.haemoglobin_g_dl"),
        (lambda: Preferences(declines=("x",)), "Preferences.declines"),
        (lambda: Extrahepatic(site="lung", count=0), "Extrahepatic.count"),
    ],
)
def test_an_impossible_value_is_refused_by_name(build: Any, field: str) -> None:
    with pytest.raises(ValueError, match=field.replace(".", r"\.")):
        build()


def test_a_finding_from_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match=r"liver\.hpb_review_on is 2026-05-05"):
        Case(id="a", assessed_on=DAY, liver=Liver(hpb_review_on=dt.date(2026, 5, 5)))


def test_a_step_that_ends_before_it_begins_is_refused() -> None:
    step = TreatedStep(step="systemic", start=dt.date(2026, 2, 1), end=dt.date(2026, 1, 1))
    with pytest.raises(ValueError, match="on or after its start"):
        Case(id="a", assessed_on=DAY, treated_so_far=(step,))


def test_steps_out_of_order_are_refused() -> None:
    late, early = TreatedStep(start=dt.date(2026, 2, 1)), TreatedStep(start=dt.date(2026, 1, 1))
    with pytest.raises(ValueError, match="order of start"):
        Case(id="a", assessed_on=DAY, treated_so_far=(late, early))
