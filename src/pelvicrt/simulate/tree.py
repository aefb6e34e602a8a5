"""What does a plan do, step by step? Interprets any ordered list of typed steps as a tree of patients.

Step lengths are one value a draw, so calendar time at a node is known and the tree is exact for each draw. A branch
leaves the tree by landing (liver and pelvis both treated), by control without clearance, by progression or relapse, or
by operative death; what happens afterwards is shared by all plans.
"""

# ruff: noqa: ARG002 - every step kind is handled by the same signature
from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Step
from pelvicrt.foundation import Text, months_from_weeks
from pelvicrt.simulate import flows
from pelvicrt.simulate.laws import CLASS_WEIGHTS, CLASSES, Disease, Law
from pelvicrt.simulate.nodes import (
    IN_PLACE,
    RESECTED,
    RESPONDED,
    Branch,
    Landing,
    Ledger,
    Plan,
    is_triplet,
)
from pelvicrt.simulate.pelvis import ClinicalResponse, Irradiation, clinical_response, recurrence_cumhaz60, response
from pelvicrt.simulate.start import Start

Floats = npt.NDArray[np.float64]

_STILL_OPEN = ("systemic", "palliative_rt", "consolidative_rt", "wait", "stoma")
_RADIOTHERAPY = ("short_course", "long_course", "palliative_rt", "consolidative_rt")


