"""Laws of radiobiology that hold for every schedule and histogram."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pelvicrt.radiobiology import (
    Bed,
    TwoGyBins,
    bed,
    bed_lq_linear,
    eqd2,
    generalised_eud,
    incomplete_repair_factor,
    lkb,
    poisson_control,
    population_control,
    relative_seriality,
    total_dose_in_fractions,
)

settings.register_profile("shared_cores", deadline=None)
settings.load_profile("shared_cores")

doses = st.floats(0.1, 30)
tissues = st.floats(0.5, 20)
counts = st.integers(1, 40)


@st.composite
def histograms(draw):
    size = draw(st.integers(1, 8))
    dose = draw(st.lists(st.floats(0.5, 70), min_size=size, max_size=size))
    volume = draw(st.lists(st.floats(0.01, 5), min_size=size, max_size=size))
    return TwoGyBins(dose, volume)


@given(doses, counts, counts, tissues)
def test_bed_of_two_parts_is_the_bed_of_the_whole(d, first, second, ab):
    parts = bed(dose_per_fraction_gy=d, fractions=first, alpha_beta_gy=ab) + bed(
        dose_per_fraction_gy=d, fractions=second, alpha_beta_gy=ab
    )
    whole = bed(dose_per_fraction_gy=d, fractions=first + second, alpha_beta_gy=ab)
    assert parts.value_gy == pytest.approx(whole.value_gy, rel=1e-12)


@given(doses, st.floats(0.01, 5), counts, tissues)
def test_bed_rises_with_dose_per_fraction(d, more, n, ab):
    low = bed(dose_per_fraction_gy=d, fractions=n, alpha_beta_gy=ab)
    high = bed(dose_per_fraction_gy=d + more, fractions=n, alpha_beta_gy=ab)
    assert high.value_gy > low.value_gy


@given(counts, tissues)
def test_eqd2_of_two_gy_fractions_is_the_dose(n, ab):
    assert eqd2(dose_per_fraction_gy=2, fractions=n, alpha_beta_gy=ab).value_gy == pytest.approx(2 * n, rel=1e-12)


@given(doses, counts, tissues)
def test_eqd2_is_bed_over_one_plus_two_over_alpha_beta(d, n, ab):
    direct = eqd2(dose_per_fraction_gy=d, fractions=n, alpha_beta_gy=ab)
    through_bed = bed(dose_per_fraction_gy=d, fractions=n, alpha_beta_gy=ab).in_two_gy_fractions()
    assert direct.value_gy == pytest.approx(through_bed.value_gy, rel=1e-12)


@given(doses, counts, tissues)
def test_a_dose_comes_back_from_its_eqd2(d, n, ab):
    there = eqd2(dose_per_fraction_gy=d, fractions=n, alpha_beta_gy=ab).value_gy
    assert total_dose_in_fractions(eqd2_gy=there, fractions=n, alpha_beta_gy=ab) == pytest.approx(n * d, rel=1e-6)


@given(histograms(), st.floats(0.1, 60))
def test_equivalent_uniform_dose_lies_between_lowest_and_highest(bins, a):
    found = generalised_eud(bins, a=a)
    assert bins.dose_gy.min() - 1e-9 <= found <= bins.dose_gy.max() + 1e-9


@given(histograms())
def test_equivalent_uniform_dose_with_exponent_one_is_the_mean(bins):
    assert generalised_eud(bins, a=1) == pytest.approx(bins.mean_gy(), rel=1e-12)


@given(histograms(), st.floats(0.2, 20), st.floats(0.1, 20))
def test_equivalent_uniform_dose_rises_with_its_exponent(bins, a, more):
    assert generalised_eud(bins, a=a + more) >= generalised_eud(bins, a=a) - 1e-9


@given(st.floats(0, 100), st.floats(0.01, 20), st.floats(20, 90), st.floats(0.05, 0.6))
def test_complication_chance_never_falls_with_dose(dose, more, td50, m):
    assert lkb(dose + more, td50_gy=td50, m=m) >= lkb(dose, td50_gy=td50, m=m)


@given(histograms(), st.floats(1.01, 1.5), st.floats(0.05, 3))
def test_seriality_never_falls_when_every_bin_gets_more(bins, factor, s):
    hotter = TwoGyBins(np.asarray(bins.dose_gy) * factor, bins.volume_share)
    low = relative_seriality(bins, d50_gy=55, gamma=2, s=s)
    assert relative_seriality(hotter, d50_gy=55, gamma=2, s=s) >= low - 1e-12


@given(doses, counts, tissues, st.floats(0.5, 25))
def test_straightened_survival_never_gives_more_than_the_curve(d, n, ab, transition):
    curved = bed(dose_per_fraction_gy=d, fractions=n, alpha_beta_gy=ab).value_gy
    straight = bed_lq_linear(dose_per_fraction_gy=d, fractions=n, alpha_beta_gy=ab, transition_dose_gy=transition)
    assert straight.value_gy <= curved * (1 + 1e-12)


@given(counts, tissues, st.floats(0.5, 25))
def test_straightened_survival_joins_the_curve_at_the_transition(n, ab, transition):
    below, above = (
        bed_lq_linear(
            dose_per_fraction_gy=transition * factor, fractions=n, alpha_beta_gy=ab, transition_dose_gy=transition
        ).value_gy
        for factor in (1 - 1e-9, 1 + 1e-9)
    )
    assert above == pytest.approx(below, rel=1e-7)


@given(st.floats(0.1, 24), st.floats(0.1, 12))
def test_damage_left_between_two_fractions_is_a_share(gap, half_time):
    found = incomplete_repair_factor(fractions_per_day=2, gap_hours=gap, repair_half_time_hours=half_time)
    assert 0 <= found <= 1


@given(st.integers(2, 6), st.floats(0.1, 24), st.floats(0.1, 12))
def test_repair_factor_equals_its_printed_formula(m, gap, half_time):
    phi = math.exp(-math.log(2) * gap / half_time)
    printed = 2 / m * phi / (1 - phi) * (m - (1 - phi**m) / (1 - phi))
    found = incomplete_repair_factor(fractions_per_day=m, gap_hours=gap, repair_half_time_hours=half_time)
    assert found == pytest.approx(printed, rel=1e-6, abs=1e-9)


@settings(deadline=None, max_examples=20)
@given(st.floats(20, 120), st.floats(0.02, 0.12))
def test_population_control_equals_a_plain_average_over_many_tumours(dose_gy, sd):
    u = (np.arange(200_000) + 0.5) / 200_000
    alpha = stats.truncnorm.ppf(u, -0.3 / sd, np.inf, loc=0.3, scale=sd)
    averaged = np.exp(-1e7 * np.exp(-alpha * dose_gy)).mean()
    found = population_control(Bed(dose_gy, 10), clonogens=1e7, alpha_per_gy=0.3, alpha_sd_per_gy=sd)
    assert found == pytest.approx(averaged, abs=2e-4)


def test_population_control_of_nearly_equal_tumours_is_poisson():
    one = poisson_control(Bed(60, 10), clonogens=1e7, alpha_per_gy=0.3)
    many = population_control(Bed(60, 10), clonogens=1e7, alpha_per_gy=0.3, alpha_sd_per_gy=1e-6)
    assert many == pytest.approx(one, abs=1e-4)
