"""What the radiobiology room refuses, and with which words."""

from statistics import NormalDist

import numpy as np
import pytest

from pelvicrt.foundation import Text
from pelvicrt.radiobiology import (
    Bed,
    DoseEstimate,
    Eqd2,
    LkbModel,
    LqValidity,
    PhysicalBins,
    ResponseModel,
    TimeFactor,
    TwoGyBins,
    bed,
    bed_incomplete_repair,
    bed_lq_linear,
    bed_with_doubling_time,
    cumulative_eqd2,
    eqd2_with_time,
    generalised_eud,
    incomplete_repair_factor,
    poisson_control,
    population_control,
    relative_seriality,
)

LIMITS = LqValidity(comfortable_to_gy=6, reasonable_to_gy=10, arguable_to_gy=18)


def test_bed_of_two_tissues_cannot_be_added():
    with pytest.raises(ValueError, match="cannot add BED for alpha/beta 3 Gy to BED for alpha/beta 10 Gy; recompute"):
        Bed(1, 3) + Bed(1, 10)


def test_eqd2_of_two_tissues_cannot_be_added():
    with pytest.raises(ValueError, match="cannot add EQD2 for alpha/beta 3 Gy to EQD2 for alpha/beta 10 Gy"):
        Eqd2(1, 3) + Eqd2(1, 10)


@pytest.mark.parametrize("alpha_beta_gy", [0, -0.1, float("nan")])
def test_alpha_beta_must_be_above_zero(alpha_beta_gy):
    with pytest.raises(ValueError, match="alpha/beta must be above 0 Gy"):
        bed(dose_per_fraction_gy=2, fractions=1, alpha_beta_gy=alpha_beta_gy)


@pytest.mark.parametrize("dose", [-1, float("inf"), float("nan")])
def test_dose_must_be_zero_or_more(dose):
    with pytest.raises(ValueError, match="a dose must be 0 Gy or more"):
        bed(dose_per_fraction_gy=dose, fractions=1, alpha_beta_gy=3)


def test_a_course_has_fractions():
    with pytest.raises(ValueError, match="1 fraction or more; got 0"):
        bed(dose_per_fraction_gy=2, fractions=0, alpha_beta_gy=3)


def test_a_course_lasts_a_day():
    fit = TimeFactor(dose_per_day_gy=0.15, kick_off_day=0, alpha_beta_gy=11.1)
    with pytest.raises(ValueError, match=r"1 day or more.*got 0"):
        eqd2_with_time(dose_per_fraction_gy=2, fractions=1, days=0, time=fit)


def test_doubling_time_must_be_above_zero():
    with pytest.raises(ValueError, match=r"alpha and doubling time must be above 0; got 0.3 and 0"):
        bed_with_doubling_time(
            dose_per_fraction_gy=2,
            fractions=25,
            alpha_beta_gy=10,
            days=33,
            kick_off_day=21,
            alpha_per_gy=0.3,
            doubling_time_days=0,
        )


@pytest.mark.parametrize(("m", "gap", "half"), [(0, 6, 1.5), (2, 0, 1.5), (2, 6, 0)])
def test_repair_needs_times_above_zero(m, gap, half):
    with pytest.raises(ValueError, match="fractions per day must be 1 or more, gap and repair half-time above 0"):
        incomplete_repair_factor(fractions_per_day=m, gap_hours=gap, repair_half_time_hours=half)


def test_one_fraction_a_day_leaves_nothing_unrepaired():
    assert incomplete_repair_factor(fractions_per_day=1, gap_hours=24, repair_half_time_hours=4) == 0.0


def test_two_fractions_with_no_repair_act_as_one_of_double_size():
    never = bed_incomplete_repair(
        dose_per_fraction_gy=1.5,
        fractions=26,
        alpha_beta_gy=3,
        fractions_per_day=2,
        gap_hours=1e-13,
        repair_half_time_hours=1e9,
    )
    assert never.value_gy == pytest.approx(bed(dose_per_fraction_gy=3, fractions=13, alpha_beta_gy=3).value_gy)


def test_transition_dose_must_be_above_zero():
    with pytest.raises(ValueError, match="transition dose must be above 0 Gy; got 0"):
        bed_lq_linear(dose_per_fraction_gy=30, fractions=3, alpha_beta_gy=10, transition_dose_gy=0)


def test_validity_limits_rise():
    with pytest.raises(ValueError, match="must rise"):
        LqValidity(comfortable_to_gy=10, reasonable_to_gy=6, arguable_to_gy=18)


@pytest.mark.parametrize(("d", "kinds"), [(6, []), (8, ["large_fraction"]), (30, ["large_fraction"])])
def test_a_fraction_above_the_comfortable_range_is_flagged(d, kinds):
    assert [flag.kind for flag in LIMITS.flags(d)] == kinds


def test_recovery_between_courses_is_not_invented():
    from pelvicrt.radiobiology import Course

    with pytest.raises(ValueError, match="no recovery between courses is established"):
        cumulative_eqd2(
            [Course(dose_per_fraction_gy=2, fractions=1)],
            alpha_beta_gy=3,
            spatial_basis="same_point",
            validity=LIMITS,
            recovery="half",
        )


