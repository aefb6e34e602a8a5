"""Who are the patients of a cohort? What its file says of them, the rest from the population prior.

Each described field becomes a sample of patients; the outcome model's own reading of a patient turns the samples into
its covariates, so that a cohort and a single case mean the same thing by the same field.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.case import CONTRACT_FACTS, Case
from pelvicrt.classify import Classification, classify
from pelvicrt.evidence import Library
from pelvicrt.foundation import Problem, Streams, Text
from pelvicrt.simulate import Guesses, evenly, model_parameters, read_patient

Floats = npt.NDArray[np.float64]
_SAMPLE = 4000
_SCORES = 6
_HIGH, _LOW = 2, 0
_RANGE_IN_SD = 4.5  # number: expected range of about 50 normal values, in SDs
_IQR_IN_SD = 1.349  # number: interquartile range of a normal, in SDs
_OWN = {
    "class.pelvis": ("low", "intermediate", "high"),
    "metastases.present": (),
    "treatment.triplet": (),
    "treatment.limited_access": (),
    "treatment.surgery": (),
}
"""Fields that are no case field: a class the study prints, the setting, and how it was treated."""
_NUMBERS = {
    "patient.age": "population.age",
    "primary.mrf_mm": "population.mrf_mm",
    "primary.distance_anal_verge_cm": "population.height_cm",
    "primary.length_cm": "population.length_cm",
    "liver.lesion_count": "population.lesion_count",
    "liver.largest_mm": "population.largest_mm",
    "labs.cea_ng_ml": "population.cea_ng_ml",
}
_FLAGS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "patient.sex": ("population.male", ("male",)),
    "patient.ecog": ("population.frail", ("2", "3", "4")),
    "molecular.ras": ("population.ras_mutant", ("mutant",)),
    "molecular.braf": ("population.braf_v600e", ("v600e", "mutant")),
    "molecular.mmr": ("population.mmr_deficient", ("deficient",)),
    "primary.emvi": ("population.emvi_present", ("present",)),
    "primary.cn": ("population.node_positive", ("N1", "N1a", "N1b", "N1c", "N2", "N2a", "N2b", "N+")),
    "symptoms.bleeding": ("population.symptomatic", ("minor", "recurrent", "transfusion_dependent")),
}
_READ = {*_NUMBERS, *_FLAGS, *_OWN, "liver.technical", "primary.ct", "symptoms.obstruction"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the model needs of an arm's patients: `said` as `calibrate_predictor.virtual_patients` reads it."""

    said: Mapping[str, Any]
    metastases: bool
    triplet: float
    limited_access: bool
    surgery: bool


def check_virtual(described: Mapping[str, Any], file: str, where: str) -> list[Problem]:
    """What is wrong with a `virtual_cohort`: unknown fields, words a field does not have, shares that are none."""
    problems: list[Problem] = []
    for name, value in described.items():
        if name not in CONTRACT_FACTS and name not in _OWN:
            expected = Text("a field of a case file, such as patient.age", "病例文件的字段，例如 patient.age")
            problems.append(Problem(file=file, field=f"{where}.{name}", found=repr(name), expected=expected))
        elif (wrong := _wrong(name, value)) is not None:
            problems.append(Problem(file=file, field=f"{where}.{name}", found=repr(value)[:60], expected=wrong))
    return problems


_DISTRIBUTION = {"median", "mean", "sd", "range", "iqr", "values"}
_AS_NUMBER = Text(
    "a number, shares, or {median or mean, with sd, range or iqr}", "数字、各值比例，或 {median/mean 及 sd/range/iqr}"
)
_AS_SHARES = Text("one value, or values with shares that add up to 1", "单一取值，或合计为 1 的各取值比例")


def _wrong(name: str, value: object) -> Text | None:
    if isinstance(value, dict) and set(value) & _DISTRIBUTION:
        return _wrong_distribution(value) if name in _NUMBERS else _AS_SHARES
    if isinstance(value, dict):
        return _wrong_shares(name, value)
    if isinstance(value, list) or value is None:
        return _AS_NUMBER if name in _NUMBERS else _AS_SHARES
    if name in _NUMBERS and (isinstance(value, str | bool)):
        return _AS_NUMBER
    return _wrong_shares(name, {value: 1.0})


