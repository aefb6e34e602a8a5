"""What may follow once all sites are cleared? States of remission, treatment of relapse and lasting relapse.

Every state knows whether a pelvic event has happened: `i` none yet; `x` entered after one; `m` marked while in the
state, so that its clocks run on. The moves say the same as `host` in other words: nothing of its algebra is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.engine import Family
from pelvicrt.simulate.laws import Law
from pelvicrt.simulate.twin.graph import LIVER, PELVIS, SPELL, Graph, Move

Floats = npt.NDArray[np.float64]
_FRESH = frozenset({SPELL})
_PIECES_A_MONTH = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazards:
    """A mixture-cure Weibull by row: cure + (1 - cure) exp(-(c / scale)^shape) on one clock."""

    clock: int
    shape: float
    scale: Floats
    cure: Floats | None = None

    def survivor(self, months: Floats) -> Floats:
        """Values (rows, times)."""
        stay = np.zeros_like(self.scale) if self.cure is None else self.cure
        inner = np.exp(-((months[None, :] / self.scale[:, None]) ** self.shape))
        return np.asarray(stay[:, None] + (1.0 - stay[:, None]) * inner, dtype=np.float64)


def hazards_of(law: Law, clock: int, kinds: int, pace: float = 1.0) -> Hazards:
    """A law of the solver, every class repeated for each of the `kinds`, its hazard times `pace`."""
    shape = float(law.shape[0])
    scale = float(law.median[0]) * (law.scale[0] * pace) ** (-1.0 / shape)
    cure = np.repeat(law.stay[0], kinds) if law.stay.any() else None
    return Hazards(clock=clock, shape=shape, scale=np.repeat(scale, kinds), cure=cure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """What holds after one kind of clearance; every probability has one value a row.

    `marked_hr` multiplies the hazard of first relapse after a salvaged pelvic event. `event` is what a pelvic event is:
    recurrence or regrowth. `first` is the law of the first relapse, `later` that of the following ones.
    """

    name: str
    event: str
    first: Hazards
    later: Hazards
    pelvic: Hazards
    salvage: Floats
    marked_hr: float
    remissions_left: int
    counts_distant: bool
    both: Floats
    clear_single: Floats
    clear_both: Floats
    after_single: Hazards
    after_both: Hazards
    wait_months: float
    horizon: float


def happen(graph: Graph, name: str, source: int, law: Hazards) -> Move:
    """A move with one of the laws."""
    move = graph.weibull(name, source, law.clock, shape=law.shape, scale=law.scale)
    move.cure = law.cure
    return move


class Chain:
    """Builds the states of one kind of clearance; `entry` is where patients come in."""

    def __init__(self, graph: Graph, what: Clearance, *, restarts: frozenset[int]) -> None:
        self.graph, self.what = graph, what
        self.entry = graph.state(f"{what.name}.n1.i", restarts=restarts, counts=self._counts("i", first=True))
        for level in range(1, what.remissions_left + 2):
            marks = ("i", "m") if level == 1 else ("i", "m", "x")
            for mark in marks:
                self._remission(level, mark)
                if level > 1:
                    self._treatment(level, mark)
        for sites in ("single", "both"):
            for mark in ("i", "m", "x"):
                self._lasting(sites, mark)

    def _counts(self, mark: str, *, first: bool) -> frozenset[str]:
        watched = self.what.event == "regrowth"
        counts = {"kept"} if watched and mark == "i" else set()
        if first and self.what.counts_distant and (mark == "i" or watched):
            counts.add("event_free")
        return frozenset(counts)

    def _at(self, place: str, mark: str) -> int:
        restarts = frozenset() if mark == "m" else _FRESH
        return self.graph.state(
            f"{self.what.name}.{place}.{mark}", restarts=restarts, counts=self._counts(mark, first=place == "n1")
        )

    def _pelvic(self, place: str, source: int) -> Move:
        move = happen(self.graph, f"{self.what.name}.{place}.pelvic", source, self.what.pelvic)
        move.counts = self.what.event
        return move

    def _remission(self, level: int, mark: str) -> None:
        what, graph, place = self.what, self.graph, f"n{level}"
        here = self._at(place, mark)
        relapse = self._relapse(level, mark, here)
        relapse.counts = "distant" if level == 1 and what.counts_distant else ""
        left, after = what.remissions_left + 1 - level, "i" if mark == "i" else "x"
        single, both = 1.0 - what.both, what.both
        if left > 0:
            graph.to(relapse, self._at(f"w{level + 1}", after), single * what.clear_single + both * what.clear_both)
            single, both = single * (1.0 - what.clear_single), both * (1.0 - what.clear_both)
        graph.to(relapse, self._at("single", after), single)
        graph.to(relapse, self._at("both", after), both)
        if mark == "i":
            event = self._pelvic(place, here)
            graph.to(event, self._at(place, "m"), what.salvage)
            graph.to(event, self._at("single", "x"), 1.0 - what.salvage)

    def _relapse(self, level: int, mark: str, here: int) -> Move:
        what, name = self.what, f"{self.what.name}.n{level}.{mark}.relapse"
        law = what.first if level == 1 else what.later
        if level > 1 or mark == "i" or what.marked_hr == 1.0:
            return happen(self.graph, name, here, law)
        # A power of a mixture is no mixture: its hazard in short pieces, exact at every knot.
        knots = np.arange(int(what.horizon + 1) * 2 * _PIECES_A_MONTH) / _PIECES_A_MONTH
        levels = -np.log(law.survivor(np.append(knots, knots[-1] + 1.0 / _PIECES_A_MONTH)))
        rates = what.marked_hr * np.diff(levels, axis=1) * _PIECES_A_MONTH
        move = self.graph.move(name, here, Family.PIECEWISE_EXPONENTIAL, LIVER, rates)
        move.knots = knots
        return move

    def _treatment(self, level: int, mark: str) -> None:
        graph, place = self.graph, f"w{level}"
        here = self._at(place, mark)
        done = graph.fixed(f"{self.what.name}.{place}.{mark}.done", here, self.what.wait_months, SPELL)
        graph.to(done, self._at(f"n{level}", "i" if mark == "i" else "x"))
        if mark == "i":
            graph.to(self._pelvic(place, here), self._at(place, "m"))

    def _lasting(self, sites: str, mark: str) -> None:
        graph, law = self.graph, self.what.after_single if sites == "single" else self.what.after_both
        here = self._at(sites, mark)
        graph.to(happen(graph, f"{self.what.name}.{sites}.{mark}.death", here, law), graph.state("died_cancer"))
        if mark == "i":
            graph.to(self._pelvic(sites, here), self._at(sites, "m"))


RESTARTS_OF_RESCUE = frozenset({SPELL, PELVIS})
"""Clocks that begin anew when a patient is cleared after progression or a relapse within the plan."""
