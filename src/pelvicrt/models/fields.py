"""What may stand in a model file? `pelvicrt.model/1`: states, transitions, numbers, patients, strategies, rewards.

Numbers are written three ways: as a number; as a mapping with `value` or a `distribution` (and a `source`); or as the
name of an entry under `parameters`. Rewards are per year whatever the time unit; every other time is in the time unit.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "pelvicrt.model/1"
Name = Annotated[str, Field(pattern=r"^[^\W\d]\w{0,63}$")]
Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Quantity(_Strict):
    """A number with what is known of it. `distribution` has the numbers a and b of its family.

    fixed(a); normal(mean a, sd b); lognormal(median a, sd of the log b); logitnormal(median a, sd of the logit b);
    beta(a, b); uniform(low a, high b); truncated_normal(mean a, sd b), cut at 0.
    """

    value: Finite | None = None
    distribution: (
        Literal["fixed", "normal", "lognormal", "logitnormal", "beta", "uniform", "truncated_normal"] | None
    ) = None
    a: Finite | None = None
    b: Finite = 0.0
    source: str | None = None


Number = Finite | Quantity | Name


class Correlated(_Strict):
    """Parameters that vary together: multivariate normal on the scale named."""

    parameters: list[Name]
    scale: Literal["natural", "log", "logit"] = "natural"
    mean: list[Finite]
    covariance: list[list[Finite]]
    source: str | None = None


class Piece(_Strict):
    """A reward from a time in state on."""

    since: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    value: Number


Reward = Number | list[Piece]


class State(_Strict):
    """A state; one that nothing leaves is absorbing. `alive` says whether its time counts as life-years."""

    name: str | None = None
    alive: bool | None = None
    utility: Reward = 0.0
    cost: Reward = 0.0
    source: str | None = None


class Clock(_Strict):
    """A clock of your own: set to 0 on entering the states named, else running on."""

    restarts_at: list[Name]


class Visits(_Strict):
    """How often a state must, and may at most, have been entered for a transition to be open."""

    least: Annotated[int, Field(ge=0)] = 0
    most: Annotated[int, Field(ge=0)] | None = None


class LifeTable(_Strict):
    """Yearly death rates from each age on: the id of a table of the library, or one written out.

    `sex`: male, female, or the name of a covariate that is 1 for men and 0 for women.
    """

    table: str | None = None
    ages: list[Finite] | None = None
    male: list[Finite] | None = None
    female: list[Finite] | None = None
    sex: Name


class Transition(_Strict):
    """One transition: where from and to, when, for whom. `to` is a state, or states with their shares."""

    id: Name
    source_state: Name = Field(alias="from")
    to: Name | dict[Name, Number]
    family: Literal[
        "exponential",
        "weibull",
        "gompertz",
        "log_normal",
        "log_logistic",
        "generalised_gamma",
        "piecewise_exponential",
        "spline",
        "fixed",
        "life_table",
    ]
    parameters: dict[str, Number | list[Number]] = {}
    knots: list[Finite] = []
    life_table: LifeTable | None = None
    clock: Name = "reset"
    effect: Literal["aft", "ph"] | None = None
    covariates: dict[Name, Number] = {}
    strategies: dict[Name, Number] = {}
    cure: Number | None = None
    cure_covariates: dict[Name, Number] = {}
    only_for: list[Name] | None = None
    visits: dict[Name, Visits] = {}
    cost: Number = 0.0
    qalys: Number = 0.0
    source: str | None = None


class StateReward(_Strict):
    """What a state is worth under one strategy, where that differs."""

    utility: Reward | None = None
    cost: Reward | None = None


class Strategy(_Strict):
    """A strategy: its name, what it costs at the start, and states that are worth something else under it."""

    name: str | None = None
    cost_at_start: Number = 0.0
    qalys_at_start: Number = 0.0
    states: dict[Name, StateReward] = {}
    source: str | None = None


class Start(_Strict):
    """Where a patient stands at time 0, for how long already, what clocks of your own read, what he went through."""

    state: Name
    sojourn: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0
    clocks: dict[Name, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = {}
    visits: dict[Name, Annotated[int, Field(ge=0)]] = {}


class Population(_Strict):
    """Who is simulated: a CSV of patients, or the same covariates, age and start for all with their distributions."""

    file: str | None = None
    covariates: dict[Name, Finite | Quantity | dict[float, Finite]] = {}
    age_years: Finite | Quantity | None = None
    start: Start | None = None


class Discount(_Strict):
    """Continuous yearly discount rates; life-years are never discounted."""

    qalys: Annotated[float, Field(ge=0, lt=1)] = 0.0
    cost: Annotated[float, Field(ge=0, lt=1)] = 0.0


class ModelFile(_Strict):
    """A multi-state model with everything needed to run it."""

    schema_: Literal["pelvicrt.model/1"] = Field(alias="schema")
    id: Annotated[str, Field(pattern=r"^\w[\w.\-]{0,63}$")]
    title: str | None = None
    time_unit: Literal["day", "week", "month", "year"]
    horizon: Positive
    step: Positive | None = None
    discount: Discount = Discount()
    willingness_to_pay: Annotated[float, Field(ge=0)] | None = None
    parameters: dict[Name, Number] = {}
    correlated: list[Correlated] = []
    draws_file: str | None = None
    covariates: list[Name] = []
    clocks: dict[Name, Clock] = {}
    states: dict[Name, State]
    strategies: dict[Name, Strategy]
    transitions: list[Transition]
    patients: Population = Population()


def model_schema() -> dict[str, Any]:
    """The JSON Schema of a model file."""
    return ModelFile.model_json_schema(by_alias=True)
