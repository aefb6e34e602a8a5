"""Laws of the outcome model that hold whatever its numbers are (outcome-model 7.2)."""

import numpy as np
import pytest
from tests.support.simulate_plans import SPECS, a_case, a_classification, built, candidate

from pelvicrt.evidence import library
from pelvicrt.simulate import simulate

DRAWS = 40
NO_RT_EFFECT = {
    "pelvis.recurrence.hr_rt": 1.0,
    "pelvis.recurrence.hr_scrt_vs_lcrt": 1.0,
    "pelvis.recurrence.hr_chemo_no_rt": 1.0,
    "pelvis.recurrence.hr_pcr": 1.0,
}


def run(candidates, *, case=None, classes=None, draws=DRAWS, **options):
    return simulate(
        case or a_case(), classes or a_classification(), candidates, library(), draws=draws, seed=5, **options
    )


@pytest.fixture(scope="module")
def everything():
    return run([*(built(s) for s in SPECS), built("scrt_chemo_surgery", policy=True), built("lcrt_tnt", policy=True)])


def each(result):
    return list(result.by_candidate.values())


def test_living_and_dead_sum_to_one_at_every_month(everything):
    for one in each(everything):
        total = one.curves["overall_survival"] + sum(one.death_by_cause.values())
        assert np.abs(total - 1.0).max() < 1e-9


def test_everybody_is_alive_today(everything):
    assert all(np.abs(one.curves["overall_survival"][:, 0] - 1.0).max() < 1e-12 for one in each(everything))


@pytest.mark.parametrize("name", ["local_recurrence", "distant_progression", "all_sites_cleared"])
def test_incidences_never_fall(everything, name):
    assert all(np.diff(one.curves[name], axis=1).min() > -1e-9 for one in each(everything))


def test_survival_never_rises(everything):
    assert all(np.diff(one.curves["overall_survival"], axis=1).max() < 1e-9 for one in each(everything))


@pytest.mark.parametrize("cause", ["treatment", "cancer", "other"])
def test_deaths_of_each_cause_never_fall(everything, cause):
    assert all(np.diff(one.death_by_cause[cause], axis=1).min() > -1e-9 for one in each(everything))


def test_progression_free_patients_are_alive(everything):
    for one in each(everything):
        assert (one.curves["progression_free_survival"] <= one.curves["overall_survival"] + 1e-9).all()


def test_probabilities_lie_between_zero_and_one(everything):
    months = {"life_months", "quality_adjusted_months", "treatment_days"}
    for one in each(everything):
        for item in one.outcomes:
            if item.name not in months:
                assert item.values.min() >= -1e-12, item.name
                assert item.values.max() <= 1 + 1e-9, item.name


def test_same_seed_gives_the_same_bits():
    first, second = (run([built("scrt_chemo_surgery", policy=True)]) for _ in range(2))
    for a, b in zip(each(first)[0].outcomes, each(second)[0].outcomes, strict=True):
        assert np.array_equal(a.values, b.values)
        assert np.array_equal(a.centre_values, b.centre_values)


def test_first_draws_do_not_depend_on_how_many_are_drawn():
    few, many = (run([built("interval")], draws=n) for n in (10, 25))
    a, b = (each(r)[0].curves["overall_survival"][:10] for r in (few, many))
    assert np.array_equal(a, b)


def test_radiotherapy_without_effect_and_without_time_changes_nothing():
    zero = {**NO_RT_EFFECT, "duration.short_course": 0.0}
    plain = candidate("a", "systemic:18 restage wait:4 liver_local wait:4 tme")
    treated = candidate("b", "short_course systemic:18 restage wait:4 liver_local wait:4 tme", "SC-25-del")
    a, b = each(run([plain, treated], fixed=zero))
    assert np.array_equal(a.curves["overall_survival"], b.curves["overall_survival"])


def test_stronger_radiotherapy_never_costs_survival_or_adds_recurrence():
    weak, strong = (each(run([built("interval")], fixed={"pelvis.recurrence.hr_rt": hr}))[0] for hr in (0.9, 0.3))
    assert (strong.curves["overall_survival"] >= weak.curves["overall_survival"] - 1e-12).all()
    assert (strong.curves["local_recurrence"] <= weak.curves["local_recurrence"] + 1e-12).all()


def test_survival_gained_by_radiotherapy_is_bounded_by_recurrences_saved():
    none, full = (each(run([built("interval")], fixed={"pelvis.recurrence.hr_rt": hr}))[0] for hr in (1.0, 0.4))
    gained = full.curves["overall_survival"] - none.curves["overall_survival"]
    saved = none.curves["local_recurrence"] - full.curves["local_recurrence"]
    assert (gained <= saved + 1e-9).all()


