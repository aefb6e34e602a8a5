"""T7: contact boosts and second courses summed by the linear-quadratic formula give absurd doses."""

import pytest

from pelvicrt.dose import dose_summary
from pelvicrt.foundation import UsageError
from pelvicrt.radiobiology import Course, LqValidity, cumulative_eqd2, summable_bed

LIMITS = LqValidity(comfortable_to_gy=6, reasonable_to_gy=10, arguable_to_gy=18)
CONTACT = Course(dose_per_fraction_gy=30, fractions=3)
LONG_COURSE = Course(dose_per_fraction_gy=1.8, fractions=25)


def test_a_contact_boost_is_never_summed():
    with pytest.raises(UsageError, match="3 fractions of 30 Gy cannot be added as linear-quadratic dose"):
        summable_bed(dose_per_fraction_gy=30, fractions=3, alpha_beta_gy=10, validity=LIMITS)


def test_a_cumulative_dose_refuses_a_contact_course():
    with pytest.raises(UsageError, match="cannot be added"):
        cumulative_eqd2([LONG_COURSE, CONTACT], alpha_beta_gy=10, spatial_basis="same_point", validity=LIMITS)


def test_a_summary_leaves_the_contact_boost_out_of_every_number():
    with_boost = dose_summary(total_gy=45, fractions=25, boost_total_gy=90, boost_fractions=3)
    assert [each.eqd2_gy for each in with_boost.scenarios] == [
        each.eqd2_gy for each in dose_summary(total_gy=45, fractions=25).scenarios
    ]


def test_a_summary_says_that_the_contact_boost_is_left_out():
    assert dose_summary(total_gy=45, fractions=25, boost_total_gy=90, boost_fractions=3).boost_included is False


def test_a_contact_course_alone_gets_a_spread_instead_of_a_number():
    alone = dose_summary(total_gy=90, fractions=3, alpha_beta_gy=10)
    assert (alone.bed_gy, alone.spread.low_gy, alone.spread.high_gy) == (None, 240, 360)


def test_no_response_is_predicted_from_a_contact_boost():
    assert dose_summary(total_gy=45, fractions=25, boost_total_gy=90, boost_fractions=3).tumour_regression == ()


def test_a_sum_of_prescriptions_is_flagged_as_no_organ_dose():
    found = cumulative_eqd2(
        [LONG_COURSE, LONG_COURSE], alpha_beta_gy=3, spatial_basis="prescriptions_only", validity=LIMITS
    )
    assert "no_spatial_dose" in [flag.kind for flag in found.flags]


def test_a_sum_at_one_point_still_says_that_no_recovery_is_assumed():
    found = cumulative_eqd2([LONG_COURSE, LONG_COURSE], alpha_beta_gy=3, spatial_basis="same_point", validity=LIMITS)
    assert [flag.kind for flag in found.flags] == ["no_recovery"]


def test_the_spatial_basis_must_be_stated():
    with pytest.raises(TypeError, match="spatial_basis"):
        cumulative_eqd2([LONG_COURSE], alpha_beta_gy=3, validity=LIMITS)
