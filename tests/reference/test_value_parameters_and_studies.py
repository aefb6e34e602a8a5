"""EVPPI and EVSI against closed forms and nested Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from tests.support.value_problems import Floats, unit_normal_loss

from pelvicrt.value import Measure, evppi, evsi, evsi_by_size, worth_of_test

DRAWS, TIMES = 1000, 40


def _against_nothing(gain: Floats) -> Floats:
    return np.stack([gain, np.zeros_like(gain)], axis=1)


def _mean_and_error(values: list[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1) / np.sqrt(len(values)))


@pytest.mark.parametrize(("mean", "share"), [(0.2, 0.6), (0.5, 0.9), (0.3, 0.4)])
def test_a_normal_parameter_among_unused_ones_is_worth_the_unit_normal_loss(mean: float, share: float) -> None:
    found = []
    for seed in range(TIMES):
        rng = np.random.default_rng(seed)
        known = rng.standard_normal((DRAWS, 3))
        gain = mean + share * known[:, 0] + np.sqrt(1 - share**2) * rng.standard_normal(DRAWS)
        found.append(evppi(_against_nothing(gain), known).evppi.value)
    middle, error = _mean_and_error(found)
    assert middle == pytest.approx(unit_normal_loss(mean, share), abs=3 * error)


def _curved(known: Floats) -> Floats:
    """Three options; gains with a bend and a product of two parameters, as models have."""
    a, b = known[:, 0], known[:, 1]
    return np.stack([np.zeros_like(a), 0.1 + 0.4 * (a**2 - 1) + 0.3 * b, 0.05 + 0.5 * a * b], axis=1)


def test_bent_gains_of_three_options_agree_with_nested_monte_carlo() -> None:
    """The inner mean of the rest is known here (0), so an outer sample of a million is the nested answer."""
    outer = np.random.default_rng(0).standard_normal((1_000_000, 2))
    nested = _curved(outer).max(axis=1).mean() - 0.1
    found = []
    for seed in range(TIMES):
        rng = np.random.default_rng(seed)
        known = rng.standard_normal((2000, 2))
        found.append(evppi(_curved(known) + rng.standard_normal((2000, 3)) * 0.5, np.exp(known)).evppi.value)
    middle, error = _mean_and_error(found)
    assert middle == pytest.approx(nested, abs=3 * error + 0.02 * nested)


def test_six_parameters_with_a_product_agree_with_nested_monte_carlo() -> None:
    def gain(known: Floats) -> Floats:
        return np.asarray(0.1 + 0.2 * known.sum(axis=1) + 0.2 * known[:, 0] * known[:, 1])

    nested = np.maximum(gain(np.random.default_rng(0).standard_normal((500_000, 6))), 0).mean() - 0.1
    found = []
    for seed in range(TIMES):
        rng = np.random.default_rng(seed)
        known = rng.standard_normal((DRAWS, 6))
        found.append(evppi(_against_nothing(gain(known) + rng.standard_normal(DRAWS)), known).evppi.value)
    middle, error = _mean_and_error(found)
    assert middle == pytest.approx(nested, abs=3 * error)


def test_noise_inside_the_draws_does_not_raise_the_worth_of_a_parameter() -> None:
    found = []
    for seed in range(TIMES):
        rng = np.random.default_rng(seed)
        known = rng.standard_normal((DRAWS, 1))
        noisy = 0.2 + 0.6 * known[:, 0] + rng.standard_normal(DRAWS)
        found.append(evppi(_against_nothing(noisy), known).evppi.value)
    middle, error = _mean_and_error(found)
    assert middle == pytest.approx(unit_normal_loss(0.2, 0.6), abs=3 * error)


def test_the_standard_error_of_a_parameters_worth_is_the_spread_over_repetitions() -> None:
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        known = rng.standard_normal((DRAWS, 2))
        gain = 0.2 + 0.6 * known[:, 0] + 0.8 * rng.standard_normal(DRAWS)
        found.append(evppi(_against_nothing(gain), known).evppi)
    spread = np.std([item.value for item in found], ddof=1)
    assert np.mean([item.standard_error for item in found]) == pytest.approx(spread, rel=0.25)


@pytest.mark.parametrize("n", [10, 50, 200, 1000])
def test_a_study_of_a_normal_mean_is_worth_the_unit_normal_loss_of_what_it_settles(n: int) -> None:
    """Prior N(.2, .6^2), n observations with SD 4: the posterior mean varies with .6^4 / (.6^2 + 16 / n)."""
    expected = unit_normal_loss(0.2, float(np.sqrt(0.6**4 / (0.6**2 + 16 / n))))
    found, moments = [], []
    for seed in range(TIMES):
        rng = np.random.default_rng(seed)
        true = 0.2 + 0.6 * rng.standard_normal(DRAWS)
        gain = true + 0.8 * rng.standard_normal(DRAWS)
        item = evsi(_against_nothing(gain), [Measure(name="x", kind="mean", true=true, n=n, spread=4.0)], seed=seed)
        found.append(item.evsi.value)
        moments.append(item.by_moments)
    for values in (found, moments):
        middle, error = _mean_and_error(values)
        assert middle == pytest.approx(expected, abs=3 * error)


@pytest.mark.parametrize("n", [5, 20, 100])
def test_a_study_of_a_proportion_is_worth_what_the_beta_binomial_says(n: int) -> None:
    """Prior Beta(4, 6), gain p - .45: the posterior mean is (4 + k) / (10 + n), k beta-binomial."""
    k = np.arange(n + 1)
    gains = np.maximum((4 + k) / (10 + n) - 0.45, 0.0)
    expected = float(stats.betabinom(n, 4, 6).pmf(k) @ gains)
    found = []
    for seed in range(TIMES):
        true = np.random.default_rng(seed).beta(4, 6, DRAWS)
        item = evsi(_against_nothing(true - 0.45), [Measure(name="p", kind="proportion", true=true, n=n)], seed=seed)
        found.append(item.evsi.value)
    middle, error = _mean_and_error(found)
    assert middle == pytest.approx(expected, abs=3 * error + 0.03 * expected)


def test_a_study_of_a_hazard_ratio_is_worth_the_unit_normal_loss_of_what_its_events_settle() -> None:
    """Log ratio N(-.3, .3^2), 100 events: seen with variance 4 / 100; gain -(log ratio) - .2."""
    expected = unit_normal_loss(0.1, float(np.sqrt(0.3**4 / (0.3**2 + 0.04))))
    found = []
    for seed in range(TIMES):
        log = -0.3 + 0.3 * np.random.default_rng(seed).standard_normal(DRAWS)
        measure = Measure(name="hr", kind="log_ratio", true=np.exp(log), n=100)
        found.append(evsi(_against_nothing(-log - 0.2), [measure], seed=seed).evsi.value)
    middle, error = _mean_and_error(found)
    assert middle == pytest.approx(expected, abs=3 * error)


def test_the_spread_between_studies_bounds_what_an_endless_study_tells() -> None:
    """With spread tau the study's own mean is all it can show: variance .6^4 / (.6^2 + tau^2)."""
    expected = unit_normal_loss(0.2, float(np.sqrt(0.6**4 / (0.6**2 + 0.3**2))))
    found = []
    for seed in range(TIMES):
        true = 0.2 + 0.6 * np.random.default_rng(seed).standard_normal(DRAWS)
        measure = Measure(name="x", kind="mean", true=true, n=1e9, between=0.3)
        found.append(evsi(_against_nothing(true), [measure], seed=seed).evsi.value)
    middle, error = _mean_and_error(found)
    assert middle == pytest.approx(expected, abs=3 * error)


