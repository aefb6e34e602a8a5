"""What would the studies of the calibration have printed under given parameters? The outcome model on virtual arms.

The patients of an arm are fixed: a Latin hypercube over their descriptions, the one of many with the least chance
correlations. Every parameter set meets the same patients, so two sets differ by their parameters only.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.evidence import Library
from pelvicrt.foundation import Streams, expit
from pelvicrt.research.calibrate_cohorts import Arm, Reading
from pelvicrt.research.predict import Progress, Target, from_scale, on_scale
from pelvicrt.simulate import ArmFigures, ArmPlan, Patient, model_parameters, run_arm, watched

Floats = npt.NDArray[np.float64]
PATIENTS = 16
_TRIES = 400
_UNSEEN = (
    "between_centre.", "population.", "u.", "days.", "strength.", "background.", "io.", "transplant.", "lars.", "leak.",
    "pif.", "preference.",
)  # fmt: skip
"""Parameters no figure of a cohort depends on: values, special branches, and how single patients are guessed."""
_TRAITS = ("age", "male", "crs", "ras", "braf", "frail", "liver", "pelvis", "low", "early_t", "long", "symptomatic")
_WITHOUT_METASTASES = {
    "relapse.cure": 1.0 - 1e-12,
    "pcr.m1_shift": 0.0,
    "regrowth.hr_m1": 1.0,
}
"""Parameters that carry what metastases change, at the value they have without."""
_RADIOTHERAPY = ("short_course", "long_course", "palliative_rt", "consolidative_rt")
_FOLLOW_UP = (0.4, 1.8)  # number: shortest and longest follow-up around a median of 1 (outcome model, replay)


@dataclass(frozen=True, slots=True)
class ClinicalPredictor:
    """The outcome model as a predictor of all targets of some arms."""

    arms: tuple[Arm, ...]
    library: Library
    patients: int = PATIENTS

    @property
    def targets(self) -> tuple[Target, ...]:
        """The figures predicted, arm by arm."""
        return tuple(item.target for arm in self.arms for item in arm.readings)

    @property
    def parameter_ids(self) -> tuple[str, ...]:
        """The parameters of the clinical model and of the cohorts."""
        bowel = any(item.figure == "lars" for arm in self.arms for item in arm.readings)
        unseen = tuple(name for name in _UNSEEN if not (bowel and name == "lars."))
        return tuple(name for name in model_parameters(self.library) if not name.startswith(unseen))

    def expected(self, parameters: Mapping[str, Floats], *, progress: Progress | None = None) -> Floats:
        """Expected values (members, targets), bias terms included; arms are worked through side by side."""
        fixed = {
            name: np.full(1, item.spread.a)
            for name, item in model_parameters(self.library).items()
            if name not in parameters and item.spread.family == "fixed"
        }
        whole = {**fixed, **parameters}
        with ThreadPoolExecutor(max_workers=min(len(self.arms), os.cpu_count() or 1)) as pool:
            jobs = [pool.submit(self._arm, arm, whole) for arm in self.arms]
            found = []
            for number, job in enumerate(jobs):
                found.append(job.result())
                if progress is not None:
                    progress((number + 1) / len(jobs))
        return np.concatenate(found, axis=1)

    def _arm(self, arm: Arm, parameters: Mapping[str, Floats]) -> Floats:
        members = max(len(values) for values in parameters.values())
        people = virtual_patients(arm, self.patients, old_age=self.library.parameters["salvage.old_age"].spread.a)
        rows = members * self.patients
        who = _repeated(people, members)
        own = {name: np.repeat(np.broadcast_to(values, members), self.patients) for name, values in parameters.items()}
        if not arm.metastases:
            own = {**own, **{name: np.full(rows, value) for name, value in _WITHOUT_METASTASES.items()}}
        columns = [np.zeros((2, rows)) for _ in arm.readings]
        if arm.watched_weeks is not None:
            for column, item in zip(columns, arm.readings, strict=True):
                column[0], column[1] = self._watched(arm, item, own, who), 1.0
            curves: dict[int, tuple[Floats, Floats]] = {}
        else:
            curves = self._walked(arm, own, who, columns)
        found = np.stack(
            [
                self._figure(item, columns[place], curves.get(place), who, members)
                for place, item in enumerate(arm.readings)
            ],
            axis=1,
        )
        return _biased(found, arm, parameters, self.library)

    def _walked(
        self, arm: Arm, own: Mapping[str, Floats], who: Patient, columns: list[Floats]
    ) -> dict[int, tuple[Floats, Floats]]:
        """Fills single values into `columns`; returns whole curves and denominators where a median is read."""
        medians = [place for place, item in enumerate(arm.readings) if item.target.scale == "log"]
        months = arm.plan.months + 1
        curves = {place: (np.zeros((len(who.age), months)), np.zeros(len(who.age))) for place in medians}
        for plan, share in _plans(arm):
            for block, figures in run_arm(plan, who, own, self.library):
                for place, item in enumerate(arm.readings):
                    top, bottom = figures.share(item.figure)
                    if place in curves:
                        shifted = _from_clearance(top, figures) if item.after_clearance else top
                        curves[place][0][block] += share * shifted
                        curves[place][1][block] += share * bottom
                    else:
                        columns[place][0, block] += share * _at(top, item, figures)
                        columns[place][1, block] += share * bottom
        return curves

    def _figure(
        self, item: Reading, column: Floats, curve: tuple[Floats, Floats] | None, who: Patient, members: int
    ) -> Floats:
        """One target's value (members,): the ratio of means over the patients it speaks of."""
        counts = _among(item.among, who).reshape(members, self.patients)
        if curve is None:
            top, bottom = ((row.reshape(members, self.patients) * counts).sum(axis=1) for row in column)
            return np.asarray(top / np.maximum(bottom, 1e-12))
        whole = np.einsum("mpt,mp->mt", curve[0].reshape(members, self.patients, -1), counts)
        return _median(whole / np.maximum((curve[1].reshape(counts.shape) * counts).sum(axis=1), 1e-12)[:, None])

    def _watched(self, arm: Arm, item: Reading, own: Mapping[str, Floats], who: Patient) -> Floats:
        if item.figure == "salvage":
            return own["regrowth.salvage"]
        if item.figure == "salvage_control":
            return own["regrowth.salvage_control"]
        at = float(item.at or 0.0)
        months = at * np.linspace(*_FOLLOW_UP, 15) if item.follow_up else np.array([at])
        if item.figure in {"no_regrowth", "organ_kept"}:
            return 1.0 - self._watched(arm, dataclasses.replace(item, figure="regrowth"), own, who)
        if item.figure == "regrowth_share":
            months = np.array([at, 120.0])  # number: months after which no regrowth is expected
        curve = watched(own, who, arm.plan, self.library, weeks=float(arm.watched_weeks or 0.0), months=months)
        return np.asarray(
            curve[:, 0] / np.maximum(curve[:, -1], 1e-12) if item.figure == "regrowth_share" else curve.mean(axis=1)
        )


