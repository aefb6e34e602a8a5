"""How is a model file run? Solved where that applies, else simulated life by life; then summed up and valued."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from pelvicrt.compute import Executor
from pelvicrt.engine import Result, model_hash, simulate_lives, solve, why_not_solvable
from pelvicrt.foundation import Text, UsageError
from pelvicrt.models.building import Built, build
from pelvicrt.models.reading import read_model
from pelvicrt.models.spread import run_spread
from pelvicrt.models.worth import COST, QALYS
from pelvicrt.value import CostEffectiveness, Decision, cost_effectiveness, decision, evpi_from_halves

Floats = npt.NDArray[np.float64]
Engine = Literal["solver", "montecarlo"]
Progress = Callable[[float], None]
LIVES = 1000
"""Lives a draw, over all patients, when a model is simulated."""
TAIL = 0.025  # number: both tails of the customary 95 % interval
_NOT_SOLVABLE = Text(
    "the solver does not apply to this model: {why}. Leave --engine out, or ask for montecarlo.",
    "本模型不适用求解器：{why}。请不写 --engine，或选择 montecarlo。",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """Rewards (D, A, R) of every draw, averaged over patients, with what made them.

    `error` (A, R): the solver's largest error of any draw, or the standard error of the simulated mean.
    """

    built: Built
    engine: Engine
    why_not_solver: tuple[Text, ...]
    rewards: Floats
    error: Floats
    hash: str
    seed: int
    seconds: float
    value: Decision | None
    evpi: float | None
    costs: CostEffectiveness | None

    @property
    def draws(self) -> int:
        """How many parameter draws there are."""
        return len(self.rewards)


def simulate_file(
    path: Path,
    *,
    draws: int = 1000,
    patients: int | None = None,
    chosen: Engine | None = None,
    seed: int = 1,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Simulated:
    """Read, build and run one model file; `executor` says where the draws run and changes nothing but time.

    Raises:
        InvalidInput: naming file and field of everything that is wrong with the file.
        UsageError: when the engine asked for does not apply.
    """
    began = time.perf_counter()
    built = build(path, read_model(path), draws=draws, seed=seed, patients=patients)
    reasons = why_not_solvable(built.model, built.patients, built.rewards, numbers=built.numbers)
    name: Engine = chosen or ("montecarlo" if reasons else "solver")
    if name == "solver" and reasons:
        raise UsageError(_fill(_NOT_SOLVABLE, reasons))
    halves: tuple[Result, ...]
    if name == "solver":
        halves = (_solve(built, progress, executor),)
    else:
        halves = tuple(_live(built, seed=seed + place, progress=progress, executor=executor) for place in range(2))
    rewards = np.mean([half.rewards[:, :, 0] for half in halves], axis=0)
    net = [_net_benefit(half.rewards[:, :, 0], built) for half in halves]
    value = decision(np.mean(net, axis=0)) if len(rewards) > 1 else None
    return Simulated(
        built=built,
        engine=name,
        why_not_solver=reasons,
        rewards=rewards,
        error=_error(halves),
        hash=model_hash(built.model, built.numbers, built.patients, built.rewards),
        seed=seed,
        seconds=time.perf_counter() - began,
        value=value,
        evpi=None if value is None else (value.evpi.value if len(net) == 1 else evpi_from_halves(net[0], net[1])),
        costs=_costs(rewards, built) if len(halves) == 1 else None,
    )


def _solve(built: Built, progress: Progress | None, executor: Executor | None) -> Result:
    if executor is not None:
        return _spread(built, executor, seed=0, lives=None, progress=progress)
    return solve(
        built.model,
        built.numbers,
        built.patients,
        built.rewards,
        step=built.spec.step,
        average=True,
        progress=progress,
    )


def _spread(built: Built, executor: Executor, *, seed: int, lives: int | None, progress: Progress | None) -> Result:
    return run_spread(
        built.model,
        built.numbers,
        built.patients,
        built.rewards,
        seed=seed,
        lives=lives,
        step=built.spec.step,
        executor=executor,
        told=progress or (lambda _: None),
    )


def _live(built: Built, *, seed: int, progress: Progress | None, executor: Executor | None) -> Result:
    each = math.ceil(LIVES / 2 / len(built.patients.weights))
    if executor is not None:
        return _spread(built, executor, seed=seed, lives=each, progress=progress)
    found = simulate_lives(built.model, built.numbers, built.patients, built.rewards, seed=seed, lives=each)
    if progress is not None:
        progress(1.0)
    return found


def _error(halves: tuple[Result, ...]) -> Floats:
    """(A, R) the largest error of a draw when solved, the standard error of the mean over draws when simulated."""
    if len(halves) == 1:
        return np.asarray(halves[0].error[:, :, 0].max(axis=0))
    squares = np.mean([half.error[:, :, 0] ** 2 for half in halves], axis=0) / len(halves)
    return np.asarray(np.sqrt(squares.mean(axis=0) / len(squares)))


def _net_benefit(rewards: Floats, built: Built) -> Floats:
    """In money when the file names a willingness to pay, else in QALYs."""
    price = built.spec.willingness_to_pay
    if price is None:
        return rewards[:, :, QALYS]
    return price * rewards[:, :, QALYS] - rewards[:, :, COST]


def _costs(rewards: Floats, built: Built) -> CostEffectiveness | None:
    price = built.spec.willingness_to_pay
    if price is None or len(rewards) < 2:
        return None
    return cost_effectiveness(
        rewards[:, :, QALYS], rewards[:, :, COST], willingness_to_pay=[0.5 * price, price, 2.0 * price]
    )


def _fill(text: Text, reasons: tuple[Text, ...]) -> Text:
    return Text(
        text.en.format(why="; ".join(reason.en for reason in reasons)),
        text.zh.format(why="；".join(reason.zh for reason in reasons)),
    )


def interval(values: Floats) -> tuple[float, float, float, float]:
    """Mean, its standard error over draws, and the central 95 % of the draws.

    >>> interval(np.array([1.0, 3.0]))[:2]
    (2.0, 1.0)
    """
    spread = float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0
    low, high = np.quantile(values, [TAIL, 1.0 - TAIL])
    return float(values.mean()), spread, float(low), float(high)
