"""How are many lives lived at once? A block of lanes runs round by round, grouped by state, so that loops vectorise.

One unit is one draw and one tile of lives, all strategies; it writes only its own slots of the output, so units may run
in any order, in any thread or process. A tile is cut into blocks of `lanes` lives. In round v every life still running
makes its v-th stay: the lanes are sorted by state (keeping their order), and for each state all its transitions race.
Lives are summed in their own order, whatever the block, which makes sums independent of the number of lanes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_memory import FULL, Lanes, Sums, Task, Trace
from pelvicrt.engine.lives_plan import Draws, Entrants, Structure, Worth
from pelvicrt.engine.lives_race import race
from pelvicrt.engine.lives_worth import stay_worth
from pelvicrt.engine.logexp import compiled, inlined
from pelvicrt.engine.model import SOJOURN
from pelvicrt.engine.philox import BRANCH_PAIR, MOST_VISITS, one_uniform

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@compiled
def run_units(
    first: int,
    last: int,
    task: Task,
    structure: Structure,
    draws: Draws,
    entrants: Entrants,
    worth: Worth,
    lanes: Lanes,
    sums: Sums,
    trace: Trace,
) -> bool:
    """Units first to last - 1, one after another; False when a life made too many visits."""
    for unit in range(first, last):
        if not _run_unit(unit, task, structure, draws, entrants, worth, lanes, sums, trace):
            return False
    return True


@inlined
def _run_unit(
    unit: int,
    task: Task,
    structure: Structure,
    draws: Draws,
    entrants: Entrants,
    worth: Worth,
    lanes: Lanes,
    sums: Sums,
    trace: Trace,
) -> bool:
    """Live all lives of one unit under every strategy; False when a life made too many visits."""
    d, tile = unit // task.tiles, unit % task.tiles
    start, stop = tile * task.tile, min((tile + 1) * task.tile, task.total)
    for block in range(start, stop, task.lanes):
        n = min(task.lanes, stop - block)
        _linear_predictors(d, block, n, task, structure, draws, entrants, lanes)
        for a in range(structure.allows.shape[0]):
            _enter(d, a, n, structure.any_guard, entrants, worth, lanes)
            if not _live(unit, d, a, block, n, task, structure, draws, entrants, worth, lanes, sums, trace):
                return False
        _add(unit, n, task, entrants, lanes, sums)
    return True


@inlined
def _linear_predictors(
    d: int,
    block: int,
    n: int,
    task: Task,
    structure: Structure,
    draws: Draws,
    entrants: Entrants,
    lanes: Lanes,
) -> None:
    """Work out eta and the logit of cure of every transition, without the strategy; and whose luck each lane reads."""
    patient, life = block // task.lives, block % task.lives
    for i in range(n):
        lanes.patient[i] = patient
        lanes.words[0, i] = task.first_patient + patient
        lanes.words[1, i] = life
        life += 1
        if life == task.lives:
            patient, life = patient + 1, 0
    for t in range(structure.kind.shape[0]):
        lanes.first_known[t] = False
        eta, cure = lanes.eta[t], lanes.cure[t]
        for i in range(n):
            eta[i] = 0.0
        if structure.cured[t]:
            for i in range(n):
                cure[i] = draws.cure_logit[d, t]
        for k in range(entrants.covariates.shape[0]):
            x = entrants.covariates[k]
            b, c = draws.effects[d, t, k], draws.cure_effects[d, t, k]
            if b != 0.0:
                _add_products(eta, b, x, block, n, lanes.patient, task.lives == 1)
            if structure.cured[t] and c != 0.0:
                _add_products(cure, c, x, block, n, lanes.patient, task.lives == 1)


@compiled
def _add_products(out: Floats, factor: float, x: Floats, block: int, n: int, patient: Ints, once: bool) -> None:
    if once:
        part = x[block : block + n]
        for i in range(n):
            out[i] += factor * part[i]
    else:
        for i in range(n):
            out[i] += factor * x[np.uintp(patient[i])]


@inlined
def _enter(d: int, a: int, n: int, any_guard: bool, entrants: Entrants, worth: Worth, lanes: Lanes) -> None:
    """Every lane stands at time 0 in its start state, with its clocks and visits."""
    origins, visits, patient = lanes.origins, lanes.visits, lanes.patient
    draw = d if worth.at_start.shape[0] > 1 else 0
    for i in range(n):
        lanes.state[i] = entrants.state[np.uintp(patient[i])]
        lanes.now[i] = 0.0
        lanes.next_time[i] = 0
    for c in range(origins.shape[0]):
        for i in range(n):
            origins[c, i] = -entrants.clocks[c, np.uintp(patient[i])]
    if any_guard:
        for s in range(visits.shape[0]):
            for i in range(n):
                visits[s, i] = entrants.visits[s, np.uintp(patient[i])]
    for g in range(lanes.faded.shape[0]):
        lanes.faded[g, :n] = 1.0
    for r in range(lanes.earned.shape[1]):
        lanes.earned[a, r, :n] = worth.at_start[draw, r, a]


@inlined
def _live(
    unit: int,
    d: int,
    a: int,
    block: int,
    n: int,
    task: Task,
    structure: Structure,
    draws: Draws,
    entrants: Entrants,
    worth: Worth,
    lanes: Lanes,
    sums: Sums,
    trace: Trace,
) -> bool:
    """Round after round until every lane is absorbed or reaches the horizon."""
    states = structure.first.shape[0] - 1
    starts = lanes.starts[0]
    order, state = lanes.order[0], lanes.state
    running = n
    for i in range(n):
        lanes.order[1, i] = i
    for visit in range(MOST_VISITS):
        running = _sort_by_state(
            running, state, lanes.order[1], order, starts, lanes.starts[1], structure.first, worth.pays
        )
        if running == 0:
            break
        still = 0
        for s in range(states):
            m = starts[s + 1] - starts[s]
            if m == 0:
                continue
            lane = order[starts[s] : starts[s + 1]]
            wide = order[starts[s] : starts[s] + (m + FULL - 1) // FULL * FULL]
            race(d, a, visit, s, wide, task, structure, draws, entrants, lanes)
            stay_worth(
                d,
                a,
                s,
                lane,
                wide,
                structure.horizon,
                worth,
                lanes.origins[SOJOURN],
                lanes.now,
                lanes.gathered,
                lanes.faded,
                lanes.earned,
            )
            still = _move(
                unit, d, a, visit, s, block, lane, still, task, structure, draws, entrants, worth, lanes, sums, trace
            )
        running = still
    for i in range(n):
        sums.final[unit, a, state[i]] += 1
        for k in range(lanes.next_time[i], len(task.times)):
            sums.occupancy[unit, a, k, state[i]] += entrants.units[lanes.patient[i]]
    return running == 0


@inlined
def _sort_by_state(
    running: int, state: Ints, lane: Ints, order: Ints, starts: Ints, place: Ints, first: Ints, pays: Flags
) -> int:
    """Lanes grouped by state in `order`, group s from starts[s].

    A lane nothing can leave is dropped, unless its state pays to the horizon.
    """
    states = len(starts) - 1
    starts[:] = 0
    for i in range(running):
        starts[np.uintp(state[np.uintp(lane[i])] + 1)] += 1
    for s in range(states):
        if first[s] == first[s + 1] and not pays[s]:
            starts[s + 1] = 0
        starts[s + 1] += starts[s]
    for s in range(states + 1):
        place[s] = starts[s]
    for i in range(running):
        s = state[np.uintp(lane[i])]
        if first[s] < first[s + 1] or pays[s]:
            order[np.uintp(place[s])] = lane[i]
            place[s] += 1
    return int(starts[states])


@inlined
def _move(
    unit: int,
    d: int,
    a: int,
    visit: int,
    s: int,
    block: int,
    lane: Ints,
    still: int,
    task: Task,
    structure: Structure,
    draws: Draws,
    entrants: Entrants,
    worth: Worth,
    lanes: Lanes,
    sums: Sums,
    trace: Trace,
) -> int:
    """Write down the stay that ends, and step into the next state; returns how many lanes run on."""
    ends = lanes.gathered[2]
    draw = d if worth.once.shape[0] > 1 else 0
    for i in range(len(lane)):
        at, end, t = lane[i], ends[i], lanes.winner[i]
        over = end >= structure.horizon
        if len(task.times) > 0:
            k = lanes.next_time[at]
            while k < len(task.times) and task.times[k] < end:
                sums.occupancy[unit, a, k, s] += entrants.units[lanes.patient[at]]
                k += 1
            lanes.next_time[at] = k
        if len(trace.labels) > 0:
            _write_stay(block + at, a, visit, s, -1 if over else t, lanes.now[at], end, trace)
        lanes.now[at] = end
        if over:
            continue
        sums.transitions[unit, a, t] += 1
        if worth.any_once:
            for r in range(lanes.earned.shape[1]):
                lanes.earned[a, r, at] += worth.once[draw, r, a, t] * lanes.faded[worth.group[r], at]
        branch = 0
        if structure.branches[t] > 1:
            u = one_uniform(
                lanes.words[0, at],
                lanes.words[1, at],
                task.first_draw + d,
                visit * MOST_VISITS + BRANCH_PAIR + t // 2,
                task.key,
                t % 2 == 1,
            )
            while branch + 1 < structure.branches[t] and u >= draws.shares[d, t, branch]:
                branch += 1
        target = structure.targets[t, branch]
        lanes.state[at] = target
        if structure.any_guard:
            lanes.visits[target, at] += 1
        lanes.origins[SOJOURN, at] = end
        if structure.other_clocks:
            for c in range(1, lanes.origins.shape[0]):
                if structure.restarts[c, target]:
                    lanes.origins[c, at] = end
        lanes.order[1, still] = at
        still += 1
    return still


@inlined
def _write_stay(life: int, a: int, visit: int, s: int, t: int, entered: float, left: float, trace: Trace) -> None:
    row = trace.used[0]
    trace.used[0] += 1
    if row < len(trace.labels):
        trace.labels[row, 0], trace.labels[row, 1], trace.labels[row, 2] = life, a, visit
        trace.labels[row, 3], trace.labels[row, 4] = s, t
        trace.spans[row, 0], trace.spans[row, 1] = entered, left


@inlined
def _add(unit: int, n: int, task: Task, entrants: Entrants, lanes: Lanes, sums: Sums) -> None:
    """Add the block's lives, in their order, to their slot."""
    strategies, rewards = lanes.earned.shape[0], lanes.earned.shape[1]
    draw_slot = (unit // task.tiles) * (task.total // task.lives)
    for i in range(n):
        patient = lanes.patient[i]
        slot = draw_slot + patient if task.apart else unit
        w = entrants.weight[patient]
        for r in range(rewards):
            for a in range(strategies):
                x = lanes.earned[a, r, i]
                sums.weighted[slot, a, r] += w * x
                sums.second[slot, a, r] += w * w * x
                for b in range(a + 1):
                    sums.products[slot, r, a, b] += w * w * x * lanes.earned[b, r, i]
