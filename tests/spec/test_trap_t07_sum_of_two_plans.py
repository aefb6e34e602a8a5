"""T7 for plans: the sum of two courses is a dose in one place, never a sum of highest doses or of prescriptions."""

import numpy as np
import pytest
from tests.support.two_courses import box, course

from pelvicrt.foundation import UsageError
from pelvicrt.plans import sum_plans


def _left(x, y, z):
    return np.where(x < 0, 50.0, 5.0)


def _right(x, y, z):
    return np.where(x > 0, 50.0, 5.0)


def test_two_hot_places_apart_do_not_make_one_hotter_place():
    found = sum_plans(course(_left, 25, label="a"), course(_right, 25, label="b")).structures[0].doses[0]

    # At alpha/beta 3: 50 Gy in 25 are 50, 5 Gy in 25 are 3.2; never 100.
    assert found.first.max_gy == pytest.approx(50.0, abs=0.01)
    assert found.total.max_gy == pytest.approx(53.2, abs=0.01)


def test_a_contact_course_is_refused_in_the_sum_of_plans():
    with pytest.raises(UsageError, match="3 fractions of 30 Gy cannot be added as linear-quadratic dose"):
        sum_plans(course(90.0, 3, label="contact"), course(45.0, 25, label="pelvis"))


def test_fractions_between_six_and_ten_gray_are_added_with_a_warning():
    found = sum_plans(course(24.0, 3, label="a"), course(45.0, 25, label="b"))

    assert "large_fraction" in [notice.code for notice in found.notices]


def test_no_recovery_can_be_asked_for():
    with pytest.raises(TypeError, match="recovery"):
        sum_plans(course(25.0, 5, label="a"), course(25.0, 5, label="b"), recovery=0.5)


def test_doses_are_converted_before_they_are_added_and_measured():
    """T8: 25 Gy in 5 and 25 Gy in 25 are not 50 Gy in 30 fractions."""
    found = sum_plans(course(25.0, 5, label="a"), course(25.0, 25, label="b", structures=(box("Bowel_Bag"),)))
    total = found.structures[0].doses[0]

    assert total.total.mean_gy == pytest.approx(25 * (5 + 3) / 5 + 25 * (1 + 3) / 5, abs=0.01)
    assert total.metrics["D0.03cc[Gy]"] == pytest.approx(60.0, abs=0.01)
