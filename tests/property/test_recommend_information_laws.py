"""The worth of information against closed forms and laws that always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.value_problems import unit_normal_loss

from pelvicrt.recommend.information import grouped
from pelvicrt.value import chance_best, decision, evppi, expected_losses, worth_of_fact

ANY_SEED = st.integers(0, 10_000)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (0.5, 1.0), (1.0, 2.0), (-0.3, 0.7)])
def test_value_of_perfect_information_of_two_normal_options_is_the_unit_normal_loss(mean: float, sd: float) -> None:
    n = 200_000
    x = mean + sd * np.random.default_rng(3).standard_normal(n)
    utility = np.stack([x, np.zeros(n)], axis=1)
    standard_error = float(np.maximum(x, 0).std() / np.sqrt(n))
    assert decision(utility).evpi.value == pytest.approx(unit_normal_loss(mean, sd), abs=4 * standard_error)


def test_value_of_a_parameter_is_the_unit_normal_loss_of_its_share_of_the_variance() -> None:
    n, share = 40_000, 0.6
    rng = np.random.default_rng(5)
    parameter, rest = rng.standard_normal(n), rng.standard_normal(n)
    x = 0.2 + share * parameter + np.sqrt(1 - share**2) * rest
    worth = evppi(np.stack([x, np.zeros(n)], axis=1), parameter[:, None]).evppi
    assert worth.value == pytest.approx(unit_normal_loss(0.2, share), abs=4 * worth.standard_error)


def test_value_of_a_binary_fact_is_the_weighted_gain_of_switching() -> None:
    n = 20_000
    rng = np.random.default_rng(8)
    groups = (rng.random(n) < 0.3).astype(np.int64)
    utility = np.stack([np.where(groups == 1, -2.0, 1.0) + rng.standard_normal(n), np.zeros(n)], axis=1)
    worth = worth_of_fact(utility, groups, open_if=np.ones((2, 2), dtype=bool), now=0)
    assert worth.value == pytest.approx(0.3 * 2.0, abs=4 * worth.standard_error)


def test_a_gate_that_closes_the_better_option_takes_its_gain_away() -> None:
    n = 4000
    groups = np.arange(n) % 2
    utility = np.stack([np.zeros(n), groups * 2.0], axis=1)
    closed = np.array([[True, True], [True, False]])
    assert worth_of_fact(utility, groups, open_if=closed, now=0).value == pytest.approx(0.0, abs=1e-12)


def test_a_group_with_nothing_open_gains_nothing() -> None:
    n = 1000
    groups = np.arange(n) % 2
    utility = np.stack([np.zeros(n), np.ones(n)], axis=1)
    worth = worth_of_fact(utility, groups, open_if=np.zeros((2, 2), dtype=bool), now=0)
    assert worth.value == 0.0


def test_pure_noise_facts_are_worth_nothing_on_average_and_seldom_clearly_more() -> None:
    gains, clearly = [], 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        utility = 40 + rng.standard_normal((300, 6))
        groups = rng.integers(0, 4, 300)
        now = int(utility.mean(axis=0).argmax())
        worth = worth_of_fact(utility, groups, open_if=np.ones((4, 6), dtype=bool), now=now, seed=seed)
        gains.append(worth.value)
        clearly += worth.value > 2 * worth.standard_error
    assert np.mean(gains) <= 2 * np.std(gains) / np.sqrt(len(gains))
    assert clearly <= 10  # 5 % of 200


def test_naive_group_maxima_would_have_called_the_same_noise_valuable() -> None:
    rng = np.random.default_rng(0)
    utility, groups = 40 + rng.standard_normal((300, 6)), rng.integers(0, 4, 300)
    naive = sum((groups == g).mean() * utility[groups == g].mean(axis=0).max() for g in range(4))
    assert naive - utility.mean(axis=0).max() > 0.05


@settings(max_examples=40, deadline=None)
@given(seed=ANY_SEED, options=st.integers(1, 6), kinds=st.integers(1, 5))
def test_knowing_one_fact_is_never_worth_more_than_knowing_everything(seed: int, options: int, kinds: int) -> None:
    rng = np.random.default_rng(seed)
    utility = rng.standard_normal((120, options)) * rng.uniform(0.1, 5)
    groups = rng.integers(0, kinds, 120)
    now = int(utility.mean(axis=0).argmax())
    worth = worth_of_fact(utility, groups, open_if=np.ones((kinds, options), dtype=bool), now=now)
    assert worth.value <= decision(utility).evpi.value + 1e-9


@settings(max_examples=40, deadline=None)
@given(seed=ANY_SEED)
def test_a_parameter_is_never_worth_more_than_knowing_everything(seed: int) -> None:
    rng = np.random.default_rng(seed)
    utility, parameter = rng.standard_normal((150, 3)), rng.standard_normal(150)
    assert evppi(utility, parameter[:, None]).evppi.value <= decision(utility).evpi.value + 1e-9


@settings(max_examples=50, deadline=None)
@given(seed=ANY_SEED, options=st.integers(1, 8))
def test_chances_of_being_best_sum_to_one_and_losses_are_not_negative(seed: int, options: int) -> None:
    utility = np.random.default_rng(seed).integers(0, 4, (60, options)).astype(float)
    assert chance_best(utility).sum() == pytest.approx(1.0, abs=1e-12)
    assert (expected_losses(utility) >= 0).all()


@settings(max_examples=50, deadline=None)
@given(seed=ANY_SEED, options=st.integers(1, 8))
def test_the_smallest_expected_loss_is_the_value_of_perfect_information(seed: int, options: int) -> None:
    utility = np.random.default_rng(seed).standard_normal((80, options))
    assert expected_losses(utility).min() == pytest.approx(decision(utility).evpi.value, abs=1e-12)


@settings(max_examples=50, deadline=None)
@given(values=st.lists(st.floats(-50, 50), min_size=1, max_size=200))
def test_grouping_a_continuous_fact_keeps_every_draw_in_order(values: list[float]) -> None:
    groups, middles = grouped(values)
    assert len(groups) == len(values)
    assert list(middles) == sorted(middles)
    assert set(groups) == set(range(len(middles)))
