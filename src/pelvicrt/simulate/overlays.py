"""What recurs in the pelvis of those who are not in remission, and what of a cumulative incidence does death leave?

Pelvic recurrence outside remission changes nothing else, so it is counted on top of an occupancy. It runs on the clock
of each patient's own resection; groups resected at the same time are taken together.
"""

# ruff: noqa: PLR0917 - compiled kernels take plain arrays by position and stay in one piece
from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from pelvicrt.simulate.elementary import fast_exp, fast_power
from pelvicrt.simulate.nodes import Ledger
from pelvicrt.simulate.pelvis import RECURRENCE_HORIZON_MONTHS

Floats = npt.NDArray[np.float64]


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def survive(cumhaz60: Floats, shape: Floats, since: Floats, step: float, out: Floats) -> None:
    """Survivor function of pelvic recurrence at grid times, resected `since` [months] before time 0 (or after it).

    exp(-cumhaz60 (t / 60)^shape), t the time since resection, at least 0; `out` (draws, times).
    """
    for d in range(out.shape[0]):
        begun, row = since[d], out[d]
        power, level = shape[d], cumhaz60[d]
        for n in range(row.shape[0]):
            row[n] = fast_exp(-level * fast_power(max(begun + n * step, 0.0) / RECURRENCE_HORIZON_MONTHS, power))


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def recur_in_plan(
    before: Floats, after: Floats, begin: Floats, end: Floats, resected: Floats, cumhaz60: Floats, shape: Floats,
    step: float, flow: Floats,
) -> None:  # fmt: skip
    """Adds what recurs in each cell (draws, cells) of a stretch without a primary, exact where it begins in a cell."""
    for d in range(flow.shape[0]):
        if end[d] <= begin[d] or (before[d] == 0.0 and after[d] == 0.0):
            continue
        first = int(max(np.floor(begin[d] / step), 0.0))
        last = min(int(np.ceil(end[d] / step)), flow.shape[1])
        low = min(max(first * step, begin[d]), end[d])
        free_low = _free(low - resected[d], cumhaz60[d], shape[d])
        for n in range(first, last):
            high = min(max((n + 1) * step, begin[d]), end[d])
            free_high = _free(high - resected[d], cumhaz60[d], shape[d])
            passed = (0.5 * (low + high) - begin[d]) / (end[d] - begin[d])
            flow[d, n] += (before[d] + (after[d] - before[d]) * passed) * (free_low - free_high)
            low, free_low = high, free_high


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _free(since: float, cumhaz60: float, shape: float) -> float:
    return float(np.exp(-cumhaz60 * (max(since, 0.0) / RECURRENCE_HORIZON_MONTHS) ** shape))


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def add_group(mass: Floats, at: Floats, free: Floats, step: float, flow: Floats, gone: Floats, there: Floats) -> None:
    """Adds one group: what recurs in each cell, has recurred, and is there, at grid times."""
    for d in range(free.shape[0]):
        weight = mass[d]
        if weight == 0.0:
            continue
        for n in range(flow.shape[1]):
            flow[d, n] += weight * (free[d, n] - free[d, n + 1])
        for n in range(gone.shape[1]):
            gone[d, n] += weight * (1.0 - free[d, n])
        for n in range(there.shape[1]):
            there[d, n] += weight if n * step >= at[d] else 0.0


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def thin(cumulative: Floats, alive_middle: Floats, out: Floats) -> None:
    """Cumulative incidence with a competing risk, whose survivor function in the middle of each cell is given."""
    for d in range(out.shape[0]):
        total = cumulative[d, 0]
        out[d, 0] = total
        for n in range(alive_middle.shape[1]):
            total += (cumulative[d, n + 1] - cumulative[d, n]) * alive_middle[d, n]
            out[d, n + 1] = total


def recurring_in_plan(ledger: Ledger, cumhaz60: Floats, shape: Floats, *, step: float) -> Floats:
    """What recurs in each cell (draws, cells) among those the plan holds resected."""
    flow = np.zeros_like(ledger.first)
    for stretch in ledger.resected_in_plan:
        recur_in_plan(*stretch, cumhaz60, shape, step, flow)
    return flow


def recurring(ledger: Ledger, cumhaz60: Floats, shape: Floats, *, step: float) -> tuple[Floats, Floats]:
    """What recurs in each cell, and has recurred, of one patient who left the plan resected and uncleared.

    Groups were resected at different times; each counts from then on, by its mass.
    """
    draws, cells = ledger.first.shape
    flow, gone, there = np.zeros((draws, cells)), np.zeros((draws, cells + 1)), np.zeros((draws, cells + 1))
    free = np.empty_like(gone)
    for mass, at in ledger.resected_uncleared:
        survive(cumhaz60, shape, -at, step, free)
        add_group(mass, at, free, step, flow, gone, there)
    some = np.where(there > 0.0, there, 1.0)
    return flow / some[:, 1:], gone / some
