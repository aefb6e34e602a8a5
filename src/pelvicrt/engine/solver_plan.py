"""Can a model be solved on a grid, and how is each state kept there? If it cannot, which rule says so.

Mass in a state is kept by the time its local clock was last set to zero. That works when every clock that matters in
the state is a function of model time (a clock nothing on the way restarts) or of that one local clock. A clock matters
in a state when a transition out of it reads it, when a reward changes with it, or when it is carried on to a state
where it matters. Whoever has not left the start knows all his clocks, so the start state alone sets no limit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.model import NO_LIMIT, SOJOURN, Family, Model, Numbers, Patients, Rewards
from pelvicrt.foundation import Text

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Place(IntEnum):
    """How a state's mass is kept: no clock matters; by local clock beside model time; by sojourn alone (renewal)."""

    PASSING = 0
    GRID = 1
    RENEWAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """S states, T transitions, B branches.

    `place` and `local` (S): how a state is kept and its local clock (-1: none). `on_time` (T): the hazard is a function
    of model time. `keeps` (T, B): the local clock runs on through the branch. `started` (S): may hold patients whose
    local clock was set before time 0. `live` (T): the transition can happen at all.
    """

    place: Ints
    local: Ints
    on_time: Flags
    keeps: Flags
    started: Flags
    live: Flags


def why_not_solvable(
    model: Model, patients: Patients, rewards: Rewards | None = None, *, numbers: Numbers | None = None
) -> tuple[Text, ...]:
    """The rules that keep a model from the solver, empty when it can be solved.

    Without `rewards` no reward is taken to change with time in state; without `numbers` no fixed time to have passed.
    """
    passed = [] if numbers is None else _passed_already(model, numbers, patients)
    return (*_guards(model), *_mixed_clocks(model, patients, rewards), *passed)


def make_plan(model: Model, numbers: Numbers, patients: Patients, rewards: Rewards) -> Plan:
    """How each state and transition is kept on the grid.

    Raises:
        ValueError: when the model cannot be solved, with the reasons.
    """
    reasons = why_not_solvable(model, patients, rewards, numbers=numbers)
    if reasons:
        raise ValueError("the solver does not apply: " + "; ".join(reason.en for reason in reasons))
    live, entered = live_transitions(model), entered_states(model, patients)
    needs = _needs(model, patients, rewards)
    local = np.full(len(model.states), -1, dtype=np.int64)
    for state, clocks in enumerate(needs):
        if clocks:
            carried = [clock for clock in sorted(clocks) if not _restarts(model, clock, state)]
            local[state] = carried[0] if carried and entered[state] else SOJOURN
    on_time = live & ((local[model.source] < 0) | np.isin(model.clock, _forward(model, entered)))
    keeps = _keeps(model, local, live)
    return Plan(
        place=_places(model, local, on_time=on_time, keeps=keeps),
        local=local,
        on_time=on_time,
        keeps=keeps,
        started=_started(model, patients, local, keeps),
        live=live,
    )


def live_transitions(model: Model) -> Flags:
    """(T,) whether some strategy allows a transition that can happen."""
    return np.asarray(model.strategy_allows.any(axis=0) & (model.family != Family.NEVER))


def entered_states(model: Model, patients: Patients) -> Flags:
    """(S,) the states somebody can enter through a transition."""
    reached = np.zeros(len(model.states), dtype=bool)
    reached[patients.start_state] = True
    entered = np.zeros(len(model.states), dtype=bool)
    live = live_transitions(model)
    for _ in model.states:
        for transition in np.flatnonzero(live & reached[model.source]):
            targets = model.targets[transition]
            entered[targets[targets >= 0]] = True
        reached |= entered
    return entered


def _restarts(model: Model, clock: int, state: int) -> bool:
    return clock == SOJOURN or bool(model.clock_restarts[clock, state])


def _forward(model: Model, entered: Flags) -> Ints:
    """The clocks nothing on the way restarts: functions of model time."""
    restarted = np.asarray(model.clock_restarts[:, entered].any(axis=1))
    restarted[SOJOURN] = True
    return np.flatnonzero(~restarted)


