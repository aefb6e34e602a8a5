"""How is a clinical plan told to the general engine? One draw and one plan as a model of states, moves and clocks.

The twin exists to contradict the solver: the engine plays it life by life, so that a fault of the solver's algebra, of
its grid or of its bookkeeping shows as a difference beyond chance. It also gives single trajectories of a plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.engine import Family, Model, Numbers, Patients
from pelvicrt.evidence import Library
from pelvicrt.foundation import MONTHS_PER_YEAR
from pelvicrt.simulate.block import Setting
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.mortality import GOMPERTZ
from pelvicrt.simulate.nodes import RESECTED, RESPONDED, Landing, Plan
from pelvicrt.simulate.pelvis import RECURRENCE_HORIZON_MONTHS, Irradiation, regrowth_pace
from pelvicrt.simulate.twin.chains import RESTARTS_OF_RESCUE, Chain, Clearance, Hazards, happen, hazards_of
from pelvicrt.simulate.twin.graph import AGE, CLOCKS, COURSE, DEATHS, INSTANT, LIVER, PELVIS, SPELL, Graph, Move
from pelvicrt.simulate.twin.record import Overlay, Recorder

Floats = npt.NDArray[np.float64]
_REFERENCE_AGE = 65.0  # number: the age the parameters background.h65.* are stated at


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """A plan as a model of the engine.

    `numbers` has one row for each latent class of the one draw; `weights` (rows,) are their shares of patients.
    `events` names what a transition counts as (distant, recurrence, regrowth), `occupancies` which states count as
    `kept` (the rectum, on watch and wait) or `event_free`; `cleared` are states entered when all sites are first clear.
    """

    model: Model
    numbers: Numbers
    patients: Patients
    weights: Floats
    events: Mapping[str, npt.NDArray[np.bool_]]
    occupancies: Mapping[str, npt.NDArray[np.bool_]]
    cleared: npt.NDArray[np.bool_]


def twin_of(setting: Setting, *, plan: int = 0, draw: int = 0) -> Twin:
    """One plan of a setting (see `setting_of`) under one of its draws, as a model the engine can play or solve.

    Play each row of `numbers` on its own with its share of the lives, and weigh the answers by `weights`. Months; the
    horizon is that of the setting.

    Raises:
        ValueError: when the patient's sex is neither male nor female, whose life table is a mixture and no hazard.
    """
    here = slice(draw, draw + 1)
    parameters = {name: values[here] for name, values in setting.parameters.items()}
    disease = Disease(parameters, setting.patient.rows(here), limited_access=setting.limited_access)
    return _Compiler(setting, setting.plans[plan], disease).twin()


class _Compiler:
    def __init__(self, setting: Setting, plan: Plan, disease: Disease) -> None:
        self.setting, self.disease, self.p = setting, disease, disease.parameters
        self.course = Recorder(plan, disease, setting.start, cells=setting.horizon_months)
        self.course.run()
        self.graph: Graph = self.course.graph
        self.cumhaz60 = self.course.recurrence_cumhaz60()
        self.regrown: dict[int, int] = {}

    def twin(self) -> Twin:
        cleared = {self._landing(place, landing) for place, landing in enumerate(self.course.ledger.landings)}
        if self.graph.has("rescued.n1.i"):
            self._rescued()
        self._mark_pelvic_events()
        self._add_other_causes()
        states, moves = self.graph.states, self.graph.moves
        return Twin(
            model=self.graph.model(float(self.setting.horizon_months)),
            numbers=self.graph.numbers(),
            patients=self._patient(),
            weights=self.course.weights,
            events={
                name: np.array([move.counts == name for move in moves])
                for name in ("distant", "recurrence", "regrowth")
            },
            occupancies={name: np.array([name in state.counts for state in states]) for name in ("kept", "event_free")},
            cleared=np.isin(np.arange(len(states)), [*cleared, *self.regrown.values()]),
        )

    def _value(self, name: str) -> float:
        return float(self.p[name][0])

    def _recurrence(self) -> Hazards:
        shape = self._value("pelvis.recurrence.shape")
        scale = RECURRENCE_HORIZON_MONTHS * float(self.cumhaz60[0]) ** (-1.0 / shape)
        return Hazards(clock=PELVIS, shape=shape, scale=np.full(self.graph.rows, scale))

    def _regrowth(self, rt: Irradiation, residual: Floats) -> Hazards:
        shape = self._value("regrowth.shape")
        pace = np.log(2.0) * float(regrowth_pace(self.p, self.disease.patient, rt)[0])
        scale = self._value("regrowth.median") * pace ** (-1.0 / shape)
        ones = np.ones(self.graph.rows)
        return Hazards(clock=PELVIS, shape=shape, scale=scale * ones, cure=(1.0 - float(residual[0])) * ones)

    def _landing(self, place: int, landing: Landing) -> int:
        branch = landing.branch
        watched = branch.pelvis == RESPONDED and branch.answer is not None
        pelvic = self._recurrence()
        salvage = self.disease.chance(self.p["pelvis.recurrence.salvage"])[0]
        if watched and branch.answer is not None:
            pelvic = self._regrowth(branch.rt, branch.answer.residual)
            salvage = np.full_like(salvage, self._value("regrowth.salvage") * self._value("regrowth.salvage_control"))
        chain = self._clearance(
            f"cleared{place}",
            event="regrowth" if watched else "recurrence",
            first=hazards_of(self.course.relapse_law(branch), LIVER, self.course.kinds),
            pelvic=pelvic,
            salvage=self.course.rows(salvage),
            marked_hr=self._value("regrowth.distant_hr") if watched else 1.0,
            remissions_left=2,
            restarts=self.course.restarts(branch),
        )
        self.course.enter(branch, chain.entry)
        if watched:
            self.regrown[chain.entry] = self._found_regrown(chain, self.course.rows(salvage))
        return chain.entry

    def _found_regrown(self, chain: Chain, salvage: Floats) -> int:
        """Where patients land whose tumour regrew while the liver was still being treated: an event at once."""
        name, restarts = chain.what.name, self.graph.states[chain.entry].restarts
        found = self.graph.state(f"{name}.found", restarts=restarts | {SPELL})
        event = self.graph.fixed(f"{name}.found.regrown", found, INSTANT, SPELL)
        event.counts = "regrowth"
        self.graph.to(event, self.graph.state(f"{name}.n1.m"), salvage)
        self.graph.to(event, self.graph.state(f"{name}.single.x"), 1.0 - salvage)
        return found

    def _rescued(self) -> None:
        """Cleared after progression or relapse within the plan: what a second remission is, its clocks new."""
        self._clearance(
            "rescued",
            event="recurrence",
            first=hazards_of(self.disease.later_relapse(), SPELL, self.course.kinds),
            pelvic=self._recurrence(),
            salvage=self.course.rows(self.disease.chance(self.p["pelvis.recurrence.salvage"])[0]),
            marked_hr=1.0,
            remissions_left=1,
            restarts=RESTARTS_OF_RESCUE,
        )

    def _clearance(
        self, name: str, *, event: str, first: Hazards, pelvic: Hazards, salvage: Floats, marked_hr: float,
        remissions_left: int, restarts: frozenset[int],
    ) -> Chain:  # fmt: skip
        kinds, sites = self.course.kinds, self.disease.sites[0]
        what = Clearance(
            name=name,
            event=event,
            first=first,
            later=hazards_of(self.disease.later_relapse(), SPELL, kinds),
            pelvic=pelvic,
            salvage=salvage,
            marked_hr=marked_hr,
            remissions_left=remissions_left,
            counts_distant=name != "rescued",
            both=self.course.rows(sites[:, 0]),
            clear_single=self.course.rows(sites[:, 1]),
            clear_both=self.course.rows(sites[:, 2]),
            after_single=hazards_of(self.disease.after_relapse(both=False), SPELL, kinds),
            after_both=hazards_of(self.disease.after_relapse(both=True), SPELL, kinds),
            wait_months=float(round(self._value("salvage.duration"))),
            horizon=float(self.setting.horizon_months),
        )
        return Chain(self.graph, what, restarts=restarts)

    def _mark_pelvic_events(self) -> None:
        """Pelvic events outside remission: every such state twice more, marked while in it and entered marked."""
        known = {item.state: item for item in self.course.overlays if self._overlaid(item)}
        marked = {state: self._copy(state, "m", frozenset()) for state in known}
        entered = {state: self._copy(state, "x", self.graph.states[state].restarts) for state in known}
        for move in list(self.graph.moves):
            for copies in (marked, entered):
                if move.source in copies:
                    self._copy_move(move, copies[move.source], entered)
        for state, item in known.items():
            law = self._recurrence() if item.residual is None else self._regrowth(item.rt, item.residual)
            move = happen(self.graph, f"{self.graph.states[state].name}.pelvic", state, law)
            move.counts = "recurrence" if item.place == RESECTED else ""
            self.graph.to(move, marked[state])

    @staticmethod
    def _overlaid(item: Overlay) -> bool:
        return item.place == RESECTED or item.residual is not None

    def _copy(self, state: int, mark: str, restarts: frozenset[int]) -> int:
        old = self.graph.states[state]
        return self.graph.state(f"{old.name}.{mark}", restarts=restarts, counts=old.counts - {"kept"})

    def _copy_move(self, move: Move, source: int, entered: Mapping[int, int]) -> None:
        copied = self.graph.move(f"{move.name}.marked", source, move.family, move.clock, move.parameters)
        copied.cure, copied.knots, copied.counts = move.cure, move.knots, move.counts
        onward = {**entered, **self.regrown}
        copied.targets = [(onward.get(state, state), share) for state, share in move.targets]

    def _add_other_causes(self) -> None:
        died = self.graph.state("died_other")
        for place, state in enumerate(list(self.graph.states)):
            if state.name not in DEATHS:
                self.graph.to(self._other_cause(f"{state.name}.other", place), died)

    def _other_cause(self, name: str, source: int) -> Move:
        who, rows = self.disease.patient, self.graph.rows
        sex = {1.0: "male", 0.0: "female"}.get(float(who.male[0]))
        if sex is None:
            raise ValueError("a twin needs a patient who is male or female: other sexes mix two life tables")
        if self.setting.life_table == GOMPERTZ:
            slope = self._value(f"background.slope.{sex}")
            rate = self._value(f"background.h65.{sex}") * np.exp(-slope * _REFERENCE_AGE) / MONTHS_PER_YEAR
            values = np.tile([slope / MONTHS_PER_YEAR, rate], (rows, 1))
            return self.graph.move(name, source, Family.GOMPERTZ, AGE, values)
        ages, rates = _table(self.setting.library, self.setting.life_table, sex)
        move = self.graph.move(name, source, Family.PIECEWISE_EXPONENTIAL, AGE, np.tile(rates, (rows, 1)))
        move.knots = ages
        return move

    def _patient(self) -> Patients:
        start, clocks = self.setting.start, np.zeros((1, len(CLOCKS)))
        clocks[0, AGE] = float(self.disease.patient.age[0]) * MONTHS_PER_YEAR
        clocks[0, COURSE] = start.systemic_began
        clocks[0, LIVER] = start.liver_cleared or 0.0
        clocks[0, PELVIS] = start.response_seen if start.primary_resected is None else start.primary_resected
        begin = self.graph.state("start")
        visits = np.zeros((1, len(self.graph.states)), dtype=np.int64)
        return Patients(
            covariates=np.zeros((1, 0)), start_state=np.array([begin]), clocks=clocks, weights=np.ones(1), visits=visits
        )


def _table(library: Library, life_table: str, sex: str) -> tuple[Floats, Floats]:
    """Ages [months] and hazards [per month] of a life table, the first age 0."""
    table = library.life_tables[life_table]
    rates = np.asarray(table.male if sex == "male" else table.female) / MONTHS_PER_YEAR
    return np.asarray(table.ages, dtype=np.float64) * MONTHS_PER_YEAR, rates