def _wrong_distribution(value: Mapping[str, Any]) -> Text | None:
    centre = value.get("median", value.get("mean"))
    if not _is_number(centre) or not set(value) <= _DISTRIBUTION:
        return _AS_NUMBER
    for key in ("range", "iqr"):
        pair = value.get(key)
        if pair is None:
            continue
        if not isinstance(pair, list) or len(pair) != 2 or not all(map(_is_number, pair)) or pair[0] > pair[1]:
            return Text(f"{key} as two numbers, low and high", f"{key} 为两个数：下限与上限")
    if value.get("sd") is not None and (not _is_number(value["sd"]) or value["sd"] < 0):
        return Text("sd as a positive number", "sd 为正数")
    return None


def _wrong_shares(name: str, value: Mapping[Any, Any]) -> Text | None:
    shares = list(value.values())
    proper = all(_is_number(item) and 0.0 <= item <= 1.0 for item in shares)
    if not proper or abs(sum(shares) - 1.0) > 0.02:  # number: rounding of printed shares
        return _AS_SHARES
    allowed = _words_of(name)
    unknown = [key for key in value if allowed and _word(key) not in allowed]
    if unknown:
        return Text(f"one of {', '.join(sorted(allowed))}", f"取值之一：{'、'.join(sorted(allowed))}")
    return None


