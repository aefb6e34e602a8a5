"""What the arrays of a model are refused for, and what their hash depends on."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.support.engine_models import a_model, one_patient, time_in_states, w1

from pelvicrt.engine import Effect, Family, check, model_hash


def _small(**option: object) -> tuple:
    model, numbers = a_model([(0, 1, Family.WEIBULL, (1.5, 2.0), option)], states=2, horizon=5.0)
    return model, numbers, one_patient(model), time_in_states(model)


def test_w1_passes() -> None:
    check(*w1())


def test_checked_arrays_are_read_only() -> None:
    parts = _small()
    check(*parts)
    with pytest.raises(ValueError, match="read-only"):
        parts[1].parameters[0, 0, 0] = 2.0


def _with(place: int, **change: object) -> tuple:
    parts = list(_small())
    parts[place] = dataclasses.replace(parts[place], **change)
    return tuple(parts)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (_with(0, horizon=0.0), "horizon 0.0 is not above 0"),
        (_with(0, source=np.array([5])), "transition t0 starts from no state"),
        (_with(0, targets=np.array([[7]])), "transition t0 leads to no state"),
        (_with(0, clock=np.array([3])), "transition t0 reads no clock"),
        (_with(0, family=np.array([9]), effect=np.array([1])), "has no hazard to multiply"),
        (_with(0, family=np.array([9]), has_cure=np.array([True])), "one or the other"),
        (_with(0, family=np.array([8])), "transition t0 needs knots"),
        (_with(1, parameters=np.array([[[1.5, -2.0]]])), "parameter 2 of transition t0 is not above 0"),
        (_with(1, shares=np.array([[[0.9]]])), "shares of transition t0"),
        (_with(1, effects=np.zeros((1, 2, 0))), r"effects has shape \(1, 2, 0\), not \(1, 1, 0\)"),
        (_with(2, start_state=np.array([2])), "a patient starts in no state"),
        (_with(2, clocks=np.array([[-1.0]])), "a clock reads below 0"),
        (_with(2, weights=np.zeros(1)), "one above 0"),
        (_with(2, visits=np.zeros((1, 2), dtype=int)), "the start state counts as one visit"),
        (_with(3, breaks=np.ones((2, 1))), "begins at 0"),
        (_with(3, at_start=np.zeros((3, 2, 1))), "at_start has 3 draws, not 1 or 1"),
    ],
)
def test_what_does_not_fit_is_named(parts: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check(*parts)


def test_a_cure_share_above_1_is_refused() -> None:
    with pytest.raises(ValueError, match="the cure share of transition t0 is outside"):
        check(*_small(cure=1.2))


def test_a_falling_spline_is_refused() -> None:
    option = {"knots": (-1.0, 0.0, 1.0), "effect": Effect.PH}
    model, numbers = a_model([(0, 1, Family.SPLINE, (0.0, -1.0, 0.0), option)], states=2, horizon=5.0)
    with pytest.raises(ValueError, match="the spline of transition t0 falls somewhere"):
        check(model, numbers, one_patient(model), time_in_states(model))


def test_the_hash_is_the_same_for_the_same_model() -> None:
    assert model_hash(*w1()) == model_hash(*w1())


@pytest.mark.parametrize("place", range(4))
def test_the_hash_changes_with_every_part(place: int) -> None:
    changed = [
        _with(0, time_unit="month"),
        _with(1, parameters=np.array([[[1.5, 2.0000001]]])),
        _with(2, clocks=np.array([[0.5]])),
        _with(3, discount=np.full(2, 0.01)),
    ][place]
    assert model_hash(*changed) != model_hash(*_small())
