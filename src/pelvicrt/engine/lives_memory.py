"""Which arrays do the kernels write? What is asked, what is kept, and the scratch of a thread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

FULL = 32
"""Loops over a group of lanes run on to a multiple of this, over lanes whose results nobody reads: whole vectors."""


class Task(NamedTuple):
    """Which lives: number l is life l % lives of patient l // lives; slots are tiles, or patients if `apart`."""

    first_draw: int
    first_patient: int
    lives: int
    tile: int
    tiles: int
    total: int
    lanes: int
    apart: bool
    key: Words
    times: Floats


class Sums(NamedTuple):
    """What is kept.

    By slot: weighted sums of rewards (slot, A, R), of squared weights times rewards, and products between strategies
    (slot, R, A, A). By unit: transitions (A, T), states at the horizon (A, S), occupancy (A, K, S).
    """

    weighted: Floats
    second: Floats
    products: Floats
    transitions: Ints
    final: Ints
    occupancy: Ints


class Trace(NamedTuple):
    """Stays one by one, if asked: `used[0]` rows of (life in tile, strategy, visit, state, transition), in and out."""

    used: Ints
    labels: Ints
    spans: Floats


class Lanes(NamedTuple):
    """Scratch of one thread."""

    patient: Ints
    eta: Floats
    cure: Floats
    state: Ints
    now: Floats
    origins: Floats
    visits: Ints
    faded: Floats
    earned: Floats
    next_time: Ints
    order: Ints
    starts: Ints
    gathered: Floats
    words: Words
    winner: Ints
    first_luck: Floats
    first_known: Flags
