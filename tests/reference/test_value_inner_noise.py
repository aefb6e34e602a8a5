"""The value of perfect information with noise inside the draws, against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.value_problems import (
    INDEPENDENT_SD_100,
    PAIRED_SD_100,
    W1_MEAN,
    W1_SPREAD,
    Floats,
    noise_of,
    normal_draws,
    normal_evpi,
    unit_normal_loss,
)

from pelvicrt.value import decision, evpi_from_halves

TOLERATED = 0.02


def _repeated(*, sd: float, times: int, draws: int = 1000) -> Floats:
    """(times, 3): corrected and plain EVPI of noisy draws, and the EVPI of the same draws without noise."""
    found = []
    for seed in range(times):
        rng = np.random.default_rng(seed)
        true = normal_draws(W1_MEAN, W1_SPREAD, draws=draws, rng=rng)
        noisy = true + rng.standard_normal(true.shape) * sd / np.sqrt(2)
        seen = decision(noisy, inner_covariance=noise_of(sd, 3))
        found.append((seen.evpi.value, seen.evpi_uncorrected, decision(true).evpi.value))
    return np.array(found)


def test_the_w1_like_decision_has_the_printed_value_of_perfect_information() -> None:
    assert normal_evpi(W1_MEAN, W1_SPREAD) == pytest.approx(0.0501, abs=0.0005)


@pytest.mark.parametrize("lives", [100, 1000])
def test_paired_luck_leaves_at_most_two_percent_bias_after_correction(lives: int) -> None:
    found = _repeated(sd=PAIRED_SD_100 * np.sqrt(100 / lives), times=40)
    bias = (found[:, 0] - found[:, 2]) / normal_evpi(W1_MEAN, W1_SPREAD)
    assert abs(bias.mean()) <= TOLERATED - 2 * bias.std() / np.sqrt(len(bias))


def test_independent_luck_of_a_thousand_lives_leaves_at_most_two_percent_bias() -> None:
    found = _repeated(sd=INDEPENDENT_SD_100 * np.sqrt(0.1), times=60)
    bias = (found[:, 0] - found[:, 2]) / normal_evpi(W1_MEAN, W1_SPREAD)
    assert abs(bias.mean()) <= TOLERATED - 2 * bias.std() / np.sqrt(len(bias))


def test_without_correction_the_same_noise_inflates_it() -> None:
    """Printed for W1 with independent streams and 100 lives a draw: .121 in place of .0501."""
    found = _repeated(sd=INDEPENDENT_SD_100, times=10)
    assert found[:, 1].mean() == pytest.approx(0.121, abs=0.02)


@pytest.mark.parametrize(("mean", "sd", "noise"), [(0.3, 1.0, 0.5), (0.0, 1.0, 1.0), (1.0, 2.0, 1.5)])
def test_two_normal_options_get_back_the_unit_normal_loss(mean: float, sd: float, noise: float) -> None:
    rng, draws = np.random.default_rng(4), 40_000
    x = mean + sd * rng.standard_normal(draws) + noise * rng.standard_normal(draws)
    found = decision(np.stack([x, np.zeros(draws)], axis=1), inner_covariance=np.diag([noise**2, 0.0]))
    assert found.evpi.value == pytest.approx(unit_normal_loss(mean, sd), abs=4 * found.evpi.standard_error)


def test_noise_that_differs_between_draws_is_corrected_by_its_mean() -> None:
    rng, draws = np.random.default_rng(6), 40_000
    true = normal_draws(W1_MEAN, W1_SPREAD, draws=draws, rng=rng)
    sds = PAIRED_SD_100 * np.sqrt(rng.gamma(4.0, 0.25, draws))
    noisy = true + rng.standard_normal(true.shape) * sds[:, None] / np.sqrt(2)
    inner = np.eye(3) * (sds**2)[:, None, None] / 2
    found = decision(noisy, inner_covariance=inner).evpi.value
    assert found == pytest.approx(decision(true).evpi.value, rel=TOLERATED)


def test_a_skewed_net_benefit_is_corrected_to_two_percent() -> None:
    """Gamma-distributed gains (skewness 1) with the noise of 100 paired lives a draw."""
    rng, draws = np.random.default_rng(7), 40_000
    gain = 0.05 + 0.14 * (rng.gamma(4.0, 1.0, draws) - 4.0) / 2
    true = np.stack([np.zeros(draws), gain], axis=1)
    noisy = true + rng.standard_normal(true.shape) * PAIRED_SD_100 / np.sqrt(2)
    found = decision(noisy, inner_covariance=noise_of(PAIRED_SD_100, 2)).evpi.value
    assert found == pytest.approx(decision(true).evpi.value, rel=TOLERATED)


def test_halves_of_the_lives_agree_with_the_closed_form_without_any_covariance() -> None:
    rng, draws = np.random.default_rng(9), 40_000
    true = normal_draws(W1_MEAN, W1_SPREAD, draws=draws, rng=rng)
    first, second = (true + rng.standard_normal(true.shape) * PAIRED_SD_100 for _ in range(2))
    assert evpi_from_halves(first, second) == pytest.approx(decision(true).evpi.value, rel=TOLERATED)


def test_the_standard_error_is_the_spread_over_repetitions() -> None:
    seen, errors = [], []
    for seed in range(80):
        rng = np.random.default_rng(1000 + seed)
        noisy = normal_draws(W1_MEAN, W1_SPREAD, draws=400, rng=rng) + rng.standard_normal((400, 3)) * 0.08
        found = decision(noisy, inner_covariance=np.eye(3) * 0.08**2)
        seen.append(found.evpi.value)
        errors.append(found.evpi.standard_error)
    assert np.mean(errors) == pytest.approx(np.std(seen), rel=0.25)
