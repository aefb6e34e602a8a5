"""Who is simulated? Patients from a CSV or from the population's description, in the engine's arrays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pelvicrt.engine import SOJOURN, Patients
from pelvicrt.foundation import Text
from pelvicrt.models.draws import Draws, read_number, sample
from pelvicrt.models.fields import Population, Quantity, Start
from pelvicrt.models.reading import one_of, problem, read_table, show

Floats = npt.NDArray[np.float64]
AGE, FORWARD, TREATMENT, RESET = "age", "forward", "treatment", "reset"
_COLUMN = Text("a column", "一列")
_NUMBER = Text("a number", "数值")
_START = Text("start.state, or a column start", "start.state，或 start 列")


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """The names that index a model's arrays, and how many time units a year has."""

    states: tuple[str, ...]
    clocks: tuple[str, ...]
    covariates: tuple[str, ...]
    units_per_year: float


def make_patients(draws: Draws, population: Population, axes: Axes, *, count: int | None) -> Patients:
    """The patients; problems are noted on `draws`. `count` is for described populations (default 1)."""
    if population.file is not None:
        return _from_table(draws, population, axes)
    varies = any(isinstance(c, (Quantity, dict)) for c in population.covariates.values())
    varies = varies or isinstance(population.age_years, Quantity)
    people = (count or 100) if varies else 1
    covariates = np.zeros((people, len(axes.covariates)))
    for name in population.covariates:
        if name not in axes.covariates:
            draws.refuse(f"patients.covariates.{name}", show(name), one_of(list(axes.covariates), name))
    for place, name in enumerate(axes.covariates):
        if name not in population.covariates:
            draws.refuse(f"patients.covariates.{name}", "nothing", _NUMBER)
            continue
        covariates[:, place] = _values(draws, population.covariates[name], f"patients.covariates.{name}", people)
    clocks = np.zeros((people, len(axes.clocks)))
    state, visits = _start(draws, population.start, axes, clocks)
    if AGE in axes.clocks:
        if population.age_years is None:
            draws.refuse(
                "patients.age_years", "nothing", Text("the age, as there is an age clock", "年龄（模型使用年龄时钟）")
            )
        else:
            age = _values(draws, population.age_years, "patients.age_years", people)
            clocks[:, axes.clocks.index(AGE)] = age * axes.units_per_year
    return Patients(
        covariates=covariates,
        start_state=np.full(people, state),
        clocks=clocks,
        weights=np.ones(people),
        visits=np.tile(visits, (people, 1)),
    )


def _values(draws: Draws, given: float | Quantity | dict[float, float], field: str, people: int) -> Floats:
    if isinstance(given, (int, float)):
        return np.full(people, float(given))
    uniforms = draws.streams.uniforms(f"cohort/{field}", rows=people)[:, 0]
    if isinstance(given, dict):
        shares = np.array(list(given.values()))
        if (shares < 0).any() or abs(shares.sum() - 1.0) > 1e-9:
            draws.refuse(field, show(given), Text("shares with sum 1", "合计为 1 的比例"))
            return np.zeros(people)
        place = np.searchsorted(np.cumsum(shares), uniforms)
        return np.array(list(given))[np.minimum(place, len(shares) - 1)]
    if given.value is not None:
        return np.full(people, given.value)
    values = sample(given, uniforms)
    if values is None:
        draws.refuse(field, f"{given.distribution}({given.a}, {given.b})", _NUMBER)
        return np.zeros(people)
    return values


def _start(draws: Draws, start: Start | None, axes: Axes, clocks: Floats) -> tuple[int, npt.NDArray[np.int64]]:
    visits = np.zeros(len(axes.states), dtype=np.int64)
    if start is None or start.state not in axes.states:
        found = "nothing" if start is None else show(start.state)
        draws.refuse("patients.start.state", found, one_of(list(axes.states), start.state if start else ""))
        return 0, visits
    state = axes.states.index(start.state)
    visits[state] = 1
    clocks[:, SOJOURN] = start.sojourn
    for name, reading in start.clocks.items():
        if name not in axes.clocks or name in (AGE, "sojourn"):
            draws.refuse(f"patients.start.clocks.{name}", show(name), one_of(_own_clocks(axes), name))
        else:
            clocks[:, axes.clocks.index(name)] = reading
    for name, number in start.visits.items():
        if name not in axes.states:
            draws.refuse(f"patients.start.visits.{name}", show(name), one_of(list(axes.states), name))
        else:
            visits[axes.states.index(name)] = number
    return state, visits


def _own_clocks(axes: Axes) -> list[str]:
    return [name for name in axes.clocks if name not in (AGE, "sojourn")]


def _from_table(draws: Draws, population: Population, axes: Axes) -> Patients:
    path = draws.path.parent / str(population.file)
    header, rows = read_table(path)
    _check_columns(path, header, population, axes)
    people = len(rows)
    clocks, visits = np.zeros((people, len(axes.clocks))), np.zeros((people, len(axes.states)), dtype=np.int64)
    state = np.zeros(people, dtype=np.int64)
    base = population.start.state if population.start else ""
    for number, row in enumerate(rows):
        word = row.get("start", base)
        if word not in axes.states:
            raise problem(path, f"row {number + 2}.start", show(word), one_of(list(axes.states), word))
        state[number] = axes.states.index(word)
        visits[number, state[number]] = 1
    read = {name: _column(path, rows, name) for name in header if name not in ("start", "id")}
    for name, values in read.items():
        if name == "sojourn":
            clocks[:, SOJOURN] = values
        elif name == "age_years":
            clocks[:, axes.clocks.index(AGE)] = values * axes.units_per_year
        elif name.startswith("clock."):
            clocks[:, axes.clocks.index(name.removeprefix("clock."))] = values
        elif name.startswith("visits."):
            visits[:, axes.states.index(name.removeprefix("visits."))] = values
    covariates = [read[name] for name in axes.covariates]
    return Patients(
        covariates=np.stack(covariates, axis=1) if covariates else np.zeros((people, 0)),
        start_state=state,
        clocks=clocks,
        weights=read.get("weight", np.ones(people)),
        visits=visits,
    )


def _check_columns(path: Path, header: list[str], population: Population, axes: Axes) -> None:
    allowed = ["id", "start", "sojourn", "weight", *axes.covariates]
    allowed += [f"clock.{name}" for name in _own_clocks(axes)] + [f"visits.{name}" for name in axes.states]
    allowed += ["age_years"] if AGE in axes.clocks else []
    for name in header:
        if name not in allowed:
            raise problem(path, name, "a column", one_of(allowed, name))
    needed = [*axes.covariates, *(["age_years"] if AGE in axes.clocks else [])]
    for name in needed:
        if name not in header:
            raise problem(path, name, "nothing", _COLUMN)
    if "start" not in header and population.start is None:
        raise problem(path, "start", "nothing", _START)


def _column(path: Path, rows: list[dict[str, str]], name: str) -> Floats:
    values = np.array([read_number(row[name]) for row in rows])
    for place in np.flatnonzero(~np.isfinite(values)):
        raise problem(path, f"row {place + 2}.{name}", show(rows[place][name]), _NUMBER)
    return values