class Course:
    """One plan for one patient under all draws."""

    def __init__(self, plan: Plan, disease: Disease, start: Start, *, cells: int, step: float = 1.0) -> None:
        self.plan, self.disease, self.start = plan, disease, start
        self.cells, self.step = cells, step
        self.p, self.who = disease.parameters, disease.patient
        self.draws = disease.draws
        self.progression = disease.progression(triplet=plan.triplet)
        self.ledger = Ledger(self.draws, cells)
        self.origin = np.full(self.draws, -start.systemic_began)

    # --- the walk through the steps -------------------------------------------------------------------------------

    def run(self) -> Ledger:
        """Follows every branch to its end."""
        branches = list(self._settle([self._first_branch()]))
        for position, step in enumerate(self.plan.steps):
            later = self.plan.steps[position + 1 :]
            branches = list(self._settle(b for branch in branches for b in self._take(step, branch, later)))
        for step in self._tail():
            branches = list(self._settle(b for branch in branches for b in self._take(step, branch, ())))
        for branch in branches:
            self._to_control(branch)
        return self.ledger

    def _first_branch(self) -> Branch:
        start, zero = self.start, np.zeros(self.draws)
        liver = 0.0 if start.liver_cleared is None else start.liver_cleared
        primary = 0.0 if start.primary_resected is None else start.primary_resected
        branch = Branch(
            mass=self._weights(),
            time=zero.copy(),
            cleared=start.liver_cleared is not None or bool(np.all(self.who.liver == 0)),
            pelvis=IN_PLACE if start.primary_resected is None else RESECTED,
            liver_at=zero - liver,
            pelvis_at=zero - primary,
            rt=Irradiation(family=start.rt_family),
            rt_end=zero - start.rt_ended,
            weeks=start.systemic_weeks,
            weeks_behind=start.systemic_weeks,
            toxicity_free=np.ones(self.draws),
            systemic_counted=start.systemic_weeks > 0.0,
        )
        if start.progressed and not branch.cleared:
            self._progress_now(branch)
        return branch

    def _weights(self) -> Floats:
        mass = np.tile(CLASS_WEIGHTS, (self.draws, 1))
        behind = self.start.systemic_began if self.start.liver_cleared is None else self.start.liver_cleared
        if behind > 0.0:
            law = self.progression if self.start.liver_cleared is None else self.relapse_law(None)
            mass = mass * law.at(np.array([behind]))[..., 0]
        return np.asarray(mass / mass.sum(axis=1, keepdims=True), dtype=np.float64)

    def _progress_now(self, branch: Branch) -> None:
        rescue = self.disease.rescue
        delay = round(float(self.p["plan.rescue_delay"][0]) / self.step)
        self.ledger.rescued[:, :, min(delay, self.cells - 1)] += branch.mass * rescue
        self.ledger.active[branch.pelvis][:, :, 0] += branch.mass * (1.0 - rescue)
        self.ledger.first[:, 0] += branch.mass.sum(axis=1)
        self.ledger.waiting[:, 0] += branch.mass.sum(axis=1)
        self.ledger.waiting[:, 1 : delay + 1] += (branch.mass * rescue).sum(axis=1)[:, None]
        branch.mass = np.zeros_like(branch.mass)

    def _take(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        open_kinds: tuple[str, ...] = (*_STILL_OPEN, "transplant")
        if branch.immunotherapy_since is not None:
            open_kinds = (*open_kinds, "assess_pelvis")
        if not branch.treatable and step.kind not in open_kinds:
            yield branch
            return
        handler: Callable[[Step, Branch, tuple[Step, ...]], Iterator[Branch]] = getattr(self, f"_{step.kind}")
        yield from handler(step, branch, later)

    def _settle(self, branches: Iterator[Branch] | list[Branch]) -> Iterator[Branch]:
        for branch in branches:
            if not branch.mass.any():
                continue
            if branch.cleared and branch.pelvis != IN_PLACE:
                self.ledger.landings.append(Landing(branch=branch))
                self._step_up(self.ledger.cleared, branch.time, branch.mass.sum(axis=1))
            else:
                yield branch

    def _tail(self) -> list[Step]:
        """What every plan shares: restaging, liver treatment and TME for those who can have them."""
        if not self.plan.surgery:
            return []
        label = Text("shared later course", "共同的后续流程")
        kinds: list[tuple[str, float | None]] = [("restage", None), ("assess_pelvis", None)]
        if not any(s.kind in ("liver_local", "simultaneous_surgery", "transplant") for s in self.plan.steps):
            kinds += [("wait", float(self.p["plan.tail_wait_liver"][0])), ("liver_local", None)]
        if not any(s.kind in ("tme", "simultaneous_surgery") for s in self.plan.steps):
            kinds += [("wait", float(self.p["plan.tail_wait_tme"][0])), ("tme", None)]
        return [Step(id=f"shared-{k}", kind=k, label=label, weeks=w) for k, w in kinds]  # type: ignore[arg-type]

    # --- moving through time --------------------------------------------------------------------------------------

    def relapse_law(self, branch: Branch | None) -> Law:
        """The law of first relapse for a branch (or for what lies behind the patient)."""
        weeks = self.start.systemic_weeks if branch is None else branch.weeks
        counts = weeks >= float(self.p["plan.systemic_weeks_that_count"][0])
        return self.disease.relapse(systemic=counts, cured=None if branch is None else branch.cured)

    def recurrence_cumhaz60(self) -> Floats:
        """Cumulative hazard of pelvic recurrence at 60 months after TME under this plan, per draw."""
        given = self.start.rt_family != "none"
        planned = any(s.kind in _RADIOTHERAPY for s in self.plan.steps)
        rt = Irradiation(family=self.start.rt_family) if given else self.plan.rt if planned else Irradiation()
        kinds = [s.kind for s in self.plan.steps]
        before = kinds.index("tme") if "tme" in kinds else len(kinds)
        weeks = self.start.systemic_weeks + sum(
            s.weeks or 0.0 for s in self.plan.steps[:before] if s.kind == "systemic"
        )
        return recurrence_cumhaz60(
            self.p,
            self.who,
            rt,
            chemo_first=weeks >= float(self.p["plan.systemic_weeks_that_count"][0]),
            pcr=self.ledger.pcr_overall,
            pcr_operated=self.ledger.pcr_operated,
            r1=self.start.resected_r1,
        )

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
        flows.walk(
            branch.mass, branch.time, end, origin, law.median, law.shape, law.stay, law.part, scale, law.rest, law.rate,
            shares, delay, self.step, ledger.tree[branch.pelvis], ledger.first, ledger.rescued, ledger.waiting, target,
            single_site, both_sites,
        )  # fmt: skip
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
            parts = [kept, removed]
        for part in parts:
            self._hold(part)

    def _hold(self, part: Branch) -> None:
        ledger, law = self.ledger, self.progression
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

    @property
    def control_curve(self) -> Floats:
        """First-line survivor function on the calendar grid, (draws, classes, times)."""
        grid = np.arange(self.cells + 1, dtype=np.float64) * self.step
        return self.disease.first_line(grid + self.start.systemic_began, triplet=self.plan.triplet)

    # --- the step kinds -------------------------------------------------------------------------------------------

    def _systemic(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        weeks = step.weeks or 0.0
        used = min(weeks, branch.weeks_behind)
        branch.weeks_behind -= used
        weeks -= used
        if self.ledger.systemic_from is None:
            self.ledger.systemic_from = branch.time.copy()
        name = "triplet" if is_triplet(step) else "doublet"
        if not branch.systemic_counted and weeks > 0.0:
            self._count_toxicity(branch, self.p[f"toxicity.{name}"])
            branch.systemic_counted = True
        self._count_days(branch, weeks * self.p[f"days.per_week.{name}"])
        self._pass(branch, self._months(weeks))
        branch.weeks += weeks
        branch.weeks_since_rt += weeks if branch.rt.family != "none" else 0.0
        yield branch

    def _radiotherapy(self, branch: Branch, months: Floats, *, pace: Floats | float, toxicity: str) -> None:
        family = self.plan.rt.family if self.plan.rt.family != "none" else "short"
        self._count_toxicity(branch, self.p[toxicity])
        fallback = self.p["days.long_course" if family == "long" else "days.short_course"]
        self._count_days(branch, fallback if self.plan.rt_days is None else self.plan.rt_days)
        self._pass(branch, months, pace)
        mass = branch.mass.sum(axis=1)
        self.ledger.irradiated += mass
        self.ledger.rt_time += mass * branch.time
        branch.rt, branch.rt_end, branch.weeks_since_rt = self.plan.rt, branch.time.copy(), 0.0

    def _short_course(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        if self.start.rt_family == "none" and branch.pelvis == IN_PLACE:
            self._radiotherapy(branch, self.p["duration.short_course"], pace=1.0, toxicity="toxicity.scrt")
        yield branch

    def _long_course(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        if self.start.rt_family == "none" and branch.pelvis == IN_PLACE:
            self._radiotherapy(branch, self.p["duration.long_course"], pace=self._off, toxicity="toxicity.lcrt")
        yield branch

    def _palliative_rt(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        if branch.pelvis == IN_PLACE:
            self._radiotherapy(branch, self.p["duration.palliative_rt"], pace=1.0, toxicity="toxicity.scrt")
        yield branch

    _consolidative_rt = _palliative_rt

    def _wait(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        self._pass(branch, self._months(step.weeks), self._rest)
        yield branch

    def _restage(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        listed = any(s.kind == "transplant" for s in later)
        if branch.restaged or branch.cleared or not branch.treatable or listed:
            yield branch
            return
        branch.restaged = True
        chance = self.disease.conversion(triplet=self.plan.triplet)
        yield branch.part(chance)
        out = branch.part(1.0 - chance)
        out.treatable = False
        waited_for: tuple[str, ...] = (*_RADIOTHERAPY[2:], "stoma")
        if branch.immunotherapy_since is not None:
            waited_for = (*waited_for, "assess_pelvis")
        if any(s.kind in waited_for for s in later):
            yield out
        else:
            self._to_control(out)

    def _drop_out(self, branch: Branch) -> None:
        share = self.p["plan.dropout_per_operation"]
        self._to_control(branch.part(share))
        branch.mass = branch.mass * (1.0 - share)[:, None]

    def _operate(self, branch: Branch, mortality: Floats, days: str, operations: int) -> None:
        self.ledger.operated += branch.mass.sum(axis=1)
        self.ledger.operations += operations * branch.mass.sum(axis=1)
        self._count_days(branch, self.p[days])
        self._pass(branch, self.p["duration.operation"], self._rest)
        dead = branch.mass.sum(axis=1) * mortality
        self.ledger.died_of_operation += dead
        self._step_up(self.ledger.operative_deaths, branch.time, dead)
        branch.mass = branch.mass * (1.0 - mortality)[:, None]

    def _mortality(self, name: str, extra: Floats | float = 1.0) -> Floats:
        odds = np.where(self.who.old, self.p["mortality.over75"], 1.0) * extra
        base = self.p[f"mortality.{name}"]
        return np.asarray(odds * base / (1.0 - base + odds * base), dtype=np.float64)

    def _liver_local(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        if branch.cleared:
            yield branch
            return
        for ready in list(self._restage(step, branch, ())):
            self._drop_out(ready)
            self._operate(ready, self._mortality("hepatectomy"), "days.hepatectomy", 1)
            ready.cleared, ready.liver_at = True, ready.time.copy()
            self.ledger.liver_done += ready.mass.sum(axis=1)
            yield ready

    def _answer(self, branch: Branch) -> ClinicalResponse:
        since = branch.time - branch.rt_end
        pcr = response(self.p, self.who, branch.rt, systemic_weeks=branch.weeks, months_since_rt=since)
        if branch.immunotherapy_since is not None:
            found = np.where(self.who.mmr_deficient, self.p["io.primary_ccr"], 0.0)
            return ClinicalResponse(ccr=found, pcr=pcr, pcr_of_others=pcr, residual=np.zeros(self.draws))
        return clinical_response(self.p, branch.rt, pcr, consolidation_weeks=branch.weeks_since_rt)

    def _assess_pelvis(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        irradiated = branch.rt.family != "none" or branch.immunotherapy_since is not None
        if branch.pelvis != IN_PLACE or not irradiated or branch.answer is not None:
            yield branch
            return
        branch.answer = answer = self._answer(branch)
        mass = branch.mass.sum(axis=1)
        self.ledger.assessed += mass
        self.ledger.responded += mass * answer.ccr
        if self.plan.policy:
            kept = branch.part(answer.ccr)
            kept.pelvis, kept.pelvis_at = RESPONDED, branch.time.copy()
            yield kept
            branch = branch.part(1.0 - answer.ccr)
        yield branch

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
        operated = branch.answer.pcr_of_others if self.plan.policy else branch.answer.pcr
        self.ledger.pathological += mass * operated
        if counts_as_operation:
            self.ledger.pcr_overall, self.ledger.pcr_operated = branch.answer.pcr, operated

    def _tme(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        if branch.pelvis == IN_PLACE:
            self._drop_out(branch)
            self._operate(branch, self._mortality("tme"), "days.tme", 1)
            branch.pelvis = RESECTED
            self._note_tme(branch)
        yield branch

    def _simultaneous_surgery(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        if branch.cleared or branch.pelvis != IN_PLACE:
            only = self._tme if branch.cleared else self._liver_local
            yield from only(step, branch, later)
            return
        for ready in list(self._restage(step, branch, ())):
            self._drop_out(ready)
            extra = self.p["mortality.or_simultaneous"]
            liver, primary = self._mortality("hepatectomy", extra), self._mortality("tme", extra)
            self._operate(ready, 1.0 - (1.0 - liver) * (1.0 - primary), "days.simultaneous", 2)
            ready.cleared, ready.liver_at, ready.pelvis = True, ready.time.copy(), RESECTED
            self.ledger.liver_done += ready.mass.sum(axis=1)
            self._note_tme(ready)
            yield ready

    def _immunotherapy(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        self._count_toxicity(branch, self.p["toxicity.io"])
        self._count_days(branch, self.p["days.immunotherapy"])
        branch.immunotherapy_since = branch.time.copy()
        if self.ledger.systemic_from is None:
            self.ledger.systemic_from = branch.time.copy()
        months = self.p["duration.immunotherapy"] if step.weeks is None else self._months(step.weeks)
        self._pass(branch, months)
        branch.cured = np.where(self.who.mmr_deficient, self.p["io.long_control"], self.p["relapse.cure"])
        yield branch

    def _stoma(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        if branch.pelvis == IN_PLACE:
            mass = branch.mass.sum(axis=1)
            self.ledger.diverted += mass
            self.ledger.diverted_at += mass * branch.time
            self._count_days(branch, self.p["days.stoma"])
            self._pass(branch, self.p["duration.stoma"], self._rest)
        yield branch

    def _transplant(self, step: Step, branch: Branch, later: tuple[Step, ...]) -> Iterator[Branch]:
        share = self.p["transplant.reached"]
        self._to_control(branch.part(1.0 - share))
        branch.mass = branch.mass * share[:, None]
        if branch.pelvis == IN_PLACE:
            yield from self._tme_for_transplant(branch)
            return
        yield self._graft(branch)

    def _tme_for_transplant(self, branch: Branch) -> Iterator[Branch]:
        self._operate(branch, self._mortality("tme"), "days.tme", 1)
        branch.pelvis = RESECTED
        self._note_tme(branch)
        yield self._graft(branch)

    def _graft(self, branch: Branch) -> Branch:
        self.ledger.operated += branch.mass.sum(axis=1)
        self._count_days(branch, self.p["days.transplant"])
        self._pass(branch, self.p["duration.transplant"], self._rest)
        dead = branch.mass.sum(axis=1) * self.p["transplant.mortality"]
        self.ledger.died_of_operation += dead
        self._step_up(self.ledger.operative_deaths, branch.time, dead)
        branch.mass = branch.mass * (1.0 - self.p["transplant.mortality"])[:, None]
        branch.cleared, branch.liver_at, branch.cured = True, branch.time.copy(), self.p["transplant.cure"]
        self.ledger.liver_done += branch.mass.sum(axis=1)
        return branch
