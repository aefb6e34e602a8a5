"""Which arrays does a model file mean? Names become indices, numbers become draws; the engine checks the result."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.engine import NO_LIMIT, SOJOURN, Effect, Family, Model, Numbers, Patients, Rewards, check
from pelvicrt.foundation import MONTHS_PER_YEAR, Text
from pelvicrt.models.draws import Draws
from pelvicrt.models.fields import ModelFile, Transition
from pelvicrt.models.patients import AGE, FORWARD, RESET, Axes, make_patients
from pelvicrt.models.reading import one_of, problem, show
from pelvicrt.models.tables import SHUT, rates_of
from pelvicrt.models.worth import make_rewards

Floats = npt.NDArray[np.float64]
DAYS_PER_YEAR: Final = 365.25  # number: the Julian year
UNITS_PER_YEAR: Final = {
    "day": DAYS_PER_YEAR,
    "week": DAYS_PER_YEAR / 7,
    "month": float(MONTHS_PER_YEAR),
    "year": 1.0,
}
PARAMETERS: Final[dict[str, tuple[Family, tuple[str, ...]]]] = {
    "exponential": (Family.EXPONENTIAL, ("rate",)),
    "weibull": (Family.WEIBULL, ("shape", "scale")),
    "gompertz": (Family.GOMPERTZ, ("shape", "rate")),
    "log_normal": (Family.LOG_NORMAL, ("mu", "sigma")),
    "log_logistic": (Family.LOG_LOGISTIC, ("shape", "scale")),
    "generalised_gamma": (Family.GENERALISED_GAMMA, ("mu", "sigma", "q")),
    "piecewise_exponential": (Family.PIECEWISE_EXPONENTIAL, ("rates",)),
    "spline": (Family.SPLINE, ("coefficients",)),
    "fixed": (Family.FIXED, ("time",)),
}
_AFT_OR_PH: Final = Text(
    "effect: aft (a positive number delays) or ph (a positive number raises the hazard), as there are effects",
    "effect：aft（正数表示延迟）或 ph（正数表示风险升高），因为写有效应",
)
_LIST: Final = Text("a list with one number a knot", "每个节点一个数值的列表")
_COHERENT: Final = Text("a coherent model: {why}", "自洽的模型（{why}）")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A model ready to run, with where its numbers come from and which of them vary."""

    spec: ModelFile
    model: Model
    numbers: Numbers
    patients: Patients
    rewards: Rewards
    sources: tuple[tuple[str, str], ...]
    unsourced: tuple[str, ...]
    varying: dict[str, Floats]


@dataclass(slots=True, kw_only=True)
class _Row:
    """One transition of the engine."""

    name: str
    spec: Transition
    targets: list[int]
    shares: list[Floats]
    family: Family
    parameters: list[Floats]
    knots: Floats
    clock: int
    effect: Effect
    effects: dict[str, Floats] = field(default_factory=dict)
    strategy_effects: dict[str, Floats] = field(default_factory=dict)
    cure: Floats | None = None
    cure_effects: dict[str, Floats] = field(default_factory=dict)
    shut: tuple[str, bool] | None = None


def build(path: Path, spec: ModelFile, *, draws: int, seed: int, patients: int | None = None) -> Built:
    """The arrays of a model file: parameter `draws` (1 when nothing varies), `patients` of a described population.

    Raises:
        InvalidInput: listing every problem with file, field, what was found and what to write instead.
    """
    noted = Draws(path, spec, draws=draws, seed=seed)
    axes = _axes(spec)
    rows = [row for transition in spec.transitions for row in _rows(noted, transition, spec, axes)]
    people = make_patients(noted, spec.patients, axes, count=patients)
    _check_names(noted, spec, axes)
    _check_sexes(noted, rows, axes, people)
    noted.finish()
    model, numbers = _model(spec, axes, rows), _numbers(noted, spec, axes, rows)
    rewards = make_rewards(noted, spec, axes, owners=[row.spec for row in rows])
    noted.finish()
    try:
        check(model, numbers, people, rewards)
    except ValueError as error:
        raise problem(path, "(model)", "numbers", _COHERENT.fill(why=error)) from None
    return Built(
        spec=spec,
        model=model,
        numbers=numbers,
        patients=people,
        rewards=rewards,
        sources=tuple(dict.fromkeys(noted.sources)),
        unsourced=tuple(dict.fromkeys(noted.unsourced)),
        varying=noted.varying,
    )


