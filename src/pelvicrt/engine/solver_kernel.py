"""How does mass flow through the states of one patient, interval by interval? Compiled, second order in the step.

Time is cut into N intervals. Whoever enters a state during an interval is taken to enter at its middle, so a slot m
holds what entered in interval m and reads (n - m - 1/2) steps at node n; cell k of a local table spans the readings
(k - 1/2)..(k + 1/2) steps, cell 0 the half step after entry. Who started before time 0 is kept apart (`before`).
Mass that keeps its local clock stays in its slot and meets the half step it missed in the next interval (`LATE`).
A FIXED time d = (f + w) steps falls in cell f for a share 1 - w and in cell f + 1 for the rest, which keeps its mean.
"""

from __future__ import annotations

import math

import numpy as np

from pelvicrt.engine.solver_arrays import (
    ENDLESS,
    GRID,
    PASSING,
    RENEWAL,
    TINY,
    Block,
    Floats,
    Flow,
    Shape,
    Tables,
    compiled,
)
from pelvicrt.engine.solver_leaving import hurry, jump, leave_before, leave_grid, leave_plain


@compiled
def walk(shape: Shape, tables: Tables, start: int, occupancy: Floats, flux: Floats) -> bool:
    """Fill `occupancy` (S, J, N + 1) at nodes and `flux` (T, N) over intervals; whether that ends (see `_factor`)."""
    intervals = flux.shape[1]
    flow = _empty(shape, tables, intervals)
    if shape.place[start] == PASSING:
        flow.passing[start] = 1.0
    else:
        flow.before[start] = 1.0
    late_old, late_new = flow.late, np.zeros_like(flow.late)
    before_late_old, before_late_new = flow.before_late, np.zeros_like(flow.before_late)
    _count(shape, tables, flow, late_old, before_late_old, 0, occupancy)
    changing, gridded = shape.on_time.any(), (shape.place == GRID).any()
    hurrying = shape.keeps.any() and (
        (tables.own[:, 0] >= 0.0).any() or (tables.timed[:, 0] >= 0.0).any() or (tables.early_timed[:, 0] >= 0.0).any()
    )
    for n in range(intervals):
        leave_plain(shape, tables, flow, n)
        if flow.before.any() or before_late_old.any():
            leave_before(shape, tables, flow, before_late_old, before_late_new, n)
        if gridded:
            leave_grid(shape, tables, flow, late_old, late_new, n)
        if hurrying:
            hurry(shape, tables, flow, late_new, before_late_new, n)
        if n == 0 or changing:
            _halve(shape, tables, flow, n)
            if not _factor(shape, tables, flow):
                return False
        _settle(shape, tables, flow, n, flux)
        _arrive(shape, tables, flow, late_new, n)
        late_old, late_new = late_new, late_old
        before_late_old, before_late_new = before_late_new, before_late_old
        _count(shape, tables, flow, late_old, before_late_old, n + 1, occupancy)
    return True


@compiled
def _empty(shape: Shape, tables: Tables, intervals: int) -> Flow:
    states, transitions = len(shape.place), len(tables.share)
    late = intervals if shape.keeps.any() else 0
    flow = Flow(
        np.zeros(states),
        np.zeros(states),
        np.zeros(states),
        np.zeros((states, intervals)),
        np.zeros((states, late)),
        np.zeros((states, intervals)),
        np.zeros(transitions),
        np.zeros((states, states)),
        np.zeros(states),
        np.zeros(transitions),
        np.zeros(states),
        np.zeros(intervals),
        np.zeros((states, intervals + 1)),
        np.zeros((states, intervals + 1)),
        np.zeros((transitions, intervals + 1)),
        np.zeros((states, intervals + 1)),
    )
    _prepare(shape, tables, flow, intervals)
    return flow


@compiled
def _prepare(shape: Shape, tables: Tables, flow: Flow, intervals: int) -> None:
    """Tables, last cell first; `exits` are the cells of a grid state and the exit chances of a renewal state."""
    firsts, on_time, order, places = shape.first, shape.on_time, shape.order, shape.place
    cell = tables.cell
    exits, all_stays, all_sums = flow.exits, flow.stays, flow.sums
    for state in range(len(places)):
        if places[state] == PASSING:
            continue
        for k in range(intervals + 1):
            total = 0.0
            for at in range(firsts[state], firsts[state + 1]):
                if not on_time[order[at]]:
                    total += cell[order[at], k]
                    exits[order[at], intervals - k] = cell[order[at], k]
            all_sums[state, intervals - k] = total
            all_stays[state, intervals - k] = math.exp(-total)
        if places[state] == RENEWAL:
            _renew(shape, tables, flow, state, intervals)


