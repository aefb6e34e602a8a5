"""What is the least time W1 could take? Its random numbers, logs and exps alone, vectorised, one core.

Every candidate waiting time of W1 needs half an output of Philox4x32-10 and two logs (log(-log u)); every stay needs
two exps (the waiting time and the discount at its end). The counts come from the run itself. Nothing else is done:
no states, no gathering, no sums.
"""

from __future__ import annotations

import time

import numpy as np

from pelvicrt.bench.w1 import Problem
from pelvicrt.engine import lives_statistics, philox_speed

LENGTH = 1024
REPEATS = 5


def seconds(problem: Problem) -> float:
    """Least seconds of five for the candidates and stays that W1 has."""
    candidates, stays = counts(problem)
    return min(_once(candidates, stays) for _ in range(REPEATS))


def counts(problem: Problem) -> tuple[int, int]:
    """How many candidate waiting times and stays W1 has: each stay in a state races all its exits.

    Stays: every life has one more than it makes transitions, less the last when it is absorbed.
    """
    found = lives_statistics(*problem, seed=1)
    model = problem.model
    into = np.zeros(len(model.states), dtype=np.int64)
    np.add.at(into, model.targets[:, 0], found.transitions.sum(axis=(0, 1)))
    lives = len(problem.numbers.parameters) * len(model.strategies) * len(problem.patients.weights)
    np.add.at(into, problem.patients.start_state[:1], lives)
    exits = np.bincount(model.source, minlength=len(model.states))
    return int((into * exits).sum()), int(into[exits > 0].sum())


def _once(candidates: int, stays: int) -> float:
    start = time.perf_counter()
    philox_speed(pairs=-(-candidates // 2), exponentials=2 * stays, length=LENGTH)
    return time.perf_counter() - start