def _axes(spec: ModelFile) -> Axes:
    read = {transition.clock for transition in spec.transitions}
    ages = any(transition.family == "life_table" for transition in spec.transitions)
    clocks = ["sojourn", *([FORWARD] if FORWARD in read else []), *([AGE] if AGE in read or ages else [])]
    return Axes(
        states=tuple(spec.states),
        clocks=(*clocks, *(name for name in spec.clocks if name not in clocks)),
        covariates=tuple(spec.covariates),
        units_per_year=UNITS_PER_YEAR[spec.time_unit],
    )


def _check_names(noted: Draws, spec: ModelFile, axes: Axes) -> None:
    for name, clock in spec.clocks.items():
        if name in ("sojourn", RESET, FORWARD, AGE):
            taken = Text("a name other than reset, sojourn, forward and age", "reset、sojourn、forward、age 以外的名称")
            noted.refuse(f"clocks.{name}", show(name), taken)
        for state in clock.restarts_at:
            if state not in axes.states:
                noted.refuse(f"clocks.{name}.restarts_at", show(state), one_of(list(axes.states), state))
    seen: set[str] = set()
    for transition in spec.transitions:
        if transition.id in seen:
            noted.refuse(f"transitions.{transition.id}", "twice", Text("an id used once", "唯一的 id"))
        seen.add(transition.id)
    for name, strategy in spec.strategies.items():
        for state in strategy.states:
            if state not in axes.states:
                noted.refuse(f"strategies.{name}.states.{state}", show(state), one_of(list(axes.states), state))
    for needed in ("states", "strategies", "transitions"):
        if not getattr(spec, needed):
            noted.refuse(needed, "nothing", Text("at least one", "至少一项"))


def _check_sexes(noted: Draws, rows: list[_Row], axes: Axes, people: Patients) -> None:
    """A life table chosen by a covariate needs it to be 1 or 0 in every patient: no other value has a table."""
    for row in rows:
        if row.shut is not None and row.shut[0] in axes.covariates:
            values = people.covariates[:, axes.covariates.index(row.shut[0])]
            if not np.isin(values, (0.0, 1.0)).all():
                wanted = Text(
                    "1 (men) or 0 (women), as a life table is read by it", "1（男）或 0（女），生命表据此选取"
                )
                noted.refuse(f"patients.covariates.{row.shut[0]}", "another value", wanted)


def _rows(noted: Draws, transition: Transition, spec: ModelFile, axes: Axes) -> list[_Row]:
    at = f"transitions.{transition.id}"
    _refuse_names(noted, transition, spec, at)
    targets, shares = _targets(noted, transition, axes, at)
    common = {"spec": transition, "targets": targets, "shares": shares}
    for kind, names in (("covariates", transition.covariates), ("cure_covariates", transition.cure_covariates)):
        for name in names:
            if name not in axes.covariates:
                noted.refuse(f"{at}.{kind}.{name}", show(name), one_of(list(axes.covariates), name))
    effects = {n: noted.of(v, f"{at}.covariates.{n}", transition.source) for n, v in transition.covariates.items()}
    by_strategy = {n: noted.of(v, f"{at}.strategies.{n}", transition.source) for n, v in transition.strategies.items()}
    if transition.family == "life_table":
        return _table_rows(
            noted, transition, axes, targets=targets, shares=shares, effects=effects, by_strategy=by_strategy
        )
    family, parameters = _parameters(noted, transition, at)
    if (effects or by_strategy) and transition.effect is None:
        noted.refuse(f"{at}.effect", "nothing", _AFT_OR_PH)
    cure = None if transition.cure is None else noted.of(transition.cure, f"{at}.cure", transition.source)
    cure_effects = {
        name: noted.of(value, f"{at}.cure_covariates.{name}", transition.source)
        for name, value in transition.cure_covariates.items()
    }
    return [
        _Row(
            name=transition.id,
            **common,  # type: ignore[arg-type]
            family=family,
            parameters=parameters,
            knots=np.array(transition.knots, dtype=np.float64),
            clock=_clock(noted, transition, axes, at),
            effect=Effect.PH if transition.effect == "ph" else Effect.AFT,
            effects=effects,
            strategy_effects=by_strategy,
            cure=cure,
            cure_effects=cure_effects,
        )
    ]


