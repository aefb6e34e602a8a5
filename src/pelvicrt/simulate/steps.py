"""What does each kind of step do to a branch of patients? One handler a kind, named after it.

A handler takes the step, the branch that reached it and the steps still to come, and yields the branches that go on.
"""

# ruff: noqa: ARG002 - every step kind is handled by the same signature
from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Step
from pelvicrt.simulate.nodes import IN_PLACE, RESECTED, Branch, is_triplet
from pelvicrt.simulate.passage import Passage

Floats = npt.NDArray[np.float64]
RADIOTHERAPY = ("short_course", "long_course", "palliative_rt", "consolidative_rt")
_FOR_SYMPTOMS = ("palliative_rt", "consolidative_rt", "stoma")


class Steps(Passage):
    """The step kinds."""

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
        fractions = fallback if self.plan.rt_days is None else self.plan.rt_days
        self._count_days(branch, fractions)
        self.ledger.courses += branch.mass.sum(axis=1)
        self.ledger.fractions += branch.mass.sum(axis=1) * fractions
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
        waited_for: tuple[str, ...] = _FOR_SYMPTOMS
        if branch.immunotherapy_since is not None:
            waited_for = (*waited_for, "assess_pelvis")
        if any(s.kind in waited_for for s in later):
            yield out
        else:
            self._to_control(out)

    def _count_bed_days(self, branch: Branch, days: Floats) -> None:
        """Days in hospital for an operation; they are days of treatment as well."""
        self._count_days(branch, days)
        self.ledger.bed_days += branch.mass.sum(axis=1) * days

    def _drop_out(self, branch: Branch) -> None:
        share = self.p["plan.dropout_per_operation"]
        self._to_control(branch.part(share))
        branch.mass = branch.mass * (1.0 - share)[:, None]

    def _operate(self, branch: Branch, mortality: Floats, days: str, operations: int) -> None:
        self._count_operated(branch)
        mass = branch.mass.sum(axis=1)
        self.ledger.operations += operations * mass
        self.ledger.liver_operations += mass * (days != "days.tme")
        self.ledger.rectal_operations += mass * (days != "days.hepatectomy")
        self._count_bed_days(branch, self.p[days])
        self._pass(branch, self.p["duration.operation"], self._rest)
        dead = branch.mass.sum(axis=1) * mortality
        self.ledger.died_of_operation += dead
        self._step_up(self.ledger.operative_deaths, branch.time, dead)
        branch.mass = branch.mass * (1.0 - mortality)[:, None]

    def _count_operated(self, branch: Branch) -> None:
        """Patients operated on at least once: the second of two operations adds deaths, not patients."""
        if not branch.operated:
            self.ledger.operated += branch.mass.sum(axis=1)
        branch.operated = True

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
            self._watch(kept, branch.time.copy())
            yield kept
            branch = branch.part(1.0 - answer.ccr)
        yield branch

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
            self._count_bed_days(branch, self.p["days.stoma"])
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
        self._count_operated(branch)
        self.ledger.liver_operations += branch.mass.sum(axis=1)
        self._count_bed_days(branch, self.p["days.transplant"])
        self._pass(branch, self.p["duration.transplant"], self._rest)
        dead = branch.mass.sum(axis=1) * self.p["transplant.mortality"]
        self.ledger.died_of_operation += dead
        self._step_up(self.ledger.operative_deaths, branch.time, dead)
        branch.mass = branch.mass * (1.0 - self.p["transplant.mortality"])[:, None]
        branch.cleared, branch.liver_at, branch.cured = True, branch.time.copy(), self.p["transplant.cure"]
        self.ledger.liver_done += branch.mass.sum(axis=1)
        return branch
