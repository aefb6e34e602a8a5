"""Which arrays do the kernels write? What is asked, what is kept, and the scratch of a thread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_plan import Draws, Entrants, Structure, Worth

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

FULL = 16
"""Loops over a group of lanes run on to a multiple of this, over lanes whose results nobody reads: whole vectors."""
STRIPES = 64
"""Lives of a block are added in this many stripes side by side, life i in stripe i modulo this: whole vectors."""


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
    """Scratch of one thread, for n lives of A strategies: lane a n + i lives life i under strategy a.

    Of each life: `patient`, `cure` (T, n), `slot`, rows 0 and 1 of `words`. `order` (2, S, ...) lists the lanes in each
    state, `counts` how many; one half is this round's, the other the next round's. Of one group of lanes: `gathered`,
    `winner`, `where` (which drawn luck each lane reads), `luck` and rows 2 and 3 of `words` (whose luck was drawn).
    """

    patient: Ints
    life: Ints
    strategy: Ints
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
    counts: Ints
    gathered: Floats
    winner: Ints
    words: Words
    slot: Ints
    drawn: Ints
    where: Ints
    luck: Floats
    weight: Floats
    weighted: Floats
    stripes: Floats


class Plan(NamedTuple):
    """All a unit reads."""

    task: Task
    structure: Structure
    draws: Draws
    entrants: Entrants
    worth: Worth


class Block(NamedTuple):
    """Which lives are lived at once? Lives `first` to `first` + `lives` - 1, of one unit, which belongs to one draw."""

    unit: int
    draw: int
    first: int
    lives: int
