"""Lives simulated one step at a time from the written definition of a model: slow, plain, and no part of the engine."""

from __future__ import annotations

import numpy as np

from pelvicrt.engine import Model, Numbers, Patients, law_of


def time_spent(
    model: Model, numbers: Numbers, patients: Patients, *, lives: int, seed: int, discount: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Mean (discounted) time in each state and its standard error, for draw 0, strategy 0 and patient 0."""
    random = np.random.default_rng(seed)
    state = np.full(lives, int(patients.start_state[0]))
    clocks = np.tile(patients.clocks[0], (lives, 1))
    now, spent = np.zeros(lives), np.zeros((lives, len(model.states)))
    laws = [
        law_of(model, numbers, patients, transition=j, strategy=0, patient=0, draws=slice(0, 1))
        for j in range(len(model.transitions))
    ]
    while (now < model.horizon).any():
        wait, chosen = np.full(lives, np.inf), np.full(lives, -1)
        for j, law in enumerate(laws):
            here = (state == model.source[j]) & model.strategy_allows[0, j] & (now < model.horizon)
            draw = random.exponential(size=int(here.sum()))
            due = law.waiting_time(draw, at=clocks[here, model.clock[j]])[0]
            sooner = due < wait[here]
            wait[here] = np.where(sooner, due, wait[here])
            chosen[here] = np.where(sooner, j, chosen[here])
        end = np.minimum(now + wait, model.horizon)
        value = end - now if discount == 0 else (np.exp(-discount * now) - np.exp(-discount * end)) / discount
        spent[np.arange(lives), state] += value
        moved = (now + wait < model.horizon) & (chosen >= 0)
        clocks += (end - now)[:, None]
        now = end
        for j in np.unique(chosen[moved]):
            who = np.flatnonzero(moved & (chosen == j))
            branch = np.searchsorted(np.cumsum(numbers.shares[0, j]), random.random(len(who)))
            state[who] = model.targets[j, branch]
        for clock in range(len(model.clocks)):
            clocks[moved & model.clock_restarts[clock, state], clock] = 0.0
    return spent.mean(axis=0), spent.std(axis=0) / np.sqrt(lives)
