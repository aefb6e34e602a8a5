"""How large is the next chunk? At least a second of work, measured as it goes, and small enough to be worth keeping.

A task on another process costs about 2 ms; a second of work makes that vanish. Ten seconds is the most that anybody
should lose to a killed worker, and an eighth of what is left for each lane keeps all lanes busy to the end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

Range = tuple[int, int]
LEAST_SECONDS = 1.0
MOST_SECONDS = 10.0
PIECES = 8
"""Chunks a lane should still get, so that progress moves and lanes end together."""
GROWTH = 8
"""A chunk is at most so many times the largest before it: a first one may hold a compilation and mislead."""


@dataclass(slots=True, kw_only=True)
class Pace:
    """Places a second in one lane, from the chunks seen so far.

    >>> pace = Pace()
    >>> pace.next_size(left=1000, lanes=2)
    1
    >>> pace.saw(places=1, seconds=0.01)
    >>> pace.next_size(left=1000, lanes=2), pace.next_size(left=3, lanes=2)
    (8, 3)
    """

    chunk: int | None = None
    _largest: int = 0
    _places: float = 0.0
    _seconds: float = field(default=0.0)

    def saw(self, *, places: int, seconds: float) -> None:
        """Learns from a finished chunk; newer ones count more, so that a compilation is forgotten."""
        self._largest = max(self._largest, places)
        self._places = 0.5 * self._places + places
        self._seconds = 0.5 * self._seconds + seconds

    def next_size(self, *, left: int, lanes: int) -> int:
        """Places of the next chunk when `left` are not given out yet; a fixed `chunk` is kept to."""
        if self.chunk is not None:
            return min(self.chunk, left)
        if not self._largest:
            return 1
        rate = self._places / max(self._seconds, 1e-9)
        fair = left / (rate * lanes * PIECES)
        seconds = min(max(fair, LEAST_SECONDS), MOST_SECONDS)
        return max(1, min(math.ceil(rate * seconds), GROWTH * self._largest, left))


def gaps(done: Sequence[Range], size: int) -> list[Range]:
    """The ranges nobody has worked on.

    >>> gaps([(2, 4), (6, 7)], 10)
    [(0, 2), (4, 6), (7, 10)]
    """
    found, at = [], 0
    for first, last in sorted(done):
        if first > at:
            found.append((at, first))
        at = max(at, last)
    return [*found, (at, size)] if at < size else found
