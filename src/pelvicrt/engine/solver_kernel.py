"""How does mass flow through the states of one patient, interval by interval? Compiled, second order in the step.

Time is cut into N intervals. Whoever enters a state during an interval is taken to enter at its middle, so a slot m
holds what entered in interval m and reads (n - m - 1/2) steps at node n; cell k of a local table spans the readings
(k - 1/2)..(k + 1/2) steps, cell 0 the half step after entry. Who started before time 0 is kept apart (`before`).
Mass that keeps its local clock stays in its slot and meets the half step it missed in the next interval (`LATE`).
A FIXED time d = (f + w) steps falls in cell f for a share 1 - w and in cell f + 1 for the rest, which keeps its mean.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

PASSING, GRID, RENEWAL = 0, 1, 2
LATE = 1.5
TINY = 1e-300
SETTLED = 1e-12
MOST_ROUNDS = 2000


F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function on first use and keep the result on disk."""
    made = numba.njit(cache=True, error_model="numpy", nogil=True, fastmath={"reassoc", "contract", "nsz"})(function)
    return cast("F", made)


class Shape(NamedTuple):
    """Structure: `order[first[s]:first[s + 1]]` are the transitions out of s that can happen under the strategy."""

    place: Ints
    first: Ints
    order: Ints
    targets: Ints
    keeps: Flags
    on_time: Flags
    pieces: Ints


class Tables(NamedTuple):
    """Hazards of one draw: `cell` (T, N + 1) by local cell or interval, `early` (T, N) for those started before 0.

    `own`, `timed`, `early_timed` (S, 3): the FIXED exit on the local clock, on model time, and of those started before
    0, as (transition or -1, cell f, share w). `weight` (S, J, N + 1), `early_weight` (S, J, N + 1): which share of a
    reading lies in each piece of the rewards.
    """

    cell: Floats
    early: Floats
    share: Floats
    own: Floats
    timed: Floats
    early_timed: Floats
    weight: Floats
    early_weight: Floats


class Block(NamedTuple):
    """`Tables` of a block of draws: every array but the weights has the draws as first axis."""

    cell: Floats
    early: Floats
    share: Floats
    own: Floats
    timed: Floats
    early_timed: Floats
    weight: Floats
    early_weight: Floats


class Flow(NamedTuple):
    """Mass on its way. Of the interval at hand: `leaving`, `soon` (T), `entering`, `settled`, `timed` hazard (S)."""

    passing: Floats
    before: Floats
    before_late: Floats
    slots: Floats
    late: Floats
    entries: Floats
    leaving: Floats
    entering: Floats
    settled: Floats
    soon: Floats
    timed: Floats
    ratio: Floats
    sums: Floats
    stays: Floats
    exits: Floats
    staying: Floats


@compiled
def walk(shape: Shape, tables: Tables, start: int, occupancy: Floats, flux: Floats) -> float:
    """Fill `occupancy` (S, J, N + 1) at nodes and `flux` (T, N) over intervals; returns the mass left unsettled."""
    intervals = flux.shape[1]
    flow = _empty(shape, tables, intervals)
    if shape.place[start] == PASSING:
        flow.passing[start] = 1.0
    else:
        flow.before[start] = 1.0
    late_old, late_new = flow.late, np.zeros_like(flow.late)
    before_late_old, before_late_new = flow.before_late, np.zeros_like(flow.before_late)
    _count(shape, tables, flow, late_old, before_late_old, 0, occupancy)
    unsettled = 0.0
    for n in range(intervals):
        _leave(shape, tables, flow, late_old, late_new, before_late_old, before_late_new, n)
        _halve(shape, tables, flow, n)
        flux[:, n] = flow.leaving
        unsettled += _settle(shape, tables, flow, n, flux)
        _arrive(shape, tables, flow, late_new, n)
        late_old, late_new = late_new, late_old
        before_late_old, before_late_new = before_late_new, before_late_old
        _count(shape, tables, flow, late_old, before_late_old, n + 1, occupancy)
    return unsettled


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
        np.zeros(states),
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
        factor, leave = _jump(own_jumps, state, k)
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
def _jump(jumps: Floats, state: int, cell: int) -> tuple[float, float]:
    """Exposure (in cells) before the FIXED exit and the share of survivors that takes it within the cell."""
    if jumps[state, 0] < 0.0 or cell < jumps[state, 1]:
        return 1.0, 0.0
    if cell > jumps[state, 1]:
        return 0.0, 1.0
    w = jumps[state, 2]
    if cell == 0:
        return 2.0 * w, 1.0 - w
    return w + 0.5, 1.0 - w


@compiled
def _time_jump(jumps: Floats, state: int, n: int) -> tuple[float, float]:
    if jumps[state, 0] < 0.0 or n < jumps[state, 1]:
        return 1.0, 0.0
    if n > jumps[state, 1]:
        return 0.0, 1.0
    return jumps[state, 2] + 0.5, 1.0 - jumps[state, 2]


