"""What did a region's run find? Absolute outcomes, use and differences with intervals, as plain rows and as JSON.

Intervals are the central 95 % of the parameter draws: what the evidence leaves open about the whole region. Differences
are taken draw by draw against the first policy. `sampling_error` is that of having followed so many virtual patients.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import LOWER_IS_BETTER, VERSION
from pelvicrt.research.population_patient import figures
from pelvicrt.research.population_run import CLASSES, Regional
from pelvicrt.research.population_spec import PRICED as PER_YEAR
from pelvicrt.research.population_spec import plan_keys

Floats = npt.NDArray[np.float64]
RESULT = "pelvicrt.population_result/1"
MONTHS_A_YEAR = 12.0
TAILS = (2.5, 97.5)  # number: the customary central 95 %
_AS_THEY_ARE = ("life_months", "quality_adjusted_months", "treatment_days")
_SHARES_OF_NOTE = ("undelivered", "unadvised", "unjudged", "against")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure of one policy, or of its difference to the first policy.

    `unit`: per_100_patients, months, days, per_year, or a currency per_patient. `chance_above` is the share of draws
    in which a difference is above 0.
    """

    name: str
    at_months: float | None
    unit: str
    mean: float
    low: float
    high: float
    sampling_error: float | None
    chance_above: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a policy asks of a capacity: use a month beside what there is, and the chance that it is not enough."""

    name: str
    capacity: float
    mean: float
    low: float
    high: float
    chance_above: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyFound:
    """One policy: plans by share of patients, figures, differences to the first policy, loads, shares of note."""

    id: str
    plans: tuple[tuple[str, float], ...]
    outcomes: tuple[Figure, ...]
    used: tuple[Figure, ...]
    differences: tuple[Figure, ...]
    loads: tuple[Load, ...]
    notes: dict[str, float]
    by_group: tuple[tuple[str, tuple[Figure, ...]], ...]


def summarise(found: Regional) -> tuple[PolicyFound, ...]:
    """Every policy in the order of the file."""
    means = found.means()
    return tuple(_policy(found, means, place) for place in range(len(found.population.policies)))


def _policy(found: Regional, means: Floats, place: int) -> PolicyFound:
    asked = found.population
    errors, patients = found.sampling_error(), found.patients.sum()
    shares = found.plans.sum(axis=0)[place] / patients
    order = sorted(zip(plan_keys(shipped_library()), shares, strict=True), key=lambda item: (-item[1], item[0]))
    groups = range(len(asked.groups)) if len(asked.groups) > 1 else ()
    return PolicyFound(
        id=asked.policies[place].id,
        plans=tuple((key, float(share)) for key, share in order if share > 0.0),
        outcomes=tuple(_figures(found, means[place], errors[place], used=False)),
        used=tuple(_figures(found, means[place], errors[place], used=True)),
        differences=_differences(found, means, place) if place else (),
        loads=tuple(_loads(found, means[place])),
        notes={
            name: float(total / patients)
            for name, total in zip(_SHARES_OF_NOTE, found.notes.sum(axis=0)[place], strict=True)
        },
        by_group=tuple(
            (
                asked.groups[group].name,
                tuple(_figures(found, found.means(group)[place], np.full(len(means[place]), np.nan), used=False)),
            )
            for group in groups
        ),
    )


def _figures(found: Regional, values: Floats, errors: Floats, *, used: bool) -> Iterable[Figure]:
    for (name, at), row, error in zip(figures(found.population), values, errors, strict=True):
        if (name in PER_YEAR) == used:
            yield _figure(found, name, at, row, error)
    if used and found.population.costs is not None:
        costs = found.population.costs
        yield _summed("cost", math.nan, f"{costs.currency}_per_patient", _cost(found, values), math.nan)


def _cost(found: Regional, values: Floats) -> Floats:
    """Cost per patient in every draw."""
    names, costs = [name for name, _ in figures(found.population)], found.population.costs
    assert costs is not None
    rows = [price * values[names.index(name)] for name, price in costs.per.items()]
    return np.asarray(sum(rows, start=np.zeros(values.shape[-1])))


def _figure(found: Regional, name: str, at: float, values: Floats, error: float) -> Figure:
    if name in _AS_THEY_ARE:
        return _summed(name, at, "days" if name.endswith("days") else "months", values, error)
    if name in PER_YEAR:
        scale = found.population.patients_per_year
        return _summed(name, at, "per_year", values * scale, error * scale)
    return _summed(name, at, "per_100_patients", 100.0 * values, 100.0 * error)


def _summed(name: str, at: float, unit: str, values: Floats, error: float, *, chance: bool = False) -> Figure:
    low, high = (float(item) for item in np.percentile(values, TAILS))
    return Figure(
        name=name,
        at_months=None if math.isnan(at) else at,
        unit=unit,
        mean=float(values.mean()),
        low=low,
        high=high,
        sampling_error=None if math.isnan(error) else float(error),
        chance_above=float((values > 0.0).mean() + (values == 0.0).mean() / 2.0) if chance else None,
    )


def _differences(found: Regional, means: Floats, place: int) -> tuple[Figure, ...]:
    weights = np.zeros(len(means))
    weights[0], weights[place] = -1.0, 1.0
    errors, paired = found.sampling_error(weights), means[place] - means[0]
    plain = (*_figures(found, paired, errors, used=False), *_figures(found, paired, errors, used=True))
    chances = [float((row > 0.0).mean() + (row == 0.0).mean() / 2.0) for row in paired]
    if found.population.costs is not None:
        cost = _cost(found, paired)
        chances.append(float((cost > 0.0).mean() + (cost == 0.0).mean() / 2.0))
    by_name = {
        (item[0], None if math.isnan(item[1]) else item[1]): i for i, item in enumerate(figures(found.population))
    }
    return tuple(
        _with_chance(item, chances[by_name.get((item.name, item.at_months), len(chances) - 1)]) for item in plain
    )


def _with_chance(item: Figure, chance: float) -> Figure:
    return Figure(
        name=item.name,
        at_months=item.at_months,
        unit=item.unit,
        mean=item.mean,
        low=item.low,
        high=item.high,
        sampling_error=item.sampling_error,
        chance_above=chance,
    )


def _loads(found: Regional, values: Floats) -> Iterable[Load]:
    names = [name for name, _ in figures(found.population)]
    for name, capacity in found.population.capacities.items():
        monthly = values[names.index(name)] * found.population.patients_per_year / MONTHS_A_YEAR
        low, high = (float(item) for item in np.percentile(monthly, TAILS))
        yield Load(
            name=name,
            capacity=capacity,
            mean=float(monthly.mean()),
            low=low,
            high=high,
            chance_above=float((monthly > capacity).mean()),
        )


def lower_is_better(name: str) -> bool:
    """Whether less of it is better for the patient."""
    return name in LOWER_IS_BETTER or name == "operative_deaths"


def unsourced(found: Regional) -> tuple[str, ...]:
    """Every described field nobody gave a source for."""
    asked = found.population
    fields = dict.fromkeys(name for group in asked.groups for name in (*asked.described, *group.described))
    return tuple(name for name in fields if name not in asked.sources)


def to_json(found: Regional) -> dict[str, Any]:
    """The whole answer as plain data; figures in the unit each names."""
    asked = found.population
    patients = float(found.patients.sum())
    classes = zip(CLASSES, found.classes.sum(axis=0), strict=True)
    done = patients * asked.draws * len(asked.policies)
    return {
        "schema": RESULT,
        "name": {"en": asked.name.en, "zh": asked.name.zh},
        "version": VERSION,
        "library_hash": found.library_hash,
        "specification_hash": asked.hash,
        "seed": asked.seed,
        "draws": asked.draws,
        "patients": int(patients),
        "patients_per_year": asked.patients_per_year,
        "horizon_months": asked.horizon_months,
        "classes": {name: float(count / patients) for name, count in classes if count},
        "groups": {
            group.name: float(count / patients)
            for group, count in zip(asked.groups, found.patients.sum(axis=0), strict=True)
        },
        "tied": float(found.tied.sum() / patients),
        "reference": asked.policies[0].id,
        "policies": [
            {"name": {"en": policy.name.en, "zh": policy.name.zh}, **_plain(item)}
            for policy, item in zip(asked.policies, summarise(found), strict=True)
        ],
        "sources": dict(asked.sources),
        "costs_source": asked.costs.source if asked.costs else None,
        "without_source": list(unsourced(found)),
        "seconds": found.seconds,
        "patient_draws_per_second": done / found.seconds if found.resumed == 0.0 else None,
    }


def _plain(item: PolicyFound) -> dict[str, Any]:
    return {
        "id": item.id,
        "plans": dict(item.plans),
        "outcomes": [_row(figure) for figure in item.outcomes],
        "used": [_row(figure) for figure in item.used],
        "differences": [_row(figure) for figure in item.differences],
        "capacities": [{name: getattr(load, name) for name in Load.__slots__} for load in item.loads],
        "notes": item.notes,
        "groups": {name: [_row(figure) for figure in rows] for name, rows in item.by_group},
    }


def _row(figure: Figure) -> dict[str, Any]:
    row = {name: getattr(figure, name) for name in Figure.__slots__}
    return {name: value for name, value in row.items() if name != "chance_above" or value is not None}


def write_parquet(found: Regional, path: Path) -> None:
    """Every draw of every figure per patient, one row each: policy, group, figure, month, draw, value."""
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    from pelvicrt.foundation import write_whole

    asked, names = found.population, figures(found.population)
    parts: list[tuple[str, Floats]] = [("all", found.means())]
    if len(asked.groups) > 1:
        parts += [(group.name, found.means(place)) for place, group in enumerate(asked.groups)]
    columns: dict[str, list[Any]] = {name: [] for name in ("policy", "group", "figure", "at_months", "draw", "value")}
    for group, means in parts:
        for policy, block in zip(asked.policies, means, strict=True):
            for (name, at), values in zip(names, block, strict=True):
                columns["policy"] += [policy.id] * len(values)
                columns["group"] += [group] * len(values)
                columns["figure"] += [name] * len(values)
                columns["at_months"] += [None if math.isnan(at) else at] * len(values)
                columns["draw"] += list(range(len(values)))
                columns["value"] += values.tolist()
    about = {"specification": asked.hash, "version": VERSION, "evidence": found.library_hash, "seed": str(asked.seed)}
    table = pa.table(columns).replace_schema_metadata({"pelvicrt": str(about)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    write_whole(path, sink.getvalue().to_pybytes())
