"""Laws of adding two courses: order does not matter, means add, nothing gets less dose than from one course."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.two_courses import course

from pelvicrt.plans import sum_plans

slopes = st.floats(-0.5, 0.5)
counts = st.integers(5, 35)


def _plan(label, slope, middle_gy, fractions):
    return course(lambda x, y, z: middle_gy + slope * x, fractions, label=label, half_mm=16.0)


@settings(max_examples=15, deadline=None)
@given(a=st.tuples(slopes, st.floats(10, 25), counts), b=st.tuples(slopes, st.floats(10, 25), counts))
def test_the_order_of_courses_does_not_matter_and_their_means_add(a, b):
    one = sum_plans(_plan("a", *a), _plan("b", *b)).structures[0].doses[0]
    other = sum_plans(_plan("b", *b), _plan("a", *a)).structures[0].doses[0]

    assert one.total.mean_gy == pytest.approx(other.total.mean_gy, rel=1e-6)
    assert one.total.mean_gy == pytest.approx(one.first.mean_gy + one.second.mean_gy, rel=1e-5)


@settings(max_examples=15, deadline=None)
@given(a=st.tuples(slopes, st.floats(10, 25), counts), b=st.tuples(slopes, st.floats(10, 25), counts))
def test_no_place_gets_less_than_from_one_course_nor_more_than_both_highest_doses(a, b):
    found = sum_plans(_plan("a", *a), _plan("b", *b)).structures[0].doses[0]

    assert found.total.min_gy >= max(found.first.min_gy, found.second.min_gy) - 1e-3
    assert found.total.max_gy <= found.first.max_gy + found.second.max_gy + 1e-3