@compiled
def _renew(shape: Shape, tables: Tables, flow: Flow, state: int, intervals: int) -> None:
    firsts, order = shape.first, shape.order
    cell, own_jumps = tables.cell, tables.own
    exits, still_there, all_stays, all_sums = flow.exits, flow.staying, flow.stays, flow.sums
    left = 1.0
    for k in range(intervals + 1):
        factor, leave = jump(own_jumps, state, k)
        total = all_sums[state, intervals - k]
        stay = all_stays[state, intervals - k] if factor == 1.0 else math.exp(-total * factor)
        ratio = left * (1.0 - stay) / (total + TINY)
        for at in range(firsts[state], firsts[state + 1]):
            exits[order[at], intervals - k] = ratio * cell[order[at], k]
        left *= stay
        if leave > 0.0:
            exits[int(own_jumps[state, 0]), intervals - k] += left * leave
            left *= 1.0 - leave
        still_there[state, intervals - k] = left


@compiled
def _halve(shape: Shape, tables: Tables, flow: Flow, n: int) -> None:
    """`soon` (T,): the share of this interval's entrants that leaves again in the half interval left to them."""
    firsts, on_time, order, places = shape.first, shape.on_time, shape.order, shape.place
    cell, own_jumps, timed_jumps = tables.cell, tables.own, tables.timed
    exits, soon, all_sums, timed_now = flow.exits, flow.soon, flow.sums, flow.timed
    last = exits.shape[1] - 1
    for state in range(len(places)):
        first, end = firsts[state], firsts[state + 1]
        if places[state] == RENEWAL:
            for at in range(first, end):
                soon[order[at]] = exits[order[at], last]
            continue
        local = all_sums[state, last] if places[state] == GRID else 0.0
        total = local + 0.5 * timed_now[state]
        factor, leave = jump(own_jumps, state, 0)
        passed = timed_jumps[state, 0] >= 0.0 and n > timed_jumps[state, 1]
        stay = 1.0 if passed else math.exp(-total * factor)
        ratio = (1.0 - stay) / (total + TINY)
        for at in range(first, end):
            transition = order[at]
            hazard = 0.5 * cell[transition, n] if on_time[transition] else cell[transition, 0]
            soon[transition] = ratio * hazard
        if leave > 0.0:
            soon[int(own_jumps[state, 0])] += stay * leave
        if passed:
            soon[int(timed_jumps[state, 0])] += stay * (1.0 - leave)


@compiled
def _factor(shape: Shape, tables: Tables, flow: Flow) -> bool:
    """Factors of I - M into `flow.chain`, M the share of entrants of a state that enters another within the interval.

    Whether it can be done: not when everybody goes round a cycle of states that takes no time.
    """
    chain, soon, share, states = flow.chain, flow.soon, tables.share, len(shape.place)
    targets, keeps, order, firsts = shape.targets, shape.keeps, shape.order, shape.first
    chain[:] = 0.0
    for state in range(states):
        chain[state, state] = 1.0
    for state in range(states):
        for at in range(firsts[state], firsts[state + 1]):
            transition = order[at]
            for branch in range(targets.shape[1]):
                target = targets[transition, branch]
                if target >= 0 and not keeps[transition, branch]:
                    chain[target, state] -= soon[transition] * share[transition, branch]
    for pivot in range(states):
        if chain[pivot, pivot] < ENDLESS:
            return False
        for row in range(pivot + 1, states):
            if chain[row, pivot] != 0.0:
                chain[row, pivot] /= chain[pivot, pivot]
                for column in range(pivot + 1, states):
                    chain[row, column] -= chain[row, pivot] * chain[pivot, column]
    return True