@compiled
def _leave(
    shape: Shape,
    tables: Tables,
    flow: Flow,
    late_old: Floats,
    late_new: Floats,
    before_old: Floats,
    before_new: Floats,
    n: int,
) -> None:
    """What leaves in interval n of the mass that was there at its beginning."""
    firsts, on_time, order, places = shape.first, shape.on_time, shape.order, shape.place
    cell, timed_jumps = tables.cell, tables.timed
    befores, entry_mass, exits, leaving, passing, timed_now = (
        flow.before,
        flow.entries,
        flow.exits,
        flow.leaving,
        flow.passing,
        flow.timed,
    )
    last = exits.shape[1] - 1
    for state in range(len(places)):
        first, end = firsts[state], firsts[state + 1]
        if first == end:
            continue
        timed = 0.0
        for at in range(first, end):
            if on_time[order[at]]:
                timed += cell[order[at], n]
        timed_now[state] = timed
        place = places[state]
        if place == PASSING:
            mass = passing[state]
            factor, leave = _time_jump(timed_jumps, state, n)
            stay = math.exp(-timed * factor)
            ratio = mass * (1.0 - stay) / (timed + TINY)
            for at in range(first, end):
                leaving[order[at]] += ratio * cell[order[at], n]
            if leave > 0.0:
                leaving[int(timed_jumps[state, 0])] += mass * stay * leave
            passing[state] = mass * stay * (1.0 - leave)
            continue
        if befores[state] + before_old[state] > 0.0:
            kept = _leave_before(shape, tables, flow, before_new, state, n, befores[state], 1.0)
            kept += _leave_before(shape, tables, flow, before_new, state, n, before_old[state], LATE)
            befores[state], before_old[state] = kept, 0.0
        if place == RENEWAL:
            for at in range(first, end):
                transition = order[at]
                leaving[transition] += _dot(entry_mass[state][:n], exits[transition][last - n : last])
        else:
            _leave_grid(shape, tables, flow, late_new, state, n, timed)
            _leave_late(shape, tables, flow, late_old, late_new, state, n, timed)


@compiled
def _leave_late(
    shape: Shape, tables: Tables, flow: Flow, late_old: Floats, late_new: Floats, state: int, n: int, timed: float
) -> None:
    """What came into a slot in the last interval has half an interval to make up."""
    for m in range(min(n, late_old.shape[1])):
        if late_old[state, m] > 0.0:
            mass = late_old[state, m]
            late_old[state, m] = 0.0
            flow.slots[state, m] += _leave_slot(shape, tables, flow, late_new, state, n, m, mass, timed, LATE)


@compiled
def _leave_before(
    shape: Shape, tables: Tables, flow: Flow, before_new: Floats, state: int, n: int, mass: float, exposure: float
) -> float:
    firsts, order = shape.first, shape.order
    early, early_timed = tables.early, tables.early_timed
    if mass <= 0.0:
        return 0.0
    total = 0.0
    for at in range(firsts[state], firsts[state + 1]):
        total += early[order[at], n]
    factor, leave = _time_jump(early_timed, state, n)
    stay = math.exp(-total * factor * exposure)
    ratio = mass * (1.0 - stay) / (total + TINY)
    for at in range(firsts[state], firsts[state + 1]):
        _depart(shape, tables, flow, before_new, order[at], ratio * early[order[at], n])
    kept = mass * stay
    if leave > 0.0:
        _depart(shape, tables, flow, before_new, int(early_timed[state, 0]), kept * leave)
    return kept * (1.0 - leave)


@compiled
def _depart(shape: Shape, tables: Tables, flow: Flow, before_new: Floats, transition: int, amount: float) -> None:
    flow.leaving[transition] += amount
    for branch in range(shape.targets.shape[1]):
        if shape.keeps[transition, branch]:
            before_new[shape.targets[transition, branch]] += amount * tables.share[transition, branch]


@compiled
def _dot(a: Floats, b: Floats) -> float:
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@compiled
def _leave_grid(shape: Shape, tables: Tables, flow: Flow, late_new: Floats, state: int, n: int, timed: float) -> None:
    """All slots of a grid state: those near a FIXED exit one by one, the others in one sweep."""
    oldest = 0
    jumping = tables.timed[state, 0] >= 0.0 and n >= tables.timed[state, 1]
    if jumping:
        oldest = n
    elif tables.own[state, 0] >= 0.0:
        oldest = min(n, max(0, n - int(tables.own[state, 1]) + 1))
    for m in range(oldest):
        if flow.slots[state, m] > 0.0:
            flow.slots[state, m] = _leave_slot(
                shape, tables, flow, late_new, state, n, m, flow.slots[state, m], timed, 1.0
            )
    if oldest < n:
        _sweep(shape, tables, flow, late_new, state, n, oldest, timed)


