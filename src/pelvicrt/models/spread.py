"""How is a model run on many machines? Draw by draw: both engines treat each draw by itself, with its own luck."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pelvicrt.compute import Arrays, Executor, side_by_side, work
from pelvicrt.engine import Model, Numbers, Patients, Result, Rewards, model_hash, simulate_lives, solve


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawsTask:
    """A model's draws as work that can be given away; blocks hold `rewards` and `error` of each draw.

    `lives` of every patient are simulated, or the model is solved with `step` when `lives` is None. `first_draw` is
    the draw the first row of `numbers` stands for.
    """

    model: Model
    numbers: Numbers
    patients: Patients
    rewards: Rewards
    seed: int
    lives: int | None
    step: float | None = None
    first_draw: int = 0
    draws: int

    name = "simulate"

    @property
    def size(self) -> int:
        """The draws."""
        return self.draws

    def about(self) -> Mapping[str, str]:
        """Model, numbers, patients and rewards by their hash; the engine's settings."""
        return {
            "model": model_hash(self.model, self.numbers, self.patients, self.rewards),
            "seed": str(self.seed),
            "lives": str(self.lives),
            "step": str(self.step),
        }

    def only(self, first: int, last: int) -> DrawsTask:
        """The task with the numbers of some draws."""
        rows = slice(first - self.first_draw, last - self.first_draw)
        return dataclasses.replace(
            self, numbers=_rows(self.numbers, rows), rewards=_rewards_of(self.rewards, rows), first_draw=first
        )

    def run(self, first: int, last: int) -> dict[str, np.ndarray]:
        """Rewards and errors of some draws."""
        part = self.only(first, last)
        found = part.solved() if self.lives is None else part.simulated(self.lives)
        return {"rewards": found.rewards[: last - first], "error": found.error[: last - first]}

    def solved(self) -> Result:
        """Every draw held, solved; a single one twice, because alone it would be summed in another order."""
        rows, rewards = self.numbers, self.rewards
        if len(rows.parameters) == 1:
            rows, rewards = _rows(rows, [0, 0]), _rewards_of(rewards, [0, 0])
        return solve(self.model, rows, self.patients, rewards, step=self.step, average=True)

    def simulated(self, lives: int) -> Result:
        """Every draw held, life by life."""
        return simulate_lives(
            self.model,
            self.numbers,
            self.patients,
            self.rewards,
            seed=self.seed,
            first_draw=self.first_draw,
            lives=lives,
            threads=1,
        )

    def merge(self, blocks: Sequence[Arrays]) -> dict[str, np.ndarray]:
        """Blocks side by side."""
        return side_by_side(blocks)


def run_spread(
    model: Model,
    numbers: Numbers,
    patients: Patients,
    rewards: Rewards,
    *,
    seed: int,
    lives: int | None,
    step: float | None,
    executor: Executor,
    told: Callable[[float], None] = lambda _: None,
) -> Result:
    """What `simulate_lives` or, with `lives` None, `solve` gives, worked out by an executor draw by draw."""
    task = DrawsTask(
        model=model,
        numbers=numbers,
        patients=patients,
        rewards=rewards,
        seed=seed,
        lives=lives,
        step=step,
        draws=len(numbers.parameters),
    )
    found = work(task, executor=executor, told=told)
    return Result(rewards=found["rewards"], error=found["error"], times=np.zeros(0))


def _rows(numbers: Numbers, rows: slice | list[int]) -> Numbers:
    return Numbers(**{item.name: getattr(numbers, item.name)[rows] for item in dataclasses.fields(Numbers)})


def _rewards_of(rewards: Rewards, rows: slice | list[int]) -> Rewards:
    """Rewards of some draws; a single row stands for all draws."""
    cut = {name: values[rows] for name in ("rate", "once", "at_start") if len(values := getattr(rewards, name)) > 1}
    return dataclasses.replace(rewards, **cut)
