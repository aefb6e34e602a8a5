"""What does the model know about this patient, and what must it guess in each draw?

A known fact is never changed. An unknown one is drawn from a prior of the population (`population.*`), once per draw
and shared by all candidates; its values are handed back so that the worth of learning it can be judged.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from pelvicrt.case import CONTRACT_FACTS, Case
from pelvicrt.classify import Classification
from pelvicrt.foundation import Streams, Unknown, is_known
from pelvicrt.simulate.draws import ParameterDraws, evenly

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

LOW, MID, HIGH = 0, 1, 2
NO_LIVER, UPFRONT, CONVERTIBLE, UNRESECTABLE = 0, 1, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The covariates of the model, one value a draw."""

    age: Floats
    male: Floats
    old: Flags
    crs: Floats
    ras: Flags
    braf: Flags
    frail: Flags
    mmr_deficient: Flags
    liver: npt.NDArray[np.int64]
    pelvis: npt.NDArray[np.int64]
    margin_involved: Flags
    margin_known: bool
    low: Flags
    early_t: Flags
    long: Flags
    symptomatic: Flags
    obstructing: bool | Flags
    diverted: bool

    def rows(self, block: slice) -> Patient:
        """The same patient in some of the draws."""
        values = {item.name: getattr(self, item.name) for item in dataclasses.fields(self)}
        cut: dict[str, Any] = {name: value[block] for name, value in values.items() if isinstance(value, np.ndarray)}
        return dataclasses.replace(self, **cut)


class Guesses:
    """Draws unknown facts and remembers them."""

    def __init__(self, parameters: ParameterDraws, *, draws: int, seed: int) -> None:
        self._parameters, self._draws, self._streams = parameters, draws, Streams(seed)
        self.assumed: dict[str, Objects] = {}

    def number(self, fact: str, value: float | Unknown, prior: str, *, least: float = -np.inf) -> Floats:
        """A numeric fact; its prior is the parameter itself, whose draws are its values.

        Drawn values are such as a case file could hold: whole where the fact is counted in whole numbers (years,
        lesions), within the plausible range of the fact and never below `least`.
        """
        if is_known(value):
            return np.full(self._draws, float(value))
        spec = CONTRACT_FACTS[fact]
        drawn = np.maximum(self._parameters[prior], least)
        if spec.range is not None:
            drawn = np.clip(drawn, spec.range.low, spec.range.high)
        if spec.kind == "integer":
            drawn = np.rint(drawn)
            self.assumed[fact] = drawn.astype(np.int64).astype(object)
        else:
            self.assumed[fact] = drawn.astype(object)
        return drawn

    def flag(self, fact: str, value: bool | Unknown, prior: str, words: tuple[str | int, str | int]) -> Flags:
        """A yes-or-no fact; `words` are what the case file would say for no and for yes."""
        if is_known(value):
            return np.full(self._draws, bool(value))
        drawn = self._uniform(fact) < self._parameters[prior]
        self.assumed[fact] = np.array(words, dtype=object)[drawn.astype(np.int64)]
        return np.asarray(drawn, dtype=np.bool_)

    def choice(self, fact: str, pick: Callable[[Floats], Objects]) -> Objects:
        """A fact with several values, from one uniform number a draw."""
        self.assumed[fact] = pick(self._uniform(fact))
        return self.assumed[fact]

    def _uniform(self, fact: str) -> Floats:
        return evenly(self._streams, f"facts/{fact}", rows=self._draws)


def _known(value: object, test: Callable[[object], bool]) -> bool | Unknown:
    return test(value) if is_known(value) else value  # type: ignore[return-value]


def _liver_class(classification: Classification, guesses: Guesses, parameters: ParameterDraws) -> npt.NDArray[np.int64]:
    codes = {"none": NO_LIVER, "upfront_local": UPFRONT, "convertible": CONVERTIBLE, "unresectable": UNRESECTABLE}
    value, draws = classification.liver.value, len(parameters["population.age"])
    if value in codes:
        return np.full(draws, codes[value])
    upfront = parameters["population.liver_upfront"]
    convertible = upfront + (1.0 - upfront) * parameters["population.liver_convertible"]
    drawn = guesses.choice(
        "liver.technical",
        lambda u: np.where(u < upfront, "resectable", np.where(u < convertible, "borderline", "unresectable")).astype(
            object
        ),
    )
    return np.where(drawn == "resectable", UPFRONT, np.where(drawn == "borderline", CONVERTIBLE, UNRESECTABLE))


def _t_stage(case: Case, guesses: Guesses, parameters: ParameterDraws) -> Objects:
    draws = len(parameters["population.age"])
    stage = case.primary.ct
    if is_known(stage) and stage != "Tx":
        return np.full(draws, stage, dtype=object)
    t4 = parameters["population.ct_t4"]
    early = t4 + (1.0 - t4) * parameters["population.ct_t12"]
    return guesses.choice(
        "primary.ct", lambda u: np.where(u < t4, "T4b", np.where(u < early, "T2", "T3")).astype(object)
    )


