"""The volume models against slow versions written from the formulae: integrals by hand, one voxel at a time."""

import math

import numpy as np
import pytest
from scipy import integrate

from pelvicrt.radiobiology import TwoGyBins, generalised_eud, lkb, relative_seriality

SEEDS = range(6)


def some_bins(seed):
    generator = np.random.default_rng(seed)
    size = int(generator.integers(3, 40))
    return generator.uniform(0.5, 70, size), generator.uniform(0.01, 3, size)


def normal_area(to):
    area, _ = integrate.quad(lambda t: math.exp(-t * t / 2) / math.sqrt(2 * math.pi), -40, to, points=[0.0], limit=400)
    return area


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("n", [0.046, 0.15, 0.5, 1.0])
def test_lyman_model_equals_the_integral_of_the_normal_density(seed, n):
    dose, volume = some_bins(seed)
    total = math.fsum(volume)
    mean_power = math.fsum(v / total * math.exp(math.log(d) / n) for d, v in zip(dose, volume, strict=True))
    eud = math.exp(n * math.log(mean_power))
    slow = normal_area((eud - 55.0) / (0.16 * 55.0))
    fast = lkb(generalised_eud(TwoGyBins(dose, volume), a=1 / n), td50_gy=55.0, m=0.16)
    assert fast == pytest.approx(slow, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("s", [0.18, 1.0, 1.5])
def test_seriality_equals_the_product_over_bins(seed, s):
    dose, volume = some_bins(seed)
    total = math.fsum(volume)
    spared = 1.0
    for d, v in zip(dose, volume, strict=True):
        whole = 2.0 ** -math.exp(math.e * 2.3 * (1 - d / 53.6))
        spared *= (1 - whole**s) ** (v / total)
    slow = (1 - spared) ** (1 / s)
    fast = relative_seriality(TwoGyBins(dose, volume), d50_gy=53.6, gamma=2.3, s=s)
    assert fast == pytest.approx(slow, abs=1e-9)


def test_lkb_of_an_array_equals_the_single_values():
    eud, td50, m = np.array([30.0, 40.0]), np.array([60.0, 65.0]), np.array([0.4, 0.5])
    together = lkb(eud, td50_gy=td50, m=m)
    alone = [lkb(float(e), td50_gy=float(t), m=float(s)) for e, t, s in zip(eud, td50, m, strict=True)]
    assert together.tolist() == pytest.approx(alone, abs=1e-15)
