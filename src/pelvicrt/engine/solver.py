"""What does a model predict on average? Expected rewards and occupancy without simulation, with a stated error.

Every (draw, strategy, patient) is walked on two grids, of step h and 2h; the kernel's error falls with the square of
the step, so  fine + (fine - coarse) / 3  is the answer and its distance from the fine grid the stated error. Fixed
times fall between grid points differently on both grids, so with them the whole distance of the two grids is stated.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.model import Family, Model, Numbers, Patients, Result, Rewards
from pelvicrt.engine.solver_kernel import walk_block
from pelvicrt.engine.solver_plan import Plan, make_plan
from pelvicrt.engine.solver_tables import Grid, make_block, make_shape, piece_counts

Floats = npt.NDArray[np.float64]
STEPS_BY_DEFAULT = 400
_BLOCK_NUMBERS = 2_000_000
"""Numbers in the hazard tables of one block of draws (16 MB)."""


def solve(
    model: Model,
    numbers: Numbers,
    patients: Patients,
    rewards: Rewards,
    *,
    step: float | None = None,
    average: bool = False,
    occupancy: bool = False,
    draws: slice = slice(None),
    progress: Callable[[float], None] | None = None,
) -> Result:
    """Expected rewards of every draw, strategy and patient; `error`: how far the fine grid is from the answer.

    `step` is the finer step in time units (default: horizon / 400). `average` weighs patients into one. With
    `occupancy`, `times` are the nodes of the coarse grid and the occupancy of each sums to 1.

    Raises:
        ValueError: when the model is not solvable (`why_not_solvable` says why), or passes through states in no time
            without end.
    """
    plan = make_plan(model, numbers, patients, rewards)
    half = math.ceil(model.horizon / (2.0 * (step or model.horizon / STEPS_BY_DEFAULT)) - 1e-9)
    work = _Work(model, numbers, patients, rewards, plan, draws)
    size, people, strategies = work.size, len(patients.weights), len(model.strategies)
    values = np.zeros((size, strategies, people, len(rewards.names), 2))
    times = Grid(intervals=half, width=model.horizon / half).nodes
    weights = patients.weights / patients.weights.sum()
    where = np.zeros((size, strategies, half + 1, len(model.states)))
    safety = 1.0 if (model.family[plan.live] == Family.FIXED).any() else 1.0 / 3.0
    for strategy in range(strategies):
        for patient in range(people):
            fine, at_fine = work.expect(strategy, patient, 2 * half)
            coarse, at_coarse = work.expect(strategy, patient, half)
            values[:, strategy, patient] = np.stack([fine + (fine - coarse) / 3.0, safety * (fine - coarse)], axis=-1)
            if occupancy:
                where[:, strategy] += weights[patient] * _shares(at_fine[:, ::2], at_coarse)
            if progress is not None:
                progress((strategy * people + patient + 1) / (strategies * people))
    if average:
        values = np.einsum("daprx,p->darx", values, weights)[:, :, None]
    return Result(
        rewards=values[..., 0], error=np.abs(values[..., 1]), times=times, occupancy=where if occupancy else None
    )


def _shares(fine: Floats, coarse: Floats) -> Floats:
    """Extrapolated occupancy; where that would leave a share below 0, the fine grid's at that time."""
    better = fine + (fine - coarse) / 3.0
    return np.where((better >= 0.0).all(axis=-1, keepdims=True), better, fine)


@dataclass(frozen=True, slots=True)
class _Work:
    model: Model
    numbers: Numbers
    patients: Patients
    rewards: Rewards
    plan: Plan
    draws: slice

    @property
    def size(self) -> int:
        return len(range(*self.draws.indices(len(self.numbers.parameters))))

    def expect(self, strategy: int, patient: int, intervals: int) -> tuple[Floats, Floats]:
        """Rewards (D, R) and occupancy (D, N + 1, S) of one strategy and patient on one grid."""
        grid = Grid(intervals=intervals, width=self.model.horizon / intervals)
        first = range(*self.draws.indices(len(self.numbers.parameters))).start
        chunk = max(1, _BLOCK_NUMBERS // (2 * len(self.model.transitions) * (intervals + 1)))
        # Even blocks: a draw left alone would be summed in another order than beside others.
        edges = [first + place * self.size // -(-self.size // chunk) for place in range(-(-self.size // chunk) + 1)]
        found = [self._expect_block(strategy, patient, grid, slice(*pair)) for pair in itertools.pairwise(edges)]
        return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])

    def _expect_block(self, strategy: int, patient: int, grid: Grid, draws: slice) -> tuple[Floats, Floats]:
        pieces = piece_counts(self.rewards, self.model.horizon)
        shape = make_shape(self.model, self.plan, strategy=strategy, pieces=pieces)
        block = make_block(
            self.model,
            self.numbers,
            self.patients,
            self.plan,
            self.rewards,
            strategy=strategy,
            patient=patient,
            draws=draws,
            grid=grid,
        )
        states, transitions = len(self.model.states), len(self.model.transitions)
        occupancy = np.zeros((len(block.cell), states, int(pieces.max()), grid.intervals + 1))
        flux = np.zeros((len(block.cell), transitions, grid.intervals))
        if not walk_block(shape, block, int(self.patients.start_state[patient]), occupancy, flux):
            raise ValueError(
                "patients pass through states in no time without end: a cycle of transitions takes no time"
            )
        earned = earn(self.rewards, occupancy, flux, grid=grid, strategy=strategy, draws=draws)
        return earned, np.moveaxis(occupancy.sum(axis=2), 1, 2)


def earn(rewards: Rewards, occupancy: Floats, flux: Floats, *, grid: Grid, strategy: int, draws: slice) -> Floats:
    """Rewards (D, R) of an occupancy (D, S, J, N + 1) at nodes and a flux (D, T, N) in intervals."""
    trapezoid = np.full(grid.intervals + 1, grid.width)
    trapezoid[[0, -1]] *= 0.5
    earned = np.zeros((len(flux), len(rewards.names)))
    for place, discount in enumerate(rewards.discount):
        at_nodes = trapezoid * np.exp(-discount * grid.nodes)
        at_middles = np.exp(-discount * (grid.nodes[:-1] + 0.5 * grid.width))
        rate = _of_draws(rewards.rate, draws)[:, place, strategy]
        once = _of_draws(rewards.once, draws)[:, place, strategy]
        stays = occupancy @ at_nodes
        earned[:, place] = (stays * rate[:, :, : stays.shape[2]]).sum(axis=(1, 2))
        earned[:, place] += (flux @ at_middles * once).sum(axis=1)
        earned[:, place] += _of_draws(rewards.at_start, draws)[:, place, strategy]
    return earned


def _of_draws(values: Floats, draws: slice) -> Floats:
    return values if len(values) == 1 else values[draws]