def _table_rows(
    noted: Draws,
    transition: Transition,
    axes: Axes,
    *,
    targets: list[int],
    shares: list[Floats],
    effects: dict[str, Floats],
    by_strategy: dict[str, Floats],
) -> list[_Row]:
    at = f"transitions.{transition.id}"
    ages, rates = rates_of(noted, transition, at)
    sex = transition.life_table.sex if transition.life_table else "male"
    if sex not in ("male", "female", *axes.covariates):
        noted.refuse(f"{at}.life_table.sex", show(sex), one_of(["male", "female", *axes.covariates], sex))
    split = sex not in ("male", "female")
    return [
        _Row(
            name=f"{transition.id}_{one}" if split else transition.id,
            spec=transition,
            targets=targets,
            shares=shares,
            family=Family.PIECEWISE_EXPONENTIAL,
            parameters=[np.full(noted.size, rate / axes.units_per_year) for rate in rates[one]],
            knots=ages * axes.units_per_year,
            clock=axes.clocks.index(AGE),
            effect=Effect.PH,
            effects=dict(effects),
            strategy_effects=by_strategy,
            shut=(sex, one == "male") if split else None,
        )
        for one in (("male", "female") if split else (sex,))
        if one in rates
    ]


def _refuse_names(noted: Draws, transition: Transition, spec: ModelFile, at: str) -> None:
    states, strategies = list(spec.states), list(spec.strategies)
    if transition.source_state not in spec.states:
        noted.refuse(f"{at}.from", show(transition.source_state), one_of(states, transition.source_state))
    for name in transition.strategies:
        if name not in spec.strategies:
            noted.refuse(f"{at}.strategies.{name}", show(name), one_of(strategies, name))
    for name in transition.only_for or []:
        if name not in spec.strategies:
            noted.refuse(f"{at}.only_for", show(name), one_of(strategies, name))
    for name in transition.visits:
        if name not in spec.states:
            noted.refuse(f"{at}.visits.{name}", show(name), one_of(states, name))


def _targets(noted: Draws, transition: Transition, axes: Axes, at: str) -> tuple[list[int], list[Floats]]:
    given = {transition.to: 1.0} if isinstance(transition.to, str) else transition.to
    targets, shares = [], []
    for name, share in given.items():
        if name not in axes.states:
            noted.refuse(f"{at}.to", show(name), one_of(list(axes.states), name))
            continue
        targets.append(axes.states.index(name))
        certain = isinstance(transition.to, str)
        shares.append(np.ones(noted.size) if certain else noted.of(share, f"{at}.to.{name}", transition.source))
    return targets, shares


def _parameters(noted: Draws, transition: Transition, at: str) -> tuple[Family, list[Floats]]:
    family, names = PARAMETERS[transition.family]
    for name in transition.parameters:
        if name not in names:
            noted.refuse(f"{at}.parameters.{name}", show(name), one_of(list(names), name))
    values: list[Floats] = []
    for name in names:
        given = transition.parameters.get(name)
        where = f"{at}.parameters.{name}"
        listed = family in (Family.PIECEWISE_EXPONENTIAL, Family.SPLINE)
        if given is None:
            noted.refuse(where, "nothing", Text("this number", "必填的数值"))
        elif isinstance(given, list) != listed or (isinstance(given, list) and len(given) != len(transition.knots)):
            noted.refuse(where, show(given), _LIST if listed else Text("one number", "一个数值"))
        elif isinstance(given, list):
            values += [noted.of(v, f"{where}.{i + 1}", transition.source) for i, v in enumerate(given)]
        else:
            values.append(noted.of(given, where, transition.source))
    return family, values


