"""What is the work item W1? Six states, twelve Weibull transitions, three strategies, 1,000 patients, 1,000 draws.

Made up to look like the course of treated rectal cancer with liver metastases; its strategy effects are small on
purpose, so that noise in a ranking shows. Its numbers decide nothing about any patient.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pelvicrt.engine import NO_LIMIT, SOJOURN, Effect, Family, Model, Numbers, Patients, Rewards

STATES = ("event_free", "pelvic_failure", "hepatic_failure", "disseminated", "cancer_death", "other_death")
# from, to, scale [y], shape, then effects on log scale: age, sex, biomarker, strategy 2, strategy 3
TRANSITIONS = (
    (0, 1, 12.0, 0.9, 0.0, 0.05, -0.1, 0.5, 0.45),
    (0, 2, 2.5, 1.1, -0.05, 0.0, -0.3, 0.03, 0.02),
    (0, 3, 5.0, 1.2, -0.05, 0.0, -0.3, 0.03, -0.02),
    (0, 5, 30.0, 1.5, -0.3, 0.1, 0.0, -0.05, -0.08),
    (1, 0, 1.5, 1.3, -0.1, 0.0, -0.1, 0.0, 0.0),
    (1, 3, 1.5, 1.1, 0.0, 0.0, -0.2, 0.0, 0.0),
    (1, 4, 3.0, 1.2, -0.05, 0.0, -0.2, 0.0, 0.0),
    (2, 0, 1.2, 1.4, -0.1, 0.0, -0.2, 0.0, 0.0),
    (2, 3, 1.0, 1.1, 0.0, 0.0, -0.3, 0.0, 0.0),
    (2, 4, 2.5, 1.2, -0.05, 0.0, -0.3, 0.0, 0.0),
    (3, 4, 1.4, 1.2, -0.05, 0.0, -0.3, 0.0, 0.0),
    (3, 5, 20.0, 1.3, -0.2, 0.0, 0.0, 0.0, 0.0),
)
SPREADS = (0.10, 0.03, 0.05, 0.05, 0.10, 0.10)
SHAPE_SPREAD = 0.06
UTILITIES = (0.85, 0.70, 0.72, 0.60, 0.0, 0.0)
COSTS = (2000.0, 15000.0, 18000.0, 25000.0, 0.0, 0.0)
HORIZON_YEARS = 20.0
DISCOUNT_A_YEAR = 0.03
SEED = 1


Floats = npt.NDArray[np.float64]


class Problem(NamedTuple):
    """Everything a run needs."""

    model: Model
    numbers: Numbers
    patients: Patients
    rewards: Rewards


def whole(*, draws: int = 1000, patients: int = 1000) -> Problem:
    """W1 with drawn parameters and patients, or its first draws and patients."""
    table = np.array(TRANSITIONS)
    r = np.random.default_rng(SEED)
    base = np.column_stack([np.log(table[:, 2]), table[:, 4:]])
    coefficients = base + r.normal(0.0, 1.0, (1000, 12, 6)) * SPREADS
    shapes = np.exp(np.log(table[:, 3]) + r.normal(0.0, SHAPE_SPREAD, (1000, 12)))
    age, sex, marker = r.normal(0.0, 1.0, 1000), r.integers(0, 2, 1000), r.normal(0.0, 1.0, 1000)
    covariates = np.column_stack([age, sex, marker]).astype(np.float64)
    return _problem(coefficients[:draws], shapes[:draws], covariates[:patients])


def one_patient() -> Problem:
    """W1 for one patient with all covariates 0 and the parameters of the table."""
    table = np.array(TRANSITIONS)
    base = np.column_stack([np.log(table[:, 2]), table[:, 4:]])
    return _problem(base[None], table[None, :, 3], np.zeros((1, 3)))


def _problem(coefficients: Floats, shapes: Floats, covariates: Floats) -> Problem:
    return Problem(_model(), _numbers(coefficients, shapes), _patients(covariates), _rewards())


def _model() -> Model:
    count, states = len(TRANSITIONS), len(STATES)
    table = np.array(TRANSITIONS)
    return Model(
        time_unit="year",
        horizon=HORIZON_YEARS,
        states=STATES,
        transitions=tuple(f"{STATES[int(row[0])]}_to_{STATES[int(row[1])]}" for row in TRANSITIONS),
        clocks=("sojourn",),
        covariates=("age", "sex", "marker"),
        strategies=("1", "2", "3"),
        source=table[:, 0].astype(np.int64),
        targets=table[:, 1:2].astype(np.int64),
        family=np.full(count, Family.WEIBULL, dtype=np.int64),
        clock=np.full(count, SOJOURN, dtype=np.int64),
        effect=np.full(count, Effect.AFT, dtype=np.int64),
        has_cure=np.zeros(count, dtype=np.bool_),
        knots=tuple(np.array([]) for _ in range(count)),
        clock_restarts=np.ones((1, states), dtype=np.bool_),
        strategy_allows=np.ones((3, count), dtype=np.bool_),
        visits_least=np.zeros((count, states), dtype=np.int64),
        visits_most=np.full((count, states), NO_LIMIT, dtype=np.int64),
    )


def _numbers(coefficients: Floats, shapes: Floats) -> Numbers:
    draws, count = shapes.shape
    return Numbers(
        parameters=np.stack([shapes, np.exp(coefficients[:, :, 0])], axis=-1),
        effects=coefficients[:, :, 1:4].copy(),
        strategy_effects=np.concatenate([np.zeros((draws, count, 1)), coefficients[:, :, 4:]], axis=-1),
        shares=np.ones((draws, count, 1)),
        cure=np.zeros((draws, count)),
        cure_effects=np.zeros((draws, count, 3)),
    )


def _patients(covariates: Floats) -> Patients:
    people = len(covariates)
    visits = np.zeros((people, len(STATES)), dtype=np.int64)
    visits[:, 0] = 1
    return Patients(
        covariates=covariates,
        start_state=np.zeros(people, dtype=np.int64),
        clocks=np.zeros((people, 1)),
        weights=np.ones(people),
        visits=visits,
    )


def _rewards() -> Rewards:
    states, count = len(STATES), len(TRANSITIONS)
    alive = [1.0 if utility else 0.0 for utility in UTILITIES]
    rates = np.array([alive, UTILITIES, COSTS])
    return Rewards(
        names=("life_years", "qalys", "cost"),
        discount=np.array([0.0, DISCOUNT_A_YEAR, DISCOUNT_A_YEAR]),
        breaks=np.zeros((states, 1)),
        rate=np.broadcast_to(rates[None, :, None, :, None], (1, 3, 3, states, 1)).copy(),
        once=np.zeros((1, 3, 3, count)),
        at_start=np.zeros((1, 3, 3)),
    )
