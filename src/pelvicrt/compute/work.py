"""How is a task worked through? Chunks go out, come back in any order, are kept, and are merged in order."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any, Generic, cast

from pelvicrt.compute.checkpoint import Checkpoint
from pelvicrt.compute.executor import Executor, Threads, Timed
from pelvicrt.compute.pace import Pace, Range, gaps
from pelvicrt.compute.task import B, Task

_PATIENCE_SECONDS = 0.5
"""How long to wait for a chunk before looking at the keyboard again."""


def work(
    task: Task[B],
    *,
    executor: Executor | None = None,
    folder: Path | None = None,
    chunk: int | None = None,
    told: Callable[[float], None] = lambda _: None,
) -> B:
    """The whole of a task, the same bits whatever the executor, the chunks and what was lost on the way.

    `folder` keeps finished chunks (blocks must be arrays by name) and takes up those it holds. `chunk` fixes the places
    of a chunk; otherwise chunks follow the measured pace. `told` hears the fraction done. When anything stops the run,
    a keyboard interrupt as well, chunks not begun are dropped, those under way in this process are finished and kept,
    and the error goes on: the same call takes up from there.

    Raises:
        InvalidInput: when the folder belongs to another task.
        ValueError: when the task has no places.
    """
    if task.size < 1:
        raise ValueError("a task needs at least one place")
    if executor is None:
        with Threads() as threads:
            return work(task, executor=threads, folder=folder, chunk=chunk, told=told)
    run = _Run(task, executor, executor.checkpoint(folder, task) if folder is not None else None, chunk, told)
    blocks = run.all_chunks()
    return executor.merge(task, [blocks[place] for place in sorted(blocks)])


class _Run(Generic[B]):
    """One run: what is done, what is under way, what is left."""

    def __init__(
        self,
        task: Task[B],
        executor: Executor,
        kept: Checkpoint | None,
        chunk: int | None,
        told: Callable[[float], None],
    ) -> None:
        self.task, self.executor, self.kept, self.told = task, executor, kept, told
        self.pace = Pace(chunk=chunk)
        self.blocks: dict[Range, B] = {} if kept is None else cast("dict[Range, B]", kept.finished())
        self.left = gaps(list(self.blocks), task.size)
        self.under_way: dict[Future[Timed[B]], Range] = {}
        self.ended: queue.SimpleQueue[Future[Timed[B]]] = queue.SimpleQueue()

    def all_chunks(self) -> dict[Range, B]:
        """Every block by its range."""
        try:
            self._tell()
            while self.left or self.under_way:
                self._send()
                for future in self._arrived():
                    self._take(future)
                    self._tell()
        except BaseException:
            self._stop()
            raise
        return self.blocks

    def _send(self) -> None:
        lanes = self.executor.lanes
        while self.left and len(self.under_way) < lanes:
            first, last = self.left[0]
            places = sum(end - begin for begin, end in self.left)
            middle = min(first + self.pace.next_size(left=places, lanes=lanes), last)
            self.left[:1] = [(middle, last)] if middle < last else []
            future = self.executor.submit(self.task, first, middle)
            self.under_way[future] = (first, middle)
            future.add_done_callback(self.ended.put)

    def _arrived(self) -> Iterator[Future[Timed[B]]]:
        try:
            yield self.ended.get(timeout=_PATIENCE_SECONDS)
        except queue.Empty:
            return

    def _take(self, future: Future[Timed[B]]) -> None:
        first, last = self.under_way.pop(future)
        found = future.result()
        self.pace.saw(places=last - first, seconds=found.seconds)
        self.blocks[first, last] = found.block
        if self.kept is not None:
            self.kept.keep(first, last, found.block)

    def _tell(self) -> None:
        self.told(sum(last - first for first, last in self.blocks) / self.task.size)

    def _stop(self) -> None:
        """Drops what has not begun; keeps what can still be had, for the next run."""
        waiting = {future: place for future, place in self.under_way.items() if not future.cancel()}
        for future, (first, last) in waiting.items():
            _keep_quietly(future, self.kept, first, last)


def _keep_quietly(future: Future[Timed[Any]], kept: Checkpoint | None, first: int, last: int) -> None:
    """The error that stopped the run is the one to tell, not what it did to the others."""
    try:
        found = future.result()
        if kept is not None:
            kept.keep(first, last, found.block)
    except (Exception, CancelledError):  # noqa: BLE001 - see above
        return