def _clock(noted: Draws, transition: Transition, axes: Axes, at: str) -> int:
    if transition.clock in (RESET, "sojourn"):
        return SOJOURN
    if transition.clock not in axes.clocks:
        known = [RESET, FORWARD, AGE, *(name for name in axes.clocks if name not in ("sojourn", FORWARD, AGE))]
        noted.refuse(f"{at}.clock", show(transition.clock), one_of(known, transition.clock))
        return SOJOURN
    return axes.clocks.index(transition.clock)


def _model(spec: ModelFile, axes: Axes, rows: list[_Row]) -> Model:
    states, strategies = list(axes.states), list(spec.strategies)
    targets = np.full((len(rows), max(len(row.targets) for row in rows)), -1)
    restarts = np.zeros((len(axes.clocks), len(states)), dtype=bool)
    restarts[SOJOURN] = True
    for name, clock in spec.clocks.items():
        for state in clock.restarts_at:
            restarts[axes.clocks.index(name), states.index(state)] = True
    allows = np.ones((len(strategies), len(rows)), dtype=bool)
    least = np.zeros((len(rows), len(states)), dtype=np.int64)
    most = np.full((len(rows), len(states)), NO_LIMIT, dtype=np.int64)
    for j, row in enumerate(rows):
        targets[j, : len(row.targets)] = row.targets
        if row.spec.only_for is not None:
            allows[:, j] = [name in row.spec.only_for for name in strategies]
        for name, visits in row.spec.visits.items():
            least[j, states.index(name)] = visits.least
            most[j, states.index(name)] = NO_LIMIT if visits.most is None else visits.most
    return Model(
        time_unit=spec.time_unit,
        horizon=spec.horizon,
        states=axes.states,
        transitions=tuple(row.name for row in rows),
        clocks=axes.clocks,
        covariates=axes.covariates,
        strategies=tuple(strategies),
        source=np.array([states.index(row.spec.source_state) for row in rows]),
        targets=targets,
        family=np.array([int(row.family) for row in rows]),
        clock=np.array([row.clock for row in rows]),
        effect=np.array([int(row.effect) for row in rows]),
        has_cure=np.array([row.cure is not None for row in rows]),
        knots=tuple(row.knots for row in rows),
        clock_restarts=restarts,
        strategy_allows=allows,
        visits_least=least,
        visits_most=most,
    )


def _numbers(noted: Draws, spec: ModelFile, axes: Axes, rows: list[_Row]) -> Numbers:
    size, count, strategies = noted.size, len(rows), list(spec.strategies)
    parameters = np.zeros((size, count, max(len(row.parameters) for row in rows)))
    shares = np.zeros((size, count, max(len(row.targets) for row in rows)))
    effects, cure_effects = (np.zeros((size, count, len(axes.covariates))) for _ in range(2))
    by_strategy, cure = np.zeros((size, count, len(strategies))), np.zeros((size, count))
    for j, row in enumerate(rows):
        for place, values in enumerate(row.parameters):
            parameters[:, j, place] = values
        for place, values in enumerate(row.shares):
            shares[:, j, place] = values
        for name, values in row.effects.items():
            effects[:, j, axes.covariates.index(name)] = values
        for name, values in row.cure_effects.items():
            cure_effects[:, j, axes.covariates.index(name)] = values
        for name, values in row.strategy_effects.items():
            by_strategy[:, j, strategies.index(name)] = values
        if row.cure is not None:
            cure[:, j] = row.cure
        if row.shut is not None:
            covariate, for_men = row.shut
            effects[:, j, axes.covariates.index(covariate)] += SHUT if for_men else -SHUT
            by_strategy[:, j] -= SHUT if for_men else 0.0
    return Numbers(
        parameters=parameters,
        effects=effects,
        strategy_effects=by_strategy,
        shares=shares,
        cure=cure,
        cure_effects=cure_effects,
    )
