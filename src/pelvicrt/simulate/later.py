"""What follows once patients have left the plan? Curves of one candidate from what its plan left behind.

All curves are solved without other-cause death; the life table multiplies them afterwards (see `host`).
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.simulate import flows, host, overlays, pelvis
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.nodes import IN_PLACE, RESPONDED, Landing, Ledger
from pelvicrt.simulate.tree import Course

Floats = npt.NDArray[np.float64]
_KEPT_SOLUTIONS = 4
COUNTED_AFTER_RESCUE = np.array([name not in ("event_free", "distant_event") for name in host.OUTPUTS])


class Later:
    """The common later course of one patient: kernels shared by every candidate."""

    def __init__(self, disease: Disease, *, cells: int, step: float = 1.0) -> None:
        self.disease, self.cells, self.step = disease, cells, step
        self.grid: Floats = np.arange(cells + 1, dtype=np.float64) * step
        self.middle: Floats = (np.arange(cells, dtype=np.float64) + 0.5) * step
        self.active = disease.after_progression().at(self.middle)
        self.single = disease.after_relapse(both=False).at(self.middle)
        self.both = disease.after_relapse(both=True).at(self.middle)
        self.law2 = disease.later_relapse()
        self.second = self.law2.at(self.grid)
        self.second_mid = self.law2.at(self.middle)
        p = disease.parameters
        self._rescued: dict[bytes, Floats] = {}
        self._landed: dict[bytes, tuple[Floats, Floats]] = {}
        self.wait = round(float(p["salvage.duration"][0]) / step)
        self.recurrence_salvage = disease.chance(p["pelvis.recurrence.salvage"])
        self.regrowth_salvage = np.repeat(
            (p["regrowth.salvage"] * p["regrowth.salvage_control"])[:, None], self.second.shape[1], axis=1
        )

    def remembered(self, key: bytes, solve: Callable[[], tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
        """A landing's solution, kept for candidates that differ in nothing it depends on."""
        if key not in self._landed:
            if len(self._landed) >= _KEPT_SOLUTIONS:
                self._landed.pop(next(iter(self._landed)))
            self._landed[key] = solve()
        return self._landed[key]

    def rescued_curves(self, cumhaz60: Floats) -> Floats:
        """Curves of patients rescued after progression, solved once for each pelvic hazard."""
        key = cumhaz60.tobytes()
        if key not in self._rescued:
            if len(self._rescued) >= _KEPT_SOLUTIONS:
                self._rescued.pop(next(iter(self._rescued)))
            p, zero = self.disease.parameters, np.zeros(self.disease.draws)
            out = np.empty((*self.second.shape[:2], 8, self.cells + 1))
            flows.second_landing(
                self.second, self.second_mid, pelvis.recurrence_free(p, cumhaz60, self.grid, zero),
                pelvis.recurrence_free(p, cumhaz60, self.middle, zero), self.recurrence_salvage, self.disease.sites,
                self.single, self.both, self.wait, out,
            )  # fmt: skip
            self._rescued[key] = out
        return self._rescued[key]

    @functools.cached_property
    def restart(self) -> Floats:
        """First-line survivor function at half steps, for patients who start it late."""
        return self.disease.progression(triplet=False).at(self.middle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Occupancies and cumulative incidences of one candidate, (draws, times), without other-cause death.

    `tree`, `held` and `active` are by pelvis (in place, resected, responded); `after_tme` and `watched` hold the
    eight curves of `host.OUTPUTS`; `watched_since` the incidence of regrowth in time since the decision.
    `recurrence_free` is the survivor function of pelvic recurrence after the mean time of TME. `recurring_in_plan` is
    what recurs in each cell (draws, cells) while the plan runs; `recurring` and `recurred` are what recurs in a cell,
    and has recurred, of one patient who lives uncleared and without a primary after it.
    """

    tree: Floats
    held: Floats
    active: Floats
    after_tme: Floats
    watched: Floats
    watched_since: Floats
    entered_watch: Floats
    recurrence_free: Floats
    recurring_in_plan: Floats
    recurring: Floats
    recurred: Floats
    first: Floats
    operative_deaths: Floats
    cleared: Floats
    tme_time: Floats

    @property
    def alive(self) -> Floats:
        """Everybody alive."""
        uncleared = self.tree.sum(axis=0) + self.held.sum(axis=0) + self.active.sum(axis=0)
        return np.asarray(uncleared + self.after_tme[0] + self.watched[0], dtype=np.float64)


def _mean_time(total: Floats, mass: Floats) -> Floats:
    return np.where(mass > 0.0, total / np.maximum(mass, 1e-300), 0.0)


def _free_of_event(later: Later, landing: Landing, cumhaz60: Floats) -> tuple[Floats, Floats, Floats]:
    """Share without recurrence or regrowth at landing, and survivor functions since, at grid times and half steps.

    On watch and wait the tumour may have regrown before landing, while the liver was still being treated; whoever comes
    from the operating table has no pelvic event yet.
    """
    branch, p = landing.branch, later.disease.parameters
    if branch.pelvis == RESPONDED and branch.answer is not None:
        grid, middle = (
            pelvis.still_clear(
                p, later.disease.patient, branch.rt, branch.answer.residual, branch.pelvis_at,
                branch.time[:, None] + months,
            )
            for months in (later.grid, later.middle)
        )  # fmt: skip
        clear = grid[:, 0].copy()
        grid[:, 0] = 1.0
        return clear, grid, middle
    free = functools.partial(pelvis.recurrence_free, p, cumhaz60)
    return (
        np.ones(later.disease.draws),
        free(later.grid, landing.since_pelvis),
        free(later.middle, landing.since_pelvis),
    )


def _solve(later: Later, course: Course, landing: Landing, cumhaz60: Floats) -> tuple[Floats, Floats]:
    """Calendar curves of one landing, and for watch and wait also regrowth in time since the decision."""
    branch, disease = landing.branch, later.disease
    law, watched = course.relapse_law(branch), landing.branch.pelvis == RESPONDED
    draws, times = disease.draws, later.cells + 1
    calendar, since = np.zeros((8, draws, times)), np.zeros((draws if watched else 0, times))
    clear, grid, middle = _free_of_event(later, landing, cumhaz60)
    host.land(
        branch.time, branch.mass, landing.sojourn, law.stay, law.scale, law.median, law.shape, later.second_mid,
        grid, middle, later.regrowth_salvage if watched else later.recurrence_salvage,
        disease.parameters["regrowth.distant_hr"] if watched else np.ones(draws), not watched, disease.sites,
        later.single, later.both, later.wait, 2, later.step, clear, calendar, since,
    )  # fmt: skip
    return calendar, since


def _land(later: Later, course: Course, landing: Landing, cumhaz60: Floats) -> tuple[Floats, Floats]:
    """The solution of one landing, taken from an earlier candidate when all that enters it is the same."""
    branch, law = landing.branch, course.relapse_law(landing.branch)
    residual = np.zeros(1) if branch.answer is None or branch.pelvis != RESPONDED else branch.answer.residual
    parts = (
        branch.time, branch.mass, landing.sojourn, landing.since_pelvis, law.stay, law.scale, cumhaz60, residual,
    )  # fmt: skip
    digest = hashlib.blake2b(f"{branch.pelvis}/{branch.rt}".encode(), digest_size=16)
    for part in parts:
        digest.update(np.ascontiguousarray(part).tobytes())
    return later.remembered(digest.digest(), lambda: _solve(later, course, landing, cumhaz60))


def follow(later: Later, course: Course) -> Curves:
    """Curves of one candidate after its plan was run."""
    ledger, disease = course.ledger, later.disease
    draws, times = disease.draws, later.cells + 1
    cumhaz60 = course.recurrence_cumhaz60()
    after_tme, watched = np.zeros((8, draws, times)), np.zeros((8, draws, times))
    since = np.zeros((draws, times))
    entered = np.zeros(draws)
    if ledger.rescued.any():
        # Rescued patients had their first systemic event before: neither event-free time nor a first relapse.
        flows.enter_over_time(ledger.rescued, later.rescued_curves(cumhaz60), COUNTED_AFTER_RESCUE, after_tme)
    for landing in ledger.landings:
        calendar, unshifted = _land(later, course, landing, cumhaz60)
        if landing.branch.pelvis == RESPONDED:
            entered += landing.branch.mass.sum(axis=1)
            watched += calendar
            since += unshifted
        else:
            after_tme += calendar
    held, active = _without_clearance(later, course, ledger)
    resected_at = _mean_time(ledger.tme_time, ledger.tme)
    shape = disease.parameters["pelvis.recurrence.shape"]
    recurring, recurred = overlays.recurring(ledger, cumhaz60, shape, step=later.step)
    recurrence_free = np.empty((draws, times))
    overlays.survive(cumhaz60, shape, -resected_at, later.step, recurrence_free)
    return Curves(
        tree=ledger.tree,
        held=held,
        active=active + _waiting_for_rescue(ledger),
        after_tme=after_tme,
        watched=watched,
        watched_since=since,
        entered_watch=entered,
        recurrence_free=recurrence_free,
        recurring_in_plan=overlays.recurring_in_plan(ledger, cumhaz60, shape, step=later.step),
        recurring=recurring,
        recurred=recurred,
        first=ledger.first,
        operative_deaths=ledger.operative_deaths,
        cleared=ledger.cleared,
        tme_time=resected_at,
    )


def _without_clearance(later: Later, course: Course, ledger: Ledger) -> tuple[Floats, Floats]:
    held, active = ledger.held.copy(), np.zeros_like(ledger.held)
    for place, entries in ledger.restart.items():
        again = np.zeros_like(ledger.first)
        flows.restart_control(entries, later.restart, active[place], again, ledger.active[place])
    for place, level in ledger.level.items():
        flows.leave_control(level, course.control_curve, held[place], ledger.first, ledger.active[place])
    for kept, kernel in ((ledger.active, later.active), (ledger.single, later.single), (ledger.both, later.both)):
        for place, entries in kept.items():
            flows.live_with_disease(entries, kernel, active[place])
    return held, active


def _waiting_for_rescue(ledger: Ledger) -> Floats:
    """Patients between progression and rescued clearance, alive with active disease, the primary in place."""
    out = np.zeros_like(ledger.tree)
    out[IN_PLACE] = ledger.waiting
    return out