def _plans(arm: Arm) -> tuple[tuple[ArmPlan, float], ...]:
    """The plans of an arm with the share of patients on each."""
    if arm.mixture:
        return arm.mixture
    without = dataclasses.replace(
        arm.plan,
        steps=tuple(step for step in arm.plan.steps if step.kind not in _RADIOTHERAPY),
        rt_family="none",
        regimen=None,
    )
    shares = ((arm.plan, 1.0 - arm.without_rt), (without, arm.without_rt))
    return tuple((plan, share) for plan, share in shares if share > 0.0)


def _from_clearance(curve: Floats, figures: ArmFigures) -> Floats:
    """A curve (rows, months + 1) counted from the mean month of clearance, held at its end."""
    begin, last = figures.cleared_after(), curve.shape[1] - 1
    place = np.minimum(begin[:, None] + np.arange(last + 1), last)
    first = np.minimum(place.astype(np.int64), last - 1)
    low, high = np.take_along_axis(curve, first, axis=1), np.take_along_axis(curve, first + 1, axis=1)
    return np.asarray(low + (place - first) * (high - low))


def virtual_patients(arm: Arm, count: int, *, old_age: float) -> Patient:
    """The patients of an arm, evenly spread over what is said of them; above `old_age` [years] they count as old."""
    luck, said = _hypercube(count), arm.patients
    traits = dict(zip(_TRAITS, luck.T, strict=True))

    def flag(name: str) -> npt.NDArray[np.bool_]:
        return np.asarray(traits[name] < said[name])

    def level(name: str) -> npt.NDArray[np.int64]:
        return np.asarray(np.searchsorted(np.cumsum(said[name])[:-1], traits[name], side="right"))

    age = said["age"][0] + said["age"][1] * special.ndtri(traits["age"])
    false = np.zeros(count, dtype=np.bool_)
    old = age > old_age
    return Patient(
        age=age,
        male=flag("male").astype(np.float64),
        old=old,
        crs=level("crs").astype(np.float64),
        ras=flag("ras"),
        braf=flag("braf"),
        frail=flag("frail"),
        mmr_deficient=false,
        liver=level("liver") + 1 if arm.metastases else np.zeros(count, dtype=np.int64),
        pelvis=level("pelvis"),
        margin_involved=false,
        margin_known=False,
        low=flag("low"),
        early_t=flag("early_t"),
        long=flag("long"),
        symptomatic=flag("symptomatic"),
        obstructing=np.asarray(traits["low"] > 1.0 - said["obstructing"]),
        diverted=False,
    )