@compiled
def _settle(shape: Shape, tables: Tables, flow: Flow, n: int, flux: Floats) -> None:
    """All entrants of the interval in `settled`, those who leave again within it counted wherever they pass."""
    chain, settled, leaving, soon, share = flow.chain, flow.settled, flow.leaving, flow.soon, tables.share
    targets, keeps, order, firsts, states = shape.targets, shape.keeps, shape.order, shape.first, len(shape.place)
    settled[:] = 0.0
    for transition in range(len(leaving)):
        amount = leaving[transition]
        if amount > 0.0:
            for branch in range(targets.shape[1]):
                target = targets[transition, branch]
                if target >= 0 and not keeps[transition, branch]:
                    settled[target] += amount * share[transition, branch]
    for row in range(states):
        for column in range(row):
            settled[row] -= chain[row, column] * settled[column]
    for row in range(states - 1, -1, -1):
        for column in range(row + 1, states):
            settled[row] -= chain[row, column] * settled[column]
        settled[row] = max(settled[row] / chain[row, row], 0.0)
    for state in range(states):
        for at in range(firsts[state], firsts[state + 1]):
            leaving[order[at]] += settled[state] * soon[order[at]]
    flux[:, n] = leaving
    leaving[:] = 0.0


@compiled
def _arrive(shape: Shape, tables: Tables, flow: Flow, late_new: Floats, n: int) -> None:
    """Place the settled entrants, without those who left at once, in their states."""
    firsts, keeps, order, places, targets = shape.first, shape.keeps, shape.order, shape.place, shape.targets
    shares = tables.share
    entry_mass, passing, settled, slot_mass, soon = flow.entries, flow.passing, flow.settled, flow.slots, flow.soon
    for state in range(len(places)):
        mass = settled[state]
        if places[state] == RENEWAL:
            entry_mass[state, n] = mass
            continue
        kept = mass
        for at in range(firsts[state], firsts[state + 1]):
            transition = order[at]
            gone = mass * soon[transition]
            kept -= gone
            for branch in range(targets.shape[1]):
                if keeps[transition, branch]:
                    late_new[targets[transition, branch], n] += gone * shares[transition, branch]
        if places[state] == PASSING:
            passing[state] += max(kept, 0.0)
        else:
            slot_mass[state, n] = max(kept, 0.0)


@compiled
def _count(
    shape: Shape, tables: Tables, flow: Flow, late: Floats, before_late: Floats, node: int, occupancy: Floats
) -> None:
    """Occupancy at a node, by piece of the rewards."""
    piece_counts, places = shape.pieces, shape.place
    early_weight, weights = tables.early_weight, tables.weight
    befores, entry_mass, passing, ratios, slot_mass, still_there = (
        flow.before,
        flow.entries,
        flow.passing,
        flow.ratio,
        flow.slots,
        flow.staying,
    )
    last = still_there.shape[1] - 1
    for state in range(len(places)):
        if places[state] == PASSING:
            occupancy[state, 0, node] = passing[state]
            continue
        before = befores[state] + before_late[state]
        slots = slot_mass[state][:node]
        if places[state] == RENEWAL:
            slots = ratios[:node]
            entries, staying = entry_mass[state][:node], still_there[state][last - node + 1 : last + 1]
            for i in range(node):
                slots[i] = entries[i] * staying[i]
        pieces = piece_counts[state]
        for piece in range(pieces):
            total = 0.0
            if pieces == 1:
                for i in range(node):
                    total += slots[i]
            else:
                weight = weights[state, piece]
                for i in range(node):
                    total += slots[i] * weight[node - i]
            if late.shape[1] > 0:
                for i in range(node):
                    total += late[state, i] * (1.0 if pieces == 1 else weights[state, piece, node - i])
            total += before * (1.0 if pieces == 1 else early_weight[state, piece, node])
            occupancy[state, piece, node] = total


@compiled
def walk_block(shape: Shape, block: Block, start: int, occupancy: Floats, flux: Floats) -> bool:
    """Walk every draw of a block; whether each ends (see `_factor`)."""
    for d in range(len(flux)):
        tables = Tables(
            block.cell[d],
            block.early[d],
            block.share[d],
            block.own[d],
            block.timed[d],
            block.early_timed[d],
            block.weight,
            block.early_weight,
        )
        if not walk(shape, tables, start, occupancy[d], flux[d]):
            return False
    return True