def test_a_cumulative_dose_needs_a_course():
    with pytest.raises(ValueError, match="at least one course"):
        cumulative_eqd2([], alpha_beta_gy=3, spatial_basis="same_point", validity=LIMITS)


@pytest.mark.parametrize(
    ("dose", "volume", "words"),
    [
        ([], [], "at least one bin"),
        ([1.0], [1.0, 2.0], "one dose and one volume for each bin"),
        ([-1.0], [1.0], "must be 0 or more"),
        ([1.0], [0.0], "volume above 0"),
    ],
)
def test_a_histogram_must_make_sense(dose, volume, words):
    with pytest.raises(ValueError, match=words):
        TwoGyBins(dose, volume)


def test_physical_bins_need_fractions():
    with pytest.raises(ValueError, match="1 fraction or more; got 0"):
        PhysicalBins([1.0], [1.0], 0)


def test_physical_bins_need_an_alpha_beta():
    with pytest.raises(ValueError, match="alpha/beta must be above 0 Gy; got 0"):
        PhysicalBins([1.0], [1.0], 5).in_two_gy_fractions(alpha_beta_gy=0)


def test_bins_cannot_be_changed_after_they_were_made():
    bins = TwoGyBins([1.0], [1.0])
    with pytest.raises(ValueError, match="read-only"):
        bins.dose_gy[0] = 2.0


def test_exponent_zero_has_no_meaning():
    with pytest.raises(ValueError, match="must not be 0"):
        generalised_eud(TwoGyBins([1.0], [1.0]), a=0)


def test_negative_exponent_needs_dose_everywhere():
    with pytest.raises(ValueError, match="receives no dose"):
        generalised_eud(TwoGyBins([0.0, 5.0], [1.0, 1.0]), a=-5)


def test_no_dose_gives_no_equivalent_dose():
    assert generalised_eud(TwoGyBins([0.0], [1.0]), a=8) == 0.0


@pytest.mark.parametrize("function", [poisson_control, population_control])
def test_control_needs_cells(function):
    extra = {"alpha_sd_per_gy": 0.05} if function is population_control else {}
    with pytest.raises(ValueError, match=r"clonogens.*must be above 0"):
        function(Bed(60, 10), clonogens=0, alpha_per_gy=0.3, **extra)


def test_seriality_needs_parameters_above_zero():
    with pytest.raises(ValueError, match="D50, gamma and s must be above 0"):
        relative_seriality(TwoGyBins([1.0], [1.0]), d50_gy=55, gamma=2, s=0)


def test_a_probability_outside_its_range_cannot_be_built():
    with pytest.raises(ValueError, match=r"lie in 0\.\.1; got 1.2"):
        DoseEstimate(value=1.2, low=0.1, high=0.2)


TEXT = Text("x", "x")


def test_a_model_needs_numbers_above_zero():
    one = np.ones(3)
    with pytest.raises(ValueError, match="td50, n, m and alpha/beta of Bladder must be above 0"):
        LkbModel(
            organ="Bladder",
            endpoint=TEXT,
            population=TEXT,
            td50_gy=0,
            n=1,
            m=1,
            alpha_beta_gy=3,
            td50_draws_gy=one,
            n_draws=one,
            m_draws=one,
            sources=("s",),
        )


def a_response_model():
    u = np.linspace(0.8, 1.2, 101)
    return ResponseModel(
        endpoint=TEXT,
        d50_gy=92.0,
        gamma50=0.982,
        d50_draws_gy=92.0 * u,
        gamma50_draws=0.982 * u[::-1],
        fitted_from_gy=50.4,
        fitted_to_gy=70,
        sources=("s",),
    )


@pytest.mark.parametrize(("dose_gy", "flagged"), [(31.25, True), (50.4, False), (70, False), (70.1, True)])
def test_a_dose_outside_the_fit_is_flagged(dose_gy, flagged):
    assert a_response_model().estimate(dose_gy, dose_metric="eqd2").flagged("dose_range") is flagged


def test_the_band_holds_the_value():
    found = a_response_model().estimate(60, dose_metric="physical")
    assert found.low < found.value < found.high


def test_the_band_of_a_model_follows_its_parameter_draws():
    td50 = np.linspace(50, 80, 2001)
    fixed = np.full(2001, 0.2)
    model = LkbModel(
        organ="Bladder",
        endpoint=TEXT,
        population=TEXT,
        td50_gy=65,
        n=0.5,
        m=0.2,
        alpha_beta_gy=3,
        td50_draws_gy=td50,
        n_draws=np.full(2001, 0.5),
        m_draws=fixed,
        sources=("s",),
    )
    found = model.estimate(TwoGyBins([60], [1]))
    # The chance falls with TD50, so the ends of the band stand at the 97.5th and 2.5th percentile of TD50.
    expected = [NormalDist().cdf((60 - td50_gy) / (0.2 * td50_gy)) for td50_gy in (79.25, 65, 50.75)]
    assert [found.low, found.value, found.high] == pytest.approx(expected, abs=1e-9)
