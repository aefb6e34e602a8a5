"""The clinical decision on W1 itself: solved draws, and draws simulated with luck shared by the strategies."""

from __future__ import annotations

import numpy as np
import pytest
from tests.support.value_w1 import simulated, solved

from pelvicrt.value import decision

PRINTED = 0.0501
"""EVPI [QALY] of the renewal solver at 1,000 draws, as the measurements this project started from print it."""


def test_solved_draws_of_w1_give_the_printed_decision() -> None:
    found = decision(solved(1000))
    assert found.evpi.value == pytest.approx(PRINTED, abs=0.00005)
    assert found.p_best == pytest.approx([0.09, 0.58, 0.33], abs=0.005)


def test_a_hundred_paired_lives_a_draw_give_the_same_within_two_percent_where_the_plain_figure_is_a_sixth_off() -> None:
    found = [
        decision(means, inner_covariance=inner) for means, inner in (simulated(1000, 100, seed=s) for s in (1, 2, 3))
    ]
    plain = np.mean([item.evpi_uncorrected for item in found])
    assert plain == pytest.approx(0.0573, abs=0.002)  # printed with 100 lives a draw and paired luck
    assert np.mean([item.evpi.value for item in found]) == pytest.approx(PRINTED, rel=0.02)


def test_pairing_shrinks_the_noise_that_has_to_be_taken_out() -> None:
    shares = [
        decision(means, inner_covariance=inner).noise_share
        for means, inner in (simulated(300, 100, seed=4), simulated(300, 100, seed=4, paired=False))
    ]
    assert shares[0] < 0.3
    assert shares[1] > 0.6
