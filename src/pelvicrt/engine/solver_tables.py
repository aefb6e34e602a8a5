"""What does the kernel need to know of one strategy and one patient? Hazards by cell, FIXED exits, reward pieces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.families import Law
from pelvicrt.engine.laws import law_of, own_copy
from pelvicrt.engine.model import Family, Model, Numbers, Patients, Rewards
from pelvicrt.engine.solver_arrays import Block, Shape
from pelvicrt.engine.solver_plan import Plan

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """N intervals of one width over the horizon."""

    intervals: int
    width: float

    @property
    def nodes(self) -> Floats:
        """The N + 1 times between and around the intervals."""
        return np.asarray(self.width * np.arange(self.intervals + 1), dtype=np.float64)

    @property
    def cells(self) -> Floats:
        """The N + 2 readings between and around the cells 0..N of a local clock: 0, 1/2, 3/2, ... steps."""
        return self.width * np.concatenate([[0.0], np.arange(self.intervals + 1) + 0.5])


def make_shape(model: Model, plan: Plan, *, strategy: int, pieces: npt.NDArray[np.int64]) -> Shape:
    """The structure under one strategy; transitions it forbids are left out."""
    open_now = plan.live & model.strategy_allows[strategy]
    order = np.flatnonzero(open_now)
    order = order[np.argsort(model.source[order], kind="stable")]
    first = np.searchsorted(model.source[order], np.arange(len(model.states) + 1))
    return Shape(
        place=plan.place,
        first=first.astype(np.int64),
        order=order.astype(np.int64),
        targets=own_copy(model.targets),
        keeps=plan.keeps & open_now[:, None],
        on_time=plan.on_time,
        pieces=pieces,
    )


def make_block(
    model: Model,
    numbers: Numbers,
    patients: Patients,
    plan: Plan,
    rewards: Rewards,
    *,
    strategy: int,
    patient: int,
    draws: slice,
    grid: Grid,
) -> Block:
    """Hazards, FIXED exits and reward weights of one strategy and patient over a block of draws."""
    size = len(range(*draws.indices(len(numbers.parameters))))
    transitions, states = len(model.transitions), len(model.states)
    cell = np.zeros((size, transitions, grid.intervals + 1))
    early = np.zeros((size, transitions, grid.intervals))
    own, timed, early_timed = (np.tile([-1.0, 0.0, 0.0], (size, states, 1)) for _ in range(3))
    for transition in np.flatnonzero(plan.live & model.strategy_allows[strategy]).tolist():
        law = law_of(model, numbers, patients, transition=transition, strategy=strategy, patient=patient, draws=draws)
        at_start = float(patients.clocks[patient, model.clock[transition]])
        state = int(model.source[transition])
        if law.family is Family.FIXED:
            due = law.waiting_time(1.0, at=0.0)[:, 0] / grid.width
            since_start = due - at_start / grid.width - 0.5
            _sooner(
                timed if plan.on_time[transition] else own,
                transition,
                state,
                _shifted(plan, transition, due, since_start),
            )
            _sooner(early_timed, transition, state, since_start)
            continue
        since_zero = _steps(law, at_start + grid.nodes)
        if plan.on_time[transition]:
            cell[:, transition, :-1] = since_zero
        else:
            cell[:, transition] = _steps(law, grid.cells)
        if plan.started[state]:
            early[:, transition] = since_zero
    weight, early_weight = _pieces(rewards, grid, at_start=float(patients.clocks[patient, 0]))
    return Block(
        cell=cell,
        early=early,
        share=own_copy(numbers.shares[draws]),
        own=own,
        timed=timed,
        early_timed=early_timed,
        weight=weight,
        early_weight=early_weight,
    )


def _steps(law: Law, readings: Floats) -> Floats:
    return np.maximum(np.diff(law.cumulative_hazard(readings), axis=-1), 0.0)


def _shifted(plan: Plan, transition: int, due: Floats, since_start: Floats) -> Floats:
    """A FIXED time in cells of its table: on model time from the middle of an interval, else from entry."""
    return since_start if plan.on_time[transition] else due


def _sooner(jumps: Floats, transition: int, state: int, due: Floats) -> None:
    """Note a FIXED exit as (transition, cell, share) where it comes before the one noted; ties keep the first."""
    due = np.maximum(due, -1.0)
    whole = np.floor(due + 1e-9)
    known = np.where(jumps[:, state, 0] < 0.0, np.inf, jumps[:, state, 1] + jumps[:, state, 2])
    sooner = due < known - 1e-9
    noted = np.stack([np.full_like(due, transition), whole, np.maximum(due - whole, 0.0)], axis=-1)
    jumps[sooner, state] = noted[sooner]


def piece_counts(rewards: Rewards, horizon: float) -> npt.NDArray[np.int64]:
    """(S,) how many pieces of time in state matter within the horizon; at least 1."""
    return np.asarray(np.maximum((rewards.breaks < horizon).sum(axis=1), 1), dtype=np.int64)


def _pieces(rewards: Rewards, grid: Grid, *, at_start: float) -> tuple[Floats, Floats]:
    """Which share of the readings around a node lies in each piece: of slots (one step wide), of the start (two)."""
    ends = np.concatenate([rewards.breaks[:, 1:], np.full((len(rewards.breaks), 1), np.inf)], axis=1)
    nodes = grid.nodes
    slots = _share(rewards.breaks, ends, np.maximum(nodes - grid.width, 0.0), nodes)
    lows = at_start + np.maximum(nodes - grid.width, 0.0)
    highs = at_start + np.minimum(nodes + grid.width, nodes[-1])
    return slots, _share(rewards.breaks, ends, lows, highs)


def _share(starts: Floats, ends: Floats, lows: Floats, highs: Floats) -> Floats:
    inside = np.minimum(highs, ends[..., None]) - np.maximum(lows, starts[..., None])
    with np.errstate(invalid="ignore"):
        inside = np.where(np.isnan(inside), 0.0, inside)
    return np.asarray(np.maximum(inside, 0.0) / np.maximum(highs - lows, 1e-300))
