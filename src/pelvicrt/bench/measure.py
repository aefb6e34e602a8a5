"""What a benchmark measures: wall time and peak memory of a fresh process, as a ratio to a floor of the same run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pelvicrt.bench import dvh
from pelvicrt.bench.measurement import Measurement

_START = "import numpy, scipy.special"
_REPEATS = 3
_FRESH = 2

_WARM = """
import json, resource, sys, time
from pelvicrt import assess, load_case
patient = load_case(sys.argv[1])
assess(patient, draws=100, seed=1)
start = time.perf_counter()
assess(patient, draws=1000, seed=2)
print(json.dumps({"seconds": time.perf_counter() - start,
                  "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""


def names() -> tuple[str, ...]:
    """Every benchmark there is."""
    return tuple(_BENCHMARKS)


def run(name: str, *, case: Path) -> Measurement:
    """One benchmark, best of three fresh processes, on one case file.

    Raises:
        KeyError: when there is no such benchmark.
    """
    return _BENCHMARKS[name](case)


def _assess_cold(case: Path) -> Measurement:
    """From a cold shell: the whole command, against starting Python with its numerical libraries."""
    floor, _ = _best([sys.executable, "-c", _START])
    seconds, peak = _best([sys.executable, "-m", "pelvicrt.cli", "assess", str(case), "--format", "json"])
    return Measurement(
        name="assess_cold",
        seconds=seconds,
        peak_mb=peak,
        compared_with="python with numpy and scipy started",
        ratio=seconds / floor,
    )


def _assess_warm(case: Path) -> Measurement:
    """In a process that has assessed before: 1,000 draws, all strategies, against the same floor."""
    floor, _ = _best([sys.executable, "-c", _START])
    found = [
        json.loads(subprocess.run([sys.executable, "-c", _WARM, str(case)], check=True, capture_output=True).stdout)  # noqa: S603
        for _ in range(_REPEATS)
    ]
    best = min(found, key=lambda item: float(item["seconds"]))
    return Measurement(
        name="assess_warm",
        seconds=best["seconds"],
        peak_mb=best["peak_mb"],
        compared_with="python with numpy and scipy started",
        ratio=best["seconds"] / floor,
    )


def _best(command: list[str]) -> tuple[float, float]:
    """Least seconds of three runs, and peak memory [MB] of the largest."""
    runs = [_timed(command) for _ in range(_REPEATS)]
    return min(seconds for seconds, _ in runs), max(peak for _, peak in runs)


def _timed(command: list[str]) -> tuple[float, float]:
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def _in_child(name: str) -> Measurement:
    """A benchmark of the engine: best of two fresh processes, each best of several within."""
    command = [sys.executable, "-m", "pelvicrt.bench.child", name]
    found = [
        json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603
        for _ in range(_FRESH)
    ]
    best = min(found, key=lambda item: float(item["seconds"]) / float(item["other_seconds"]))
    return Measurement(
        name=name,
        seconds=best["seconds"],
        peak_mb=min(float(item["peak_mb"]) for item in found),
        compared_with=_ENGINE[name],
        ratio=best["seconds"] / best["other_seconds"],
    )


def _of_engine(name: str) -> Callable[[Path], Measurement]:
    return lambda _case: _in_child(name)


_ENGINE = {
    "w1": "the same work in masked NumPy, one core, scaled from 50 of the 1,000 draws",
    "w1_scaling": "the same work by one thread instead of two",
    "w1_floor": "its random numbers, logs and exps alone, one core; both by one thread",
    "w1_crn": "the time to the same error of gained QALYs with independent luck for each strategy",
    "solver": "one million simulated lives instead of one solve (W1, one draw, patient and strategy)",
}
_BENCHMARKS: dict[str, Callable[[Path], Measurement]] = (
    {
        "assess_cold": _assess_cold,
        "assess_warm": _assess_warm,
    }
    | {name: _of_engine(name) for name in _ENGINE}
    | {name: dvh.benchmark(name) for name in dvh.ROWS}
)
