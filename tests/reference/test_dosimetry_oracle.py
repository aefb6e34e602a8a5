"""Does the histogram agree with a slow sampler that shares nothing with it, in a dose that is nowhere straight?"""

from __future__ import annotations

import functools

import numpy as np
import pytest
from tests.support.dosimetry_sampler import Sampled, sampled

from pelvicrt.dosimetry import ContourPlane, DoseGrid, Histogram, Sampling, Structure, dose_volume

AROUND = np.arange(90) * 2 * np.pi / 90


def _ring(radius: float, x: float = 0.0, y: float = 0.0) -> np.ndarray:
    wobble = radius * (1 + 0.15 * np.sin(5 * AROUND))
    return np.column_stack([x + wobble * np.cos(AROUND), y + wobble * np.sin(AROUND)])


def _structures() -> dict[str, Structure]:
    even = np.arange(-15.0, 16.0, 3.0)
    uneven = np.array([-15.0, -13.5, -10.0, -8.0, -4.0, 0.0, 1.0, 5.0, 9.0])
    return {
        "wobbly": Structure(name="wobbly", planes=tuple(ContourPlane(z, (_ring(14.0),)) for z in even)),
        "hole": Structure(name="hole", planes=tuple(ContourPlane(z, (_ring(15.0), _ring(6.0, 2.0))) for z in even)),
        "lobes": Structure(
            name="lobes", planes=tuple(ContourPlane(z, (_ring(6.0, -10.0), _ring(5.0, 9.0, 4.0))) for z in even)
        ),
        "uneven": Structure(
            name="uneven", planes=tuple(ContourPlane(z, (_ring(10.0 + 0.3 * z, 0.2 * z),)) for z in uneven)
        ),
        "beyond": Structure(name="beyond", planes=tuple(ContourPlane(z, (_ring(12.0, 20.0, 14.0),)) for z in even)),
    }


def _lumpy_grid() -> DoseGrid:
    """Random smooth dose from 0 to 60 Gy on an uneven stack of planes."""
    random = np.random.default_rng(7)
    z = np.cumsum(random.uniform(1.5, 3.5, 22)) - 27.0
    y, x = np.arange(-24.0, 25.0, 2.5), np.arange(-26.0, 27.0, 2.0)
    dose = 30 + 20 * np.sin(x / 7)[None, None, :] * np.cos(y / 9)[None, :, None] + 8 * np.sin(z / 6)[:, None, None]
    return DoseGrid(dose_gy=dose + random.uniform(-2, 2, dose.shape), x_mm=x, y_mm=y, z_mm=z)


pytestmark = pytest.mark.parametrize("name", list(_structures()))


@functools.cache
def _pair(name: str) -> tuple[Histogram, Sampled]:
    grid, structure = _lumpy_grid(), _structures()[name]
    return dose_volume(grid, structure, sampling=Sampling(gaps="bridge")).physical, sampled(grid, structure)


def test_volume_agrees_with_the_sampler(name: str) -> None:
    found, slow = _pair(name)
    assert found.volume_cc == pytest.approx(slow.volume_cc, rel=4e-4)


def test_volume_outside_the_grid_agrees_with_the_sampler(name: str) -> None:
    found, slow = _pair(name)
    assert found.outside_cc == pytest.approx(slow.outside_cc, rel=1e-3, abs=1e-3)


def test_mean_dose_agrees_with_the_sampler(name: str) -> None:
    found, slow = _pair(name)
    assert found.mean_gy == pytest.approx(slow.known_gy.mean(), abs=0.005)


@pytest.mark.parametrize("percent", [98, 95, 50, 5, 2])
def test_dose_at_volume_agrees_with_the_sampler(name: str, percent: float) -> None:
    found, slow = _pair(name)
    value = found.dose_at_volume_gy(percent / 100 * found.covered_cc)
    assert value == pytest.approx(slow.dose_at_percent_gy(percent), abs=0.02)


def test_extremes_bound_the_sampler_and_lie_close(name: str) -> None:
    found, slow = _pair(name)
    gaps = slow.known_gy[0] - found.min_gy, found.max_gy - slow.known_gy[-1]
    assert min(gaps) + 1e-5 >= 0
    assert max(gaps) < 0.3


@pytest.mark.parametrize("alpha_beta", [3.0, 10.0])
def test_dose_in_two_gray_fractions_agrees_with_the_sampler(name: str, alpha_beta: float) -> None:
    found = dose_volume(
        _lumpy_grid(),
        _structures()[name],
        fractions=5,
        alpha_betas_gy=[alpha_beta],
        sampling=Sampling(gaps="bridge"),
    ).eqd2[alpha_beta]
    doses = _pair(name)[1].known_gy
    slow = doses * (doses / 5 + alpha_beta) / (2 + alpha_beta)
    assert found.mean_gy == pytest.approx(slow.mean(), abs=0.02)
    for percent in (98, 50, 2):
        value = found.dose_at_volume_gy(percent / 100 * found.covered_cc)
        assert value == pytest.approx(np.quantile(slow, 1 - percent / 100), abs=0.06)
