"""Worked numbers computed by hand outside the package (clinical specification, table E4), each to its printed digits."""

import pytest

from pelvicrt.radiobiology import (
    Bed,
    Course,
    LqValidity,
    PhysicalBins,
    TimeFactor,
    TwoGyBins,
    bed,
    bed_incomplete_repair,
    bed_lq_linear,
    cumulative_eqd2,
    eqd2,
    eqd2_with_time,
    generalised_eud,
    incomplete_repair_factor,
    large_fraction_spread,
    lkb,
    logistic_response,
    poisson_control,
    relative_seriality,
    total_dose_in_fractions,
)

LIMITS = LqValidity(comfortable_to_gy=6, reasonable_to_gy=10, arguable_to_gy=18)


@pytest.mark.parametrize(("alpha_beta_gy", "expected_gy"), [(10, 37.50), (5.06, 49.70), (3, 66.67)])
def test_bed_of_short_course(alpha_beta_gy, expected_gy):
    found = bed(dose_per_fraction_gy=5, fractions=5, alpha_beta_gy=alpha_beta_gy)
    assert found.value_gy == pytest.approx(expected_gy, abs=0.01)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "alpha_beta_gy", "expected_gy"),
    [
        (25, 5, 10, 31.25),
        (25, 5, 5.06, 35.62),
        (25, 5, 3, 40.00),
        (50.4, 28, 10, 49.56),
        (50.4, 28, 5.06, 48.97),
        (50.4, 28, 3, 48.38),
        (45, 25, 10, 44.25),
        (45, 25, 5.06, 43.73),
        (45, 25, 3, 43.20),
        (55, 25, 10, 55.92),
        (55, 25, 5.06, 56.56),
        (55, 25, 3, 57.20),
        (30, 5, 10, 40.00),
        (30, 5, 5.06, 47.00),
        (30, 5, 3, 54.00),
        (30, 10, 10, 32.50),
        (39, 13, 10, 42.25),
        (20, 5, 10, 23.33),
        (8, 1, 10, 12.00),
        (30, 10, 3, 36.00),
        (39, 13, 3, 46.80),
        (20, 5, 3, 28.00),
        (8, 1, 3, 17.60),
        (30, 10, 5.06, 34.25),
    ],
)
def test_eqd2_of_a_schedule(total_gy, fractions, alpha_beta_gy, expected_gy):
    found = eqd2(dose_per_fraction_gy=total_gy / fractions, fractions=fractions, alpha_beta_gy=alpha_beta_gy)
    assert found.value_gy == pytest.approx(expected_gy, abs=0.01)


@pytest.mark.parametrize(("alpha_beta_gy", "short_course_higher"), [(10, False), (5.06, True)])
def test_order_of_25_in_5_and_30_in_10_flips_with_alpha_beta(alpha_beta_gy, short_course_higher):
    short = eqd2(dose_per_fraction_gy=5, fractions=5, alpha_beta_gy=alpha_beta_gy).value_gy
    ten = eqd2(dose_per_fraction_gy=3, fractions=10, alpha_beta_gy=alpha_beta_gy).value_gy
    assert (short > ten) is short_course_higher


MATCHED_FIT = TimeFactor(dose_per_day_gy=0.15, kick_off_day=0, alpha_beta_gy=11.1)
ILLUSTRATION = TimeFactor(dose_per_day_gy=0.6, kick_off_day=21, alpha_beta_gy=10)


@pytest.mark.parametrize(
    ("time", "dose_per_fraction_gy", "fractions", "days", "expected_gy"),
    [
        (MATCHED_FIT, 5, 5, 5, 29.975),
        (MATCHED_FIT, 1.8, 28, 38, 43.931),
        (MATCHED_FIT, 2, 25, 33, 45.050),
        (ILLUSTRATION, 5, 5, 5, 31.25),
        (ILLUSTRATION, 1.8, 28, 38, 39.36),
        (ILLUSTRATION, 2, 25, 33, 42.80),
    ],
)
def test_eqd2_with_time(time, dose_per_fraction_gy, fractions, days, expected_gy):
    found = eqd2_with_time(dose_per_fraction_gy=dose_per_fraction_gy, fractions=fractions, days=days, time=time)
    assert found.value_gy == pytest.approx(expected_gy, abs=0.001)