def test_two_arms_tell_an_odds_ratio_as_their_cell_counts_allow() -> None:
    """With 2 x 200 patients near 50 % the log odds ratio has variance 2 / (200 x .5 x .5) = .04 (delta method)."""
    expected = unit_normal_loss(0.1, float(np.sqrt(0.3**4 / (0.3**2 + 0.04))))
    found = []
    for seed in range(TIMES):
        log = 0.1 + 0.3 * np.random.default_rng(seed).standard_normal(DRAWS)
        half = np.full(DRAWS, 0.5)
        measure = Measure(name="or", kind="odds_ratio", true=np.exp(log), n=200, reference=half)
        found.append(evsi(_against_nothing(log), [measure], seed=seed).evsi.value)
    middle, error = _mean_and_error(found)
    assert middle == pytest.approx(expected, abs=3 * error + 0.02 * expected)


def test_a_test_that_errs_is_worth_what_bayes_says() -> None:
    """By hand: chance .4, gain +1 with and -1 without; sensitivity .8, specificity .7.

    Positive: .4 x .8 x 1 - .6 x .3 x 1 = .14 gained by treating; negative: -.34, not treated. Today nobody is treated.
    """
    groups = (np.arange(5000) % 5 < 2).astype(np.int64)
    utility = _against_nothing(np.where(groups == 1, 1.0, -1.0))
    shows = np.array([[0.7, 0.3], [0.2, 0.8]])
    found = worth_of_test(utility, groups, shows=shows, open_if=np.ones((2, 2), dtype=bool), now=1)
    assert found.value == pytest.approx(0.14, abs=0.01)


def test_a_growing_study_reaches_the_worth_of_its_parameter() -> None:
    true = np.random.default_rng(1).standard_normal(DRAWS) * 0.5 + 0.1
    measure = Measure(name="x", kind="mean", true=true, n=10, spread=2.0)
    small, large = evsi_by_size(_against_nothing(true), [measure], factors=(1.0, 1e6))
    assert small.evsi.value < large.evsi.value
    assert large.evsi.value == pytest.approx(large.evppi.value, rel=0.01)
