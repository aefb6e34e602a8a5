"""What would an arm of a study look like under the outcome model? Many virtual patients through one plan.

Rows are (parameter set x patient); rows share nothing but the plan and the life table, so a row's figures depend on
its own parameters and patient only.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Library, Regimen, Step
from pelvicrt.foundation import WEEKS_PER_MONTH
from pelvicrt.simulate import flows
from pelvicrt.simulate.draws import ParameterDraws
from pelvicrt.simulate.facts import Patient
from pelvicrt.simulate.later import COUNTED_AFTER_RESCUE, Later, follow
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.mortality import other_cause_survival
from pelvicrt.simulate.nodes import RESECTED, Plan
from pelvicrt.simulate.outcomes import Outcomes
from pelvicrt.simulate.pelvis import clinical_response, irradiation, response
from pelvicrt.simulate.run import ALPHA_BETA
from pelvicrt.simulate.start import Start
from pelvicrt.simulate.tree import Course

Floats = npt.NDArray[np.float64]
ROWS = 256
"""Rows worked on at once, so that their arrays stay in the processor's cache."""
Share = tuple[Floats, Floats]
"""Numerator, shape (rows,) or (rows, months + 1), and denominator (rows,): a figure is the ratio of their means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPlan:
    """What the patients of an arm were to be given.

    `surgery` False means that nobody is operated on, `policy` that clinical complete responders keep the organ.
    """

    steps: tuple[Step, ...]
    rt_family: str
    regimen: Regimen | None
    surgery: bool = True
    policy: bool = False
    limited_access: bool = False
    life_table: str
    months: int

    def plan(self, library: Library) -> Plan:
        """The plan as the interpreter needs it."""
        alpha_beta = library.parameters[ALPHA_BETA].spread.a
        return Plan(
            steps=self.steps,
            rt=irradiation(self.rt_family, self.regimen, alpha_beta_gy=alpha_beta),
            rt_days=None if self.regimen is None else float(self.regimen.fractions),
            policy=self.policy,
            surgery=self.surgery,
        )


def run_arm(
    arm: ArmPlan, patients: Patient, parameters: ParameterDraws, library: Library
) -> Iterator[tuple[slice, ArmFigures]]:
    """The figures of an arm, some rows at a time; `patients` and `parameters` hold one value a row."""
    rows = len(patients.age)
    for first in range(0, rows, ROWS):
        block = slice(first, min(first + ROWS, rows))
        own = {name: values[block] for name, values in parameters.items()}
        yield block, ArmFigures(arm, patients.rows(block), own, library)


class ArmFigures:
    """Every figure a study of these patients might print, by name (see `FIGURES`)."""

    def __init__(self, arm: ArmPlan, patients: Patient, parameters: ParameterDraws, library: Library) -> None:
        disease = Disease(parameters, patients, limited_access=arm.limited_access)
        self.p, self.who, self.arm = parameters, patients, arm
        self.later = Later(disease, cells=arm.months)
        self.other = other_cause_survival(
            library, parameters, life_table=arm.life_table, age=patients.age, male=patients.male, months=self.later.grid
        )
        self.course = Course(arm.plan(library), disease, Start(), cells=arm.months)
        self.course.run()
        self.curves = follow(self.later, self.course)
        self.outcomes = Outcomes(self.course, self.curves, self.other)
        self.ledger = self.course.ledger
        self.one = np.ones(disease.draws)

    def share(self, figure: str) -> Share:
        """Numerator and denominator of one figure.

        Raises:
            KeyError: for a figure that is not known.
        """
        return FIGURES[figure](self)

    def cleared_after(self) -> Floats:
        """Months from the first day to the clearance of all sites, mean of those who reach it, per row."""
        curve = self.curves.cleared
        weight = np.diff(curve, axis=1)
        middle = 0.5 * (self.later.grid[1:] + self.later.grid[:-1])
        return np.asarray((weight * middle).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-300))

    @functools.cached_property
    def rescued(self) -> Floats:
        """Curves of those rescued after progression (outputs of a landing, rows, times)."""
        found = np.zeros_like(self.curves.after_tme)
        if self.ledger.rescued.any():
            curves = self.later.rescued_curves(self.course.recurrence_cumhaz60())
            flows.enter_over_time(self.ledger.rescued, curves, COUNTED_AFTER_RESCUE, found)
        return found

    @functools.cached_property
    def landed(self) -> Floats:
        """Curves of those who completed the plan."""
        return np.asarray(self.curves.after_tme + self.curves.watched - self.rescued)

    @functools.cached_property
    def alive(self) -> Floats:
        """Alive, of all."""
        return np.asarray(self.curves.alive * self.other)

    @functools.cached_property
    def progression_free(self) -> Floats:
        """Alive without progression, relapse, pelvic recurrence or unsalvaged regrowth, of all."""
        c = self.curves
        free = c.tree.sum(axis=0) + c.held.sum(axis=0) + c.after_tme[3] + c.watched[3]
        return np.asarray(free * self.other)

    @property
    def rescued_share(self) -> Floats:
        """Share rescued after progression."""
        return np.asarray(self.ledger.rescued.sum(axis=(1, 2)))

    @functools.cached_property
    def landed_share(self) -> Floats:
        """Share that completes the plan, other deaths aside."""
        return np.asarray(self.curves.cleared[:, -1])

    @functools.cached_property
    def completed(self) -> Floats:
        """Share that completes the plan."""
        return np.asarray(self.outcomes.incidence(self.curves.cleared)[:, -1])

    @property
    def resected(self) -> Floats:
        """Share whose primary is removed, with or without clearance."""
        return np.minimum(self.ledger.tme + self.rescued_share, 1.0)

    @property
    def resected_outside_plan(self) -> Floats:
        """Share whose primary is removed although the liver is not cleared."""
        inside = sum(
            (item.branch.mass.sum(axis=1) for item in self.ledger.landings if item.branch.pelvis == RESECTED),
            start=np.zeros(len(self.one)),
        )
        return np.maximum(self.ledger.tme - inside / (1.0 - self.p["mortality.tme"]), 0.0)

    def incidence_landed(self, output: int) -> Share:
        """Cumulative incidence of a kind of event among those who completed the plan."""
        return self.outcomes.incidence(self.landed[output]), self.landed_share

    def first_events(self) -> Floats:
        """Cumulative first events among those who completed the plan, other deaths aside."""
        return np.asarray(np.maximum(self.curves.cleared - self.landed[3], 0.0))

    def distant_progression(self) -> Floats:
        """Cumulative first systemic progression or relapse outside the pelvis, of all."""
        c = self.curves
        gone = np.concatenate([np.zeros((len(c.first), 1)), np.cumsum(c.first, axis=1)], axis=1)
        return self.outcomes.incidence(gone + c.after_tme[6] + c.watched[6])

    def diverted(self) -> Share:
        """Ever diverted with the primary in place; deaths and removal compete."""
        hazard = np.diff(self.outcomes.stoma_in_place, axis=1)
        free = np.maximum(1.0 - self.outcomes.stoma_in_place[:, :-1], 1e-12)
        at_risk = self.outcomes.in_place[:, :-1] * self.other[:, :-1] * free
        return np.asarray((at_risk * hazard / free).sum(axis=1)), self.one

    def morbidity(self) -> Share:
        """Operated patients with major morbidity of the liver operation, of TME, or of both."""
        operated = np.maximum(self.ledger.operated, 1e-12)
        liver, primary = np.minimum(self.ledger.liver_done / operated, 1.0), np.minimum(self.ledger.tme / operated, 1.0)
        free = (1.0 - liver * self.p["morbidity.hepatectomy"]) * (1.0 - primary * self.p["morbidity.tme"])
        return operated * (1.0 - free), operated

    def any_operation(self) -> Share:
        """Operated on for liver or primary at any time."""
        return np.minimum(self.ledger.operated + self.rescued_share + self.resected_outside_plan, 1.0), self.one


def _within(curve: Floats, share: Floats) -> Share:
    return np.maximum(curve, 0.0), np.maximum(share, 1e-12)


FIGURES: dict[str, Callable[[ArmFigures], Share]] = {
    "alive": lambda a: (a.alive, a.one),
    "progression_free": lambda a: (a.progression_free, a.one),
    "completed": lambda a: (a.completed, a.one),
    "alive_completed": lambda a: _within(a.landed[0] * a.other, a.completed),
    "alive_not_completed": lambda a: _within(a.alive - a.landed[0] * a.other, 1.0 - a.completed),
    "event_free_completed": lambda a: _within(a.landed[3] * a.other, a.completed),
    "event_free_not_completed": lambda a: _within(
        a.progression_free - a.landed[3] * a.other, 1.0 - a.completed
    ),
    "cancer_survival_completed": lambda a: (a.landed[0], a.landed_share),
    "recurrence_completed": lambda a: (a.outcomes.incidence(a.first_events()), a.landed_share),
    "distant_completed": lambda a: a.incidence_landed(6),
    "pelvic_completed": lambda a: a.incidence_landed(5),
    "pelvic_first_completed": lambda a: (
        np.maximum(a.outcomes.incidence(a.first_events() - a.landed[6]), 0.0), a.landed_share,
    ),
    "disease_free": lambda a: ((a.curves.after_tme[1] + a.curves.watched[1]) * a.other, a.one),
    "liver_treated": lambda a: (np.minimum(a.ledger.liver_done + a.rescued_share, 1.0), a.one),
    "primary_resected": lambda a: (a.resected, a.one),
    "any_operation": lambda a: a.any_operation(),
    "primary_kept_if_not_completed": lambda a: (
        np.maximum(1.0 - a.completed - a.resected_outside_plan, 0.0), 1.0 - a.completed,
    ),
    "alive_resected": lambda a: _within(a.outcomes.had_tme * a.other, a.resected),
    "alive_not_resected": lambda a: _within(a.outcomes.in_place * a.other, 1.0 - a.resected),
    "alive_liver_treated": lambda a: _within(
        (a.curves.after_tme[0] + a.curves.watched[0]) * a.other, a.landed_share + a.rescued_share
    ),
    "alive_liver_not_treated": lambda a: _within(
        a.alive - (a.curves.after_tme[0] + a.curves.watched[0]) * a.other,
        1.0 - a.landed_share - a.rescued_share,
    ),
    "toxicity": lambda a: (a.ledger.toxicity, a.one),
    "morbidity": lambda a: a.morbidity(),
    "operative_death": lambda a: (a.ledger.died_of_operation, np.maximum(a.ledger.operated, 1e-12)),
    "pcr": lambda a: (a.ledger.pathological, np.maximum(a.ledger.tme, 1e-12)),
    "symptomatic": lambda a: (a.outcomes.with_symptom / np.maximum(a.curves.alive, 1e-12), a.one),
    "relief": lambda a: (a.outcomes.relief(), a.one),
    "relief_kept": lambda a: (
        np.exp(-a.p["symptom.recur_rt"][:, None] * np.maximum(a.later.grid - a.p["symptom.relief_rt"][:, None], 0.0)),
        a.one,
    ),
    "diverted": lambda a: a.diverted(),
    "cancer_survival": lambda a: (a.curves.alive, a.one),
    "distant_progression": lambda a: (a.distant_progression(), a.one),
    "treatment_death": lambda a: (a.ledger.died_of_operation, a.one),
    "ccr": lambda a: (a.ledger.responded, np.maximum(a.ledger.assessed, 1e-12)),
    "r0": lambda a: (a.outcomes.r0() * a.ledger.tme, np.maximum(a.ledger.tme, 1e-12)),
    "lars": lambda a: _within(a.outcomes.major_lars, a.outcomes.had_tme[:, -1] + a.outcomes.kept[:, -1]),
    "organ_kept": lambda a: (a.outcomes.kept * a.other, a.one),
    "regrowth": lambda a: (
        a.outcomes.regrowth_since_decision() * a.curves.entered_watch[:, None], a.curves.entered_watch,
    ),
    "not_diverted": lambda a: (1.0 - a.outcomes.stoma_in_place, a.one),
}  # fmt: skip
"""Figures by name; curves are in months from the first day of treatment."""


def watched(
    parameters: ParameterDraws, patients: Patient, arm: ArmPlan, library: Library, *, weeks: float, months: Floats
) -> Floats:
    """Cumulative regrowth (rows, months) of clinical complete responders without metastases who keep the organ.

    `weeks` of systemic therapy were given; the answer was looked for at the reference interval. Deaths are not counted.
    """
    plan = arm.plan(library)
    own: Mapping[str, Floats] = {
        **parameters,
        "pcr.m1_shift": np.zeros(len(patients.age)),
        "regrowth.hr_m1": np.ones(len(patients.age)),
    }
    since = own["pcr.interval_reference"] / WEEKS_PER_MONTH
    pcr = response(own, patients, plan.rt, systemic_weeks=weeks, months_since_rt=since)
    answer = clinical_response(own, plan.rt, pcr, consolidation_weeks=weeks)
    hr = np.where(patients.early_t, own["regrowth.hr_ct2"], 1.0)[:, None]
    times = (months / own["regrowth.median"][:, None]) ** own["regrowth.shape"][:, None]
    return np.asarray(answer.residual[:, None] * -np.expm1(-np.log(2.0) * hr * times))