@pytest.mark.parametrize(("half_time", "gap", "expected"), [(1.5, 6, 0.0625), (4, 6, 0.3536), (4, 8, 0.2500)])
def test_incomplete_repair_of_two_fractions_a_day(half_time, gap, expected):
    found = incomplete_repair_factor(fractions_per_day=2, gap_hours=gap, repair_half_time_hours=half_time)
    assert found == pytest.approx(expected, abs=0.00005)


@pytest.mark.parametrize(
    ("alpha_beta_gy", "half_time", "gap", "expected_gy"),
    [
        (3, 1.5, 6, 35.83),
        (3, 4, 6, 39.24),
        (3, 4, 8, 38.03),
        (10, 1.5, 6, 37.68),
        (3, 0.01, 6, 35.10),
        (10, 0.01, 6, 37.38),
    ],
)
def test_eqd2_of_39_gy_in_26_twice_a_day(alpha_beta_gy, half_time, gap, expected_gy):
    found = bed_incomplete_repair(
        dose_per_fraction_gy=1.5,
        fractions=26,
        alpha_beta_gy=alpha_beta_gy,
        fractions_per_day=2,
        gap_hours=gap,
        repair_half_time_hours=half_time,
    ).in_two_gy_fractions()
    assert found.value_gy == pytest.approx(expected_gy, abs=0.01)


@pytest.mark.parametrize(
    ("first", "expected_gy"),
    [
        (Course(dose_per_fraction_gy=1.8, fractions=28), 83.48),
        (Course(dose_per_fraction_gy=5, fractions=5), 75.10),
    ],
)
def test_cumulative_late_dose_of_reirradiation_without_recovery(first, expected_gy):
    second = Course(dose_per_fraction_gy=1.5, fractions=26)
    found = cumulative_eqd2([first, second], alpha_beta_gy=3, spatial_basis="same_point", validity=LIMITS)
    assert found.eqd2.value_gy == pytest.approx(expected_gy, abs=0.01)


@pytest.mark.parametrize(
    ("d50_gy", "gamma50", "dose_gy", "expected"),
    [
        (92.0, 0.982, 50.4, 0.1448),
        (92.0, 0.982, 60, 0.2032),
        (92.0, 0.982, 70, 0.2810),
        (92.0, 0.982, 92, 0.5000),
        (92.0, 0.982, 31.25, 0.0695),
        (72.1, 0.770, 50.4, 0.2835),
        (72.1, 0.770, 60, 0.3736),
        (72.1, 0.770, 70, 0.4776),
        (72.1, 0.770, 92, 0.7006),
    ],
)
def test_tumour_regression_curve(d50_gy, gamma50, dose_gy, expected):
    assert logistic_response(dose_gy, d50_gy=d50_gy, gamma50=gamma50) == pytest.approx(expected, abs=0.0005)


@pytest.mark.parametrize(
    ("td50_gy", "m", "mean_gy", "expected"),
    [
        (37.5, 0.347, 20, 0.0893),
        (37.5, 0.347, 32, 0.3363),
        (37.5, 0.347, 40, 0.5762),
        (64.2, 0.5, 30, 0.1433),
        (64.2, 0.5, 40, 0.2255),
        (64.2, 0.5, 50, 0.3291),
    ],
)
def test_lkb_of_a_uniform_dose(td50_gy, m, mean_gy, expected):
    assert lkb(mean_gy, td50_gy=td50_gy, m=m) == pytest.approx(expected, abs=0.00005)


@pytest.mark.parametrize(("a", "expected_gy"), [(1, 19.000), (2, 22.136), (8, 32.735), (0.5, 17.537)])
def test_generalised_eud_of_three_bins(a, expected_gy):
    bins = TwoGyBins([10, 20, 40], [0.5, 0.3, 0.2])
    assert generalised_eud(bins, a=a) == pytest.approx(expected_gy, abs=0.0005)


SERIAL_BINS = TwoGyBins([20, 40, 50], [0.5, 0.3, 0.2])


def test_generalised_eud_of_small_bowel_bins():
    assert generalised_eud(SERIAL_BINS, a=1 / 0.15) == pytest.approx(41.059, abs=0.0005)


def test_lkb_of_small_bowel_bins():
    found = lkb(generalised_eud(SERIAL_BINS, a=1 / 0.15), td50_gy=55.0, m=0.16)
    assert found == pytest.approx(0.05657, abs=0.000005)


@pytest.mark.parametrize(("bins", "expected"), [(TwoGyBins([50], [1]), 0.32103), (SERIAL_BINS, 0.08784)])
def test_relative_seriality(bins, expected):
    assert relative_seriality(bins, d50_gy=55, gamma=2, s=1) == pytest.approx(expected, abs=0.000005)


