"""How mass moves during a stretch of time: walks along one survivor function, and what collects the leavers.

Times are months on a grid of one step; cell n runs from grid time n to n + 1. Leavers of a cell are placed at its
middle (error of second order); where a stretch starts or ends inside a cell its mass is exact at every grid time.
"""

# ruff: noqa: PLR0917 - compiled kernels take plain arrays by position and stay in one piece
from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from pelvicrt.simulate.elementary import fast_log
from pelvicrt.simulate.host import WORK_ROWS, solve_landing, survivors_by_age_of_entry

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _survivor(x: float, stay: float, part: float, scale: float, shape: float, rest: float, rate: float) -> float:
    value = stay
    if part > 0.0:
        value += part * np.exp(-scale * x**shape)
    if rest > 0.0:
        value += rest * np.exp(-rate * x)
    return value


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def walk(
    mass: Floats,
    start: Floats,
    end: Floats,
    origin: Floats,
    median: Floats,
    shape: Floats,
    stay: Floats,
    part: Floats,
    scale: Floats,
    rest: Floats,
    rate: Floats,
    shares: Floats,
    delay: int,
    step: float,
    occupancy: Floats,
    first: Floats,
    rescued: Floats,
    waiting: Floats,
    active: Floats,
    single: Floats,
    both: Floats,
) -> None:
    """Moves `mass` (draws, classes) from `start` to `end` [months] along one law; `mass` becomes what is left.

    The law is stay + part * exp(-scale * x**shape) + rest * exp(-rate * x) with x = (t - origin) / median. Leavers are
    counted in `first` (draws, cells) and divided by `shares` (draws, classes, 4) among rescued (`delay` cells later,
    meanwhile in `waiting`), active, single-site and both-site disease, each (draws, classes, cells). `occupancy`
    (draws, times) is added to.
    """
    draws, classes = mass.shape
    cells = first.shape[1]
    for d in range(draws):
        if end[d] <= start[d]:
            continue
        n0 = int(np.floor(start[d] / step + 1e-9))
        for b in range(classes):
            m = mass[d, b]
            if m == 0.0:
                continue
            s0 = _survivor(
                max(start[d] - origin[d], 0.0) / median[d],
                stay[d, b], part[d, b], scale[d, b], shape[d], rest[d, b], rate[d, b],
            )  # fmt: skip
            left = m
            n = n0
            while n < cells:
                here = n * step
                if here >= end[d]:
                    break
                if here >= start[d]:
                    occupancy[d, n] += left
                until = min((n + 1) * step, end[d])
                s = _survivor(
                    (until - origin[d]) / median[d],
                    stay[d, b], part[d, b], scale[d, b], shape[d], rest[d, b], rate[d, b],
                )  # fmt: skip
                now = m * s / s0
                gone = left - now
                first[d, n] += gone
                for k in range(n + 1, min(n + delay, cells) + 1):
                    waiting[d, k] += shares[d, b, 0] * gone
                if n + delay < cells:
                    rescued[d, b, n + delay] += shares[d, b, 0] * gone
                active[d, b, n] += shares[d, b, 1] * gone
                single[d, b, n] += shares[d, b, 2] * gone
                both[d, b, n] += shares[d, b, 3] * gone
                left = now
                n += 1
            if n >= cells and end[d] > cells * step:
                occupancy[d, cells] += left
            mass[d, b] = left


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def enter_control(
    mass: Floats,
    at: Floats,
    origin: Floats,
    median: Floats,
    shape: Floats,
    scale: Floats,
    curve: Floats,
    step: float,
    level: Floats,
    first: Floats,
    active: Floats,
) -> None:
    """Puts `mass` under first-line control from `at` [months] on, the clock running since `origin`.

    All patients under control share the survivor function `curve` (draws, classes, times); `level` collects mass over
    survivor at entry at the first grid time since, so that occupancy is its running sum times `curve`. The part of
    the first cell is put into `active` here.
    """
    draws, classes = mass.shape
    cells = first.shape[1]
    for d in range(draws):
        n1 = int(np.ceil(at[d] / step - 1e-9))
        if n1 > cells:
            continue
        for b in range(classes):
            if mass[d, b] == 0.0:
                continue
            x = max(at[d] - origin[d], 0.0) / median[d]
            s = np.exp(-scale[d, b] * x ** shape[d])
            gone = mass[d, b] * (1.0 - curve[d, b, n1] / s)
            if n1 > 0:
                first[d, n1 - 1] += gone
                active[d, b, n1 - 1] += gone
            level[d, b, n1] += mass[d, b] / s


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def leave_control(level: Floats, curve: Floats, occupancy: Floats, first: Floats, active: Floats) -> None:
    """Occupancy of first-line control and its progressions, cell by cell, from the `level` of `enter_control`."""
    draws, classes, times = level.shape
    for d in range(draws):
        for b in range(classes):
            entered = 0.0
            for n in range(times):
                entered += level[d, b, n]
                occupancy[d, n] += entered * curve[d, b, n]
                if n + 1 < times:
                    gone = entered * (curve[d, b, n] - curve[d, b, n + 1])
                    first[d, n] += gone
                    active[d, b, n] += gone


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def restart_control(entries: Floats, curve_mid: Floats, occupancy: Floats, first: Floats, active: Floats) -> None:
    """First-line control that starts anew for every entrant (after immunotherapy): occupancy and progressions."""
    draws, classes, cells = entries.shape
    held = np.empty(cells + 1)
    for d in range(draws):
        for b in range(classes):
            survivors_by_age_of_entry(entries[d, b], curve_mid[d, b], held)
            for n in range(cells + 1):
                occupancy[d, n] += held[n]
                if n < cells:
                    gone = entries[d, b, n] - (held[n + 1] - held[n])
                    first[d, n] += gone
                    active[d, b, n] += gone


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def live_with_disease(entries: Floats, kernel_mid: Floats, occupancy: Floats) -> None:
    """Adds the occupancy of active disease entered at `entries` and left by death only."""
    draws, classes, cells = entries.shape
    held = np.empty(cells + 1)
    for d in range(draws):
        for b in range(classes):
            survivors_by_age_of_entry(entries[d, b], kernel_mid[d, b], held)
            for n in range(cells + 1):
                occupancy[d, n] += held[n]


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def second_landing(
    relapse2: Floats,
    relapse2_mid: Floats,
    pelvic: Floats,
    pelvic_mid: Floats,
    salvage: Floats,
    sites: Floats,
    after_single_mid: Floats,
    after_both_mid: Floats,
    wait: int,
    out: Floats,
) -> None:
    """Curves (draws, classes, outputs, times) of one patient cleared for the second time at time 0."""
    draws, classes, _, times = out.shape
    hazard, work = np.empty(times - 1), np.empty((WORK_ROWS, times))
    for d in range(draws):
        for n in range(times - 1):
            hazard[n] = fast_log(pelvic[d, n] / pelvic[d, n + 1])
        for b in range(classes):
            solve_landing(
                relapse2[d, b], relapse2_mid[d, b], relapse2_mid[d, b], pelvic[d], pelvic_mid[d], hazard,
                salvage[d, b], 1.0, True, sites[d, b], after_single_mid[d, b], after_both_mid[d, b], wait, 1,
                work, out[d, b],
            )  # fmt: skip


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def enter_over_time(entries: Floats, curves: Floats, wanted: Flags, calendar: Floats) -> None:
    """Adds the `wanted` curves (draws, classes, outputs, times) of entrants over time (draws, classes, cells)."""
    draws, classes, outputs, times = curves.shape
    middle, shifted = np.empty(times - 1), np.empty(times)
    for d in range(draws):
        for b in range(classes):
            total = 0.0
            for j in range(times - 1):
                total += entries[d, b, j]
            if total == 0.0:
                continue
            for k in range(outputs):
                if not wanted[k]:
                    continue
                for n in range(times - 1):
                    middle[n] = 0.5 * (curves[d, b, k, n] + curves[d, b, k, n + 1])
                survivors_by_age_of_entry(entries[d, b], middle, shifted)
                for n in range(times):
                    calendar[k, d, n] += shifted[n]
