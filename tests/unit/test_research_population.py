"""Regions: what is refused, who is drawn, what a policy gives, and what the sums mean."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pytest
from tests.support.population_specs import EXAMPLE, raw_region

from pelvicrt.assessment import assess
from pelvicrt.evidence import library
from pelvicrt.foundation import InvalidInput
from pelvicrt.intake import load_case
from pelvicrt.research.population_cohort import group_of, patient
from pelvicrt.research.population_patient import _Region, figures, live
from pelvicrt.research.population_reading import population_of, read_population
from pelvicrt.research.population_results import summarise, to_json, unsourced
from pelvicrt.research.population_run import PopulationTask, run_population

DAY = dt.date(2026, 5, 4)


def region(**changes):
    return population_of(raw_region(**changes), file="region.yaml", library=library())


def refused(**changes) -> str:
    with pytest.raises(InvalidInput) as caught:
        region(**changes)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": "pelvicrt.case/1"}, "schema: found pelvicrt.case/1; expected pelvicrt.population/1"),
        ({"patients": 0}, "patients: found 0; expected a whole number from 1 to 1000000"),
        ({"patients_per_year": None}, "patients_per_year: found nothing; expected a number above 0"),
        ({"policies": []}, r"policies: found []; expected a list of policies"),
        ({"horizon_months": 24}, "horizon_months: found 24; expected a whole number from 60 to 360"),
        ({"linacs": 3}, "linacs: found an unknown key; expected one of schema, name"),
        ({"outcomes": {"overall_survival": 30}}, "outcomes.overall_survival: found 30; expected months out of 12"),
        ({"outcomes": {"r0_resection": None}}, "outcomes.r0_resection: found an unknown outcome; expected one of"),
        ({"outcomes": {"life_months": 12}}, "outcomes.life_months: found 12; expected no month"),
        ({"capacities_per_month": {"beds": 3}}, "capacities_per_month.beds: found an unknown key"),
        ({"costs": {"currency": "EUR", "per": {"fractions": 100}}}, "expected currency, per and source"),
        ({"virtual_cohort": {"patient.height": 170}}, "virtual_cohort.patient.height: found an unknown field"),
        ({"virtual_cohort": {"patient.age": 300}}, "virtual_cohort.patient.age: found 300; expected"),
        ({"virtual_cohort": {"patient.sex": {"male": 0.5, "man": 0.5}}}, "virtual_cohort.patient.sex: found 'man'"),
        ({"virtual_cohort": {"patient.sex": {"male": 0.5}}}, "expected one value, or values with shares that add up to 1"),
        ({"virtual_cohort": {"patient.age": {"median": 60}}}, "expected a number, values with shares, or {median"),
        ({"virtual_cohort": {"patient.age": {"median": 60, "iqr": [70, 80]}}}, "expected a number, values with shares"),
        ({"groups": [{"name": "a", "share": 0.5}]}, "groups: found shares that add up to 0.5"),
        ({"groups": [{"name": "a", "share": 0.5}, {"name": "a", "share": 0.5}]}, "groups: found 'a' twice"),
    ],
)  # fmt: skip
def test_a_bad_specification_is_refused_by_name(changes, message) -> None:
    assert message in refused(**changes)


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"strategies": {"surgery": 1.0}}, "policies[0].strategies: found 'surgery'; expected one of recommended"),
        ({"strategies": {"palliative_rt:P-99": 1.0}}, "found 'palliative_rt:P-99'"),
        ({"strategies": {"palliative_rt": 0.4}}, "policies[0].strategies: found shares that add up to 0.4"),
        ({}, "policies[0].strategies: found nothing; expected strategies with shares"),
        (
            {
                "strategies": {"recommended": 1},
                "rules": [{"when": {"fact": "class.stage", "is": 4}, "strategies": {"recommended": 1}}],
            },
            "policies[0].rules[0].when: found 'class.stage'; expected a field of a case, or class.liver",
        ),
        (
            {
                "strategies": {"recommended": 1},
                "rules": [{"when": {"fact": "class.liver"}, "strategies": {"recommended": 1}}],
            },
            "policies[0].rules[0].when: found a condition has 'fact' and one of",
        ),
    ],
)
def test_a_bad_policy_is_refused_by_name(policy, message) -> None:
    assert message in refused(policies=[{"id": "p", **policy}])


def test_every_problem_is_told_at_once() -> None:
    assert len(refused(patients=0, draws=1, name=None).splitlines()) == 3


def test_the_worked_example_is_sound() -> None:
    assert [item.id for item in read_population(EXAMPLE).policies] == ["practice", "short_course", "advice"]


def test_drawn_quartiles_are_those_described() -> None:
    ages = [
        patient({"patient.age": {"median": 65, "iqr": [57, 73]}}, place=i, seed=1, day=DAY).patient.age
        for i in range(1000)
    ]
    assert np.abs(np.percentile(ages, [25, 50, 75]) - [57, 65, 73]).max() <= 1.0


def test_a_skewed_number_keeps_both_quartiles_and_its_range() -> None:
    described = {"labs.cea_ng_ml": {"median": 30, "iqr": [8, 150], "range": [1, 500]}}
    drawn = np.array([patient(described, place=i, seed=1, day=DAY).labs.cea_ng_ml for i in range(1000)])
    assert np.percentile(drawn, [25, 50, 75]) == pytest.approx([8, 30, 150], rel=0.06)
    assert (drawn.min(), drawn.max()) == (1.0, 500.0)


def test_drawn_shares_are_those_described() -> None:
    described = {"molecular.ras": {"mutant": 0.53, "wild_type": 0.47}}
    drawn = [patient(described, place=i, seed=1, day=DAY).molecular.ras for i in range(1000)]
    assert drawn.count("mutant") == pytest.approx(530, abs=4)


def test_groups_are_drawn_by_their_shares() -> None:
    drawn = [group_of([0.38, 0.25, 0.37], place=i, seed=3) for i in range(1000)]
    assert np.bincount(drawn) == pytest.approx([380, 250, 370], abs=6)


def test_a_patient_does_not_depend_on_other_fields_described() -> None:
    one = {"patient.age": {"median": 65, "sd": 9}}
    both = {"patient.sex": {"male": 0.5, "female": 0.5}, **one}
    assert all(
        patient(one, place=i, seed=1, day=DAY).patient.age == patient(both, place=i, seed=1, day=DAY).patient.age
        for i in range(20)
    )


def test_the_order_of_words_in_the_file_draws_nobody_else() -> None:
    one = {"patient.sex": {"male": 0.6, "female": 0.4}}
    other = {"patient.sex": {"female": 0.4, "male": 0.6}}
    assert all(patient(one, place=i, seed=1, day=DAY) == patient(other, place=i, seed=1, day=DAY) for i in range(50))


def test_more_patients_leave_the_first_as_they_were() -> None:
    few, many = region(patients=4), region(patients=40)
    assert np.array_equal(live(few, 3).values, live(many, 3).values)


def test_what_is_advised_is_what_assess_names_first() -> None:
    case = load_case(EXAMPLE.parents[1] / "example-1.yaml")
    asked = region(draws=200, policies=[{"id": "a", "strategies": {"recommended": 1.0}}])
    whole = assess(case, draws=200, seed=asked.seed)
    ours = _Region(asked, library(), case, whole.classification, 0)
    assert ours.advised == whole.advice.recommendation.strategy
    assert ours.tied == whole.advice.recommendation.equipoise


def test_outcomes_of_a_plan_are_those_of_assess() -> None:
    case = load_case(EXAMPLE.parents[1] / "example-1.yaml")
    asked = region(draws=100, policies=[{"id": "a", "strategies": {"scrt_chemo_surgery": 1.0}}])
    whole = assess(case, draws=100, seed=asked.seed)
    ours = _Region(asked, library(), case, whole.classification, 0)
    values = ours.values(ours.choose(asked.policies[0]))
    theirs = whole.simulated.by_candidate["scrt_chemo_surgery:SC-25-del"].outcome("overall_survival")
    place = figures(asked).index(("overall_survival", 36.0))
    assert np.array_equal(values[place], theirs.values[:, theirs.at_months.index(36.0)])


def test_shares_of_strategies_weigh_their_outcomes() -> None:
    policies = [
        {"id": "a", "strategies": {"palliative_chemo": 1.0}},
        {"id": "b", "strategies": {"palliative_rt:P-25": 1.0}},
        {"id": "half", "strategies": {"palliative_chemo": 0.5, "palliative_rt:P-25": 0.5}},
    ]
    lived = live(region(policies=policies), 0)
    assert all(not item.undelivered for item in lived.chosen)
    assert lived.values[2] == pytest.approx(0.5 * (lived.values[0] + lived.values[1]), rel=1e-12, abs=1e-15)


def test_a_single_fraction_regimen_uses_one_fraction_where_five_use_five() -> None:
    policies = [
        {"id": "one", "strategies": {"palliative_rt:P-8": 1.0}},
        {"id": "five", "strategies": {"palliative_rt:P-25": 1.0}},
        {"id": "none", "strategies": {"palliative_chemo": 1.0}},
    ]
    found = run_population(region(policies=policies, patients=4))
    at = [name for name, _ in figures(found.population)].index
    used = found.means().mean(axis=-1)
    assert used[1, at("fractions")] == pytest.approx(5.0 * used[1, at("radiotherapy_courses")], rel=1e-12)
    assert used[0, at("fractions")] == pytest.approx(1.0 * used[0, at("radiotherapy_courses")], rel=1e-12)
    assert used[2, at("fractions")] == 0.0


def test_a_contraindicated_strategy_is_counted_and_replaced() -> None:
    policies = [{"id": "none", "strategies": {"no_rt_surgery": 1.0}}]
    found = run_population(region(policies=policies, patients=8))
    item = summarise(found)[0]
    assert item.notes["undelivered"] > 0.5
    assert sum(share for _, share in item.plans) == pytest.approx(1.0)


def test_plans_the_rules_do_not_recommend_are_counted() -> None:
    policies = [{"id": "io", "strategies": {"immunotherapy_first": 0.5, "recommended": 0.5}}]
    asked = region(policies=policies, patients=8)
    lived = [live(asked, place) for place in range(8)]
    proficient = [item for item in lived if item.classes["mmr"] == "proficient"]
    assert len(proficient) >= 6
    assert {item.chosen[0].against for item in proficient} == {0.5}


def test_the_first_rule_that_holds_decides() -> None:
    policies = [
        {
            "id": "p",
            "rules": [
                {"when": {"fact": "class.liver", "is": "unresectable"}, "strategies": {"palliative_rt:P-8": 1.0}}
            ],
            "strategies": {"palliative_chemo": 1.0},
        }
    ]
    asked = region(policies=policies, patients=8)
    for place in range(8):
        lived = live(asked, place)
        expected = "palliative_rt:P-8" if lived.classes["liver"] == "unresectable" else "palliative_chemo"
        assert dict(lived.chosen[0].plans) == {expected: 1.0}


def test_a_rule_that_cannot_be_judged_is_passed_over_and_counted() -> None:
    policies = [
        {
            "id": "p",
            "rules": [{"when": {"fact": "primary.emvi", "is": "present"}, "strategies": {"palliative_rt:P-8": 1.0}}],
            "strategies": {"palliative_chemo": 1.0},
        }
    ]
    lived = live(region(policies=policies, virtual_cohort={"patient.age": 60}, groups=None), 0)
    assert (lived.chosen[0].unjudged, dict(lived.chosen[0].plans)) == (True, {"palliative_chemo": 1.0})


@pytest.fixture(scope="module")
def small():
    capacities = {"fractions": 1, "liver_operations": 1000}
    costs = {"currency": "EUR", "per": {"fractions": 100, "bed_days": 10}, "source": "made up"}
    return run_population(region(capacities_per_month=capacities, costs=costs))


def test_the_mean_of_all_is_that_of_the_groups_by_size(small) -> None:
    sizes = small.patients.sum(axis=0)
    groups = np.stack([small.means(place) for place in range(len(sizes))])
    assert small.means() == pytest.approx(np.einsum("g,gpfd->pfd", sizes / sizes.sum(), groups), rel=1e-12)


def test_differences_are_taken_draw_by_draw(small) -> None:
    place = figures(small.population).index(("overall_survival", 36.0))
    paired = 100.0 * (small.means()[2, place] - small.means()[0, place])
    row = next(x for x in summarise(small)[2].differences if (x.name, x.at_months) == ("overall_survival", 36.0))
    assert (row.mean, row.low, row.high) == pytest.approx((paired.mean(), *np.percentile(paired, [2.5, 97.5])))
    assert row.chance_above == pytest.approx((paired > 0.0).mean())


def test_cost_is_use_times_price(small) -> None:
    at = [name for name, _ in figures(small.population)].index
    means = small.means()[1]
    expected = (100.0 * means[at("fractions")] + 10.0 * means[at("bed_days")]).mean()
    cost = next(row for row in summarise(small)[1].used if row.name == "cost")
    assert (cost.unit, cost.mean) == ("EUR_per_patient", pytest.approx(expected))


def test_a_capacity_that_never_suffices_is_told_with_certainty(small) -> None:
    loads = {load.name: load.chance_above for load in summarise(small)[0].loads}
    assert loads == {"fractions": 1.0, "liver_operations": 0.0}


def test_use_a_year_is_use_a_patient_times_patients(small) -> None:
    at = [name for name, _ in figures(small.population)].index("rectal_operations")
    row = next(x for x in summarise(small)[0].used if x.name == "rectal_operations")
    assert row.mean == pytest.approx(60.0 * small.means()[0, at].mean())


def test_the_sampling_error_is_that_of_independent_tiles() -> None:
    rng = np.random.default_rng(1)
    found = run_population(region(patients=4, policies=[{"id": "a", "strategies": {"palliative_chemo": 1.0}}]))
    sums = 4.0 * rng.normal(0.0, 1.0, (400, 1, 3, 1, 1)) / np.sqrt(3.0)
    tiles = dataclasses.replace(found, sums=sums, patients=np.full((400, 3), 4.0 / 3.0))
    assert tiles.sampling_error()[0, 0] == pytest.approx(1.0 / 20.0, rel=0.1)


def test_fields_without_a_source_are_named(small) -> None:
    assert "primary.ct" in unsourced(small)
    assert "patient.age" not in unsourced(small)


def test_shares_of_plans_add_up_to_one(small) -> None:
    for policy in to_json(small)["policies"]:
        assert sum(policy["plans"].values()) == pytest.approx(1.0)


def test_the_hash_of_a_region_changes_with_anything_in_it() -> None:
    asked = region()
    assert asked.hash == region().hash
    assert len({asked.hash, region(seed=2).hash, region(draws=13).hash, region(patients_per_year=61).hash}) == 4


def test_tiles_are_fixed_by_the_number_of_patients_alone() -> None:
    sizes = [PopulationTask(population=region(patients=n), library_hash="x") for n in (1, 10, 100_000)]
    assert [(item.tile, item.size) for item in sizes] == [(4, 1), (4, 3), (196, 511)]
