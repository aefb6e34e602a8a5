"""Who are the patients of a region? Whole case files, each field drawn as the file describes it.

A patient has the fields the file describes; any other stays unknown to the team, as in a real case file, and is drawn
by the outcome model from its own prior. Fields are drawn independently of each other; groups carry what goes together.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.case import CONTRACT_FACTS, Case
from pelvicrt.foundation import InvalidInput, Problem, Streams, Text
from pelvicrt.intake import SCHEMA as CASE_SCHEMA
from pelvicrt.intake import parse_case
from pelvicrt.simulate import evenly

Described = Mapping[str, Any]
Floats = npt.NDArray[np.float64]
_SPREAD = {"median", "mean", "sd", "range", "iqr"}
_QUARTILE = 0.6745  # number: upper quartile of a standard normal
_EDGE = 2.25  # number: expected largest of about fifty standard normals
_ROUNDING = 0.02  # number: shares printed with two digits may miss 1 by their rounding
_AS_SPREAD = Text(
    "a number, values with shares, or {median or mean, with sd, range or iqr}",
    "数字、各值比例，或 {median/mean 及 sd、range 或 iqr}",
)
_AS_SHARES = Text("one value, or values with shares that add up to 1", "单一取值，或合计为 1 的各取值比例")


def check_described(raw: Mapping[str, Any], *, file: str, where: str, day: dt.date) -> list[Problem]:
    """What is wrong with a described cohort: unknown fields, words a field does not have, shares that are none."""
    found: list[Problem] = []
    for name, value in raw.items():
        place = f"{where}.{name}"
        if name not in CONTRACT_FACTS:
            expected = Text("a field of a case file, such as patient.age", "病例文件的字段，例如 patient.age")
            found.append(Problem(file=file, field=place, found="an unknown field", expected=expected))
        elif (expected_shape := _wrong_shape(name, value)) is not None:
            found.append(Problem(file=file, field=place, found=repr(value)[:60], expected=expected_shape))
        else:
            found += _wrong_values(name, value, file=file, place=place, day=day)
    return found


def patient(described: Described, *, place: int, seed: int, day: dt.date) -> Case:
    """Patient `place` of a cohort: the same whatever the number of patients, and whatever other fields are described.

    Raises:
        InvalidInput: when drawn fields contradict each other.
    """
    data: dict[str, Any] = {"schema": CASE_SCHEMA, "id": f"virtual-{place}", "assessed_on": day.isoformat()}
    for name, value in described.items():
        luck = float(_uniforms(seed, name, place // _BATCH)[place % _BATCH])
        section, _, inner = name.partition(".")
        drawn = _drawn(name, value, luck)
        if inner:
            data.setdefault(section, {})[inner] = drawn
        else:
            data[section] = drawn
    return parse_case(data, file=f"virtual patient {place}")


def group_of(shares: Sequence[float], *, place: int, seed: int) -> int:
    """Which group patient `place` is of.

    >>> [group_of([0.25, 0.75], place=i, seed=1) for i in range(100)].count(0)
    25
    """
    luck = float(_uniforms(seed, "group", place // _BATCH)[place % _BATCH])
    return _picked(shares, luck)


def _picked(shares: Sequence[float], luck: float) -> int:
    """The place a share of luck falls into."""
    edges = np.cumsum(shares)
    return min(int(np.searchsorted(edges / edges[-1], luck, side="right")), len(shares) - 1)


_BATCH = 1000
"""Patients whose luck is made at once."""


@functools.lru_cache(maxsize=512)
def _uniforms(seed: int, name: str, batch: int) -> Floats:
    """Luck of one field for a thousand patients, one in each hundredth among every run of a hundred."""
    return evenly(Streams(seed), f"cohort/{name}/{batch}", rows=_BATCH)


def _drawn(name: str, value: Any, luck: float) -> Any:
    """One patient's value of one field, as a case file would hold it."""
    if isinstance(value, dict) and set(value) & _SPREAD:
        return _number(name, value, luck)
    if not isinstance(value, dict):
        return _plain(name, value)
    # Sorted, so that the order in which a file names them chooses nothing.
    words, shares = zip(*sorted(value.items(), key=lambda item: str(item[0])), strict=True)
    return _plain(name, words[_picked(shares, luck)])


