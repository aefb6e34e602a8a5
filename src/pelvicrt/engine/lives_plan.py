"""What does the kernel need to know? A model, its numbers, patients and rewards turned into flat, derived arrays.

Everything that depends on a draw alone is worked out here once: logs of scales, tables of laws without a closed
inverse, pieces of splines, cumulated shares. The kernel then only adds, multiplies and looks up.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.engine.families import LOG_NORMAL_BELOW
from pelvicrt.engine.laws import own_copy
from pelvicrt.engine.lives_laws import FIXED, FOREVER, GOMPERTZ, LOG_LOGISTIC, PIECEWISE, SPLINE, TABLED, WEIBULL
from pelvicrt.engine.lives_tables import law_table, spline_row
from pelvicrt.engine.model import NO_LIMIT, SOJOURN, Effect, Family, Floats, Model, Numbers, Patients, Rewards
from pelvicrt.engine.philox import MOST_TRANSITIONS

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

KINDS = {
    Family.EXPONENTIAL: WEIBULL,
    Family.WEIBULL: WEIBULL,
    Family.GOMPERTZ: GOMPERTZ,
    Family.LOG_NORMAL: TABLED,
    Family.LOG_LOGISTIC: LOG_LOGISTIC,
    Family.GENERALISED_GAMMA: TABLED,
    Family.PIECEWISE_EXPONENTIAL: PIECEWISE,
    Family.SPLINE: SPLINE,
    Family.FIXED: FIXED,
}
WEIGHT_UNITS = 1 << 30
"""Weights in occupancy are counted in units of the largest weight / 2^30, so that their sums are whole numbers."""
NO_TRANSITION = -1


class Structure(NamedTuple):
    """What no draw changes. `order[first[s]:first[s + 1]]` are the transitions out of s, ascending.

    `plain`: neither cure nor guard, and every strategy allows it.
    """

    horizon: float
    first: Ints
    order: Ints
    targets: Ints
    branches: Ints
    kind: Ints
    hazards_scale: Flags
    cured: Flags
    clock: Ints
    restarts: Flags
    allows: Flags
    some_allow: Flags
    all_allow: Flags
    plain: Flags
    guarded: Flags
    least: Ints
    most: Ints
    any_guard: bool
    other_clocks: bool


class Draws(NamedTuple):
    """What each draw changes. `rows` (D, T, W) as lives_laws reads them, `table` (D, T) an index into `tables`."""

    rows: Floats
    counts: Ints
    table: Ints
    tables: Floats
    effects: Floats
    strategy_effects: Floats
    cure_logit: Floats
    cure_effects: Floats
    shares: Floats


class Entrants(NamedTuple):
    """Patients with the lives on the last axis; `aged`: some start with time on the sojourn clock."""

    covariates: Floats
    state: Ints
    clocks: Floats
    visits: Ints
    weight: Floats
    units: Ints
    aged: bool


class Worth(NamedTuple):
    """Rewards; rewards of one discount rate share one integral: `group` (R,) points into `discount` (G,).

    `pays` (S,): whether a stay is worth anything, so that also a state nothing leaves is lived in to the horizon.
    `same`: the rates are those of every strategy.
    """

    discount: Floats
    group: Ints
    pays: Flags
    pieces: Ints
    breaks: Floats
    rate: Floats
    once: Floats
    at_start: Floats
    any_once: bool
    same: bool


def structure_of(model: Model) -> Structure:
    """The structure as the kernel reads it; transitions that never happen are left out of every race."""
    transitions = len(model.transitions)
    if transitions >= MOST_TRANSITIONS:
        raise ValueError(f"{transitions} transitions: at most {MOST_TRANSITIONS - 1} can be told apart")
    real = np.flatnonzero(model.family != Family.NEVER)
    order = real[np.argsort(model.source[real], kind="stable")]
    bounds = np.searchsorted(model.source[order], np.arange(len(model.states) + 1))
    most = np.where(model.visits_most == NO_LIMIT, np.iinfo(np.int64).max, model.visits_most)
    guarded = (model.visits_least > 0).any(axis=1) | (model.visits_most != NO_LIMIT).any(axis=1)
    allows, cured = own_copy(model.strategy_allows, dtype=np.bool_), own_copy(model.has_cure, dtype=np.bool_)
    all_allow = np.logical_and.reduce(allows, axis=0)
    return Structure(
        horizon=float(model.horizon),
        first=bounds.astype(np.int64),
        order=order.astype(np.int64),
        targets=own_copy(model.targets, dtype=np.int64),
        branches=(model.targets >= 0).sum(axis=1).astype(np.int64),
        kind=np.array([KINDS.get(Family(int(f)), WEIBULL) for f in model.family], dtype=np.int64),
        hazards_scale=np.asarray(model.effect == Effect.PH),
        cured=cured,
        clock=own_copy(model.clock, dtype=np.int64),
        restarts=own_copy(model.clock_restarts, dtype=np.bool_),
        allows=allows,
        some_allow=np.logical_or.reduce(allows, axis=0),
        all_allow=all_allow,
        plain=all_allow & ~cured & ~guarded,
        guarded=guarded,
        least=own_copy(model.visits_least, dtype=np.int64),
        most=most.astype(np.int64),
        any_guard=bool(guarded.any()),
        other_clocks=len(model.clocks) > 1,
    )


def draws_of(model: Model, numbers: Numbers) -> Draws:
    """The parameters of all draws as the kernel reads them."""
    draws, transitions = numbers.parameters.shape[:2]
    widths = [_width(Family(int(f)), len(k)) for f, k in zip(model.family, model.knots, strict=True)]
    rows = np.zeros((draws, transitions, max(widths, default=1)))
    tables, index = _tables(model, numbers)
    with np.errstate(divide="ignore"):
        for t in range(transitions):
            rows[:, t, : widths[t]] = _rows(Family(int(model.family[t])), numbers.parameters[:, t], model.knots[t])
        logit = np.nan_to_num(special.logit(numbers.cure), nan=0.0, posinf=FOREVER, neginf=-FOREVER)
    return Draws(
        rows=rows,
        counts=np.array([len(k) for k in model.knots], dtype=np.int64),
        table=index,
        tables=tables,
        effects=own_copy(numbers.effects, dtype=np.float64),
        strategy_effects=own_copy(numbers.strategy_effects, dtype=np.float64),
        cure_logit=own_copy(logit),
        cure_effects=own_copy(numbers.cure_effects, dtype=np.float64),
        shares=own_copy(np.cumsum(numbers.shares, axis=-1)),
    )


def entrants_of(patients: Patients) -> Entrants:
    """The patients as the kernel reads them."""
    weight = own_copy(patients.weights, dtype=np.float64)
    largest = weight.max(initial=0.0)
    if not (np.isfinite(largest) and largest > 0.0 and (weight >= 0.0).all()):
        raise ValueError("weights of patients must be finite, not negative, and not all 0")
    return Entrants(
        covariates=own_copy(patients.covariates.T, dtype=np.float64),
        state=own_copy(patients.start_state, dtype=np.int64),
        clocks=own_copy(patients.clocks.T, dtype=np.float64),
        visits=own_copy(patients.visits.T, dtype=np.int64),
        weight=weight,
        units=np.rint(weight / largest * WEIGHT_UNITS).astype(np.int64),
        aged=bool((patients.clocks[:, SOJOURN] != 0.0).any()),
    )


def worth_of(rewards: Rewards, *, draws: int) -> Worth:
    """The rewards as the kernel reads them; the draw axis is spread without copying."""
    discount, group = np.unique(np.asarray(rewards.discount, dtype=np.float64), return_inverse=True)
    return Worth(
        discount=discount,
        group=group.astype(np.int64).reshape(-1),
        pays=(rewards.rate != 0.0).any(axis=(0, 1, 2, 4)),
        pieces=np.maximum(np.isfinite(rewards.breaks).sum(axis=1), 1).astype(np.int64),
        breaks=own_copy(rewards.breaks, dtype=np.float64),
        rate=_each_draw(rewards.rate, draws),
        once=_each_draw(rewards.once, draws),
        at_start=_each_draw(rewards.at_start, draws),
        any_once=bool(np.any(rewards.once != 0.0)),
        same=bool((rewards.rate == rewards.rate[:, :, :1]).all()),
    )


def _each_draw(array: Floats, draws: int) -> Floats:
    if len(array) not in {1, draws}:
        raise ValueError(f"rewards have {len(array)} draws, the numbers have {draws}")
    return own_copy(array, dtype=np.float64)


def _width(family: Family, knots: int) -> int:
    if family is Family.PIECEWISE_EXPONENTIAL:
        return 3 * knots
    return 5 * knots - 1 if family is Family.SPLINE else 3


def _rows(family: Family, parameters: Floats, knots: Floats) -> Floats:
    """(D, width) derived numbers of one transition, as lives_laws says for each kind."""
    p = parameters
    if family is Family.EXPONENTIAL:
        one = np.ones(len(p))
        return np.column_stack([np.minimum(-np.log(p[:, 0]), FOREVER), one, one])
    if family in {Family.WEIBULL, Family.LOG_LOGISTIC}:
        return np.column_stack([np.log(p[:, 1]), 1.0 / p[:, 0], p[:, 0]])
    if family is Family.GOMPERTZ:
        rate = np.maximum(p[:, 1], 1e-290)
        return np.column_stack([p[:, 0], rate, np.log(rate)])
    if family is Family.PIECEWISE_EXPONENTIAL:
        rates = p[:, : len(knots)]
        passed = np.cumsum(rates[:, :-1] * np.diff(knots), axis=1)
        return np.column_stack([rates, np.broadcast_to(knots, rates.shape), np.zeros(len(p)), passed])
    if family is Family.SPLINE:
        return np.stack([spline_row(row[: len(knots)], knots) for row in p])
    found = np.zeros((len(p), 3))
    used = {Family.FIXED: 1, Family.NEVER: 0}.get(family, 2)
    found[:, :used] = p[:, :used]
    return found


def _tables(model: Model, numbers: Numbers) -> tuple[Floats, Ints]:
    """Every table once, and which one each draw's transition reads."""
    q = np.full(numbers.parameters.shape[:2], np.nan)
    for t, family in enumerate(model.family):
        if family == Family.LOG_NORMAL:
            q[:, t] = 0.0
        elif family == Family.GENERALISED_GAMMA:
            given = numbers.parameters[:, t, 2]
            q[:, t] = np.where(np.abs(given) < LOG_NORMAL_BELOW, 0.0, given)
    distinct = np.unique(q[np.isfinite(q)])
    index = np.where(np.isfinite(q), np.searchsorted(distinct, np.nan_to_num(q)), 0)
    tables = np.stack([law_table(float(value)) for value in distinct]) if len(distinct) else np.zeros((1, 1))
    return tables, index.astype(np.int64)
