"""Cost-effectiveness against a hand example and the formulae printed for normal draws."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tests.support.value_problems import unit_normal_loss

from pelvicrt.value import cost_effectiveness, cost_table

# By hand. A 0 / 1.0, B 1000 / 1.1, C 2000 / 1.5, D 2500 / 1.4, E 6000 / 1.9.
# D costs more than C and does less: dominated. A to B costs 10,000 a unit, B to C 2,500: B is passed by a mixture of A
# and C (extendedly dominated). A to C costs 4,000, C to E 10,000.
COSTS = np.array([0.0, 1000.0, 2000.0, 2500.0, 6000.0])
EFFECTS = np.array([1.0, 1.1, 1.5, 1.4, 1.9])


def test_the_table_strikes_out_what_is_dominated_as_worked_by_hand() -> None:
    places = {row.option: row.place for row in cost_table(EFFECTS, COSTS)}
    assert places == {0: "frontier", 1: "extendedly_dominated", 2: "frontier", 3: "dominated", 4: "frontier"}


def test_ratios_of_the_frontier_are_those_worked_by_hand() -> None:
    ratios = {row.option: row.icer for row in cost_table(EFFECTS, COSTS) if row.place == "frontier"}
    assert ratios[0] is None
    assert (ratios[2], ratios[4]) == pytest.approx((4000.0, 10_000.0), rel=1e-12)


def test_the_frontier_changes_hands_at_the_ratios() -> None:
    effects, costs = np.tile(EFFECTS, (2, 1)), np.tile(COSTS, (2, 1))
    found = cost_effectiveness(effects, costs, willingness_to_pay=[3999.0, 4001.0, 9999.0, 10_001.0])
    assert found.best.tolist() == [0, 2, 2, 4]


@pytest.fixture(scope="module")
def drawn() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    effect, cost = 0.1 + 0.2 * rng.standard_normal(100_000), 3000 + 1000 * rng.standard_normal(100_000)
    return np.stack([np.zeros_like(effect), effect], axis=1), np.stack([np.zeros_like(cost), cost], axis=1)


@pytest.mark.parametrize("price", [10_000.0, 30_000.0, 50_000.0])
def test_the_acceptability_curve_of_normal_draws_is_a_normal_probability(
    drawn: tuple[np.ndarray, np.ndarray], price: float
) -> None:
    """Net benefit is N(.1 w - 3000, (.2 w)^2 + 1000^2), so the chance is Phi(mean / sd)."""
    found = cost_effectiveness(*drawn, willingness_to_pay=[price])
    mean, sd = 0.1 * price - 3000, np.hypot(0.2 * price, 1000)
    expected = stats.norm.cdf(mean / sd)
    assert found.ceac[0, 1] == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / 1e5))


@pytest.mark.parametrize("price", [10_000.0, 50_000.0])
def test_perfect_information_in_money_is_the_unit_normal_loss(
    drawn: tuple[np.ndarray, np.ndarray], price: float
) -> None:
    found = cost_effectiveness(*drawn, willingness_to_pay=[price]).evpi[0]
    expected = unit_normal_loss(0.1 * price - 3000, float(np.hypot(0.2 * price, 1000)))
    assert found.value == pytest.approx(expected, abs=4 * found.standard_error)


def test_the_acceptability_frontier_follows_the_best_mean_not_the_highest_chance() -> None:
    """Skewed gains: B is better in a third of draws only, but by so much that its mean leads."""
    effects = np.array([[0.0, -1.0], [0.0, -1.0], [0.0, 5.0]])
    found = cost_effectiveness(effects, np.zeros((3, 2)), willingness_to_pay=[1.0])
    assert (found.best[0], found.ceaf[0]) == (1, pytest.approx(1 / 3))


def test_incremental_net_benefit_carries_the_standard_error_of_its_mean() -> None:
    effects, costs = np.array([[0.0, 1.0], [0.0, 3.0]]), np.array([[0.0, 4.0], [0.0, 4.0]])
    found = cost_effectiveness(effects, costs, willingness_to_pay=[10.0])
    assert (found.incremental[0, 1], found.incremental_error[0, 1]) == pytest.approx((16.0, 10.0), rel=1e-12)


def test_inner_noise_of_effects_and_costs_is_taken_off_at_every_price() -> None:
    rng, draws = np.random.default_rng(3), 30_000
    effect, cost = 0.1 + 0.2 * rng.standard_normal(draws), 3000 + 1000 * rng.standard_normal(draws)
    luck = rng.multivariate_normal([0.0, 0.0], [[0.01, 20.0], [20.0, 250_000.0]], size=draws)
    zero = np.zeros(draws)
    inner = np.zeros((4, 4))
    inner[np.ix_([1, 3], [1, 3])] = [[0.01, 20.0], [20.0, 250_000.0]]
    found = cost_effectiveness(
        np.stack([zero, effect + luck[:, 0]], axis=1),
        np.stack([zero, cost + luck[:, 1]], axis=1),
        willingness_to_pay=[10_000.0, 50_000.0],
        inner_covariance=inner,
    )
    for price, estimate in zip((10_000.0, 50_000.0), found.evpi, strict=True):
        expected = unit_normal_loss(0.1 * price - 3000, float(np.hypot(0.2 * price, 1000)))
        assert estimate.value == pytest.approx(expected, abs=4 * estimate.standard_error)