def _hypercube(count: int) -> Floats:
    """Evenly spread points (count, traits): of many random orders the one with the smallest correlation."""
    best, least = np.empty((count, len(_TRAITS))), np.inf
    for number in range(_TRIES):
        luck = Streams(number).uniforms("cohort/patients", rows=count, columns=len(_TRAITS))
        points = (np.argsort(np.argsort(luck, axis=0), axis=0) + 0.5) / count
        worst = np.abs(np.corrcoef(points.T) - np.eye(len(_TRAITS))).max()
        if worst < least:
            best, least = points, worst
    return best


def _repeated(people: Patient, members: int) -> Patient:
    values: dict[str, Any] = {item.name: getattr(people, item.name) for item in dataclasses.fields(people)}
    whole: dict[str, Any] = {
        name: np.tile(value, members) for name, value in values.items() if isinstance(value, np.ndarray)
    }
    return dataclasses.replace(people, **whole)


def _among(word: str, who: Patient) -> Floats:
    """One for the patients a figure speaks of."""
    match word:
        case "curative":
            return np.asarray(who.liver != 3, dtype=np.float64)
        case "obstructing":
            return np.asarray(who.obstructing, dtype=np.float64)
        case _:
            return np.ones(len(who.age))


def _at(top: Floats, item: Reading, figures: ArmFigures) -> Floats:
    """A curve at the months of a reading, per row; figures without time as they are."""
    if top.ndim == 1:
        return top
    if item.at is None:
        return top[:, -1]
    months = item.at * np.linspace(*_FOLLOW_UP, 15) if item.follow_up else np.array([item.at])
    begin = figures.cleared_after() if item.after_clearance else np.zeros(len(top))
    place = np.minimum(begin[:, None] + months[None, :], top.shape[1] - 1.001)  # number: inside the last cell
    first = place.astype(np.int64)
    part = place - first
    low, high = np.take_along_axis(top, first, axis=1), np.take_along_axis(top, first + 1, axis=1)
    return np.asarray(((1.0 - part) * low + part * high).mean(axis=1))


def _median(curve: Floats) -> Floats:
    """The last month a survivor curve (members, months + 1) is above one half, with linear interpolation.

    A curve of those who reach a state begins at 0 and rises while they reach it; only its fall counts.
    """
    curve = np.maximum.accumulate(curve[:, ::-1], axis=1)[:, ::-1]
    below = curve < 0.5
    place = np.where(below.any(axis=1), below.argmax(axis=1), curve.shape[1] - 1)
    place = np.maximum(place, 1)
    row = np.arange(len(curve))
    before, after = curve[row, place - 1], curve[row, place]
    part = np.clip((before - 0.5) / np.maximum(before - after, 1e-12), 0.0, 4.0)
    return np.asarray(place - 1 + part)


def _biased(found: Floats, arm: Arm, parameters: Mapping[str, Floats], library: Library) -> Floats:
    """Figures with the bias terms of their targets: chances multiply, odds ratios and shifts act on the logit."""
    biased = found.copy()
    for place, item in enumerate(arm.readings):
        for name in item.target.biases:
            values = parameters[name]
            match library.parameters[name].quantity:
                case "dropout":
                    biased[:, place] *= 1.0 - values
                case "probability":
                    biased[:, place] *= values
                case "odds_ratio":
                    biased[:, place] = expit(on_scale(biased[:, place], "logit") + np.log(values))
                case _:
                    biased[:, place] = from_scale(on_scale(biased[:, place], "logit") + values, "logit")
    return biased