def test_policy_without_any_clinical_response_is_the_path_with_tme():
    nobody = {"ccr.sensitivity": 0.0, "ccr.false_positive": 0.0}
    kept, cut = each(run([built("interval", policy=True), built("interval")], fixed=nobody))
    assert np.abs(kept.curves["overall_survival"] - cut.curves["overall_survival"]).max() < 1e-12


def test_perfect_assessment_leaves_no_regrowth():
    perfect = {"ccr.sensitivity": 1.0, "ccr.false_positive": 0.0}
    one = each(run([built("interval", policy=True)], fixed=perfect))[0]
    assert one.outcome("local_regrowth").values.max() < 1e-12


def test_same_steps_under_another_name_give_the_same_bits():
    a, b = candidate("a", *SPECS["interval"]), candidate("b", *SPECS["interval"])
    first, second = each(run([a, b]))
    assert np.array_equal(first.curves["overall_survival"], second.curves["overall_survival"])


def test_order_of_candidates_changes_nothing():
    plans = [built("interval"), built("no_rt_surgery"), built("lcrt_tnt")]
    there, back = run(plans), run(plans[::-1])
    for key, one in there.by_candidate.items():
        assert np.array_equal(one.curves["overall_survival"], back.by_candidate[key].curves["overall_survival"])


def test_a_wait_of_no_weeks_changes_nothing():
    spec, rt = SPECS["interval"]
    longer = candidate("b", spec.replace("liver_local", "wait:0 liver_local"), rt)
    first, second = each(run([candidate("a", spec, rt), longer]))
    assert np.array_equal(first.curves["overall_survival"], second.curves["overall_survival"])


@pytest.mark.parametrize("age", [61, 76])
def test_without_disease_survival_is_the_life_table(age):
    harmless = {
        "sys.progression.median": 1e12,
        "relapse.median": 1e12,
        "relapse2.median": 1e12,
        "pelvis.recurrence.cumhaz60": 1e-15,
        "mortality.hepatectomy": 0.0,
        "mortality.tme": 0.0,
        "sys.post_progression.median": 1e12,
        "biology.sd": 0.0,
    }
    one = each(run([built("interval")], case=a_case(patient={"age": age}), fixed=harmless))[0]
    table = library().life_tables["un-2025-united-states"]
    hazard = 0.0
    for month in range(60):
        years = age + month / 12
        rate = [r for a, r in zip(table.ages, table.male, strict=True) if a <= years][-1]
        hazard += rate / 12
    assert one.curves["overall_survival"][:, 60] == pytest.approx(np.exp(-hazard), abs=1e-6)


def test_cure_of_everybody_leaves_no_relapse_after_clearance():
    sure = {
        "relapse.cure": 1 - 1e-12,
        "biology.sd": 0.0,
        "sys.progression.median": 1e9,
        "plan.dropout_per_operation": 0.0,
        "liver.stays_resectable": 1.0,
    }
    one = each(run([built("interval")], fixed=sure))[0]
    assert one.curves["distant_progression"].max() < 1e-6


def test_no_conversion_means_no_clearance_of_unresectable_disease():
    never = {"liver.conversion.unresectable": 1e-15, "liver.conversion.or_ras": 1.0}
    one = each(run([built("palliative_chemo")], classes=a_classification(liver="unresectable"), fixed=never))[0]
    assert one.curves["all_sites_cleared"].max() < 1e-9


def test_certain_drop_out_means_no_clearance():
    one = each(run([built("interval")], fixed={"plan.dropout_per_operation": 1.0}))[0]
    assert one.curves["all_sites_cleared"].max() == 0.0


def test_certain_operative_death_ends_the_path():
    one = each(run([built("interval")], fixed={"mortality.hepatectomy": 1.0}))[0]
    assert one.curves["all_sites_cleared"].max() == 0.0
    assert (one.death_by_cause["treatment"][:, -1] > 0.5).all()


def test_organ_preservation_stays_below_clinical_response(everything):
    one = everything.by_candidate["lcrt_tnt+ww:LC-50.4"]
    response = one.outcome("complete_clinical_response").values
    assert (one.curves["organ_preservation"] <= response + 1e-9).all()


def test_an_unused_parameter_moves_no_outcome():
    plain, moved = (each(run([built("interval")], fixed=f))[0] for f in (None, {"primary.perforation": 0.5}))
    assert np.array_equal(plain.curves["overall_survival"], moved.curves["overall_survival"])


def test_known_facts_are_never_guessed():
    assert dict(run([built("interval")]).assumed) == {}


@pytest.mark.parametrize("fact", ["ras", "braf"])
def test_an_unknown_fact_is_handed_back_as_drawn(fact):
    from pelvicrt.foundation import UNKNOWN

    result = run([built("interval")], case=a_case(molecular={fact: UNKNOWN}))
    assert set(result.assumed) == {f"molecular.{fact}"}
    assert result.assumed[f"molecular.{fact}"].shape == (DRAWS,)
