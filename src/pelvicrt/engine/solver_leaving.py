"""What leaves each state in one interval of those who were there at its beginning?

Mass that keeps its local clock goes on to the same slot of its target and counts there from the next interval on.
"""

from __future__ import annotations

import math

from pelvicrt.engine.solver_arrays import GRID, LATE, PASSING, RENEWAL, TINY, Floats, Flow, Shape, Tables, compiled


@compiled
def jump(jumps: Floats, state: int, cell: int) -> tuple[float, float]:
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
def time_jump(jumps: Floats, state: int, n: int) -> tuple[float, float]:
    """The same for a FIXED exit on model time, in interval n."""
    if jumps[state, 0] < 0.0 or n < jumps[state, 1]:
        return 1.0, 0.0
    if n > jumps[state, 1]:
        return 0.0, 1.0
    return jumps[state, 2] + 0.5, 1.0 - jumps[state, 2]


@compiled
def leave_plain(shape: Shape, tables: Tables, flow: Flow, n: int) -> None:
    """What leaves passing and renewal states in interval n of the mass that was there at its beginning."""
    cell, timed_jumps, leaving, exits = tables.cell, tables.timed, flow.leaving, flow.exits
    firsts, order, on_time, places = shape.first, shape.order, shape.on_time, shape.place
    passing, entries, timed_now, last = flow.passing, flow.entries, flow.timed, flow.exits.shape[1] - 1
    for state in range(len(places)):
        first, end = firsts[state], firsts[state + 1]
        timed = 0.0
        for at in range(first, end):
            if on_time[order[at]]:
                timed += cell[order[at], n]
        timed_now[state] = timed
        if places[state] == RENEWAL:
            for at in range(first, end):
                leaving[order[at]] += dot(entries[state][:n], exits[order[at]][last - n : last])
        elif places[state] == PASSING and first < end:
            mass = passing[state]
            factor, leave = time_jump(timed_jumps, state, n)
            stay = math.exp(-timed * factor)
            ratio = mass * (1.0 - stay) / (timed + TINY)
            for at in range(first, end):
                leaving[order[at]] += ratio * cell[order[at], n]
            if leave > 0.0:
                leaving[int(timed_jumps[state, 0])] += mass * stay * leave
            passing[state] = mass * stay * (1.0 - leave)


@compiled
def leave_before(shape: Shape, tables: Tables, flow: Flow, before_old: Floats, before_new: Floats, n: int) -> None:
    """What leaves of those whose local clock was set before time 0; `before_old` came in within the last interval."""
    early, jumps, share, leaving, before = tables.early, tables.early_timed, tables.share, flow.leaving, flow.before
    firsts, order, keeps, targets = shape.first, shape.order, shape.keeps, shape.targets
    for state in range(len(before)):
        first, end = firsts[state], firsts[state + 1]
        mass, late = before[state], before_old[state]
        if mass + late <= 0.0 or first == end:
            continue
        total = 0.0
        for at in range(first, end):
            total += early[order[at], n]
        factor, leave = time_jump(jumps, state, n)
        kept = mass * math.exp(-total * factor) + late * math.exp(-total * factor * LATE)
        ratio = (mass + late - kept) / (total + TINY)
        for at in range(first, end):
            transition = order[at]
            amount = ratio * early[transition, n]
            if leave > 0.0 and transition == int(jumps[state, 0]):
                amount += kept * leave
            leaving[transition] += amount
            for branch in range(targets.shape[1]):
                if keeps[transition, branch]:
                    before_new[targets[transition, branch]] += amount * share[transition, branch]
        before[state], before_old[state] = kept * (1.0 - leave), 0.0


@compiled
def dot(a: Floats, b: Floats) -> float:
    """Sum of products; of slices, so that it becomes vector instructions."""
    total = 0.0
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@compiled
def thin(mass: Floats, ratio: Floats, sums: Floats, stays: Floats, timed: float) -> float:
    """Let slots stay for an interval; `ratio` becomes what left by unit of hazard, whose sum is returned."""
    pass_on, total = math.exp(-timed), 0.0
    for i in range(len(mass)):
        kept = mass[i] * stays[i] * pass_on
        ratio[i] = (mass[i] - kept) / (sums[i] + timed + TINY)
        mass[i] = kept
    for i in range(len(ratio)):
        total += ratio[i]
    return total