def _words_of(name: str) -> set[str]:
    if name in _OWN:
        return set(_OWN[name]) or {"true", "false"}
    spec = CONTRACT_FACTS[name]
    return {str(item) for item in getattr(spec, "allowed", ()) or ()}


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def unused(described: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields of a case that were described although the model has no use for them."""
    return tuple(name for name in described if name not in _READ)


def describe(described: Mapping[str, Any], library: Library) -> Described:
    """The covariates of an arm; fields not described follow the population prior, its uncertain shares included.

    A share of uncertain size is taken at its prior mean: which patients a study has is part of the between-study SD.
    """
    parameters = dict(_population(library))
    for name, value in described.items():
        if name in _NUMBERS:
            parameters[_NUMBERS[name]] = _numbers(name, value)
        elif name in _FLAGS:
            prior, yes = _FLAGS[name]
            parameters[prior] = np.full(_SAMPLE, _share(value, yes))
    _stages(described, parameters)
    case, classification = _nobody(library)
    who = read_patient(case, classification, parameters, Guesses(parameters, draws=_SAMPLE, seed=1))
    metastases = _share(described.get("metastases.present", True), ("true",)) >= 0.5
    return Described(
        said={
            "age": [float(who.age.mean()), float(max(who.age.std(), 1e-6))],
            "male": float(who.male.mean()),
            "crs": [float((who.crs == points).mean()) for points in range(_SCORES)],
            "ras": float(who.ras.mean()),
            "braf": float(who.braf.mean()),
            "frail": float(who.frail.mean()),
            "liver": _liver(described, library),
            "pelvis": _pelvis(described, who.pelvis),
            "low": float(who.low.mean()),
            "early_t": float(who.early_t.mean()),
            "long": float(who.long.mean()),
            "symptomatic": float(who.symptomatic.mean()),
            "obstructing": _share(
                described.get("symptoms.obstruction", "none"), ("stenosis_not_passable", "impending", "complete")
            ),
        },
        metastases=metastases,
        triplet=_share(described.get("treatment.triplet", False), ("true",)),
        limited_access=_share(described.get("treatment.limited_access", False), ("true",)) >= 0.5,
        surgery=_share(described.get("treatment.surgery", True), ("true",)) >= 0.5,
    )


@functools.lru_cache(maxsize=2)
def _population(library: Library) -> Mapping[str, Floats]:
    """Values of every parameter a patient is read with: sampled where they describe patients, else their medians."""
    found = {}
    for name, item in model_parameters(library).items():
        prior = item.spread.distribution()
        found[name] = _prior(prior.at, name) if name.startswith("population.") else np.full(_SAMPLE, prior.median())
    return found


@functools.lru_cache(maxsize=2)
def _nobody(library: Library) -> tuple[Case, Classification]:
    """A case of which nothing is known."""
    case = Case(id="virtual", assessed_on=dt.date(2000, 1, 1))
    return case, classify(case, library)


def _prior(at: Any, name: str) -> Floats:
    """Values of a number; of a share its mean, the same for all patients."""
    values = np.asarray(at(evenly(Streams(1), f"cohort/{name}", rows=_SAMPLE)), dtype=np.float64)
    return values if name in _NUMBERS.values() else np.full(_SAMPLE, values.mean())


def _share(value: Any, yes: tuple[str, ...]) -> float:
    shares = value if isinstance(value, dict) else {value: 1.0}
    return float(sum(part for key, part in shares.items() if _word(key) in yes))


def _numbers(name: str, value: Any) -> Floats:
    """A sample of one numeric field; a range is read as that of about fifty patients, never left."""
    uniform = evenly(Streams(1), f"cohort/{name}", rows=_SAMPLE)
    if not isinstance(value, dict):
        return np.full(_SAMPLE, float(value))
    if not set(value) & _DISTRIBUTION:
        levels = np.array([float(key) for key in value])
        edges = np.cumsum(list(value.values()))
        return levels[np.minimum(np.searchsorted(edges, uniform, side="right"), len(levels) - 1)]
    centre = float(value["median"] if "median" in value else value["mean"])
    if value.get("sd") is not None:
        sd = float(value["sd"])
    elif value.get("iqr") is not None:
        sd = (value["iqr"][1] - value["iqr"][0]) / _IQR_IN_SD
    elif value.get("range") is not None:
        sd = (value["range"][1] - value["range"][0]) / _RANGE_IN_SD
    else:
        sd = 0.15 * abs(centre)  # number: an age of 60 with an SD of 9, where no spread is printed
    drawn = centre + sd * special.ndtri(uniform)
    low, high = value.get("range") or (0.0, np.inf)
    return np.asarray(np.clip(drawn, low, high), dtype=np.float64)


def _stages(described: Mapping[str, Any], parameters: dict[str, Floats]) -> None:
    """Shares of clinical T: of T4, and of T1-2 among the others."""
    if "primary.ct" not in described:
        return
    stages = described["primary.ct"]
    shares = stages if isinstance(stages, dict) else {stages: 1.0}
    t4 = sum(part for key, part in shares.items() if str(key).startswith("T4"))
    early = sum(part for key, part in shares.items() if str(key) in {"T1", "T2", "T1-2"})
    parameters["population.ct_t4"] = np.full(_SAMPLE, float(t4))
    parameters["population.ct_t12"] = np.full(_SAMPLE, early / (1.0 - t4) if t4 < 1.0 else 0.0)


def _liver(described: Mapping[str, Any], library: Library) -> list[float]:
    """Shares of resectable, borderline and unresectable livers."""
    if "liver.technical" in described:
        value = described["liver.technical"]
        words = (("resectable", "resectable_with_ablation"), ("borderline",), ("unresectable",))
        return [_share(value, item) for item in words]
    upfront = library.parameters["population.liver_upfront"].spread.distribution().median()
    rest = library.parameters["population.liver_convertible"].spread.distribution().median()
    return [upfront, (1.0 - upfront) * rest, (1.0 - upfront) * (1.0 - rest)]


def _pelvis(described: Mapping[str, Any], found: npt.NDArray[np.int64]) -> list[float]:
    """Shares of low, intermediate and high pelvic risk; many nodes make high."""
    if "class.pelvis" in described:
        return [_share(described["class.pelvis"], (word,)) for word in _OWN["class.pelvis"]]
    many = _share(described.get("primary.cn", "N0"), ("N2", "N2a", "N2b"))
    high = 1.0 - (1.0 - float((found == _HIGH).mean())) * (1.0 - many)
    low = float((found == _LOW).mean())
    return [low, 1.0 - low - high, high]
