"""What is long work? A range of places, each worked out by itself, and blocks of them put side by side in order.

Place i (a draw, a tile of patients) gives the same bits whatever stands in the same chunk, so that how work is cut,
where it runs and what was lost on the way can never be seen in the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, Self, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[np.generic]]
"""A block that a checkpoint can hold: arrays by name, the first axis running over the places of the block."""
B = TypeVar("B")
BRANCHES = 8
"""Blocks merged at once: the width of the merge tree."""


class Task(Protocol[B]):
    """Work over the places 0 to `size` - 1; picklable, without state that `run` changes."""

    @property
    def name(self) -> str:
        """What kind of work this is, one word."""
        ...

    @property
    def size(self) -> int:
        """How many places there are."""
        ...

    def about(self) -> Mapping[str, str]:
        """Everything that decides the result, by name: a checkpoint is taken up only where all of it agrees."""
        ...

    def run(self, first: int, last: int) -> B:
        """The block of places `first` to `last` - 1."""
        ...

    def merge(self, blocks: Sequence[B]) -> B:
        """One block of neighbouring blocks in order, put side by side without arithmetic."""
        ...


@runtime_checkable
class Divisible(Protocol):
    """A task that can leave behind what a range does not need, so that less travels to another machine."""

    def only(self, first: int, last: int) -> Self:
        """A task whose `run(first, last)` gives the same block; other places need not work any more."""
        ...


def side_by_side(blocks: Sequence[Arrays]) -> dict[str, npt.NDArray[np.generic]]:
    """Blocks of arrays joined along their first axis.

    >>> side_by_side([{"x": np.array([1, 2])}, {"x": np.array([3])}])["x"].tolist()
    [1, 2, 3]
    """
    return {name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]}


def merged(task: Task[B], blocks: Sequence[B]) -> B:
    """All blocks in order as one, by a fixed tree of eight branches.

    Raises:
        ValueError: when there is nothing to merge.
    """
    if not blocks:
        raise ValueError("no block to merge")
    level = list(blocks)
    while len(level) > 1:
        level = [task.merge(level[i : i + BRANCHES]) for i in range(0, len(level), BRANCHES)]
    return level[0]
