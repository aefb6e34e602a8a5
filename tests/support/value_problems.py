"""Decision problems whose values of information are known in closed form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]

# Three options like W1's: gains .085 and .038 over the first, spread so that EVPI is .050 (printed for W1: .0501).
# Inner noise of each difference with 100 lives a draw, from the standard errors w1.md prints for 4 million lives:
# paired luck .00026 sqrt(4e6 / 100) = .052, independent streams .0008 sqrt(2) sqrt(4e6 / 100) = .226.
W1_MEAN = np.array([0.0, 0.085, 0.038])
W1_SPREAD = np.array([[0.0, 0.0, 0.0], [0.0, 0.164**2, 0.48 * 0.164 * 0.1125], [0.0, 0.48 * 0.164 * 0.1125, 0.1125**2]])
PAIRED_SD_100, INDEPENDENT_SD_100 = 0.052, 0.226


def unit_normal_loss(mean: float, sd: float) -> float:
    """E[max(0, X)] - max(0, E[X]) of X ~ N(mean, sd): the textbook value of perfect information of two options."""
    z = abs(mean) / sd
    return float(sd * (stats.norm.pdf(z) - z * stats.norm.sf(z)))


def normal_evpi(mean: Floats, covariance: Floats) -> float:
    """EVPI of jointly normal options (Afonja 1972): E max = sum_i m_i P_i + sum_{i<j} t_ij phi(d_ij / t_ij) P(others | tie).

    Written for three options: with two tied at y, the third is below them with one normal probability.
    """
    total = 0.0
    for i in range(3):
        others = [k for k in range(3) if k != i]
        contrast = np.zeros((2, 3))
        contrast[[0, 1], others] = -1.0
        contrast[:, i] = 1.0
        total += mean[i] * stats.multivariate_normal(
            contrast @ mean, contrast @ covariance @ contrast.T, allow_singular=True, seed=1
        ).cdf(np.array([np.inf, np.inf]), lower_limit=np.array([0.0, 0.0]))
    for i, j, k in ((0, 1, 2), (0, 2, 1), (1, 2, 0)):
        tie = np.zeros(3)
        tie[i], tie[j] = 1.0, -1.0
        gap = np.zeros(3)
        gap[i], gap[k] = 1.0, -1.0
        spread = np.sqrt(tie @ covariance @ tie)
        slope = (gap @ covariance @ tie) / spread**2
        rest_mean = gap @ mean - slope * (tie @ mean)
        rest_sd = np.sqrt(max(gap @ covariance @ gap - slope**2 * spread**2, 0.0))
        total += spread * stats.norm.pdf(tie @ mean / spread) * stats.norm.cdf(rest_mean / rest_sd)
    return float(total - mean.max())


def normal_draws(mean: Floats, covariance: Floats, *, draws: int, rng: np.random.Generator) -> Floats:
    """Jointly normal net benefits, (draws, options)."""
    return np.asarray(rng.multivariate_normal(mean, covariance, size=draws, method="eigh"))


def noise_of(sd_of_difference: float, options: int) -> Floats:
    """Inner covariance of options whose luck is independent, a difference of two having the given SD."""
    return np.eye(options) * sd_of_difference**2 / 2
