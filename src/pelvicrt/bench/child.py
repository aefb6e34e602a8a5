"""What runs inside the fresh process of a benchmark? One named task; its figures as JSON on stdout."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

from pelvicrt.bench import w1, w1_floor, w1_masked
from pelvicrt.engine import lives_statistics, solve

REPEATS = 7
SOME_DRAWS = 50
SOLVES = 20
TOLERANCE_ERRORS = 6.0


def _best(work: Callable[[], object], *, repeats: int = REPEATS) -> float:
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def whole() -> dict[str, float]:
    """W1 on all processors, warm; memory is read before the NumPy version runs on a part of the draws."""
    problem = w1.whole()
    lives_statistics(*problem, seed=1)
    seconds = _best(lambda: lives_statistics(*problem, seed=1))
    peak = _peak_mb()
    part = w1.whole(draws=SOME_DRAWS)
    scale = len(problem.numbers.parameters) / SOME_DRAWS
    masked = _best(lambda: w1_masked.means(part, seed=1), repeats=3) * scale
    _agree(part)
    return {"seconds": seconds, "peak_mb": peak, "other_seconds": masked}


def scaling() -> dict[str, float]:
    """W1 by one thread and by two, taken in turn."""
    problem = w1.whole()
    lives_statistics(*problem, seed=1)
    turns = [(_timed(problem, 1), _timed(problem, 2)) for _ in range(REPEATS)]
    one, two = (min(column) for column in zip(*turns, strict=True))
    return {"seconds": two, "peak_mb": _peak_mb(), "other_seconds": one}


def floor() -> dict[str, float]:
    """W1 by one thread, and its random numbers, logs and exps alone."""
    problem = w1.whole()
    lives_statistics(*problem, seed=1)
    one = _best(lambda: lives_statistics(*problem, seed=1, threads=1))
    return {"seconds": one, "peak_mb": _peak_mb(), "other_seconds": w1_floor.seconds(problem)}


def shared_luck() -> dict[str, float]:
    """How much less a gain in QALYs varies when strategies share their luck, one patient, fixed parameters."""
    problem, lives = w1.one_patient(), 1_000_000
    start = time.perf_counter()
    found = lives_statistics(*problem, seed=1, lives=lives)
    seconds = time.perf_counter() - start
    error = found.result().error[0, :, 0, 1]
    gain = found.increments()[1][0, 1:, 0, 1]
    ratio = float(np.mean((error[1:] ** 2 + error[0] ** 2) / gain**2))
    return {"seconds": seconds, "peak_mb": _peak_mb(), "other_seconds": seconds * ratio}


def solver() -> dict[str, float]:
    """One solve of W1 (one draw, patient and strategy), against one million simulated lives of it."""
    problem = w1.one_patient()
    solve(*problem)
    strategies = len(problem.model.strategies)
    seconds = _best(lambda: [solve(*problem) for _ in range(SOLVES)]) / SOLVES / strategies
    lives_statistics(*problem, seed=1, lives=1_000_000)
    simulated = _best(lambda: lives_statistics(*problem, seed=1, lives=1_000_000), repeats=3) / strategies
    return {"seconds": seconds, "peak_mb": _peak_mb(), "other_seconds": simulated}


def _timed(problem: w1.Problem, threads: int) -> float:
    return _best(lambda: lives_statistics(*problem, seed=1, threads=threads), repeats=1)


def _agree(problem: w1.Problem) -> None:
    """Both versions must tell the same story, or the comparison means nothing."""
    found = lives_statistics(*problem, seed=1)
    own, error = found.means()[:, :, 0].mean(axis=0), found.result().error[:, :, 0]
    other = w1_masked.means(problem, seed=2).mean(axis=0)
    spread = np.sqrt((error**2).sum(axis=0)) / len(error) * np.sqrt(2.0)
    if np.abs((own - other) / spread).max() > TOLERANCE_ERRORS:
        raise ArithmeticError(f"W1 by lanes {own.tolist()} and by NumPy {other.tolist()} disagree")


TASKS: dict[str, Callable[[], dict[str, float]]] = {
    "w1": whole,
    "w1_scaling": scaling,
    "w1_floor": floor,
    "w1_crn": shared_luck,
    "solver": solver,
}

if __name__ == "__main__":
    sys.stdout.write(json.dumps(TASKS[sys.argv[1]]()))
