"""How does time pass for a branch of patients, and what is written down about it?

Moves a branch along the law that holds for it, leaves the plan into control without clearance, and counts toxicity,
days, operations and responses. Which step does what stands in `steps`; the order of steps in `tree`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.foundation import months_from_weeks
from pelvicrt.simulate import flows
from pelvicrt.simulate.laws import CLASSES, Disease, Law
from pelvicrt.simulate.nodes import IN_PLACE, RESECTED, RESPONDED, Branch, Ledger, Plan
from pelvicrt.simulate.pelvis import ClinicalResponse, clinical_response, response
from pelvicrt.simulate.start import Start

Floats = npt.NDArray[np.float64]


class Passage:
    """One plan for one patient under all draws: its clocks and its ledger."""

    def __init__(self, plan: Plan, disease: Disease, start: Start, *, cells: int, step: float = 1.0) -> None:
        self.plan, self.disease, self.start = plan, disease, start
        self.cells, self.step = cells, step
        self.p, self.who = disease.parameters, disease.patient
        self.draws = disease.draws
        self.progression = disease.progression(triplet=plan.triplet)
        self.ledger = Ledger(self.draws, cells)
        self.origin = np.full(self.draws, -start.systemic_began)

    def relapse_law(self, branch: Branch | None) -> Law:
        """The law of first relapse for a branch (or for what lies behind the patient)."""
        weeks = self.start.systemic_weeks if branch is None else branch.weeks
        counts = weeks >= float(self.p["plan.systemic_weeks_that_count"][0])
        return self.disease.relapse(systemic=counts, cured=None if branch is None else branch.cured)

    def _pass(self, branch: Branch, months: Floats, pace: Floats | float = 1.0) -> None:
        """Lets `months` go by; `pace` multiplies the hazard of progression while the liver is not cleared."""
        ledger, end = self.ledger, branch.time + months
        shares = np.zeros((self.draws, len(CLASSES), 4))
        law, origin = self.progression, self.origin
        delay = round(float(self.p["plan.rescue_delay"][0]) / self.step)
        scale = law.scale * (pace[:, None] if isinstance(pace, np.ndarray) else pace)
        if branch.cleared:
            law, origin = self.relapse_law(branch), branch.liver_at
            scale, target = law.scale, ledger.single[branch.pelvis]
            single_site, both_sites = target, ledger.both[branch.pelvis]
            sites = self.disease.sites
            single, both = 1.0 - sites[..., 0], sites[..., 0]
            shares[..., 0] = single * sites[..., 1] + both * sites[..., 2]
            shares[..., 2], shares[..., 3] = single * (1.0 - sites[..., 1]), both * (1.0 - sites[..., 2])
            delay = round(float(self.p["salvage.duration"][0]) / self.step)
        elif branch.immunotherapy_since is not None:
            law, origin = self.disease.immunotherapy(), branch.immunotherapy_since
            scale, target = law.scale, ledger.restart[branch.pelvis]
            single_site = both_sites = target  # their shares are 0
            shares[..., 1] = 1.0
        else:
            target = single_site = both_sites = ledger.active[branch.pelvis]  # shares of the latter two are 0
            shares[..., 0], shares[..., 1] = self.disease.rescue, 1.0 - self.disease.rescue
        before = branch.mass.sum(axis=1)
        flows.walk(
            branch.mass, branch.time, end, origin, law.median, law.shape, law.stay, law.part, scale, law.rest, law.rate,
            shares, delay, self.step, ledger.tree[branch.pelvis], ledger.first, ledger.rescued, ledger.waiting, target,
            single_site, both_sites,
        )  # fmt: skip
        if branch.pelvis == RESECTED:
            after = branch.mass.sum(axis=1)
            ledger.resected_uncleared.append((before - after, branch.pelvis_at))
            ledger.resected_in_plan.append((before, after, branch.time, end, branch.pelvis_at))
        branch.time = end

    def _months(self, weeks: float | None) -> Floats:
        return months_from_weeks(weeks or 0.0) * self.p["duration.jitter"]

    @property
    def _off(self) -> Floats:
        return self.p["sys.progression.hr_off_treatment"]

    @property
    def _rest(self) -> Floats:
        return np.maximum(self._off * self.p["sys.progression.rest_factor"], 0.0)

    def _step_up(self, curve: Floats, time: Floats, mass: Floats) -> None:
        grid = np.arange(self.cells + 1) * self.step
        curve += np.where(grid[None, :] >= time[:, None] - 1e-9, mass[:, None], 0.0)

    def _count_toxicity(self, branch: Branch, chance: Floats) -> None:
        self.ledger.toxicity += branch.mass.sum(axis=1) * branch.toxicity_free * chance
        branch.toxicity_free = branch.toxicity_free * (1.0 - chance)

    def _count_days(self, branch: Branch, days: Floats | float) -> None:
        self.ledger.days += branch.mass.sum(axis=1) * days

    def _to_control(self, branch: Branch) -> None:
        """Leaves the plan without clearance: first-line control, the primary removed in some."""
        parts = [branch]
        if branch.pelvis == IN_PLACE and self.plan.surgery:
            share = self.p["plan.tme_without_clearance"]
            removed, kept = branch.part(share), branch.part(1.0 - share)
            removed.pelvis = RESECTED
            self._note_tme(removed, counts_as_operation=False)
            mass = removed.mass.sum(axis=1)
            self.ledger.rectal_operations += mass
            self.ledger.bed_days += mass * self.p["days.tme"]
            parts = [kept, removed]
        for part in parts:
            self._hold(part)

    def _hold(self, part: Branch) -> None:
        ledger, law = self.ledger, self.progression
        if part.pelvis == RESECTED:
            self._note_resected(part)
        if part.immunotherapy_since is not None:
            law, shares = self.disease.immunotherapy(), np.zeros((self.draws, len(CLASSES), 4))
            shares[..., 1] = 1.0
            target = ledger.restart[part.pelvis]  # the shares of all other places are 0
            flows.walk(
                part.mass, part.time, np.full(self.draws, self.cells * self.step + 1.0), part.immunotherapy_since,
                law.median, law.shape, law.stay, law.part, law.scale, law.rest, law.rate, shares, 0, self.step,
                ledger.held[part.pelvis], ledger.first, ledger.rescued, ledger.waiting, target, target, target,
            )  # fmt: skip
            return
        flows.enter_control(
            part.mass, part.time, self.origin, law.median, law.shape, law.scale, self.control_curve, self.step,
            ledger.level[part.pelvis], ledger.first, ledger.active[part.pelvis],
        )  # fmt: skip

    def _note_resected(self, part: Branch) -> None:
        """Leaves the plan without a primary. Occupancy at grid times takes the cell of entry for half a stay."""
        mass, at = part.mass.sum(axis=1), part.pelvis_at
        entry = np.ceil(part.time / self.step - 1e-9) * self.step
        self.ledger.resected_uncleared.append((mass, at))
        self.ledger.resected_in_plan.append((mass, mass, part.time, entry, at))
        self.ledger.resected_in_plan.append((-0.5 * mass, -0.5 * mass, entry - self.step, entry, at))

    @property
    def control_curve(self) -> Floats:
        """First-line survivor function on the calendar grid, (draws, classes, times)."""
        grid = np.arange(self.cells + 1, dtype=np.float64) * self.step
        return self.disease.first_line(grid + self.start.systemic_began, triplet=self.plan.triplet)

    def _answer(self, branch: Branch) -> ClinicalResponse:
        """How the primary responds: as it was seen to before today, unless more treatment may have changed that."""
        start = self.start
        more = branch.weeks - start.systemic_weeks >= float(self.p["plan.systemic_weeks_that_count"][0])
        if not start.response or (start.response == "incomplete" and more):
            return self._expected_answer(branch, at=branch.time, weeks=branch.weeks)
        at = np.full(self.draws, -start.response_seen)
        expected = self._expected_answer(branch, at=at, weeks=start.systemic_weeks)
        return expected.as_seen(complete=start.response == "complete")

    def _expected_answer(self, branch: Branch, *, at: Floats, weeks: float) -> ClinicalResponse:
        since = at - branch.rt_end
        pcr = response(self.p, self.who, branch.rt, systemic_weeks=weeks, months_since_rt=since)
        if branch.immunotherapy_since is not None or (self.start.on_immunotherapy and branch.rt.family == "none"):
            found, none = np.where(self.who.mmr_deficient, self.p["io.primary_ccr"], 0.0), np.zeros(self.draws)
            return ClinicalResponse(ccr=found, pcr=pcr, pcr_of_responders=pcr, pcr_of_others=pcr, residual=none)
        return clinical_response(self.p, branch.rt, pcr, consolidation_weeks=branch.weeks_since_rt)

    def _watch(self, branch: Branch, seen_at: Floats) -> None:
        """Watch and wait: the rectum stays, and regrowth counts from the day the response was seen."""
        branch.pelvis, branch.pelvis_at = RESPONDED, seen_at
        self.ledger.watched = branch

    def _note_tme(self, branch: Branch, *, counts_as_operation: bool = True) -> None:
        branch.pelvis_at = branch.time.copy()
        mass = branch.mass.sum(axis=1)
        self.ledger.tme_time += mass * branch.time
        self.ledger.tme += mass
        if branch.answer is None:
            branch.answer = self._answer(branch)
            if counts_as_operation and branch.rt.family != "none":
                self.ledger.assessed += mass
                self.ledger.responded += mass * branch.answer.ccr
        operated = branch.answer.pcr_of_operated(responders_kept=self.plan.policy)
        self.ledger.pathological += mass * operated
        if counts_as_operation:
            self.ledger.pcr_overall, self.ledger.pcr_operated = branch.answer.pcr, operated
