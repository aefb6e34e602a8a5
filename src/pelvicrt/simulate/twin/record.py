"""Which states does a plan lead through? Walks a plan as the solver does, and writes down states instead of masses.

The walk is that of `Course`: what a step does is written once. Its mass serves only to read shares from: when time
passes, a state is made and the mass in it noted; whatever leaves at the end of that time, later noted as a part of that
mass, is a branch of the state's last move. How patients move in time is left to the engine.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.nodes import IN_PLACE, RESPONDED, Branch, Plan
from pelvicrt.simulate.pelvis import Irradiation
from pelvicrt.simulate.start import Start
from pelvicrt.simulate.tree import Course
from pelvicrt.simulate.twin.chains import Hazards, happen, hazards_of
from pelvicrt.simulate.twin.graph import COURSE, IMMUNE, INSTANT, LIVER, PELVIS, SPELL, Graph, Move

Floats = npt.NDArray[np.float64]
_FREE = frozenset({"event_free"})


@dataclass(slots=True, kw_only=True)
class Traced(Branch):
    """A branch that knows the move it came by and the mass that was in it then."""

    source: Move
    arrived: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A living state outside remission in which a pelvic event may be marked without changing anything else."""

    state: int
    place: int
    residual: Floats | None
    rt: Irradiation


