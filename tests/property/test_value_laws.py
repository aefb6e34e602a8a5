"""Laws of the value of information that hold for any draws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelvicrt.value import cost_effectiveness, decision

SEEDS = st.integers(0, 10_000)
OPTIONS = st.integers(1, 6)


def _draws(seed: int, options: int, draws: int = 60) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((draws, options)) * rng.uniform(0.1, 3.0, options)


def _covariance(seed: int, options: int) -> np.ndarray:
    root = np.random.default_rng(seed + 1).standard_normal((options, options)) * 0.3
    return root @ root.T


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, options=OPTIONS)
def test_no_inner_noise_means_no_correction_and_no_error_of_it(seed: int, options: int) -> None:
    x = _draws(seed, options)
    plain, nothing = decision(x), decision(x, inner_covariance=np.zeros((options, options)))
    assert plain.evpi == nothing.evpi
    assert (nothing.correction.value, nothing.correction.standard_error, nothing.noise_share) == (0.0, 0.0, 0.0)


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, options=OPTIONS)
def test_corrected_value_lies_between_nothing_and_the_plain_figure_plus_rounding(seed: int, options: int) -> None:
    found = decision(_draws(seed, options, 400), inner_covariance=_covariance(seed, options))
    assert -1e-9 <= found.evpi.value <= found.evpi_uncorrected + 0.05


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_options_changes_nothing(seed: int) -> None:
    x, inner = _draws(seed, 4), _covariance(seed, 4)
    order = np.random.default_rng(seed + 2).permutation(4)
    a, b = decision(x, inner_covariance=inner), decision(x[:, order], inner_covariance=inner[np.ix_(order, order)])
    assert b.evpi.value == pytest.approx(a.evpi.value, abs=1e-9)
    assert b.expected_loss == pytest.approx(a.expected_loss[order], abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_luck_common_to_all_options_changes_nothing(seed: int) -> None:
    x, inner = _draws(seed, 3), _covariance(seed, 3)
    common = np.random.default_rng(seed + 3).standard_normal((60, 1))
    a = decision(x, inner_covariance=inner)
    b = decision(x + common, inner_covariance=inner + 1.0)
    assert b.evpi.value == pytest.approx(a.evpi.value, abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, options=OPTIONS)
def test_the_best_options_expected_loss_is_the_value_of_perfect_information(seed: int, options: int) -> None:
    found = decision(_draws(seed, options), inner_covariance=_covariance(seed, options))
    assert found.expected_loss[found.best] == pytest.approx(found.evpi.value, abs=1e-9)
    assert found.p_best.sum() == pytest.approx(1.0, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, scale=st.floats(0.1, 100))
def test_values_scale_with_the_unit(seed: int, scale: float) -> None:
    x, inner = _draws(seed, 3), _covariance(seed, 3)
    a, b = decision(x, inner_covariance=inner), decision(x * scale, inner_covariance=inner * scale**2)
    assert b.evpi.value == pytest.approx(a.evpi.value * scale, rel=1e-9, abs=1e-12)
    assert b.evpi.standard_error == pytest.approx(a.evpi.standard_error * scale, rel=1e-6, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_at_price_nought_only_costs_count_and_the_cheapest_is_best(seed: int) -> None:
    costs = np.abs(_draws(seed, 4))
    found = cost_effectiveness(_draws(seed + 1, 4), costs, willingness_to_pay=[0.0])
    assert found.best[0] == costs.mean(axis=0).argmin()


@settings(max_examples=25, deadline=None)
@given(seed=SEEDS, options=st.integers(1, 8))
def test_ratios_rise_along_the_frontier_and_the_frontier_holds_the_most_effective(seed: int, options: int) -> None:
    rng = np.random.default_rng(seed)
    effects, costs = rng.integers(0, 6, (1, options)).astype(float), rng.integers(0, 6, (1, options)).astype(float)
    table = cost_effectiveness(effects, costs, willingness_to_pay=[1.0]).table
    ratios = [row.icer for row in table if row.icer is not None]
    assert ratios == sorted(ratios)
    assert max(row.effect for row in table if row.place == "frontier") == effects.max()
