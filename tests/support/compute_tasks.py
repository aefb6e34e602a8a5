"""Work for executors: a stand-in that is quick to check by hand, and the engine's lives on a part of W1."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import numpy as np

from pelvicrt.bench import w1
from pelvicrt.compute import side_by_side
from pelvicrt.models.spread import DrawsTask


@dataclasses.dataclass(frozen=True)
class Squares:
    """Place i gives i squared; a file a run in `log`, `seconds` of sleep a place, an error at `bad`."""

    size: int
    seconds: float = 0.0
    bad: int = -1
    error: type[Exception] = ValueError
    log: str = ""
    label: str = "squares"
    name = "squares"

    def about(self):
        return {"label": self.label}

    def run(self, first, last):
        if self.log:
            (Path(self.log) / f"{first}-{last}-{os.getpid()}-{time.monotonic_ns()}").touch()
        time.sleep(self.seconds * (last - first))
        if first <= self.bad < last:
            raise self.error(f"place {self.bad}")
        return {"square": np.arange(first, last) ** 2}

    def merge(self, blocks):
        return side_by_side(blocks)


@dataclasses.dataclass(frozen=True)
class Once(Squares):
    """Fails at `bad` the first time only; the first time leaves `mark`."""

    mark: str = ""

    def run(self, first, last):
        if first <= self.bad < last and not Path(self.mark).exists():
            Path(self.mark).touch()
            raise self.error("for once")
        return {"square": np.arange(first, last) ** 2}


@dataclasses.dataclass(frozen=True)
class Deadly(Squares):
    """Kills the process that runs place `bad`."""

    def run(self, first, last):
        if first <= self.bad < last:
            os.kill(os.getpid(), 9)
        return super().run(first, last)


def lives_task(*, draws: int, patients: int = 1000, lives: int) -> DrawsTask:
    """Part of W1, simulated life by life."""
    model, numbers, people, rewards = w1.whole()
    numbers = type(numbers)(**{item.name: getattr(numbers, item.name)[:draws] for item in dataclasses.fields(numbers)})
    people = type(people)(**{item.name: getattr(people, item.name)[:patients] for item in dataclasses.fields(people)})
    return DrawsTask(model=model, numbers=numbers, patients=people, rewards=rewards, seed=7, lives=lives, draws=draws)
