"""Laws every family obeys: hazards rise, waiting times undo survivor functions, a passed reading changes nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pelvicrt.engine import Effect, Family, Law

NO_KNOTS = np.array([])
LAWS = [
    (Family.EXPONENTIAL, (0.3,), NO_KNOTS),
    (Family.WEIBULL, (0.8, 5.0), NO_KNOTS),
    (Family.GOMPERTZ, (0.1, 0.05), NO_KNOTS),
    (Family.GOMPERTZ, (-0.1, 0.3), NO_KNOTS),
    (Family.LOG_NORMAL, (1.0, 0.9), NO_KNOTS),
    (Family.LOG_LOGISTIC, (1.5, 4.0), NO_KNOTS),
    (Family.GENERALISED_GAMMA, (1.0, 0.7, 0.5), NO_KNOTS),
    (Family.GENERALISED_GAMMA, (1.0, 0.7, -0.8), NO_KNOTS),
    (Family.PIECEWISE_EXPONENTIAL, (0.5, 0.05, 0.2), np.array([0.0, 1.0, 3.0])),
    (Family.SPLINE, (-1.2, 1.4, -0.06, 0.08), np.array([-2.0, -0.5, 0.8, 3.0])),
]


@pytest.mark.parametrize(("family", "parameters", "knots"), LAWS)
@settings(max_examples=40, deadline=None)
@given(
    survival=st.floats(0.02, 0.98),
    at=st.floats(0.0, 6.0),
    eta=st.floats(-1.0, 1.0),
    effect=st.sampled_from(list(Effect)),
    cure=st.none() | st.floats(0.0, 0.9),
)
def test_waiting_time_undoes_the_survivor_function(
    *,
    family: Family,
    parameters: tuple[float, ...],
    knots: np.ndarray,
    survival: float,
    at: float,
    eta: float,
    effect: Effect,
    cure: float | None,
) -> None:
    law = Law(family=family, parameters=np.array(parameters), knots=knots, effect=effect, eta=eta, cure=cure)
    wait = float(law.waiting_time(-np.log(survival), at=at))
    if np.isinf(wait):
        assert float(law.survivor(1e9, given=at)) >= survival - 1e-9
    else:
        assert float(law.survivor(at + wait, given=at)) == pytest.approx(survival, abs=1e-9)


@pytest.mark.parametrize(("family", "parameters", "knots"), LAWS)
@settings(max_examples=30, deadline=None)
@given(times=st.lists(st.floats(0.0, 60.0), min_size=2, max_size=8))
def test_a_cumulative_hazard_starts_at_0_and_never_falls(
    family: Family, parameters: tuple[float, ...], knots: np.ndarray, times: list[float]
) -> None:
    law = Law(family=family, parameters=np.array(parameters), knots=knots)
    hazards = law.cumulative_hazard(np.array([0.0, *sorted(times)]))
    assert hazards[0] == 0.0
    assert (np.diff(hazards) >= -1e-12).all()
