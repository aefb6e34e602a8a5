"""Small models built straight as arrays: W1 (the project's simulation work item) and a builder for closed forms."""

from __future__ import annotations

import numpy as np

from pelvicrt.bench.w1 import TRANSITIONS
from pelvicrt.engine import NO_LIMIT, Effect, Family, Model, Numbers, Patients, Rewards

W1_STATES = ("event_free", "pelvic", "hepatic", "disseminated", "cancer_death", "other_death")


def a_model(
    rows: list[tuple],
    *,
    states: int,
    horizon: float,
    clocks: tuple[str, ...] = ("sojourn",),
    restarts: dict[int, list[int]] | None = None,
    strategies: int = 1,
    covariates: int = 0,
    draws: int = 1,
) -> tuple[Model, Numbers]:
    """A model of rows (from, to or tuple of targets, family, parameters[, options]); options are keyword values.

    Options: clock, effect, cure, knots, shares, effects, strategy_effects, allows, visits_least, visits_most.
    """
    count = len(rows)
    options = [row[4] if len(row) > 4 else {} for row in rows]
    targets = [row[1] if isinstance(row[1], tuple) else (row[1],) for row in rows]
    branches, width = max(map(len, targets)), max(len(row[3]) for row in rows)
    table = np.full((count, branches), -1)
    shares, parameters = np.zeros((draws, count, branches)), np.zeros((draws, count, max(width, 1)))
    effects, by_strategy = np.zeros((draws, count, covariates)), np.zeros((draws, count, strategies))
    for i, row in enumerate(rows):
        table[i, : len(targets[i])] = targets[i]
        shares[:, i, : len(targets[i])] = options[i].get("shares", 1.0)
        parameters[:, i, : len(row[3])] = row[3]
        effects[:, i] = options[i].get("effects", 0.0)
        by_strategy[:, i] = options[i].get("strategy_effects", 0.0)
    allows, clock_restarts = np.ones((strategies, count), dtype=bool), np.zeros((len(clocks), states), dtype=bool)
    clock_restarts[0] = True
    for clock, at in (restarts or {}).items():
        clock_restarts[clock, at] = True
    least, most = np.zeros((count, states), dtype=int), np.full((count, states), NO_LIMIT)
    for i, option in enumerate(options):
        allows[:, i] = option.get("allows", True)
        least[i] = option.get("visits_least", 0)
        most[i] = option.get("visits_most", NO_LIMIT)
    model = Model(
        time_unit="year",
        horizon=horizon,
        states=tuple(f"s{i}" for i in range(states)),
        transitions=tuple(f"t{i}" for i in range(count)),
        clocks=clocks,
        covariates=tuple(f"x{i}" for i in range(covariates)),
        strategies=tuple(f"a{i}" for i in range(strategies)),
        source=np.array([row[0] for row in rows]),
        targets=table,
        family=np.array([int(row[2]) for row in rows]),
        clock=np.array([option.get("clock", 0) for option in options]),
        effect=np.array([int(option.get("effect", Effect.AFT)) for option in options]),
        has_cure=np.array(["cure" in option for option in options]),
        knots=tuple(np.asarray(option.get("knots", ()), dtype=float) for option in options),
        clock_restarts=clock_restarts,
        strategy_allows=allows,
        visits_least=least,
        visits_most=most,
    )
    cure = np.tile([option.get("cure", 0.0) for option in options], (draws, 1)).astype(float)
    numbers = Numbers(
        parameters=parameters,
        effects=effects,
        strategy_effects=by_strategy,
        shares=shares,
        cure=cure,
        cure_effects=np.zeros((draws, count, covariates)),
    )
    return model, numbers


def one_patient(model: Model, *, start: int = 0, clocks: tuple[float, ...] = ()) -> Patients:
    """One patient with covariates 0 in a state, with readings on the clocks."""
    visits = np.zeros((1, len(model.states)), dtype=int)
    visits[0, start] = 1
    readings = np.zeros((1, len(model.clocks)))
    readings[0, : len(clocks)] = clocks
    return Patients(
        covariates=np.zeros((1, len(model.covariates))),
        start_state=np.array([start]),
        clocks=readings,
        weights=np.ones(1),
        visits=visits,
    )


def time_in_states(model: Model, *, discount: float = 0.0) -> Rewards:
    """One reward a state: the time spent there."""
    states = len(model.states)
    rate = np.zeros((1, states, len(model.strategies), states, 1))
    for state in range(states):
        rate[:, state, :, state] = 1.0
    return Rewards(
        names=model.states,
        discount=np.full(states, discount),
        breaks=np.zeros((states, 1)),
        rate=rate,
        once=np.zeros((1, states, len(model.strategies), len(model.transitions))),
        at_start=np.zeros((1, states, len(model.strategies))),
    )


def w1() -> tuple[Model, Numbers, Patients, Rewards]:
    """W1 with one patient with covariates 0 and the table's parameters."""
    rows = [
        (a, b, Family.WEIBULL, (shape, scale), {"effects": (age, sex, bio), "strategy_effects": (0, s2, s3)})
        for a, b, scale, shape, age, sex, bio, s2, s3 in TRANSITIONS
    ]
    model, numbers = a_model(rows, states=6, horizon=20.0, strategies=3, covariates=3)
    rate = np.zeros((1, 3, 3, 6, 1))
    rate[0, 0, :, :4, 0] = 1.0
    rate[0, 1, :, :4, 0] = [0.85, 0.70, 0.72, 0.60]
    rate[0, 2, :, :4, 0] = [2000, 15000, 18000, 25000]
    rewards = Rewards(
        names=("life_years", "qalys", "cost"),
        discount=np.array([0.0, 0.03, 0.03]),
        breaks=np.zeros((6, 1)),
        rate=rate,
        once=np.zeros((1, 3, 3, 12)),
        at_start=np.zeros((1, 3, 3)),
    )
    return model, numbers, one_patient(model), rewards
