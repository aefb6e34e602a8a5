"""What follows once patients have left the plan? Curves of one candidate from what its plan left behind.

All curves are solved without other-cause death; the life table multiplies them afterwards (see `host`).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.simulate import flows, host, pelvis
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.tree import IN_PLACE, RESECTED, RESPONDED, Course, Landing, Ledger

Floats = npt.NDArray[np.float64]


class Later:
    """The common later course of one patient: kernels shared by every candidate."""

    def __init__(self, disease: Disease, *, cells: int, step: float = 1.0) -> None:
        self.disease, self.cells, self.step = disease, cells, step
        self.grid = np.arange(cells + 1) * step
        self.middle = (np.arange(cells) + 0.5) * step
        self.active = disease.after_progression().at(self.middle)
        self.single = disease.after_relapse(both=False).at(self.middle)
        self.both = disease.after_relapse(both=True).at(self.middle)
        self.law2 = disease.later_relapse()
        self.second = self.law2.at(self.grid)
        self.second_mid = self.law2.at(self.middle)
        p = disease.parameters
        self.wait = round(float(p["salvage.duration"][0]) / step)
        self.recurrence_salvage = disease.chance(p["pelvis.recurrence.salvage"])
        self.regrowth_salvage = np.repeat(
            (p["regrowth.salvage"] * p["regrowth.salvage_control"])[:, None], self.second.shape[1], axis=1
        )

    @functools.cached_property
    def restart(self) -> Floats:
        """First-line survivor function at half steps, for patients who start it late."""
        return self.disease.progression(triplet=False).at(self.middle)


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Occupancies and cumulative incidences of one candidate, (draws, times), without other-cause death.

    `tree`, `held` and `active` are by pelvis (in place, resected, responded); `after_tme` and `watched` hold the
    eight curves of `host.OUTPUTS`; `watched_since` the same in time since the decision, before any shift.
    """

    tree: Floats
    held: Floats
    active: Floats
    after_tme: Floats
    watched: Floats
    watched_since: Floats
    entered_watch: Floats
    recurrence_free: Floats
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


def _land(later: Later, course: Course, landing: Landing, calendar: Floats, since: Floats, cumhaz60: Floats) -> None:
    branch, disease = landing.branch, later.disease
    p, who = disease.parameters, disease.patient
    law = course.relapse_law(branch)
    watched = branch.pelvis == RESPONDED
    if watched and branch.answer is not None:
        free = functools.partial(pelvis.regrowth_free, p, who, branch.rt, branch.answer.residual)
    else:
        free = functools.partial(pelvis.recurrence_free, p, cumhaz60)
    distant = p["regrowth.distant_hr"] if watched else np.ones(disease.draws)
    host.land(
        branch.time, branch.mass, landing.sojourn, law.stay, law.scale, law.median, law.shape,
        later.law2.stay, later.law2.scale, later.law2.median,
        free(later.grid, landing.since_pelvis), free(later.middle, landing.since_pelvis),
        later.regrowth_salvage if watched else later.recurrence_salvage, distant, not watched, disease.sites,
        later.single, later.both, later.wait, 2, later.step, calendar, since,
    )  # fmt: skip


def follow(later: Later, course: Course) -> Curves:
    """Curves of one candidate after its plan was run."""
    ledger, disease = course.ledger, later.disease
    draws, times = disease.draws, later.cells + 1
    p, who = disease.parameters, disease.patient
    cumhaz60 = course.recurrence_cumhaz60()
    after_tme, watched = np.zeros((8, draws, times)), np.zeros((8, draws, times))
    since, scratch = np.zeros((8, draws, times)), np.zeros((8, draws, times))
    entered = np.zeros(draws)
    for landing in ledger.landings:
        if landing.branch.pelvis == RESPONDED:
            entered += landing.branch.mass.sum(axis=1)
            _land(later, course, landing, watched, since, cumhaz60)
        else:
            _land(later, course, landing, after_tme, scratch, cumhaz60)
    zero, rescued = np.zeros(draws), np.zeros((8, draws, times))
    flows.land_over_time(
        ledger.rescued, later.second, later.second_mid, pelvis.recurrence_free(p, cumhaz60, later.grid, zero),
        pelvis.recurrence_free(p, cumhaz60, later.middle, zero), later.recurrence_salvage, disease.sites,
        later.single, later.both, later.wait, rescued,
    )  # fmt: skip
    # Rescued patients had their first systemic event before: they add neither event-free time nor a first relapse.
    rescued[3] = rescued[6] = 0.0
    after_tme += rescued
    held, active = _without_clearance(later, course, ledger)
    resected_at = _mean_time(ledger.tme_time, ledger.tme)
    shifted = np.maximum(later.grid[None, :] - resected_at[:, None], 0.0)
    hazard = cumhaz60[:, None] * (shifted / 60.0) ** p["pelvis.recurrence.shape"][:, None]
    return Curves(
        tree=ledger.tree,
        held=held,
        active=active + _waiting_for_rescue(ledger),
        after_tme=after_tme,
        watched=watched,
        watched_since=since,
        entered_watch=entered,
        recurrence_free=np.exp(-hazard),
        first=ledger.first,
        operative_deaths=ledger.operative_deaths,
        cleared=ledger.cleared,
        tme_time=resected_at,
    )


def _without_clearance(later: Later, course: Course, ledger: Ledger) -> tuple[Floats, Floats]:
    held, active = ledger.held.copy(), np.zeros_like(ledger.held)
    for place in (IN_PLACE, RESECTED, RESPONDED):
        if ledger.restart[place].any():
            again = np.zeros_like(ledger.first)
            flows.restart_control(ledger.restart[place], later.restart, active[place], again, ledger.active[place])
        if ledger.level[place].any():
            flows.leave_control(
                ledger.level[place], course.control_curve, held[place], ledger.first, ledger.active[place]
            )
        for entries, kernel in (
            (ledger.active[place], later.active),
            (ledger.single[place], later.single),
            (ledger.both[place], later.both),
        ):
            if entries.any():
                flows.live_with_disease(entries, kernel, active[place])
    return held, active


def _waiting_for_rescue(ledger: Ledger) -> Floats:
    """Patients between progression and rescued clearance, alive with active disease, the primary in place."""
    out = np.zeros_like(ledger.tree)
    out[IN_PLACE] = ledger.waiting
    return out