@compiled
def _sweep(
    shape: Shape, tables: Tables, flow: Flow, late_new: Floats, state: int, n: int, oldest: int, timed: float
) -> None:
    firsts, keeps, on_time, order, targets = shape.first, shape.keeps, shape.on_time, shape.order, shape.targets
    cell, shares = tables.cell, tables.share
    exits, leaving, ratios, slot_mass, all_stays, all_sums = (
        flow.exits,
        flow.leaving,
        flow.ratio,
        flow.slots,
        flow.stays,
        flow.sums,
    )
    last = all_sums.shape[1] - 1
    mass, ratio = slot_mass[state][oldest:n], ratios[oldest:n]
    sums, stays = all_sums[state][last - n + oldest : last], all_stays[state][last - n + oldest : last]
    pass_on = math.exp(-timed)
    for i in range(len(mass)):
        kept = mass[i] * stays[i] * pass_on
        ratio[i] = (mass[i] - kept) / (sums[i] + timed + TINY)
        mass[i] = kept
    total = 0.0
    for i in range(len(ratio)):
        total += ratio[i]
    for at in range(firsts[state], firsts[state + 1]):
        transition = order[at]
        local = not on_time[transition]
        if local:
            leaving[transition] += _dot(ratio, exits[transition][last - n + oldest : last])
        else:
            leaving[transition] += total * cell[transition, n]
        for branch in range(targets.shape[1]):
            if keeps[transition, branch]:
                share, kept_in = shares[transition, branch], late_new[targets[transition, branch]]
                for i in range(len(ratio)):
                    hazard = exits[transition, last - n + oldest + i] if local else cell[transition, n]
                    kept_in[oldest + i] += share * ratio[i] * hazard


@compiled
def _leave_slot(
    shape: Shape,
    tables: Tables,
    flow: Flow,
    late_new: Floats,
    state: int,
    n: int,
    m: int,
    mass: float,
    timed: float,
    exposure: float,
) -> float:
    """What one slot keeps over interval n, with FIXED exits; `exposure` in intervals."""
    firsts, on_time, order = shape.first, shape.on_time, shape.order
    cell, own_jumps, timed_jumps = tables.cell, tables.own, tables.timed
    all_sums = flow.sums
    k = n - m
    factor, leave = _jump(own_jumps, state, k)
    factor_timed, leave_timed = _time_jump(timed_jumps, state, n)
    total = all_sums[state, all_sums.shape[1] - 1 - k] + timed
    stay = math.exp(-total * min(factor, factor_timed) * exposure)
    ratio = mass * (1.0 - stay) / (total + TINY)
    for at in range(firsts[state], firsts[state + 1]):
        transition = order[at]
        hazard = cell[transition, n] if on_time[transition] else cell[transition, k]
        _go(shape, tables, flow, late_new, transition, m, ratio * hazard)
    kept = mass * stay
    if leave > 0.0:
        _go(shape, tables, flow, late_new, int(own_jumps[state, 0]), m, kept * leave)
        kept *= 1.0 - leave
    if leave_timed > 0.0:
        _go(shape, tables, flow, late_new, int(timed_jumps[state, 0]), m, kept * leave_timed)
        kept *= 1.0 - leave_timed
    return kept


@compiled
def _go(shape: Shape, tables: Tables, flow: Flow, late_new: Floats, transition: int, m: int, amount: float) -> None:
    flow.leaving[transition] += amount
    for branch in range(shape.targets.shape[1]):
        if shape.keeps[transition, branch]:
            late_new[shape.targets[transition, branch], m] += amount * tables.share[transition, branch]


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
        factor, leave = _jump(own_jumps, state, 0)
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
def _settle(shape: Shape, tables: Tables, flow: Flow, n: int, flux: Floats) -> float:
    """Sum up this interval's entrants in `settled`; some leave again within it, round by round until nothing moves."""
    firsts, keeps, order, places, targets = shape.first, shape.keeps, shape.order, shape.place, shape.targets
    shares = tables.share
    entering, leaving, settled, soon = flow.entering, flow.leaving, flow.settled, flow.soon
    settled[:] = 0.0
    moved = 0.0
    for _ in range(MOST_ROUNDS):
        entering[:] = 0.0
        moved = 0.0
        for transition in range(len(leaving)):
            amount = leaving[transition]
            if amount > 0.0:
                for branch in range(targets.shape[1]):
                    target = targets[transition, branch]
                    if target >= 0 and not keeps[transition, branch]:
                        entering[target] += amount * shares[transition, branch]
        leaving[:] = 0.0
        for state in range(len(places)):
            mass = entering[state]
            if mass > 0.0:
                settled[state] += mass
                for at in range(firsts[state], firsts[state + 1]):
                    transition = order[at]
                    leaving[transition] = mass * soon[transition]
                    moved += leaving[transition]
        flux[:, n] += leaving
        if moved < SETTLED:
            break
    return moved


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
def walk_block(shape: Shape, block: Block, start: int, occupancy: Floats, flux: Floats) -> float:
    """Walk every draw of a block; returns the largest mass left unsettled."""
    worst = 0.0
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
        worst = max(worst, walk(shape, tables, start, occupancy[d], flux[d]))
    return worst
