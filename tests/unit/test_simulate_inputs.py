"""What simulate accepts, refuses, guesses and reports."""

import datetime as dt

import numpy as np
import pytest
from tests.support.simulate_plans import SPECS, a_case, a_classification, built, candidate

from pelvicrt.case import TreatedStep
from pelvicrt.evidence import library
from pelvicrt.foundation import EVIDENCE_GRADES, OUTCOME_NAMES, UNKNOWN
from pelvicrt.simulate import GOMPERTZ, simulate
from pelvicrt.simulate.draws import COHORT_GROUP, model_parameters, sample_parameters


def run(candidates, *, case=None, classes=None, draws=30, **options):
    return simulate(
        case or a_case(), classes or a_classification(), candidates, library(), draws=draws, seed=2, **options
    )


def only(result):
    return next(iter(result.by_candidate.values()))


def treated(*steps):
    from dataclasses import replace

    return replace(a_case(), treated_so_far=tuple(TreatedStep(**step) for step in steps))


def test_every_outcome_of_the_contract_appears_except_cost():
    case = a_case(symptoms={"bleeding": "recurrent"})
    one = only(run([built("lcrt_tnt", policy=True)], case=case, classes=a_classification(symptomatic="symptomatic")))
    assert {item.name for item in one.outcomes} == set(OUTCOME_NAMES) - {"cost"}


def test_a_contraindicated_candidate_is_not_simulated():
    from dataclasses import replace

    closed = replace(built("interval"), status="contraindicated")
    assert run([closed]).by_candidate == {}


@pytest.mark.parametrize("status", ["not_recommended", "needs_information", "conditional"])
def test_every_other_status_is_simulated(status):
    from dataclasses import replace

    assert len(run([replace(built("interval"), status=status)]).by_candidate) == 1


def test_a_plan_never_seen_before_is_understood():
    odd = candidate("odd", "stoma systemic:4 palliative_rt wait:6 systemic:8:oxaliplatin+irinotecan restage", "P-25")
    assert only(run([odd])).outcome("life_months").values.min() > 0


def test_progress_counts_to_the_number_of_open_candidates():
    seen = []
    run([built("interval"), built("lcrt_tnt")], progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 2), (2, 2)]


def test_no_draws_are_refused():
    with pytest.raises(ValueError, match="draws must be at least 1"):
        run([built("interval")], draws=0)


def test_an_unknown_parameter_is_named():
    with pytest.raises(KeyError, match=r"no parameter 'x\.y'"):
        run([built("interval")], fixed={"x.y": 1.0})


def test_everything_unknown_can_still_be_simulated():
    from pelvicrt.case import Case

    blank = Case(id="b", assessed_on=dt.date(2026, 5, 4))
    unknown = a_classification(
        mmr="unknown", liver="unknown", pelvis="unknown", fitness="unknown", symptomatic="unknown"
    )
    result = run([built("interval")], case=blank, classes=unknown)
    assert {
        "patient.age",
        "molecular.ras",
        "molecular.mmr",
        "liver.technical",
        "primary.mrf_mm",
        "primary.emvi",
    } <= set(result.assumed)


def test_guessed_liver_class_moves_survival():
    classes = a_classification(liver="unknown")
    result = run([built("interval")], case=a_case(liver={"technical": UNKNOWN}), classes=classes, draws=300)
    survival = only(result).curves["overall_survival"][:, 36]
    drawn = result.assumed["liver.technical"]
    assert survival[drawn == "resectable"].mean() > survival[drawn == "unresectable"].mean() + 0.1


def test_every_grade_is_one_of_the_contract():
    assert {item.grade for item in only(run([built("interval")], draws=300)).outcomes} <= set(EVIDENCE_GRADES)


def test_pelvic_recurrence_rests_on_pelvic_parameters_from_m0():
    item = only(run([built("no_rt_surgery")], draws=600)).outcome("local_recurrence")
    assert "pelvis.recurrence.cumhaz60" in item.parameters
    assert item.from_m0


def test_between_centre_variation_widens_without_moving_the_middle():
    item = only(run([built("interval")], draws=600)).outcome("overall_survival")
    assert item.centre_values[:, 1].std() > item.values[:, 1].std()
    assert np.median(item.centre_values[:, 1]) == pytest.approx(np.median(item.values[:, 1]), abs=0.02)