def _needs(model: Model, patients: Patients, rewards: Rewards | None) -> list[set[int]]:
    live, entered = live_transitions(model), entered_states(model, patients)
    forward = set(_forward(model, entered).tolist())
    needs: list[set[int]] = [set() for _ in model.states]
    for transition in np.flatnonzero(live):
        memoryless = model.family[transition] == Family.EXPONENTIAL and not model.has_cure[transition]
        if not memoryless and int(model.clock[transition]) not in forward:
            needs[int(model.source[transition])].add(int(model.clock[transition]))
    if rewards is not None:
        for state in np.flatnonzero((rewards.breaks[:, 1:] < model.horizon).any(axis=1)):
            needs[int(state)].add(SOJOURN)
    for _ in model.states:
        for transition in np.flatnonzero(live):
            for target in model.targets[transition]:
                if target >= 0:
                    carried = {clock for clock in needs[target] if not _restarts(model, clock, int(target))}
                    needs[int(model.source[transition])] |= carried
    return needs


def _mixed_clocks(model: Model, patients: Patients, rewards: Rewards | None) -> list[Text]:
    entered = entered_states(model, patients)
    found = []
    for state, clocks in enumerate(_needs(model, patients, rewards)):
        carried = [clock for clock in clocks if not _restarts(model, clock, state)]
        own = [clock for clock in clocks if _restarts(model, clock, state)]
        if entered[state] and carried and len(carried) + bool(own) > 1:
            names = ", ".join(model.clocks[clock] for clock in sorted(clocks))
            found.append(
                Text(
                    f"state {model.states[state]} depends on several clocks at once ({names}), none of them a "
                    "function of the time since start or of the others",
                    f"状态 {model.states[state]} 同时依赖多个时钟（{names}），它们不是起始后时间的函数，也不能互相推出",
                )
            )
    return found


def _guards(model: Model) -> list[Text]:
    found = []
    for transition in np.flatnonzero(live_transitions(model)):
        least = model.visits_least[transition].copy()
        source = int(model.source[transition])
        least[source] = 0 if least[source] <= 1 else least[source]
        if (least > 0).any() or (model.visits_most[transition] != NO_LIMIT).any():
            name = model.transitions[transition]
            found.append(
                Text(
                    f"transition {name} is guarded by the number of earlier visits",
                    f"转移 {name} 受既往进入次数的限制",
                )
            )
    return found


def _passed_already(model: Model, numbers: Numbers, patients: Patients) -> list[Text]:
    """Fixed times that are over before time 0 for someone in their state."""
    found = []
    fixed = np.flatnonzero(live_transitions(model) & (model.family == Family.FIXED))
    for transition in fixed:
        here = patients.start_state == model.source[transition]
        read = patients.clocks[here, model.clock[transition]]
        effects = numbers.effects[:, transition] @ patients.covariates[here].T
        shifts = effects[:, None] + numbers.strategy_effects[:, transition, :, None]
        due = numbers.parameters[:, transition, 0][:, None, None] * np.exp(shifts)
        if ((due <= read) & (read > 0.0)).any():
            name = model.transitions[transition]
            found.append(
                Text(
                    f"the fixed time of transition {name} has passed already at the start",
                    f"转移 {name} 的固定时间在起始时已过",
                )
            )
    return found


def _keeps(model: Model, local: Ints, live: Flags) -> Flags:
    keeps = np.zeros(model.targets.shape, dtype=bool)
    for transition, branch in zip(*np.nonzero((model.targets >= 0) & live[:, None]), strict=True):
        target = int(model.targets[transition, branch])
        keeps[transition, branch] = local[target] >= 0 and not _restarts(model, int(local[target]), target)
    return keeps


def _places(model: Model, local: Ints, *, on_time: Flags, keeps: Flags) -> Ints:
    place = np.where(local >= 0, Place.RENEWAL, Place.PASSING).astype(np.int64)
    beside = set(model.source[on_time].tolist()) | set(model.source[keeps.any(axis=1)].tolist())
    beside |= set(model.targets[keeps].tolist())
    for state in beside:
        if local[state] >= 0:
            place[state] = Place.GRID
    return place


def _started(model: Model, patients: Patients, local: Ints, keeps: Flags) -> Flags:
    started = np.zeros(len(model.states), dtype=bool)
    started[patients.start_state] = True
    for _ in model.states:
        for transition in range(len(model.transitions)):
            if started[model.source[transition]]:
                started[model.targets[transition][keeps[transition]]] = True
    return np.asarray(started & (local >= 0))