def test_poisson_control():
    found = poisson_control(Bed(59.472, 10), clonogens=1e7, alpha_per_gy=0.25)
    assert found == pytest.approx(0.03048, abs=0.000005)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "expected_gy"), [(20, 5, 28.00), (45, 25, 43.20), (15, 25, 10.80), (15, 5, 18.00)]
)
def test_a_bin_in_two_gy_fractions(total_gy, fractions, expected_gy):
    found = PhysicalBins([total_gy], [1], fractions).in_two_gy_fractions(alpha_beta_gy=3)
    assert found.dose_gy[0] == pytest.approx(expected_gy, abs=0.01)


@pytest.mark.parametrize(("transition_gy", "expected_gy"), [(30, 360), (20, 330), (10, 240)])
def test_contact_boost_by_transition_dose(transition_gy, expected_gy):
    found = bed_lq_linear(dose_per_fraction_gy=30, fractions=3, alpha_beta_gy=10, transition_dose_gy=transition_gy)
    assert found.value_gy == pytest.approx(expected_gy, abs=0.01)


def test_contact_boost_is_reported_as_the_whole_spread():
    found = large_fraction_spread(dose_per_fraction_gy=30, fractions=3, alpha_beta_gy=10, transition_doses_gy=(20, 10))
    assert [each.value_gy for _, each in found.by_assumption] == pytest.approx([360, 330, 240], abs=0.01)


@pytest.mark.parametrize(("eqd2_gy", "expected_gy"), [(40, 25.00), (52, 29.33), (60, 31.95), (65, 33.50)])
def test_classical_tolerance_doses_in_five_fractions(eqd2_gy, expected_gy):
    found = total_dose_in_fractions(eqd2_gy=eqd2_gy, fractions=5, alpha_beta_gy=3)
    assert found == pytest.approx(expected_gy, abs=0.01)


@pytest.mark.parametrize(
    ("limit_gy", "alpha_beta_gy", "expected_gy"),
    [
        (15, 3, 10.56),
        (30, 3, 18.70),
        (35, 3, 21.24),
        (40, 3, 23.74),
        (45, 3, 26.21),
        (50, 3, 28.64),
        (15, 10, 12.68),
        (30, 10, 23.01),
        (35, 10, 26.19),
        (40, 10, 29.27),
        (45, 10, 32.27),
        (50, 10, 35.21),
    ],
)
def test_long_course_limits_in_five_fractions(limit_gy, alpha_beta_gy, expected_gy):
    same = eqd2(dose_per_fraction_gy=limit_gy / 25, fractions=25, alpha_beta_gy=alpha_beta_gy)
    found = total_dose_in_fractions(eqd2_gy=same.value_gy, fractions=5, alpha_beta_gy=alpha_beta_gy)
    assert found == pytest.approx(expected_gy, abs=0.01)


@pytest.mark.parametrize(
    ("eqd2_gy", "alpha_beta_gy", "expected_gy"), [(43, 3, 26.13), (39, 2, 23.37), (42, 3, 25.76), (40, 3, 25.00)]
)
def test_practice_goals_in_five_fractions(eqd2_gy, alpha_beta_gy, expected_gy):
    found = total_dose_in_fractions(eqd2_gy=eqd2_gy, fractions=5, alpha_beta_gy=alpha_beta_gy)
    assert found == pytest.approx(expected_gy, abs=0.01)


@pytest.mark.parametrize(
    ("total_gy", "fractions", "at_10_gy", "at_506_gy"),
    [(25, 5, 37.5, 49.7), (30, 10, 39.0, 47.8), (39, 13, 50.7, 62.1), (8, 1, 14.4, 20.6), (20, 5, 28.0, 35.8)],
)
def test_palliative_bed_at_both_alpha_beta(total_gy, fractions, at_10_gy, at_506_gy):
    found = [
        bed(dose_per_fraction_gy=total_gy / fractions, fractions=fractions, alpha_beta_gy=ab).value_gy
        for ab in (10, 5.06)
    ]
    assert found == pytest.approx([at_10_gy, at_506_gy], abs=0.06)


def test_brachytherapy_boost_of_the_response_trial_in_two_gy_fractions():
    external = eqd2(dose_per_fraction_gy=1.8, fractions=28, alpha_beta_gy=10)
    boost = eqd2(dose_per_fraction_gy=5, fractions=2, alpha_beta_gy=10)
    assert (external + boost).value_gy == pytest.approx(62.06, abs=0.01)