def _plain(name: str, value: Any) -> Any:
    """Keys of a mapping are read as the field's kind wants them; a single word stands for a list of one."""
    kind = CONTRACT_FACTS[name].kind
    if kind == "boolean" and isinstance(value, str) and value in ("true", "false"):
        return value == "true"
    if kind in ("integer", "number") and isinstance(value, str):
        return float(value) if "." in value else int(value)
    if kind in ("choices", "texts") and not isinstance(value, list):
        return [] if value in ("none", None) else [value]
    if kind == "records" and value in ("none", None):
        return []
    return value.isoformat() if isinstance(value, dt.date) else value


def _number(name: str, value: Mapping[str, Any], luck: float) -> float | int:
    """A number with the printed middle and spread: two half-normals that meet in the median, held to what is possible.

    Quartiles are met exactly; a range is read as that of about fifty patients and never left.

    >>> _number("patient.age", {"median": 60, "iqr": [50, 75]}, 0.75)
    75
    """
    spec = CONTRACT_FACTS[name]
    middle = float(value.get("median", value.get("mean", 0.0)))
    low, high = _half_spreads(value, middle)
    score = float(special.ndtri(luck))
    drawn = middle + score * (high if score > 0.0 else low)
    if value.get("range") is not None:
        drawn = min(max(drawn, float(value["range"][0])), float(value["range"][1]))
    if spec.range is not None:
        drawn = min(max(drawn, spec.range.low), spec.range.high)
        if spec.range.step:
            drawn = spec.range.low + round((drawn - spec.range.low) / spec.range.step) * spec.range.step
    return round(drawn) if spec.kind == "integer" else drawn


def _half_spreads(value: Mapping[str, Any], middle: float) -> tuple[float, float]:
    if value.get("sd") is not None:
        return float(value["sd"]), float(value["sd"])
    pair, width = (value["iqr"], _QUARTILE) if value.get("iqr") is not None else (value["range"], _EDGE)
    return (middle - float(pair[0])) / width, (float(pair[1]) - middle) / width


def _wrong_shape(name: str, value: Any) -> Text | None:
    numeric = CONTRACT_FACTS[name].kind in ("integer", "number")
    if not isinstance(value, dict):
        return None
    if set(value) & _SPREAD:
        return None if numeric and _sound_spread(value) else _AS_SPREAD
    shares = list(value.values())
    sound = bool(shares) and all(_is_number(item) and 0.0 <= item <= 1.0 for item in shares)
    return None if sound and abs(sum(shares) - 1.0) <= _ROUNDING else _AS_SHARES


def _sound_spread(value: Mapping[str, Any]) -> bool:
    middle = value.get("median", value.get("mean"))
    pairs = [value[key] for key in ("range", "iqr") if value.get(key) is not None]
    if not set(value) <= _SPREAD or not _is_number(middle) or (value.get("sd") is None and not pairs):
        return False
    spread = value.get("sd")
    if spread is not None and not (_is_number(spread) and spread >= 0):
        return False
    return all(
        isinstance(pair, list) and len(pair) == 2 and all(map(_is_number, pair)) and pair[0] <= middle <= pair[1]
        for pair in pairs
    )


def _wrong_values(name: str, value: Any, *, file: str, place: str, day: dt.date) -> Iterator[Problem]:
    """Every value that a case file would refuse, as the case file's own check says it."""
    values = list(value) if isinstance(value, dict) else [value]
    if isinstance(value, dict) and set(value) & _SPREAD:
        middle = float(value["median"] if "median" in value else value["mean"])
        values = [round(middle) if CONTRACT_FACTS[name].kind == "integer" else middle]
    for one in values:
        try:
            described: Described = {name: _plain(name, one)}
            patient(described, place=0, seed=0, day=day)
        except InvalidInput as refused:
            for problem in refused.problems:
                yield Problem(file=file, field=place, found=problem.found, expected=problem.expected)
        except ValueError:
            yield Problem(file=file, field=place, found=repr(one)[:60], expected=_AS_SPREAD)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
