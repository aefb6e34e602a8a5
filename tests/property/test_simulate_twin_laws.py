"""Laws of the outcome model read off its twin, where every hazard and share stands by itself (outcome-model 7.2)."""

import numpy as np
import pytest
from tests.support.simulate_plans import SPECS, a_case, a_classification, built
from tests.support.simulate_twin import a_setting, solved

from pelvicrt.evidence import library
from pelvicrt.foundation import expit, logit
from pelvicrt.simulate import simulate, twin_of
from pelvicrt.simulate.host import land

IRRADIATED = [(name, False) for name in SPECS if "rt" in name or name in ("interval", "liver_first", "simultaneous")]
IRRADIATED = [(name, policy) for name, policy in IRRADIATED if name != "no_rt_surgery"]


def moves_that_differ(first, second):
    """Names of transitions whose law or shares differ between two twins of the same plan."""
    assert first.model.transitions == second.model.transitions
    a, b = first.numbers, second.numbers
    found = set()
    for t, name in enumerate(first.model.transitions):
        same = all(
            np.array_equal(getattr(a, part)[:, t], getattr(b, part)[:, t]) for part in ("parameters", "shares", "cure")
        )
        if not same:
            found.add(name)
    return found


@pytest.mark.parametrize(("name", "policy"), IRRADIATED, ids=[name for name, _ in IRRADIATED])
def test_radiotherapy_reaches_survival_only_through_pelvic_events(name, policy):
    """Its effect on recurrence moves no other hazard and no share: not relapse, not death, not who is operated on."""
    weak, strong = (
        twin_of(a_setting(built(name, policy=policy), fixed={"pelvis.recurrence.hr_rt": hr})) for hr in (0.9, 0.4)
    )
    pelvic = {n for n, counts in zip(weak.model.transitions, weak.events["recurrence"], strict=True) if counts}
    assert moves_that_differ(weak, strong) == pelvic


def test_response_decides_who_keeps_the_rectum_and_who_regrows_and_nothing_else():
    few, many = (
        twin_of(a_setting(built("lcrt_tnt", policy=True), fixed={"ccr.sensitivity": value})) for value in (0.5, 0.9)
    )
    differing = moves_that_differ(few, many)
    assert differing
    assert not any(word in name for name in differing for word in ("relapse", "death", "progression", "other"))


def test_without_latent_biology_all_classes_are_the_same():
    numbers = twin_of(a_setting(built("interval", policy=True), fixed={"biology.sd": 0.0})).numbers
    for part in (numbers.parameters, numbers.shares, numbers.cure):
        assert np.abs(part - part[:1]).max() < 1e-12


def test_a_faster_class_is_faster_everywhere():
    twin = twin_of(a_setting(built("interval"), fixed={"biology.sd": 0.6}))
    scales = twin.numbers.parameters[:, [name.endswith("relapse") for name in twin.model.transitions], 1]
    assert (np.diff(scales, axis=0) < 0).all()


def test_being_seen_later_in_remission_is_the_old_curve_divided_by_survival_so_far():
    """Semigroup to 1e-9, on the solver's own landing: relapse alone, 17 months already behind."""
    cells, behind = 60, 17
    ones, classes = np.ones(1), np.ones((1, 1))
    grid = np.ones((1, cells + 1))
    middle = np.ones((1, cells))
    kernel = np.full((1, 1, cells), 0.5)

    def event_free(sojourn, months):
        calendar = np.zeros((8, 1, cells + 1))
        land(
            np.zeros(1), classes.copy(), np.array([float(sojourn)]), 0.25 * classes, np.log(2) * classes, 10.5 * ones,
            1.25 * ones, kernel, grid, middle, 0.4 * classes, ones, True, np.array([[[0.3, 0.4, 0.1]]]), kernel, kernel,
            4, 2, 1.0, ones, calendar, np.zeros((0, cells + 1)),
        )  # fmt: skip
        return calendar[3, 0, : months + 1]

    whole, later = event_free(0, cells), event_free(behind, cells - behind)
    assert later == pytest.approx(whole[behind:] / whole[behind], abs=1e-9)


def test_survival_never_exceeds_that_of_the_life_table():
    outcomes = solved(a_setting(built("interval"), draws=20))
    assert (outcomes.timed()["overall_survival"] <= outcomes.other + 1e-12).all()


def test_response_without_radiotherapy_is_that_of_chemotherapy_alone():
    setting = a_setting(built("no_rt_surgery"), draws=20)
    p, who = setting.parameters, setting.patient
    shift = (
        p["pcr.m1_shift"]
        + np.where(who.pelvis == 2, p["pcr.high_risk"], 0)
        + np.where(who.long, p["pcr.long_tumour"], 0)
    )
    found = next(
        raw for raw in solved(setting).untimed(np.ones((20, 121))) if raw.name == "pathological_complete_response"
    )
    assert found.values[:, 0] == pytest.approx(expit(logit(p["pcr.chemo_alone"]) + shift), abs=1e-12)


def run(candidates, seed=5):
    return simulate(a_case(), a_classification(), candidates, library(), draws=20, seed=seed)


def bits(result, key):
    return [(item.name, item.values.tobytes()) for item in result.by_candidate[key].outcomes]


def test_seeds_give_the_same_answer_in_any_order():
    plans = [built("interval", policy=True)]
    there = {seed: run(plans, seed) for seed in (3, 9, 4)}
    back = {seed: run(plans, seed) for seed in (4, 9, 3)}
    key = next(iter(there[3].by_candidate))
    assert all(bits(there[seed], key) == bits(back[seed], key) for seed in there)
    assert bits(there[3], key) != bits(there[9], key)


def test_adding_a_strategy_changes_no_other():
    alone, beside = (
        run([built("interval")]),
        run([built("lcrt_tnt", policy=True), built("interval"), built("transplant")]),
    )
    key = next(iter(alone.by_candidate))
    assert bits(alone, key) == bits(beside, key)


def test_patients_of_a_population_vary_row_by_row_as_they_would_alone():
    """Every row is its own patient: solving many at once gives each the bits he has alone."""
    together = solved(a_setting(built("scrt_chemo_surgery", policy=True), draws=6)).timed()
    from pelvicrt.simulate.block import parts_of_block

    setting = a_setting(built("scrt_chemo_surgery", policy=True), draws=6)
    for row in range(6):
        part = parts_of_block(setting, slice(row, row + 1))[0]
        assert np.array_equal(part.curves["overall_survival"][0], together["overall_survival"][row, :61])