class Recorder(Course):
    """The walk of one draw through one plan, as a graph; `kinds` is 2 when response to immunotherapy is told apart."""

    def __init__(self, plan: Plan, disease: Disease, start: Start, *, cells: int) -> None:
        super().__init__(plan, disease, start, cells=cells)
        told_apart = any(step.kind == "immunotherapy" for step in plan.steps) and bool(disease.patient.mmr_deficient[0])
        self.kinds = 2 if told_apart else 1
        classes = disease.pace.shape[1]
        self.graph = Graph(classes * self.kinds)
        self.overlays: list[Overlay] = []
        self._begun: Move | None = None

    @property
    def weights(self) -> Floats:
        """Share of every row among patients."""
        classes = self._weights()[0]
        if self.kinds == 1:
            return np.asarray(classes, dtype=np.float64)
        refractory = float(self.p["io.refractory"][0])
        return np.outer(classes, [refractory, 1.0 - refractory]).ravel()

    def rows(self, by_class: Floats) -> Floats:
        """One value a row from one value a class."""
        return np.repeat(by_class, self.kinds)

    def _start_move(self) -> Move:
        if self._begun is None:
            self._begun = self.graph.fixed("begin", self.graph.state("start", counts=_FREE), INSTANT)
        return self._begun

    def _first_branch(self) -> Branch:
        mass = self._weights()
        branch = super()._first_branch()
        values = {item.name: getattr(branch, item.name) for item in dataclasses.fields(Branch)}
        return Traced(**values, source=self._start_move(), arrived=mass)

    def _progress_now(self, branch: Branch) -> None:
        move, rescue = self._start_move(), self.rows(self.disease.rescue[0])
        self.graph.to(move, self._waiting("rescue", "plan.rescue_delay"), rescue)
        self.graph.to(move, self._active(branch.pelvis), 1.0 - rescue)
        super()._progress_now(branch)

    def enter(self, branch: Branch, state: int) -> None:
        """Sends a branch from the move it came by into a state."""
        assert isinstance(branch, Traced)
        share = np.divide(
            branch.mass[0], branch.arrived[0], out=np.zeros_like(branch.mass[0]), where=branch.arrived[0] > 0
        )
        self.graph.to(branch.source, state, self.rows(share))

    def restarts(self, branch: Branch) -> frozenset[int]:
        """Clocks that read zero when this branch enters a state now."""
        now, found = float(branch.time[0]), set()
        if branch.cleared and branch.liver_at[0] == now:
            found.add(LIVER)
        if branch.pelvis != IN_PLACE and branch.pelvis_at[0] == now:
            found.add(PELVIS)
        if branch.immunotherapy_since is not None and branch.immunotherapy_since[0] == now:
            found.add(IMMUNE)
        return frozenset(found)

    def _note_overlay(self, state: int, place: int) -> None:
        """Once a state; all patients on watch and wait were seen to respond at one time."""
        if place == IN_PLACE or any(item.state == state for item in self.overlays):
            return
        watched = self.ledger.watched if place == RESPONDED else None
        residual = None if watched is None or watched.answer is None else watched.answer.residual
        rt = Irradiation() if watched is None else watched.rt
        self.overlays.append(Overlay(state=state, place=place, residual=residual, rt=rt))

    def _free(self, branch: Branch) -> frozenset[str]:
        return _FREE | ({"kept"} if branch.pelvis == RESPONDED else set())

    def _pass(self, branch: Branch, months: Floats, pace: Floats | float = 1.0) -> None:
        assert isinstance(branch, Traced)
        if months[0] <= 0.0:
            super()._pass(branch, months, pace)
            return
        name = f"tree{len(self.graph.states)}.{branch.pelvis}"
        state = self.graph.state(name, restarts=self.restarts(branch) | {SPELL}, counts=self._free(branch))
        self.enter(branch, state)
        self._note_overlay(state, branch.pelvis)
        self._lose(branch, state, name, float(np.broadcast_to(pace, (self.draws,))[0]))
        end = self.graph.fixed(f"{name}.end", state, float(months[0]), SPELL)
        super()._pass(branch, months, pace)
        branch.source, branch.arrived = end, branch.mass.copy()

    def _lose(self, branch: Branch, state: int, name: str, pace: float) -> None:
        graph, sites = self.graph, self.disease.sites[0]
        if branch.cleared:
            move = happen(graph, f"{name}.relapse", state, hazards_of(self.relapse_law(branch), LIVER, self.kinds))
            both, single = self.rows(sites[:, 0]), self.rows(1.0 - sites[:, 0])
            clear_single, clear_both = self.rows(sites[:, 1]), self.rows(sites[:, 2])
            graph.to(move, self._waiting("relapse", "salvage.duration"), single * clear_single + both * clear_both)
            graph.to(move, self._uncleared("single", branch.pelvis), single * (1.0 - clear_single))
            graph.to(move, self._uncleared("both", branch.pelvis), both * (1.0 - clear_both))
        elif branch.immunotherapy_since is not None:
            move = happen(graph, f"{name}.escape", state, self.immune_law())
            graph.to(move, self._restarted(branch.pelvis))
        else:
            law = hazards_of(self.progression, COURSE, self.kinds, pace)
            move = happen(graph, f"{name}.progression", state, law)
            rescue = self.rows(self.disease.rescue[0])
            graph.to(move, self._waiting("rescue", "plan.rescue_delay"), rescue)
            graph.to(move, self._active(branch.pelvis), 1.0 - rescue)
        move.counts = "distant"

    def immune_law(self) -> Hazards:
        """Loss of control on immunotherapy: refractory rows lose it exponentially, others but for a lasting share."""
        law = self.disease.immunotherapy()
        if self.kinds == 1:
            return Hazards(clock=IMMUNE, shape=1.0, scale=1.0 / law.rate[0])
        rates = np.column_stack([law.rate[0], law.scale[0]]).ravel()
        lasting = law.stay[0] / (law.stay[0] + law.part[0])
        return Hazards(
            clock=IMMUNE, shape=1.0, scale=1.0 / rates, cure=np.column_stack([np.zeros_like(lasting), lasting]).ravel()
        )

    def _hold(self, part: Branch) -> None:
        immune = part.immunotherapy_since is not None
        begun = "".join(str(clock) for clock in sorted(self.restarts(part)))
        name = f"{'immune' if immune else 'held'}{begun}.{part.pelvis}"
        fresh = not self.graph.has(name)
        state = self.graph.state(name, restarts=self.restarts(part), counts=self._free(part))
        self.enter(part, state)
        self._note_overlay(state, part.pelvis)
        if not fresh:
            return
        law = self.immune_law() if immune else hazards_of(self.progression, COURSE, self.kinds)
        move = happen(self.graph, f"{name}.progression", state, law)
        move.counts = "distant"
        self.graph.to(move, self._restarted(part.pelvis) if immune else self._active(part.pelvis))

    def _operate(self, branch: Branch, mortality: Floats, days: str, operations: int) -> None:
        super()._operate(branch, mortality, days, operations)
        self._bury(branch)

    def _graft(self, branch: Branch) -> Branch:
        done = super()._graft(branch)
        self._bury(done)
        return done

    def _bury(self, branch: Branch) -> None:
        """Deaths of the operation that has just ended: what is missing from the mass that was in its state."""
        assert isinstance(branch, Traced)
        lost = branch.arrived - branch.mass
        there = branch.arrived[0] > 0
        share = np.divide(lost[0], branch.arrived[0], out=np.zeros_like(lost[0]), where=there)
        self.graph.to(branch.source, self.graph.state("died_treatment"), self.rows(share))

    def _waiting(self, name: str, parameter: str) -> int:
        """Patients cleared again after a progression or relapse within the plan, before that clearance."""
        fresh = not self.graph.has(f"waiting.{name}")
        state = self.graph.state(f"waiting.{name}", restarts=frozenset({SPELL}))
        if fresh:
            done = self.graph.fixed(f"waiting.{name}.done", state, float(round(float(self.p[parameter][0]))))
            self.graph.to(done, self.graph.state("rescued.n1.i", restarts=frozenset({SPELL, PELVIS})))
        return state

    def _uncleared(self, kind: str, place: int) -> int:
        """Active disease that ends in death; `kind` names its law of death."""
        name = f"{kind}.{place}"
        if self.graph.has(name):
            return self.graph.state(name)
        counts = frozenset({"kept"}) if place == RESPONDED else frozenset()
        state = self.graph.state(name, restarts=frozenset({SPELL}), counts=counts)
        laws = {
            "active": self.disease.after_progression(),
            "single": self.disease.after_relapse(both=False),
            "both": self.disease.after_relapse(both=True),
        }
        move = happen(self.graph, f"{name}.death", state, hazards_of(laws[kind], SPELL, self.kinds))
        self.graph.to(move, self.graph.state("died_cancer"))
        self._note_overlay(state, place)
        return state

    def _active(self, place: int) -> int:
        return self._uncleared("active", place)

    def _restarted(self, place: int) -> int:
        """First-line control that begins when immunotherapy has failed."""
        name = f"restarted.{place}"
        if self.graph.has(name):
            return self.graph.state(name)
        counts = frozenset({"kept"}) if place == RESPONDED else frozenset()
        state = self.graph.state(name, restarts=frozenset({SPELL}), counts=counts)
        law = self.disease.progression(triplet=False)
        move = happen(self.graph, f"{name}.progression", state, hazards_of(law, SPELL, self.kinds))
        self.graph.to(move, self._active(place))
        self._note_overlay(state, place)
        return state
