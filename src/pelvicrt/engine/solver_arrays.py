"""Which arrays does the solver's kernel work on: structure, hazards, and mass on its way?"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

PASSING, GRID, RENEWAL = 0, 1, 2
LATE = 1.5
TINY = 1e-300
ENDLESS = 1e-9

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function on first use and keep the result on disk.

    The disk copy of a caller does not notice a change in the file of what it calls: touch `solver_kernel.py` too.
    """
    made = numba.njit(cache=True, error_model="numpy", nogil=True, fastmath={"reassoc", "contract", "nsz"})(function)
    return cast("F", made)


class Shape(NamedTuple):
    """Structure: `order[first[s]:first[s + 1]]` are the transitions out of s that can happen under the strategy."""

    place: Ints
    first: Ints
    order: Ints
    targets: Ints
    keeps: Flags
    on_time: Flags
    pieces: Ints


class Tables(NamedTuple):
    """Hazards of one draw: `cell` (T, N + 1) by local cell or interval, `early` (T, N) for those started before 0.

    `own`, `timed`, `early_timed` (S, 3): the FIXED exit on the local clock, on model time, and of those started before
    0, as (transition or -1, cell f, share w). `weight` (S, J, N + 1), `early_weight` (S, J, N + 1): which share of a
    reading lies in each piece of the rewards.
    """

    cell: Floats
    early: Floats
    share: Floats
    own: Floats
    timed: Floats
    early_timed: Floats
    weight: Floats
    early_weight: Floats


class Block(NamedTuple):
    """`Tables` of a block of draws: every array but the weights has the draws as first axis."""

    cell: Floats
    early: Floats
    share: Floats
    own: Floats
    timed: Floats
    early_timed: Floats
    weight: Floats
    early_weight: Floats


class Flow(NamedTuple):
    """Mass on its way. Of the interval at hand: `leaving`, `soon` (T), `settled`, `timed` hazard (S)."""

    passing: Floats
    before: Floats
    before_late: Floats
    slots: Floats
    late: Floats
    entries: Floats
    leaving: Floats
    chain: Floats
    settled: Floats
    soon: Floats
    timed: Floats
    ratio: Floats
    sums: Floats
    stays: Floats
    exits: Floats
    staying: Floats
