"""What does a plan do, step by step? Interprets any ordered list of typed steps as a tree of patients.

Step lengths are one value a draw, so calendar time at a node is known and the tree is exact for each draw. A branch
leaves the tree by landing (liver and pelvis both treated), by control without clearance, by progression or relapse, or
by operative death; what happens afterwards is shared by all plans.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Step
from pelvicrt.foundation import Text
from pelvicrt.simulate.laws import CLASS_WEIGHTS
from pelvicrt.simulate.nodes import IN_PLACE, RESECTED, Branch, Landing, Ledger
from pelvicrt.simulate.pelvis import Irradiation, recurrence_cumhaz60
from pelvicrt.simulate.steps import RADIOTHERAPY, Steps

Floats = npt.NDArray[np.float64]
_STILL_OPEN = ("systemic", "palliative_rt", "consolidative_rt", "wait", "stoma")


class Course(Steps):
    """The walk of one patient through one plan, under all draws."""

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
        if start.response == "complete" and self.plan.policy and branch.pelvis == IN_PLACE:
            branch.answer = self._answer(branch)
            self._watch(branch, zero - start.response_seen)
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

    def recurrence_cumhaz60(self) -> Floats:
        """Cumulative hazard of pelvic recurrence at 60 months after TME under this plan, per draw."""
        given = self.start.rt_family != "none"
        planned = any(s.kind in RADIOTHERAPY for s in self.plan.steps)
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
