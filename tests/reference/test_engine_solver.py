"""The solver against closed forms, against lives simulated from the definition, and against the printed W1 values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special, stats
from tests.support.engine_models import a_model, one_patient, time_in_states, w1
from tests.support.engine_oracle import time_spent

from pelvicrt.engine import Effect, Family, Rewards, solve, why_not_solvable

W1_QALYS, W1_COSTS = [2.535364, 2.620679, 2.572959], [36008.42, 35900.04, 35795.68]
"""One patient, renewal solver at h = 0.0125 without extrapolation; its error there, 4.6e-5, follows from the printed
errors 2.2e-3, 6e-4 and 1.7e-4 at 0.1, 0.05 and 0.025."""


def _solve(rows: list[tuple], states: int, horizon: float = 10.0, step: float = 0.01, **more: object) -> np.ndarray:
    model, numbers = a_model(rows, states=states, horizon=horizon)
    return solve(model, numbers, one_patient(model), time_in_states(model), step=step, **more).rewards[0, 0, 0]


def test_exponential_competing_risks_are_the_closed_form_to_1e_6() -> None:
    rows = [(0, 1, Family.EXPONENTIAL, (0.3,)), (0, 2, Family.EXPONENTIAL, (0.2,))]
    alive = (1 - np.exp(-5.0)) / 0.5
    np.testing.assert_allclose(_solve(rows, 3), [alive, 0.6 * (10 - alive), 0.4 * (10 - alive)], atol=1e-6)


def test_a_weibull_death_is_the_integral_of_its_survivor_function_to_1e_6() -> None:
    alive = integrate.quad(lambda t: np.exp(-((t / 3.0) ** 1.4)), 0, 10, epsabs=1e-12)[0]
    np.testing.assert_allclose(_solve([(0, 1, Family.WEIBULL, (1.4, 3.0))], 2), [alive, 10 - alive], atol=1e-6)


def test_two_weibull_states_in_a_row_are_the_convolution_to_1e_6() -> None:
    first, second = stats.weibull_min(1.4, scale=3.0), stats.weibull_min(1.6, scale=2.0)

    def stay(time: float) -> float:
        shape, scale = 1.6, 2.0
        whole = special.gamma(1 + 1 / shape) * special.gammainc(1 / shape, (time / scale) ** shape)
        return scale * whole

    ill = integrate.quad(lambda t: first.pdf(t) * stay(10 - t), 0, 10, epsabs=1e-10)[0]
    assert stay(4.0) == pytest.approx(integrate.quad(second.sf, 0, 4.0)[0])
    found = _solve([(0, 1, Family.WEIBULL, (1.4, 3.0)), (1, 2, Family.WEIBULL, (1.6, 2.0))], 3)
    assert found[1] == pytest.approx(ill, abs=1e-6)


def test_an_exponential_illness_death_model_is_the_closed_form_to_1e_6() -> None:
    rows = [(0, 1, Family.EXPONENTIAL, (0.4,)), (0, 2, Family.EXPONENTIAL, (0.1,)), (1, 2, Family.EXPONENTIAL, (0.9,))]
    well = (1 - np.exp(-5.0)) / 0.5
    ill = 0.4 / (0.9 - 0.5) * (well - (1 - np.exp(-9.0)) / 0.9)
    np.testing.assert_allclose(_solve(rows, 3)[:2], [well, ill], atol=1e-6)


def test_w1_qalys_agree_with_the_printed_renewal_values_within_their_error() -> None:
    model, numbers, patients, rewards = w1()
    found = solve(model, numbers, patients, rewards, step=0.0125).rewards[0, :, 0]
    np.testing.assert_allclose(found[:, 1], W1_QALYS, atol=6e-5)


def test_w1_increments_agree_with_the_printed_renewal_values_within_their_error() -> None:
    model, numbers, patients, rewards = w1()
    found = solve(model, numbers, patients, rewards, step=0.0125).rewards[0, :, 0, 1]
    np.testing.assert_allclose(found[1:] - found[0], [0.085315, 0.037596], atol=2e-5)


def test_w1_costs_agree_with_the_printed_renewal_values() -> None:
    model, numbers, patients, rewards = w1()
    found = solve(model, numbers, patients, rewards, step=0.0125).rewards[0, :, 0, 2]
    np.testing.assert_allclose(found, W1_COSTS, atol=0.5)


def test_w1_agrees_with_4_million_simulated_lives_within_their_error() -> None:
    model, numbers, patients, rewards = w1()
    found = solve(model, numbers, patients, rewards, step=0.0125).rewards[0, :, 0]
    np.testing.assert_allclose(found[:, 1], [2.535328, 2.620729, 2.573230], atol=3 * 0.0008)
    np.testing.assert_allclose(found[:, 2], [35998.60, 35895.43, 35793.75], atol=3 * 14)


@pytest.mark.parametrize("step", [0.1, 0.05, 0.025])
def test_the_stated_error_covers_the_distance_from_a_much_finer_grid(step: float) -> None:
    model, numbers, patients, rewards = w1()
    coarse, fine = (solve(model, numbers, patients, rewards, step=h) for h in (step, 0.00625))
    assert (np.abs(coarse.rewards - fine.rewards) <= coarse.error).all()


def test_occupancy_sums_to_1_at_every_time() -> None:
    model, numbers, patients, rewards = w1()
    found = solve(model, numbers, patients, rewards, step=0.05, occupancy=True).occupancy
    np.testing.assert_allclose(found.sum(axis=-1), 1.0, atol=1e-9)


CLOCKS = ("sojourn", "forward", "relapse")
WEIBULL, EXPONENTIAL, FIXED = Family.WEIBULL, Family.EXPONENTIAL, Family.FIXED
MIXED = {
    "age_clock_beside_sojourn": (
        [
            (0, 1, WEIBULL, (0.9, 4.0)),
            (0, 2, Family.GOMPERTZ, (0.09, 0.0002), {"clock": 1}),
            (1, 0, WEIBULL, (1.3, 1.0)),
            (1, 2, Family.GOMPERTZ, (0.09, 0.0005), {"clock": 1}),
        ],
        3,
        (0.0, 61.0, 0.0),
        {},
    ),
    "carried_relapse_clock": (
        [
            (0, 1, EXPONENTIAL, (0.5,)),
            (0, 2, WEIBULL, (1.5, 3.0), {"clock": 2}),
            (1, 2, WEIBULL, (1.5, 2.0), {"clock": 2}),
            (2, 0, WEIBULL, (1.2, 2.0)),
            (2, 3, Family.LOG_NORMAL, (1.0, 0.8), {"clock": 1}),
        ],
        4,
        (0.7, 0.7, 0.7),
        {2: [0]},
    ),
    "fixed_treatment_then_branches": (
        [
            (0, (1, 2), FIXED, (0.537,), {"shares": (0.7, 0.3)}),
            (0, 3, EXPONENTIAL, (0.3,)),
            (1, 0, WEIBULL, (1.4, 2.0)),
            (1, 3, Family.LOG_LOGISTIC, (1.5, 6.0), {"clock": 1}),
            (2, 1, FIXED, (1.234,)),
            (2, 3, WEIBULL, (0.8, 3.0)),
        ],
        4,
        (0.2, 0.0, 0.0),
        {},
    ),
    "fixed_time_since_start": (
        [
            (0, 1, WEIBULL, (1.1, 3.0)),
            (1, 0, WEIBULL, (1.3, 1.0)),
            (0, 2, FIXED, (4.3,), {"clock": 1}),
            (1, 2, FIXED, (5.6,), {"clock": 1}),
            (1, 3, EXPONENTIAL, (0.2,)),
        ],
        4,
        (0.0, 0.0, 0.0),
        {},
    ),
    "fixed_time_on_a_carried_treatment_clock": (
        [
            (0, 1, EXPONENTIAL, (0.4,)),
            (0, 3, Family.GOMPERTZ, (0.09, 0.001), {"clock": 1}),
            (1, 2, FIXED, (1.7,), {"clock": 2}),
            (1, 3, WEIBULL, (1.2, 5.0), {"clock": 2}),
            (1, 0, WEIBULL, (1.5, 3.0), {"clock": 2}),
            (2, (0, 2, 3), Family.LOG_LOGISTIC, (1.4, 1.0), {"shares": (0.4, 0.3, 0.3)}),
            (2, 3, Family.GOMPERTZ, (0.09, 0.003), {"clock": 1}),
        ],
        4,
        (0.3, 60.0, 0.3),
        {2: [0]},
    ),
    "cure_and_sojourn_so_far": (
        [
            (0, 1, WEIBULL, (1.5, 2.0), {"cure": 0.35}),
            (0, 2, EXPONENTIAL, (0.05,)),
            (1, 2, Family.GENERALISED_GAMMA, (0.3, 0.7, 0.6), {"effect": Effect.PH, "strategy_effects": 0.4}),
        ],
        3,
        (1.4, 1.4, 1.4),
        {},
    ),
}


@pytest.mark.parametrize("name", MIXED)
def test_clocks_fixed_times_and_cure_agree_with_simulated_lives(name: str) -> None:
    rows, states, readings, restarts = MIXED[name]
    model, numbers = a_model(rows, states=states, horizon=8.0, clocks=CLOCKS, restarts=restarts)
    patients = one_patient(model, clocks=readings)
    found = solve(model, numbers, patients, time_in_states(model, discount=0.03), step=0.02)
    mean, error = time_spent(model, numbers, patients, lives=200_000, seed=5, discount=0.03)
    np.testing.assert_allclose(found.rewards[0, 0, 0], mean, atol=4 * error.max())


@pytest.mark.parametrize("name", MIXED)
def test_no_mass_is_lost_or_made(name: str) -> None:
    rows, states, readings, restarts = MIXED[name]
    model, numbers = a_model(rows, states=states, horizon=8.0, clocks=CLOCKS, restarts=restarts)
    patients, rewards = one_patient(model, clocks=readings), time_in_states(model)
    found = solve(model, numbers, patients, rewards, step=0.04, occupancy=True).occupancy
    np.testing.assert_allclose(found.sum(axis=-1), 1.0, atol=1e-9)


@pytest.mark.parametrize("name", MIXED)
def test_a_finer_grid_confirms_the_stated_error(name: str) -> None:
    rows, states, readings, restarts = MIXED[name]
    model, numbers = a_model(rows, states=states, horizon=8.0, clocks=CLOCKS, restarts=restarts)
    coarse, fine = (
        solve(model, numbers, one_patient(model, clocks=readings), time_in_states(model), step=h) for h in (0.08, 0.01)
    )
    assert np.abs(coarse.rewards - fine.rewards).max() <= coarse.error.max() + 1e-9


def test_a_patient_seen_mid_course_has_the_rest_of_the_curve() -> None:
    model, numbers = a_model([(0, 1, WEIBULL, (1.4, 3.0))], states=2, horizon=10.0)
    found = solve(model, numbers, one_patient(model, clocks=(2.0,)), time_in_states(model), step=0.01).rewards
    law = stats.weibull_min(1.4, scale=3.0)
    assert found[0, 0, 0, 0] == pytest.approx(integrate.quad(law.sf, 2, 12)[0] / law.sf(2.0), abs=1e-6)


def test_a_reward_by_time_in_state_counts_only_its_piece() -> None:
    model, numbers = a_model([(0, 1, EXPONENTIAL, (0.5,)), (1, 2, WEIBULL, (1.4, 3.0))], states=3, horizon=10.0)
    rate = np.zeros((1, 1, 1, 3, 2))
    rate[..., 1, :] = [1.0, 0.25]
    rewards = Rewards(
        names=("worth",),
        discount=np.zeros(1),
        breaks=np.array([[0.0, np.inf], [0.0, 1.5], [0.0, np.inf]]),
        rate=rate,
        once=np.zeros((1, 1, 1, 2)),
        at_start=np.zeros((1, 1, 1)),
    )
    times = np.linspace(0, 10, 1001)

    def area(time: np.ndarray) -> np.ndarray:
        return 3.0 * special.gamma(1 + 1 / 1.4) * special.gammainc(1 / 1.4, (time / 3.0) ** 1.4)

    by_stay = 0.25 * area(times) + 0.75 * area(np.minimum(times, 1.5))
    expected = integrate.simpson(0.5 * np.exp(-0.5 * np.linspace(10, 0, 1001)) * by_stay, dx=0.01)
    found = solve(model, numbers, one_patient(model), rewards, step=0.02)
    assert found.rewards.item() == pytest.approx(expected, abs=2e-5)


def test_a_reward_at_a_transition_is_discounted_to_its_time() -> None:
    model, numbers = a_model([(0, 1, EXPONENTIAL, (0.5,))], states=2, horizon=10.0)
    rewards = Rewards(
        names=("cost",),
        discount=np.array([0.03]),
        breaks=np.zeros((2, 1)),
        rate=np.zeros((1, 1, 1, 2, 1)),
        once=np.full((1, 1, 1, 1), 100.0),
        at_start=np.full((1, 1, 1), 7.0),
    )
    found = solve(model, numbers, one_patient(model), rewards, step=0.02).rewards.item()
    assert found == pytest.approx(7 + 100 * 0.5 / 0.53 * (1 - np.exp(-5.3)), abs=1e-5)


def test_a_fixed_stay_lasts_exactly_its_time() -> None:
    found = _solve([(0, 1, FIXED, (3.1234,))], 2, step=0.1)
    assert found[0] == pytest.approx(3.1234, abs=1e-9)


def test_a_guard_by_visits_is_named_as_the_reason_to_simulate() -> None:
    model, _ = a_model(
        [(0, 1, EXPONENTIAL, (0.5,)), (1, 0, EXPONENTIAL, (0.5,), {"visits_most": [-1, 2]})], states=2, horizon=10.0
    )
    assert [reason.en for reason in why_not_solvable(model, one_patient(model))] == [
        "transition t1 is guarded by the number of earlier visits"
    ]


def test_a_state_with_two_clocks_is_named_as_the_reason_to_simulate() -> None:
    rows = [
        (0, 1, EXPONENTIAL, (0.5,)),
        (1, 2, WEIBULL, (1.5, 3.0), {"clock": 2}),
        (1, 2, WEIBULL, (1.2, 2.0)),
        (2, 0, EXPONENTIAL, (1.0,)),
    ]
    model, _ = a_model(rows, states=3, horizon=10.0, clocks=CLOCKS, restarts={2: [0]})
    [reason] = why_not_solvable(model, one_patient(model))
    assert "state s1 depends on several clocks at once (sojourn, relapse)" in reason.en


def test_a_cycle_that_takes_no_time_is_refused() -> None:
    model, numbers = a_model([(0, 1, FIXED, (0.0,)), (1, 0, FIXED, (0.0,))], states=2, horizon=10.0)
    with pytest.raises(ValueError, match="a cycle of transitions takes no time"):
        solve(model, numbers, one_patient(model), time_in_states(model))


def test_a_fixed_time_that_has_passed_at_the_start_is_named_as_the_reason_to_simulate() -> None:
    model, numbers = a_model([(0, 1, FIXED, (2.0,), {"clock": 1})], states=2, horizon=10.0, clocks=CLOCKS)
    patients = one_patient(model, clocks=(0.0, 2.5, 0.0))
    [reason] = why_not_solvable(model, patients, numbers=numbers)
    assert "the fixed time of transition t0 has passed already at the start" in reason.en