def _pelvic_class(  # noqa: PLR0917 - everything the class rests on
    case: Case,
    classification: Classification,
    guesses: Guesses,
    parameters: ParameterDraws,
    margin_mm: Floats,
    stage: npt.NDArray[np.str_],
) -> npt.NDArray[np.int64]:
    draws = len(margin_mm)
    codes = {"low": LOW, "intermediate": MID, "high": HIGH}
    if classification.pelvis.value in codes:
        return np.full(draws, codes[classification.pelvis.value])
    invasion = guesses.flag(
        "primary.emvi",
        _known(case.primary.emvi, lambda v: v == "present"),
        "population.emvi_present",
        ("absent", "present"),
    )
    t4 = np.char.startswith(stage, "T4")
    many = np.full(draws, is_known(case.primary.cn) and str(case.primary.cn).startswith("N2"))
    high = t4 | invasion | (margin_mm < parameters["pelvis.class.margin_mm"]) | many
    return np.where(high, HIGH, MID)


def _risk_score(case: Case, guesses: Guesses, parameters: ParameterDraws) -> Floats:
    nodes = _known(case.primary.cn, lambda v: v not in ("N0", "Nx"))
    if case.primary.cn == "Nx":
        nodes = guesses_unknown()
    positive = guesses.flag("primary.cn", nodes, "population.node_positive", ("N0", "N+"))
    late = is_known(case.liver.synchronicity) and case.liver.synchronicity == "late_metachronous"
    count = guesses.number("liver.lesion_count", case.liver.lesion_count, "population.lesion_count", least=1)
    size = guesses.number("liver.largest_mm", case.liver.largest_mm, "population.largest_mm")
    cea = guesses.number("labs.cea_ng_ml", case.labs.cea_ng_ml, "population.cea_ng_ml")
    points = (
        positive.astype(float)
        + (0.0 if late else 1.0)
        + (count > parameters["crs.many_lesions"])
        + (size > parameters["crs.large_mm"])
        + (cea > parameters["crs.high_cea"])
    )
    return np.asarray(points, dtype=np.float64)


def guesses_unknown() -> Unknown:
    """The unknown value, for a fact recorded as "cannot be assessed"."""
    return Unknown.UNKNOWN


def read_patient(case: Case, classification: Classification, parameters: ParameterDraws, guesses: Guesses) -> Patient:
    """The covariates of one case in every draw; what was guessed stays in `guesses.assumed`."""
    draws = len(parameters["population.age"])
    age = guesses.number("patient.age", case.patient.age, "population.age")
    sex = case.patient.sex
    male = (
        np.full(draws, 0.5)
        if sex == "other"
        else guesses.flag(
            "patient.sex", _known(sex, lambda v: v == "male"), "population.male", ("female", "male")
        ).astype(np.float64)
    )
    margin = guesses.number("primary.mrf_mm", case.primary.mrf_mm, "population.mrf_mm")
    stage = _t_stage(case, guesses, parameters).astype(str)
    fitness = classification.fitness.value
    symptomatic = classification.symptomatic.value
    obstruction = case.symptoms.obstruction
    return Patient(
        age=age,
        male=male,
        old=age > parameters["salvage.old_age"],
        crs=_risk_score(case, guesses, parameters),
        ras=guesses.flag(
            "molecular.ras",
            _known(case.molecular.ras, lambda v: v == "mutant"),
            "population.ras_mutant",
            ("wild_type", "mutant"),
        ),
        braf=guesses.flag(
            "molecular.braf",
            _known(case.molecular.braf, lambda v: v in ("v600e", "mutant")),
            "population.braf_v600e",
            ("wild_type", "v600e"),
        ),
        frail=guesses.flag(
            "patient.ecog",
            guesses_unknown() if fitness == "unknown" else fitness in ("intermediate", "unfit"),
            "population.frail",
            (0, 2),
        ),
        mmr_deficient=guesses.flag(
            "molecular.mmr",
            guesses_unknown() if classification.mmr.value == "unknown" else classification.mmr.value == "deficient",
            "population.mmr_deficient",
            ("proficient", "deficient"),
        ),
        liver=_liver_class(classification, guesses, parameters),
        pelvis=_pelvic_class(case, classification, guesses, parameters, margin, stage),
        margin_involved=margin <= parameters["pelvis.recurrence.mrf_involved_mm"],
        margin_known=is_known(case.primary.mrf_mm),
        low=guesses.number(
            "primary.distance_anal_verge_cm", case.primary.distance_anal_verge_cm, "population.height_cm"
        )
        < parameters["stoma.low_cm"],
        early_t=np.isin(stage, ("T1", "T2", "T1-2")),
        long=guesses.number("primary.length_cm", case.primary.length_cm, "population.length_cm")
        > parameters["pcr.long_tumour_cm"],
        symptomatic=guesses.flag(
            "symptoms.bleeding",
            guesses_unknown() if symptomatic == "unknown" else symptomatic == "symptomatic",
            "population.symptomatic",
            ("none", "recurrent"),
        ),
        obstructing=is_known(obstruction) and obstruction in ("stenosis_not_passable", "impending", "complete"),
        diverted=is_known(case.symptoms.stoma) and case.symptoms.stoma != "none",
    )
