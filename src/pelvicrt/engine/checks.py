"""Do the arrays of a model fit together, and which hash names them? Said once, before any engine reads them."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.laws import parameter_count
from pelvicrt.engine.model import NO_LIMIT, SOJOURN, Effect, Family, Model, Numbers, Patients, Rewards
from pelvicrt.engine.splines import spline_slope

Part = Model | Numbers | Patients | Rewards
_POSITIVE = {
    Family.EXPONENTIAL: (),
    Family.WEIBULL: (0, 1),
    Family.LOG_NORMAL: (1,),
    Family.LOG_LOGISTIC: (0, 1),
    Family.GENERALISED_GAMMA: (1,),
}
"""Which numbers of a family must be above 0."""
_NOT_NEGATIVE = {Family.EXPONENTIAL: (0,), Family.GOMPERTZ: (1,), Family.FIXED: (0,)}


def check(model: Model, numbers: Numbers, patients: Patients, rewards: Rewards) -> None:
    """Refuse arrays that do not describe a model, and make all of them read-only.

    Raises:
        ValueError: naming the array and the transition, state or patient that does not fit.
    """
    check_model(model)
    check_numbers(model, numbers)
    check_patients(model, patients)
    check_rewards(model, rewards, draws=len(numbers.parameters))
    for part in (model, numbers, patients, rewards):
        for _name, array in _arrays(part):
            array.flags.writeable = False


def check_model(model: Model) -> None:
    """Refuse a structure whose arrays do not fit together."""
    states, transitions = len(model.states), len(model.transitions)
    for name in ("states", "transitions", "clocks", "covariates", "strategies"):
        words = getattr(model, name)
        _refuse(len(set(words)) != len(words), f"{name} has a name twice")
    _shape("source", model.source, (transitions,))
    _shape("targets", model.targets, (transitions, None))
    for name in ("family", "clock", "effect", "has_cure"):
        _shape(name, getattr(model, name), (transitions,))
    _shape("clock_restarts", model.clock_restarts, (len(model.clocks), states))
    _shape("strategy_allows", model.strategy_allows, (len(model.strategies), transitions))
    for name in ("visits_least", "visits_most"):
        _shape(name, getattr(model, name), (transitions, states))
    _refuse(not (np.isfinite(model.horizon) and model.horizon > 0), f"horizon {model.horizon} is not above 0")
    _refuse(not model.clock_restarts[SOJOURN].all(), "clock 0 is the sojourn: it must restart at every state")
    _refuse(len(model.knots) != transitions, f"knots has {len(model.knots)} entries for {transitions} transitions")
    for j in range(transitions):
        _check_transition(model, j)


def _check_transition(model: Model, j: int) -> None:
    name, states = model.transitions[j], len(model.states)
    targets = model.targets[j][model.targets[j] >= 0]
    _refuse(not 0 <= model.source[j] < states, f"transition {name} starts from no state ({model.source[j]})")
    _refuse(len(targets) == 0 or bool((targets >= states).any()), f"transition {name} leads to no state")
    _refuse(model.family[j] not in set(Family), f"transition {name} has no family {model.family[j]}")
    _refuse(model.effect[j] not in set(Effect), f"transition {name} has no effect {model.effect[j]}")
    _refuse(not 0 <= model.clock[j] < len(model.clocks), f"transition {name} reads no clock ({model.clock[j]})")
    family = Family(int(model.family[j]))
    knots = model.knots[j]
    if family in {Family.SPLINE, Family.PIECEWISE_EXPONENTIAL}:
        _refuse(len(knots) < 1 + (family is Family.SPLINE), f"transition {name} needs knots")
        _refuse(bool((np.diff(knots) <= 0).any()), f"knots of transition {name} do not rise")
        first = family is Family.PIECEWISE_EXPONENTIAL and knots[0] != 0
        _refuse(first, f"the first piece of transition {name} begins at {knots[0]}, not at 0")
    fixed = family is Family.FIXED
    _refuse(fixed and bool(model.has_cure[j]), f"transition {name} has a fixed time and a cure share: one or the other")
    _refuse(fixed and model.effect[j] == Effect.PH, f"a fixed time (transition {name}) has no hazard to multiply")
    most = model.visits_most[j]
    _refuse(bool(((most != NO_LIMIT) & (most < 0)).any()), f"visits_most of transition {name} is below 0")


def check_numbers(model: Model, numbers: Numbers) -> None:
    """Refuse parameters that are no proper laws, shares that do not sum to 1, cure shares outside 0..1."""
    draws, transitions = len(numbers.parameters), len(model.transitions)
    covariates = len(model.covariates)
    _shape("parameters", numbers.parameters, (draws, transitions, None))
    _shape("effects", numbers.effects, (draws, transitions, covariates))
    _shape("strategy_effects", numbers.strategy_effects, (draws, transitions, len(model.strategies)))
    _shape("shares", numbers.shares, (draws, *model.targets.shape))
    _shape("cure", numbers.cure, (draws, transitions))
    _shape("cure_effects", numbers.cure_effects, (draws, transitions, covariates))
    for name in ("effects", "strategy_effects", "shares", "cure", "cure_effects"):
        _refuse(not np.isfinite(getattr(numbers, name)).all(), f"{name} holds a number that is not finite")
    for j, name in enumerate(model.transitions):
        used = model.targets[j] >= 0
        shares = numbers.shares[:, j][:, used]
        wrong = (shares < 0).any() or np.abs(shares.sum(axis=1) - 1.0).max() > 1e-9
        _refuse(bool(wrong), f"shares of transition {name} are not between 0 and 1 with sum 1")
        cure = numbers.cure[:, j]
        outside = model.has_cure[j] and ((cure < 0) | (cure > 1)).any()
        _refuse(bool(outside), f"the cure share of transition {name} is outside 0..1")
        _check_parameters(model, numbers, j)


def _check_parameters(model: Model, numbers: Numbers, j: int) -> None:
    family, name = Family(int(model.family[j])), model.transitions[j]
    count = parameter_count(family, model.knots[j])
    _refuse(numbers.parameters.shape[2] < count, f"transition {name} needs {count} parameters")
    values = numbers.parameters[:, j, :count]
    _refuse(not np.isfinite(values).all(), f"a parameter of transition {name} is not finite")
    for place in _POSITIVE.get(family, ()):
        _refuse(bool((values[:, place] <= 0).any()), f"parameter {place + 1} of transition {name} is not above 0")
    for place in _NOT_NEGATIVE.get(family, ()):
        _refuse(bool((values[:, place] < 0).any()), f"parameter {place + 1} of transition {name} is below 0")
    if family is Family.PIECEWISE_EXPONENTIAL:
        _refuse(bool((values < 0).any()), f"a rate of transition {name} is below 0")
    if family is Family.SPLINE:
        knots = model.knots[j]
        between = np.linspace(knots[0], knots[-1], 16 * len(knots))
        slopes = spline_slope(between, values[:, None, :], knots)
        _refuse(bool((slopes <= 0).any()), f"the spline of transition {name} falls somewhere: it is no hazard")


def check_patients(model: Model, patients: Patients) -> None:
    """Refuse patients who start nowhere, bring negative time or weigh nothing."""
    people = len(patients.weights)
    _refuse(people == 0, "there is no patient")
    _shape("covariates", patients.covariates, (people, len(model.covariates)))
    _shape("start_state", patients.start_state, (people,))
    _shape("clocks", patients.clocks, (people, len(model.clocks)))
    _shape("visits", patients.visits, (people, len(model.states)))
    states = patients.start_state
    _refuse(bool(((states < 0) | (states >= len(model.states))).any()), "a patient starts in no state")
    _refuse(not np.isfinite(patients.covariates).all(), "a covariate is not finite")
    _refuse(not (np.isfinite(patients.clocks) & (patients.clocks >= 0)).all(), "a clock reads below 0 at the start")
    weights = patients.weights
    _refuse(bool((weights < 0).any()) or weights.sum() <= 0, "weights must be at least 0, and one above 0")
    here = patients.visits[np.arange(people), states]
    _refuse(bool((patients.visits < 0).any() or (here < 1).any()), "the start state counts as one visit at least")


def check_rewards(model: Model, rewards: Rewards, *, draws: int) -> None:
    """Refuse rewards whose arrays do not fit, or whose pieces do not begin at 0 and rise."""
    names, states, strategies = len(rewards.names), len(model.states), len(model.strategies)
    _shape("discount", rewards.discount, (names,))
    _shape("breaks", rewards.breaks, (states, None))
    pieces = rewards.breaks.shape[1]
    for name, rest in (
        ("rate", (names, strategies, states, pieces)),
        ("once", (names, strategies, len(model.transitions))),
        ("at_start", (names, strategies)),
    ):
        array = getattr(rewards, name)
        _refuse(array.shape[:1] not in {(1,), (draws,)}, f"{name} has {len(array)} draws, not 1 or {draws}")
        _shape(name, array[0], rest)
        _refuse(not np.isfinite(array).all(), f"{name} holds a number that is not finite")
    _refuse(bool((rewards.breaks[:, 0] != 0).any()), "the first piece of a state's reward begins at 0")
    with np.errstate(invalid="ignore"):
        rises = (np.diff(rewards.breaks, axis=1) > 0) | np.isinf(rewards.breaks[:, 1:])
    _refuse(not rises.all(), "the pieces of a state's reward do not rise")


def model_hash(*parts: Part) -> str:
    """The first 16 digits of a hash over every name and number of the parts: same digits, same model.

    Raises:
        TypeError: for something that is not a part of a model.
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in parts:
        digest.update(type(part).__name__.encode())
        for field in dataclasses.fields(part):
            _feed(digest, field.name, getattr(part, field.name))
    return digest.hexdigest()


def _feed(digest: Any, name: str, value: object) -> None:
    digest.update(f"|{name}:".encode())
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype.str}{value.shape}".encode() + np.ascontiguousarray(value).tobytes())
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            _feed(digest, str(place), item)
    elif isinstance(value, (str, float, int)):
        digest.update(repr(value).encode())
    else:
        raise TypeError(f"{name} holds {type(value).__name__}, which has no hash here")


def _arrays(part: Part) -> list[tuple[str, npt.NDArray[Any]]]:
    found = []
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        items = value if isinstance(value, tuple) else (value,)
        found += [(field.name, item) for item in items if isinstance(item, np.ndarray)]
    return found


def _shape(name: str, array: npt.NDArray[Any], wanted: tuple[int | None, ...]) -> None:
    fits = array.ndim == len(wanted) and all(w in (None, n) for n, w in zip(array.shape, wanted, strict=True))
    _refuse(not fits, f"{name} has shape {array.shape}, not {wanted}")


def _refuse(wrong: bool, message: str) -> None:
    if wrong:
        raise ValueError(message)
