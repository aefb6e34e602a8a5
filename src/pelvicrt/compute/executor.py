"""Where does a chunk run? Three methods say it: start a range, merge blocks, open a checkpoint.

Threads of this process are the default: kernels release the interpreter lock, nothing is copied, no cluster software
is needed. Merging and checkpoints happen where the question was asked, in the same way for every executor: that is
half of why results have the same bits everywhere.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, Self, TypeVar

from pelvicrt.compute.checkpoint import Checkpoint
from pelvicrt.compute.task import B, Task, merged

T = TypeVar("T", covariant=True)  # noqa: PLC0105 - one letter is enough for a box


@dataclass(frozen=True, slots=True)
class Timed(Generic[T]):
    """A block and the seconds it took where it was made."""

    block: T
    seconds: float


class Executor(Protocol):
    """Runs ranges of a task. `lanes`: how many chunks are worth having under way at once, now."""

    @property
    def lanes(self) -> int:
        """Chunks that may be under way."""
        ...

    def submit(self, task: Task[B], first: int, last: int) -> Future[Timed[B]]:
        """Starts the places `first` to `last` - 1."""
        ...

    def merge(self, task: Task[B], blocks: Sequence[B]) -> B:
        """All blocks in order as one."""
        ...

    def checkpoint(self, folder: Path, task: Task[Any]) -> Checkpoint:
        """Where finished chunks of the task are kept and found again."""
        ...


class AtHome:
    """Merging and keeping where the question was asked; what all executors share."""

    def merge(self, task: Task[B], blocks: Sequence[B]) -> B:
        """All blocks in order as one."""
        return merged(task, blocks)

    def checkpoint(self, folder: Path, task: Task[Any]) -> Checkpoint:
        """Where finished chunks of the task are kept and found again."""
        return Checkpoint(folder, task)


class Threads(AtHome):
    """Threads of this process."""

    def __init__(self, threads: int | None = None) -> None:
        """As many threads; default: the processors this process may use."""
        self._threads = threads or len(os.sched_getaffinity(0))
        self._pool = ThreadPoolExecutor(max_workers=self._threads, thread_name_prefix="pelvicrt")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def lanes(self) -> int:
        """The threads."""
        return self._threads

    def submit(self, task: Task[B], first: int, last: int) -> Future[Timed[B]]:
        """Starts a range as soon as a thread is free."""
        return self._pool.submit(timed, task, first, last)


def timed(task: Task[B], first: int, last: int) -> Timed[B]:
    """The block of a range and the seconds it took.

    A range is tried again once after an error of memory or of input and output, which may pass when a neighbour has
    finished. A task is a pure function of its range, so any other error would only come again.
    """
    began = time.perf_counter()
    try:
        block = task.run(first, last)
    except (MemoryError, OSError):
        block = task.run(first, last)
    return Timed(block, time.perf_counter() - began)
