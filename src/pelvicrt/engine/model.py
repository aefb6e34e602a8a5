"""What is a multi-state model? States, transitions, clocks, rewards and patients as plain arrays.

A `Model` is the structure, the same in every draw. `Numbers` are its parameters, one row a draw. `Patients` are who
enters it, where and with how much time already on each clock. `Rewards` say what a stay is worth. All are frozen and
hold read-only arrays; index order is always draw, strategy, patient, then state, transition or clock.

How a transition runs. Entering a state starts a race between its transitions that the guards allow. Transition j has
survivor function S_j(c), c the reading of its clock; given that c0 stands on the clock at entry, it would happen after
waiting t with S_j(c0 + t) / S_j(c0). The earliest wins; it leads to one of its targets by the targets' shares.

Effects. With x the patient's covariates, eta = effects . x + strategy effect. Effect kind AFT multiplies time by
exp(eta) (a positive eta delays); PH multiplies the hazard by exp(eta). With a cure share p the survivor function is
p + (1 - p) S(c); eta acts on S, `cure_effects . x` is added to logit p.

Clocks. Clock 0 reads the sojourn: it restarts at every entry. Every other clock restarts at the states named in
`clock_restarts` and otherwise runs on, so a clock that restarts nowhere is the forward clock (or age, when patients
bring their age on it), one that restarts when treatment starts is a treatment clock, and one that does not restart
between two remissions keeps the relapse clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

SOJOURN = 0
"""Index of the clock that restarts at every entry."""
NO_LIMIT = -1


class Family(IntEnum):
    """Shape of a survivor function; the row of `Numbers.parameters` holds its parameters in this order.

    EXPONENTIAL rate | WEIBULL shape, scale: exp(-(c/scale)^shape) | GOMPERTZ shape, rate: exp(-rate/shape (e^(shape c)
    - 1)), shape may be 0 or negative | LOG_NORMAL mu, sigma of log time | LOG_LOGISTIC shape, scale: 1/(1 +
    (c/scale)^shape) | GENERALISED_GAMMA mu, sigma, q (Prentice) | PIECEWISE_EXPONENTIAL one rate a piece, pieces from
    `Model.knots` (first knot 0) | SPLINE coefficients of a natural cubic spline of log time for the log cumulative
    hazard (Royston-Parmar), log-time knots in `Model.knots` | FIXED time: happens at that reading of the clock | NEVER.
    """

    NEVER = 0
    EXPONENTIAL = 1
    WEIBULL = 2
    GOMPERTZ = 3
    LOG_NORMAL = 4
    LOG_LOGISTIC = 5
    GENERALISED_GAMMA = 6
    PIECEWISE_EXPONENTIAL = 7
    SPLINE = 8
    FIXED = 9


class Effect(IntEnum):
    """What a covariate acts on: time (AFT) or the hazard (PH)."""

    AFT = 0
    PH = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Structure. T transitions, S states, C clocks, K covariates, B branches at most, A strategies.

    `targets` (T, B) holds state indices, -1 where a transition has fewer branches. `strategy_allows` (A, T) and
    `visits_least`, `visits_most` (T, S) are the guards: a transition is allowed while the number of entries into each
    state so far (the start state counts once) lies between them; NO_LIMIT in `visits_most` means no upper limit.
    """

    time_unit: str
    horizon: float
    states: tuple[str, ...]
    transitions: tuple[str, ...]
    clocks: tuple[str, ...]
    covariates: tuple[str, ...]
    strategies: tuple[str, ...]
    source: Ints
    targets: Ints
    family: Ints
    clock: Ints
    effect: Ints
    has_cure: Flags
    knots: tuple[Floats, ...]
    clock_restarts: Flags
    strategy_allows: Flags
    visits_least: Ints
    visits_most: Ints

    @property
    def absorbing(self) -> Flags:
        """(S,) whether nothing leaves a state under any strategy."""
        return ~np.isin(np.arange(len(self.states)), self.source)


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Parameters, one row a draw (D draws): natural-scale family parameters and additive effects.

    `parameters` (D, T, P); `effects` (D, T, K); `strategy_effects` (D, T, A); `shares` (D, T, B) sum to 1 over the
    branches of a transition; `cure` (D, T) in 0..1, ignored where the model has no cure; `cure_effects` (D, T, K).
    """

    parameters: Floats
    effects: Floats
    strategy_effects: Floats
    shares: Floats
    cure: Floats
    cure_effects: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Patients:
    """N patients: covariates (N, K), start state (N,), readings of all clocks at time 0 (N, C), weights (N,).

    A patient seen mid-course starts with the sojourn so far on clock 0 and `visits` (N, S) entries behind him.
    """

    covariates: Floats
    start_state: Ints
    clocks: Floats
    weights: Floats
    visits: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewards:
    """R rewards (QALYs, cost, life-years ...), each with a discount rate a time unit, continuous.

    `rate` (D, R, A, S, J) is earned per time unit in a state from sojourn `breaks[s, j]` to the next break (S, J; the
    first is 0, unused ones are inf). `once` (D, R, A, T) is earned when a transition happens, `at_start` (D, R, A) at
    time 0. Time beyond the horizon earns nothing. A leading axis D of length 1 means: the same in every draw.
    """

    names: tuple[str, ...]
    discount: Floats
    breaks: Floats
    rate: Floats
    once: Floats
    at_start: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Expected rewards (D, A, N or 1 when averaged by weight, R); occupancy (D, A, times, S) if asked.

    `error` has the shape of `rewards`: the solver's extrapolation error, or the standard error of simulation.
    """

    rewards: Floats
    error: Floats
    times: Floats
    occupancy: Floats | None = None
