"""How are many lives lived at once? A block of lanes runs round by round, grouped by state, so that loops vectorise.

One unit is one draw and one tile of lives, all strategies; it writes only its own slots of the output, so units may run
in any order, in any thread or process. A tile is cut into blocks of `lanes` lives. In round v every life still running
makes its v-th stay: the lanes are sorted by state (keeping their order), and for each state all its transitions race.
Lives are summed in their own order, whatever the block, which makes sums independent of the number of lanes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_laws import log_waits
from pelvicrt.engine.lives_memory import Lanes, Sums, Task, Trace
from pelvicrt.engine.lives_plan import Draws, Entrants, Structure, Worth
from pelvicrt.engine.lives_worth import stay_worth
from pelvicrt.engine.logexp import compiled
from pelvicrt.engine.model import SOJOURN
from pelvicrt.engine.philox import BRANCH_PAIR, MOST_VISITS, one_uniform, two_uniforms, unit_exponentials

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


@compiled
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
            _enter(d, a, block, n, task, entrants, worth, lanes)
            if not _live(unit, d, a, block, n, task, structure, draws, entrants, worth, lanes, sums, trace):
                return False
        _add(unit, block, n, task, entrants, lanes, sums)
    return True


@compiled
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
    lives = np.uint64(task.lives)
    for i in range(n):
        whole = np.uint64(block + i)
        lanes.words[0, i] = np.uint64(task.first_patient) + whole // lives
        lanes.words[1, i] = whole % lives
    for t in range(structure.kind.shape[0]):
        lanes.first_known[t] = False
        eta, cure = lanes.eta[t], lanes.cure[t]
        for i in range(n):
            eta[i] = 0.0
            cure[i] = draws.cure_logit[d, t]
        for k in range(entrants.covariates.shape[0]):
            x = entrants.covariates[k]
            b, c = draws.effects[d, t, k], draws.cure_effects[d, t, k]
            if b != 0.0:
                _add_products(eta, b, x, block, n, task.lives)
            if structure.cured[t] and c != 0.0:
                _add_products(cure, c, x, block, n, task.lives)


@compiled
def _add_products(out: Floats, factor: float, x: Floats, block: int, n: int, lives: int) -> None:
    if lives == 1:
        part = x[block : block + n]
        for i in range(n):
            out[i] += factor * part[i]
    else:
        for i in range(n):
            out[i] += factor * x[(block + i) // lives]


@compiled
def _enter(d: int, a: int, block: int, n: int, task: Task, entrants: Entrants, worth: Worth, lanes: Lanes) -> None:
    """Every lane stands at time 0 in its start state, with its clocks and visits."""
    origins, visits = lanes.origins, lanes.visits
    draw = d if worth.at_start.shape[0] > 1 else 0
    for i in range(n):
        patient = (block + i) // task.lives
        lanes.state[i] = entrants.state[patient]
        lanes.now[i] = 0.0
        lanes.next_time[i] = 0
        for c in range(origins.shape[0]):
            origins[c, i] = -entrants.clocks[c, patient]
        for s in range(visits.shape[0]):
            visits[s, i] = entrants.visits[s, patient]
    for g in range(lanes.faded.shape[0]):
        lanes.faded[g, :n] = 1.0
    for r in range(lanes.earned.shape[1]):
        lanes.earned[a, r, :n] = worth.at_start[draw, r, a]


@compiled
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
            _race(d, a, visit, s, lane, task, structure, draws, entrants, lanes)
            stay_worth(
                d,
                a,
                s,
                lane,
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
            sums.occupancy[unit, a, k, state[i]] += entrants.units[(block + i) // task.lives]
    return running == 0


@compiled
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


@compiled
def _race(
    d: int,
    a: int,
    visit: int,
    s: int,
    lane: Ints,
    task: Task,
    structure: Structure,
    draws: Draws,
    entrants: Entrants,
    lanes: Lanes,
) -> None:
    """Log waiting time of the first transition out of s (gathered[0]) and which it is, for every lane of the group.

    All strategies start in the same state with the same luck: the luck of the first visit is drawn once for them.
    """
    m = len(lane)
    g = lanes.gathered
    best, winner = g[0, :m], lanes.winner[:m]
    for i in range(m):
        best[i] = np.inf
        winner[i] = -1
    words = lanes.words
    for i in range(m):
        words[2, i] = words[0, np.uintp(lane[i])]
        words[3, i] = words[1, np.uintp(lane[i])]
    pair = -1
    for place in range(structure.first[s], structure.first[s + 1]):
        t = structure.order[place]
        if not structure.allows[a, t]:
            continue
        exponential, logarithm = g[3, :m], g[4, :m]
        if visit == 0:
            exponential, logarithm = lanes.first_luck[t, 0, :m], lanes.first_luck[t, 1, :m]
        if visit > 0 or not lanes.first_known[t]:
            if t // 2 != pair:
                pair = t // 2
                step = visit * MOST_VISITS + pair
                two_uniforms(words[2, :m], words[3, :m], task.first_draw + d, step, task.key, g[1, :m], g[2, :m])
            unit_exponentials(g[1 + t % 2, :m], exponential, logarithm)
            lanes.first_known[t] = visit == 0
        fresh = structure.clock[t] == SOJOURN and (visit > 0 or not entrants.aged)
        _prepare(d, a, t, lane, fresh, structure, draws, lanes)
        log_waits(
            structure.kind[t], structure.hazards_scale[t], structure.cured[t], fresh, draws.rows[d, t],
            draws.tables[draws.table[d, t]], draws.counts[t], exponential, logarithm, g[5, :m], g[6, :m], g[7, :m],
            g[8, :m], g[9, :m],
        )  # fmt: skip
        if structure.guarded[t]:
            _close(t, lane, structure, lanes.visits, g[9, :m])
        _keep_first(t, g[9, :m], best, winner)


@compiled
def _keep_first(t: int, waits: Floats, best: Floats, winner: Ints) -> None:
    for i in range(len(waits)):
        sooner = waits[i] < best[i]
        winner[i] = t if sooner else winner[i]
        best[i] = waits[i] if sooner else best[i]


@compiled
def _prepare(d: int, a: int, t: int, lane: Ints, fresh: bool, structure: Structure, draws: Draws, lanes: Lanes) -> None:
    """Gather eta (row 5), clock readings at entry (6) and logit of cure (7) of the group."""
    g, shift = lanes.gathered, draws.strategy_effects[d, t, a]
    eta, cure, origin, now = lanes.eta[t], lanes.cure[t], lanes.origins[structure.clock[t]], lanes.now
    to_eta, to_reading, to_cure = g[5], g[6], g[7]
    for i in range(len(lane)):
        to_eta[i] = eta[np.uintp(lane[i])] + shift
    if not fresh:
        for i in range(len(lane)):
            to_reading[i] = now[np.uintp(lane[i])] - origin[np.uintp(lane[i])]
    else:
        for i in range(len(lane)):
            to_reading[i] = 0.0
    if structure.cured[t]:
        for i in range(len(lane)):
            to_cure[i] = cure[np.uintp(lane[i])]


@compiled
def _close(t: int, lane: Ints, structure: Structure, visits: Ints, waits: Floats) -> None:
    """A transition whose guard forbids it never happens."""
    for s in range(structure.least.shape[1]):
        least, most = structure.least[t, s], structure.most[t, s]
        for i in range(len(lane)):
            entries = visits[s, lane[i]]
            if entries < least or entries > most:
                waits[i] = np.inf


@compiled
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
                sums.occupancy[unit, a, k, s] += entrants.units[(block + at) // task.lives]
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


@compiled
def _write_stay(life: int, a: int, visit: int, s: int, t: int, entered: float, left: float, trace: Trace) -> None:
    row = trace.used[0]
    trace.used[0] += 1
    if row < len(trace.labels):
        trace.labels[row, 0], trace.labels[row, 1], trace.labels[row, 2] = life, a, visit
        trace.labels[row, 3], trace.labels[row, 4] = s, t
        trace.spans[row, 0], trace.spans[row, 1] = entered, left


@compiled
def _add(unit: int, block: int, n: int, task: Task, entrants: Entrants, lanes: Lanes, sums: Sums) -> None:
    """Add the block's lives, in their order, to their slot."""
    strategies, rewards = lanes.earned.shape[0], lanes.earned.shape[1]
    draw_slot = (unit // task.tiles) * (task.total // task.lives)
    for i in range(n):
        patient = (block + i) // task.lives
        slot = draw_slot + patient if task.apart else unit
        w = entrants.weight[patient]
        for r in range(rewards):
            for a in range(strategies):
                x = lanes.earned[a, r, i]
                sums.weighted[slot, a, r] += w * x
                sums.second[slot, a, r] += w * w * x
                for b in range(a + 1):
                    sums.products[slot, r, a, b] += w * w * x * lanes.earned[b, r, i]
