"""Do the standard lines resolve hot and cold spots of large structures? Against twenty times as many.

The demonstration pelvis: its body is the hardest case, 0.03 cc of it being a few millionths.
"""

from __future__ import annotations

import functools

import pytest

from pelvicrt.dicom import DEMO_PLANS, demo_dose, demo_structures
from pelvicrt.dosimetry import DoseGrid, Histogram, Sampling, Structure, dose_volume

PLAN = DEMO_PLANS["lcrt"]
NAMES = [structure.name for structure in demo_structures(PLAN)]


@functools.cache
def _dose() -> DoseGrid:
    return demo_dose(PLAN)


@functools.cache
def _structures() -> dict[str, Structure]:
    return {structure.name: structure for structure in demo_structures(PLAN)}


@functools.cache
def _histogram(name: str, lines: int) -> Histogram:
    return dose_volume(_dose(), _structures()[name], sampling=Sampling(lines=lines)).physical


@pytest.mark.parametrize("name", NAMES)
def test_near_maximum_doses_are_those_of_many_more_lines(name: str) -> None:
    usual, many = _histogram(name, Sampling().lines), _histogram(name, 20 * Sampling().lines)
    for volume_cc in (0.03, 0.1, 1.0):
        if volume_cc < many.covered_cc:
            difference = usual.dose_at_volume_gy(volume_cc) - many.dose_at_volume_gy(volume_cc)
            assert abs(difference) < 0.06


@pytest.mark.parametrize("name", NAMES)
def test_doses_at_shares_of_the_volume_are_those_of_many_more_lines(name: str) -> None:
    usual, many = _histogram(name, Sampling().lines), _histogram(name, 20 * Sampling().lines)
    for percent in (98, 50, 2):
        difference = usual.dose_at_volume_gy(percent / 100 * usual.covered_cc) - many.dose_at_volume_gy(
            percent / 100 * many.covered_cc
        )
        assert abs(difference) < 0.02
