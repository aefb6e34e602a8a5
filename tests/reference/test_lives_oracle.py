"""Do simulated lives agree with a slow simulation from the definitions and with the solver, feature by feature?"""

import numpy as np
import pytest
from tests.support.engine_models import a_model, one_patient, time_in_states
from tests.support.engine_oracle import time_spent

from pelvicrt.engine import Effect, Family, simulate_lives

W, X = Family.WEIBULL, Family.EXPONENTIAL
MODELS = {
    "a clock that never restarts": (
        [(0, 1, W, (1.4, 3.0), {"clock": 1}), (1, 0, X, (0.8,)), (1, 2, W, (2.0, 5.0), {"clock": 1})],
        {"clocks": ("sojourn", "age")}, (0.0, 2.0),
    ),
    "a treatment clock": (
        [(0, 1, X, (0.7,)), (1, 0, X, (0.9,)), (0, 2, W, (1.5, 3.0), {"clock": 1}), (1, 2, X, (0.2,))],
        {"clocks": ("sojourn", "treatment"), "restarts": {1: [1]}}, (0.0, 1.0),
    ),
    "time in state already passed": ([(0, 1, W, (2.5, 2.0)), (1, 2, W, (0.8, 2.0))], {}, (1.5,)),
    "branches": ([(0, (1, 2, 3), W, (1.2, 2.0), {"shares": (0.2, 0.5, 0.3)}), (1, 0, X, (1.0,))], {}, ()),
    "fixed and cured": (
        [(0, 1, Family.FIXED, (1.0,)), (0, 2, X, (0.3,)), (1, 2, W, (1.5, 1.0), {"cure": 0.4}),
         (1, 3, Family.GOMPERTZ, (0.1, 0.02), {"effect": Effect.PH})],
        {}, (),
    ),
    "families without closed inverse": (
        [(0, 1, Family.LOG_NORMAL, (0.2, 0.8)), (0, 2, Family.GENERALISED_GAMMA, (0.8, 0.9, 0.5)),
         (1, 0, Family.LOG_LOGISTIC, (1.8, 1.0)),
         (1, 3, Family.PIECEWISE_EXPONENTIAL, (0.1, 0.6), {"knots": (0.0, 1.0)})],
        {}, (),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_mean_times_in_states_agree_with_the_slow_simulation(name: str) -> None:
    rows, options, clocks = MODELS[name]
    model, numbers = a_model(rows, states=4, horizon=6.0, **options)
    patient = one_patient(model, clocks=clocks)
    rewards = time_in_states(model, discount=0.05)
    found = simulate_lives(model, numbers, patient, rewards, seed=11, lives=60_000)
    with np.errstate(all="ignore"):
        expected, error = time_spent(model, numbers, patient, lives=60_000, seed=12, discount=0.05)
    spread = np.sqrt(found.error[0, 0, 0] ** 2 + error**2) + 1e-12
    assert np.abs((found.rewards[0, 0, 0] - expected) / spread).max() < 4.0


def test_a_guard_by_visits_closes_the_road_back_after_the_second_entry() -> None:
    most = np.array([2, -1, -1])
    rows = [(0, 1, Family.FIXED, (1.0,)), (1, 0, Family.FIXED, (1.0,), {"visits_most": np.array([1, -1, -1])})]
    rows[0] = (*rows[0], {"visits_most": most})
    model, numbers = a_model(rows, states=3, horizon=10.0)
    found = simulate_lives(model, numbers, one_patient(model), time_in_states(model), seed=1)
    np.testing.assert_allclose(found.rewards[0, 0, 0], [2.0, 8.0, 0.0], atol=1e-12)


def test_strategies_open_and_close_transitions() -> None:
    rows = [(0, 1, Family.FIXED, (1.0,), {"allows": np.array([True, False])}), (0, 2, Family.FIXED, (3.0,))]
    model, numbers = a_model(rows, states=3, horizon=10.0, strategies=2)
    found = simulate_lives(model, numbers, one_patient(model), time_in_states(model), seed=1)
    np.testing.assert_allclose(found.rewards[0, :, 0, 0], [1.0, 3.0], atol=1e-12)
