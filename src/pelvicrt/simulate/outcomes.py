"""Which outcome does a curve give? Every outcome of the contract from the curves of one candidate."""

from __future__ import annotations

import dataclasses
import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.foundation import HORIZONS_MONTHS, expit, logit
from pelvicrt.simulate.facts import LOW, MID
from pelvicrt.simulate.later import Curves
from pelvicrt.simulate.laws import Disease
from pelvicrt.simulate.nodes import IN_PLACE, RESECTED, RESPONDED
from pelvicrt.simulate.overlays import thin
from pelvicrt.simulate.pelvis import still_clear
from pelvicrt.simulate.tree import Course

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Values of one outcome before grades and between-centre variation are added.

    `applies` is false when nobody in these draws can have it; the outcome is then left out unless other draws can.
    """

    name: str
    at_months: tuple[float, ...]
    values: Floats
    given: str = ""
    applies: bool = True


def _under(curve: Floats, step: float) -> Floats:
    """Area under curves by the trapezoid rule [months]."""
    return np.asarray((curve[:, :-1] + curve[:, 1:]).sum(axis=1) * 0.5 * step, dtype=np.float64)


class Outcomes:
    """Outcomes of one candidate, with other-cause survival multiplied in."""

    def __init__(self, course: Course, curves: Curves, other: Floats) -> None:
        self.course, self.curves, self.other = course, curves, other
        self.disease: Disease = course.disease
        self.p, self.who, self.ledger = course.p, course.who, course.ledger
        self.step = course.step
        self.grid: Floats = np.arange(course.cells + 1, dtype=np.float64) * self.step
        c = curves
        self.alive = c.alive
        self._other_middle = np.sqrt(other[:, :-1] * other[:, 1:])
        self.in_place = c.tree[IN_PLACE] + c.held[IN_PLACE] + c.active[IN_PLACE]
        self.kept = c.watched[4] + (c.tree[RESPONDED] + c.held[RESPONDED] + c.active[RESPONDED]) * self._still_free()
        self.had_tme = np.maximum(self.alive - self.in_place - self.kept, 0.0)
        self.stoma_in_place, self.stoma_after = self._stoma_shares()
        self.free_of_symptom = self._symptom_free_share()

    # --- parts ----------------------------------------------------------------------------------------------------

    def _still_free(self) -> Floats:
        """Share of responders with the liver not cleared who have not regrown, by time."""
        branch = self.ledger.watched
        if branch is None or branch.answer is None:
            return np.ones_like(self.alive)
        return still_clear(self.p, self.who, branch.rt, branch.answer.residual, branch.pelvis_at, self.grid[None, :])

    def incidence(self, cumulative: Floats) -> Floats:
        """Cumulative incidence with other-cause death competing, from one without it."""
        out = np.empty_like(cumulative)
        thin(cumulative, self._other_middle, out)
        return out

    def _stoma_shares(self) -> tuple[Floats, Floats]:
        p, who, ledger = self.p, self.who, self.ledger
        base = np.where(who.low, p["stoma.permanent.low"], p["stoma.permanent.not_low"])
        temporary = (1.0 - base) * p["stoma.temporary"]
        permanent = base + temporary * p["stoma.nonreversal"]
        self.permanent = permanent
        since = self.grid[None, :] - self.curves.tme_time[:, None]
        healing = (since >= 0.0) & (since < p["stoma.reversal_delay"][:, None])
        after = permanent[:, None] + np.where(healing, (temporary * (1.0 - p["stoma.nonreversal"]))[:, None], 0.0)
        systemic = ledger.systemic_from is not None or self.course.start.systemic_weeks > 0.0
        hazard = p["stoma.hazard"] * (p["stoma.hr_systemic"] if systemic else 1.0)
        hazard = hazard * np.where(who.obstructing, p["stoma.hr_obstructing"], 1.0)
        hazard = hazard * (1.0 - ledger.irradiated * (1.0 - p["stoma.hr_rt"]))
        diverted = -np.expm1(-hazard[:, None] * self.grid[None, :])
        if ledger.diverted.any():
            at = (ledger.diverted_at / np.maximum(ledger.diverted, 1e-300))[:, None]
            planned = np.where(self.grid[None, :] >= at, ledger.diverted[:, None], 0.0)
            diverted = 1.0 - (1.0 - diverted) * (1.0 - planned)
        return (np.ones_like(diverted) if who.diverted else diverted), after

    def relief(self) -> Floats:
        """Chance of relief of those with symptoms at the start, by radiotherapy, systemic therapy or both."""
        p, ledger = self.p, self.ledger
        drug = p["symptom.chemo_triplet" if self.course.plan.triplet else "symptom.chemo_doublet"]
        drug = drug if ledger.systemic_from is not None else np.zeros_like(drug)
        by_rt = p["symptom.rt_any"] * ledger.irradiated
        second = np.where(ledger.irradiated > 0.0, p["symptom.second_modality"], 1.0)
        mixed = 1.0 - ledger.irradiated * (1.0 - second)
        return by_rt + (1.0 - by_rt) * drug * mixed

    def _symptom_free_share(self) -> Floats:
        """Share free of pelvic symptoms among those with the primary in place, by time."""
        p, ledger, grid = self.p, self.ledger, self.grid[None, :]
        irradiated = ledger.irradiated > 0.0
        rt_time = ledger.rt_time / np.maximum(ledger.irradiated, 1e-300)
        begun = np.zeros(self.disease.draws) if ledger.systemic_from is None else ledger.systemic_from
        at = np.where(irradiated, rt_time + p["symptom.relief_rt"], begun + p["symptom.relief_chemo"])[:, None]
        back = np.where(irradiated, p["symptom.recur_rt"], p["symptom.recur_chemo"])[:, None]
        after = self.relief()[:, None] * np.exp(-back * np.maximum(grid - at, 0.0))
        relieved = np.where(grid >= at, after, 0.0)
        quiet = np.exp(-p["symptom.onset"][:, None] * grid)
        return np.where(self.who.symptomatic[:, None], relieved, quiet)

    @functools.cached_property
    def uncleared_recurrence(self) -> Floats:
        """Alive with a pelvic recurrence or regrowth that was not cleared."""
        c = self.curves
        lost = c.after_tme[0] - c.after_tme[4] - c.after_tme[7] + c.watched[0] - c.watched[4] - c.watched[7]
        overlaid = c.tree[RESECTED] * (1.0 - c.recurrence_free) + (c.held[RESECTED] + c.active[RESECTED]) * c.recurred
        return np.asarray(np.maximum(lost, 0.0) + overlaid, dtype=np.float64)

    @functools.cached_property
    def recurrence(self) -> Floats:
        """Cumulative pelvic recurrence after TME, overlays included, without other-cause death."""
        c = self.curves
        left = c.held[RESECTED] + c.active[RESECTED]
        flow = c.recurring_in_plan + 0.5 * (left[:, :-1] + left[:, 1:]) * c.recurring
        overlay = np.concatenate([np.zeros((len(flow), 1)), np.cumsum(flow, axis=1)], axis=1)
        failed = c.watched[5] * (self.p["regrowth.salvage"] * (1.0 - self.p["regrowth.salvage_control"]))[:, None]
        return np.asarray(c.after_tme[5] + overlay + failed, dtype=np.float64)

    @functools.cached_property
    def major_lars(self) -> Floats:
        """Alive with major bowel dysfunction and no stoma."""
        p, who = self.p, self.who
        given = (self.ledger.irradiated > 0.0) | (self.course.start.rt_family != "none")
        shift = np.where(given, np.log(p["lars.or_rt"]), 0.0) + np.where(who.low, 0.0, np.log(p["lars.or_not_low"]))
        chance = expit(logit(p["lars.major"]) + shift)
        after = self.had_tme * (1.0 - self.stoma_after) * chance[:, None]
        return np.asarray(after + self.kept * p["lars.organ_kept"][:, None], dtype=np.float64)

    @functools.cached_property
    def with_stoma(self) -> Floats:
        """Alive with any stoma."""
        return np.asarray(self.in_place * self.stoma_in_place + self.had_tme * self.stoma_after, dtype=np.float64)

    @functools.cached_property
    def with_symptom(self) -> Floats:
        """Alive with an unrelieved or returned pelvic symptom."""
        p = self.p["symptom.with_recurrence"][:, None]
        unrelieved = self.in_place * (1.0 - self.free_of_symptom)
        return np.asarray(unrelieved + self.uncleared_recurrence * p, dtype=np.float64)

    # --- outcomes -------------------------------------------------------------------------------------------------

    def timed(self) -> dict[str, Floats]:
        """Every outcome with a time, on the monthly grid."""
        c, other = self.curves, self.other
        progression_free = c.tree.sum(axis=0) + c.held.sum(axis=0) + c.after_tme[3] + c.watched[3]
        gone = np.concatenate([np.zeros((len(c.first), 1)), np.cumsum(c.first, axis=1)], axis=1)
        after_distant = gone + c.after_tme[6] + c.watched[6]
        return {
            "overall_survival": self.alive * other,
            "progression_free_survival": progression_free * other,
            "local_recurrence": self.incidence(self.recurrence),
            "distant_progression": self.incidence(after_distant),
            "all_sites_cleared": self.incidence(c.cleared),
            "organ_preservation": self.kept * other,
            "stoma_free": (self.alive - self.with_stoma) * other,
            "permanent_stoma": (self.in_place * self.stoma_in_place + self.had_tme * self.permanent[:, None]) * other,
            "pelvic_symptom_free": (self.alive - self.with_symptom) * other,
            "major_lars": self.major_lars * other,
        }

    def regrowth_since_decision(self) -> Floats:
        """Cumulative regrowth among those who entered watch and wait, in months since the decision."""
        entered = np.maximum(self.curves.entered_watch, 1e-300)[:, None]
        return self.incidence(self.curves.watched_since / entered)

    def death_by_cause(self, survival: Floats) -> dict[str, Floats]:
        """Cumulative deaths; with survival they sum to one at every time."""
        treatment = self.incidence(self.curves.operative_deaths)
        cancer = self.incidence(1.0 - self.alive - self.curves.operative_deaths)
        return {"treatment": treatment, "cancer": cancer, "other": 1.0 - survival - treatment - cancer}

    def quality_adjusted(self) -> tuple[Floats, dict[str, Floats]]:
        """Quality-adjusted months, and its parts: state time, stoma, bowel function, symptoms, one-off losses."""
        p, c, other = self.p, self.curves, self.other
        remission = c.after_tme[1] + c.watched[1]
        working = c.tree.sum(axis=0) + c.after_tme[2] + c.watched[2]
        held = c.held.sum(axis=0)
        rest = self.alive - remission - working - held
        states = {"u.remission": remission, "u.treatment": working, "u.controlled": held, "u.progressed": rest}
        time = sum(
            (_under(curve * other, self.step) * p[name] for name, curve in states.items()),
            start=np.zeros(self.disease.draws),
        )
        once = self.ledger.toxicity * p["u.toxicity"] * p["u.toxicity_months"]
        once = once + self.ledger.operations * p["u.operation"] * p["u.operation_months"]
        once = once + self._fracture() * p["u.fracture"] * p["u.fracture_months"]
        parts = {
            "states": time,
            "stoma": -_under(self.with_stoma * other, self.step) * p["u.stoma"],
            "bowel": -_under(self.major_lars * other, self.step) * p["u.lars_major"],
            "symptoms": -_under(self.with_symptom * other, self.step) * p["u.pelvic_symptom"],
            "events": -once,
        }
        return sum(parts.values(), start=np.zeros(self.disease.draws)), parts

    def _fracture(self) -> Floats:
        p, who = self.p, self.who
        hazard = p["pif.cumhaz36"] * np.where(who.male < 0.5, p["pif.hr_female"], 1.0)
        hazard = hazard * np.where(who.old, p["pif.hr_over65"], 1.0)
        if self.course.plan.rt.family == "short":
            hazard = hazard * p["pif.or_scrt"]
        return -np.expm1(-hazard) * self.ledger.irradiated

    def regrowth(self) -> Raw:
        """Cumulative regrowth since the decision for watch and wait."""
        given = "watch and wait entered; months since that decision"
        raw = at_horizons("local_regrowth", self.regrowth_since_decision(), self.step, given)
        return dataclasses.replace(raw, applies=bool(self.curves.entered_watch.any()))

    def untimed(self, survival: Floats) -> list[Raw]:
        """Every outcome without a time; `survival` is overall survival."""
        ledger, who = self.ledger, self.who
        # A response already seen is no outcome any more.
        assessed, resected = bool(ledger.assessed.any()) and not self.course.start.response, bool(ledger.tme.any())
        pathological = ledger.pathological / np.maximum(ledger.tme, 1e-300)
        died = ledger.died_of_operation / np.maximum(ledger.operated, 1e-300)
        return [
            _once("life_months", _under(survival, self.step)),
            _once("quality_adjusted_months", self.quality_adjusted()[0]),
            _once("treatment_days", self._days()),
            _once("grade3plus_toxicity", ledger.toxicity),
            _once("complete_clinical_response", ledger.responded, applies=assessed),
            _once("pathological_complete_response", pathological, "resection of the primary", applies=resected),
            _once("r0_resection", self.r0(), "both sites resected", applies=resected),
            _once("postoperative_mortality_90d", died, "an operation", applies=bool(ledger.operated.any())),
            _once(
                "symptom_relief", self.relief(), "symptoms of the primary today", applies=bool(who.symptomatic.any())
            ),
        ]

    def _days(self) -> Floats:
        return self.ledger.days + self.curves.entered_watch * self.p["days.watch_and_wait"]

    def r0(self) -> Floats:
        """Chance that both sites, when resected, are free at the margins."""
        p, who = self.p, self.who
        r1 = np.select(
            [who.pelvis == LOW, who.pelvis == MID], [p["pelvis.r1.low"], p["pelvis.r1.mid"]], p["pelvis.r1.high"]
        )
        if self.course.plan.rt.family != "none":
            r1 = r1 * p["pelvis.r1.factor_rt"]
        return (1.0 - r1) * p["liver.r0"]


def _once(name: str, values: Floats, given: str = "", *, applies: bool = True) -> Raw:
    return Raw(name=name, at_months=(float("nan"),), values=values[:, None], given=given, applies=applies)


def at_horizons(name: str, curve: Floats, step: float, given: str = "") -> Raw:
    """A timed outcome at the contract's horizons."""
    index = [round(month / step) for month in HORIZONS_MONTHS]
    return Raw(name=name, at_months=tuple(float(m) for m in HORIZONS_MONTHS), values=curve[:, index], given=given)