def test_radiotherapy_already_given_is_not_given_again():
    done = {"step": "short_course", "start": dt.date(2026, 3, 2), "end": dt.date(2026, 3, 6)}
    fresh, after = (only(run([built("interval")], case=c)).outcome("treatment_days") for c in (a_case(), treated(done)))
    assert (after.values < fresh.values).all()


def test_patient_with_both_sites_treated_starts_in_remission():
    liver = {"step": "liver_local", "end": dt.date(2026, 2, 4)}
    primary = {"step": "tme", "end": dt.date(2026, 4, 4)}
    one = only(run([built("interval")], case=treated(liver, primary)))
    assert np.abs(one.curves["all_sites_cleared"][:, 0] - 1.0).max() < 1e-12


def test_progression_on_the_last_systemic_step_lowers_survival():
    good, bad = (
        {"step": "systemic", "start": dt.date(2026, 1, 5), "end": dt.date(2026, 4, 27), "response_liver": answer}
        for answer in ("partial", "progression")
    )
    first, second = (only(run([built("interval")], case=treated(s))).curves["overall_survival"] for s in (good, bad))
    assert (second[:, 24] < first[:, 24]).all()


def test_surviving_remission_predicts_as_the_conditional_curve():
    """Semigroup: a patient seen later in remission has the old curve divided by survival without relapse so far."""
    primary = {"step": "tme", "end": dt.date(2026, 5, 4)}
    early = treated({"step": "liver_local", "end": dt.date(2026, 5, 4)}, primary)
    late = treated({"step": "liver_local", "end": dt.date(2025, 5, 4)}, {"step": "tme", "end": dt.date(2025, 5, 4)})
    none = {"background.h65.male": 1e-12, "pelvis.recurrence.cumhaz60": 1e-12}
    a, b = (only(run([built("interval")], case=c, fixed=none, life_table=GOMPERTZ)) for c in (early, late))
    free = a.curves["progression_free_survival"]
    year = 365 / (365.25 / 12)
    whole = np.array([np.interp(year + 24, np.arange(61), row) for row in free])
    before = np.array([np.interp(year, np.arange(61), row) for row in free])
    assert b.curves["progression_free_survival"][:, 24] == pytest.approx(whole / before, abs=1e-3)


def test_immunotherapy_keeps_the_organ_in_those_who_respond():
    spec, rt = SPECS["immunotherapy_first"]
    plan = candidate("io", spec, rt, policy=True)
    one = only(run([plan], classes=a_classification(mmr="deficient", liver="unresectable")))
    assert one.outcome("complete_clinical_response").values.mean() > 0.2
    assert one.curves["organ_preservation"][:, 12].mean() > 0.1


def test_every_life_table_gives_survival_between_zero_and_one():
    for table in library().life_tables:
        curve = only(run([built("interval")], draws=3, life_table=table.id)).death_by_cause["other"]
        assert 0 <= curve.min() <= curve.max() < 0.5


def test_one_parameter_has_its_own_stream():
    few = sample_parameters(library(), draws=4, seed=1)
    of_patients = {name for name, item in model_parameters(library()).items() if item.group != COHORT_GROUP}
    assert set(few) == of_patients
    assert len({values.tobytes() for values in few.values()}) > 100


def test_no_parameter_of_the_model_is_from_memory():
    assert all(item.mark != "M" for item in model_parameters(library()).values())


def test_unknown_mismatch_repair_is_drawn_and_decides_what_immunotherapy_does():
    spec, rt = SPECS["immunotherapy_first"]
    classes = a_classification(mmr="unknown", liver="unresectable")
    result = run([candidate("io", spec, rt, policy=True)], classes=classes, draws=400)
    free, drawn = only(result).curves["progression_free_survival"][:, 24], result.assumed["molecular.mmr"]
    assert free[drawn == "deficient"].mean() > free[drawn == "proficient"].mean() + 0.2


def test_stronger_biology_widens_the_gap_between_completers_and_others():
    gaps = []
    for sd in (0.0, 0.8):
        one = only(run([built("interval")], fixed={"biology.sd": sd}, draws=60))
        cleared, alive = (one.curves[n] for n in ("all_sites_cleared", "overall_survival"))
        gaps.append((alive[:, 60] / alive[:, 24]).mean() if cleared[:, 24].mean() > 0 else 0.0)
    assert gaps[1] > gaps[0]