@compiled
def leave_grid(shape: Shape, tables: Tables, flow: Flow, late_old: Floats, late_new: Floats, n: int) -> None:
    """What leaves grid states: slots near a FIXED exit one by one, the others in one sweep, then late comers."""
    own_jumps, timed_jumps, cell, share = tables.own, tables.timed, tables.cell, tables.share
    firsts, order, on_time, keeps, targets = shape.first, shape.order, shape.on_time, shape.keeps, shape.targets
    all_slots, leaving, exits, ratios = flow.slots, flow.leaving, flow.exits, flow.ratio
    places, last = shape.place, flow.sums.shape[1] - 1
    for state in range(len(places)):
        if places[state] != GRID:
            continue
        timed, oldest = flow.timed[state], 0
        if timed_jumps[state, 0] >= 0.0 and n >= timed_jumps[state, 1]:
            oldest = n
        elif own_jumps[state, 0] >= 0.0:
            oldest = min(n, max(0, n - int(own_jumps[state, 1]) + 1))
        slots = all_slots[state]
        for m in range(oldest):
            if slots[m] > 0.0:
                slots[m] = leave_slot(shape, tables, flow, late_new, state, n, m, slots[m], 1.0)
        if oldest < n:
            low, ratio = last - n + oldest, ratios[oldest:n]
            total = thin(slots[oldest:n], ratio, flow.sums[state][low:last], flow.stays[state][low:last], timed)
            for at in range(firsts[state], firsts[state + 1]):
                transition, hazard = order[at], cell[order[at], n]
                local = not on_time[transition]
                gone = dot(ratio, exits[transition][low:last]) if local else total * hazard
                leaving[transition] += gone
                for branch in range(targets.shape[1]):
                    if keeps[transition, branch]:
                        part, kept_in = share[transition, branch], late_new[targets[transition, branch]]
                        for i in range(len(ratio)):
                            kept_in[oldest + i] += part * ratio[i] * (exits[transition, low + i] if local else hazard)
        for m in range(min(n, late_old.shape[1])):
            if late_old[state, m] > 0.0:
                slots[m] += leave_slot(shape, tables, flow, late_new, state, n, m, late_old[state, m], LATE)
                late_old[state, m] = 0.0


@compiled
def leave_slot(
    shape: Shape,
    tables: Tables,
    flow: Flow,
    late_new: Floats,
    state: int,
    n: int,
    m: int,
    mass: float,
    exposure: float,
) -> float:
    """What one slot keeps over interval n, with FIXED exits; `exposure` in intervals."""
    firsts, on_time, order = shape.first, shape.on_time, shape.order
    cell, own_jumps, timed_jumps = tables.cell, tables.own, tables.timed
    all_sums = flow.sums
    k, timed = n - m, flow.timed[state]
    factor, leave = jump(own_jumps, state, k)
    factor_timed, leave_timed = time_jump(timed_jumps, state, n)
    total = all_sums[state, all_sums.shape[1] - 1 - k] + timed
    stay = math.exp(-total * min(factor, factor_timed) * exposure)
    ratio = mass * (1.0 - stay) / (total + TINY)
    for at in range(firsts[state], firsts[state + 1]):
        transition = order[at]
        hazard = cell[transition, n] if on_time[transition] else cell[transition, k]
        go(shape, tables, flow, late_new, transition, m, ratio * hazard)
    kept = mass * stay
    if leave > 0.0:
        go(shape, tables, flow, late_new, int(own_jumps[state, 0]), m, kept * leave)
        kept *= 1.0 - leave
    if leave_timed > 0.0:
        go(shape, tables, flow, late_new, int(timed_jumps[state, 0]), m, kept * leave_timed)
        kept *= 1.0 - leave_timed
    return kept


@compiled
def go(shape: Shape, tables: Tables, flow: Flow, late_new: Floats, transition: int, m: int, amount: float) -> None:
    """Note what leaves slot m by a transition, and where it keeps its slot."""
    flow.leaving[transition] += amount
    for branch in range(shape.targets.shape[1]):
        if shape.keeps[transition, branch]:
            late_new[shape.targets[transition, branch], m] += amount * tables.share[transition, branch]


@compiled
def hurry(shape: Shape, tables: Tables, flow: Flow, late_new: Floats, before_new: Floats, n: int) -> None:
    """Who keeps his clock into a state whose FIXED time it has passed goes on at once, through any chain of them."""
    own, timed, early = tables.own, tables.timed, tables.early_timed
    for _ in range(len(shape.place)):
        moved = False
        for state in range(len(shape.place)):
            if before_new[state] > 0.0 and _is_over(early, state, n):
                amount = before_new[state]
                before_new[state] = 0.0
                transition = int(early[state, 0])
                flow.leaving[transition] += amount
                for branch in range(shape.targets.shape[1]):
                    if shape.keeps[transition, branch]:
                        before_new[shape.targets[transition, branch]] += amount * tables.share[transition, branch]
                moved = True
            if shape.place[state] != GRID or (own[state, 0] < 0.0 and timed[state, 0] < 0.0):
                continue
            for m in range(n):
                if late_new[state, m] > 0.0:
                    by_clock = _is_over(own, state, n - m)
                    if by_clock or _is_over(timed, state, n):
                        amount = late_new[state, m]
                        late_new[state, m] = 0.0
                        chosen = own[state, 0] if by_clock else timed[state, 0]
                        go(shape, tables, flow, late_new, int(chosen), m, amount)
                        moved = True
        if not moved:
            break


@compiled
def _is_over(jumps: Floats, state: int, cell: int) -> bool:
    """Whether a FIXED time lies before the middle of the cell or interval."""
    return bool(jumps[state, 0] >= 0.0 and cell >= jumps[state, 1] + jumps[state, 2])
