"""How are many lives lived at once? A block of lanes runs round by round, grouped by state, so that loops vectorise.

One unit is one draw and one tile of lives, all strategies; it writes only its own slots of the output, so units may run
in any order, in any thread or process. A tile is cut into blocks of `lanes` lives, each with a lane for every strategy.
In round v every lane still running makes its v-th stay: for each state all its transitions race, and the lane joins the
list of the state it enters. Lives are summed in an order that depends on their place in the tile alone (`lives_sums`),
which makes sums independent of the number of lanes.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_memory import FULL, Block, Lanes, Plan, Sums, Trace
from pelvicrt.engine.lives_race import race
from pelvicrt.engine.lives_sums import add_stripes, clear_stripes, fold_stripes
from pelvicrt.engine.lives_worth import stay_worth
from pelvicrt.engine.logexp import Word, compiled, inlined
from pelvicrt.engine.model import SOJOURN
from pelvicrt.engine.philox import BRANCH_PAIR, MOST_VISITS, one_uniform

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@compiled
def run_units(first: int, last: int, plan: Plan, lanes: Lanes, sums: Sums, trace: Trace) -> bool:
    """Units first to last - 1, one after another; False when a life made too many visits."""
    ended = True
    for unit in range(first, last):
        ended = ended and _run_unit(unit, plan, lanes, sums, trace)
    return ended


@inlined
def _run_unit(unit: int, plan: Plan, lanes: Lanes, sums: Sums, trace: Trace) -> bool:
    """Live all lives of one unit under every strategy; False when a life made too many visits."""
    task = plan.task
    draw, tile = unit // task.tiles, unit % task.tiles
    start, stop = tile * task.tile, min((tile + 1) * task.tile, task.total)
    clear_stripes(lanes.stripes)
    for first in range(start, stop, task.lanes):
        block = Block(unit, draw, first, min(task.lanes, stop - first))
        _whose_lives(plan, lanes, block)
        _linear_predictors(plan, lanes, block)
        _enter(plan, lanes, block)
        if not _live(plan, lanes, block, sums, trace):
            return False
        if task.apart:
            _add_apart(plan, lanes, block, sums)
        else:
            add_stripes(block.lives, len(plan.structure.allows), lanes.patient, lanes.weight, plan.entrants.weight,
                        lanes.earned, lanes.weighted, lanes.stripes)  # fmt: skip
    if not task.apart:
        fold_stripes(lanes.stripes, sums.weighted[unit], sums.second[unit], sums.products[unit])
    return True


@inlined
def _whose_lives(plan: Plan, lanes: Lanes, block: Block) -> None:
    """Whose luck each life reads."""
    task = plan.task
    patient, life = block.first // task.lives, block.first % task.lives
    for i in range(block.lives):
        lanes.patient[i] = patient
        lanes.words[0, i] = task.first_patient + patient
        lanes.words[1, i] = life
        life += 1
        if life == task.lives:
            patient, life = patient + 1, 0


@inlined
def _linear_predictors(plan: Plan, lanes: Lanes, block: Block) -> None:
    """Work out eta of every transition and lane, and the logit of cure, which knows no strategy, of every life."""
    structure, draws, entrants = plan.structure, plan.draws, plan.entrants
    n, stride, d, once = block.lives, plan.task.lanes, block.draw, plan.task.lives == 1
    for t in range(structure.kind.shape[0]):
        eta, cure = lanes.eta[t, :n], lanes.cure[t, :n]
        _fill(eta, 0.0)
        if structure.cured[t]:
            _fill(cure, draws.cure_logit[d, t])
        for k in range(entrants.covariates.shape[0]):
            x = entrants.covariates[k]
            b, c = draws.effects[d, t, k], draws.cure_effects[d, t, k]
            if b != 0.0:
                _add_products(eta, b, x, block.first, lanes.patient, once)
            if structure.cured[t] and c != 0.0:
                _add_products(cure, c, x, block.first, lanes.patient, once)
        for a in range(structure.allows.shape[0] - 1, -1, -1):
            _shift(eta, draws.strategy_effects[d, t, a], lanes.eta[t, a * stride : a * stride + n])


@compiled
def _fill(out: Floats, value: float) -> None:
    for i in range(len(out)):
        out[i] = value


@compiled
def _shift(x: Floats, by: float, out: Floats) -> None:
    for i in range(len(out)):
        out[i] = x[i] + by


@compiled
def _add_products(out: Floats, factor: float, x: Floats, first: int, patient: Ints, once: bool) -> None:
    if once:
        part = x[first : first + len(out)]
        for i in range(len(out)):
            out[i] += factor * part[i]
    else:
        for i in range(len(out)):
            out[i] += factor * x[np.uintp(patient[i])]


@inlined
def _enter(plan: Plan, lanes: Lanes, block: Block) -> None:
    """Every lane stands at time 0 in its start state, with its clocks and visits."""
    entrants, worth, patient = plan.entrants, plan.worth, lanes.patient
    draw = block.draw if worth.at_start.shape[0] > 1 else 0
    counts, order = lanes.counts[0], lanes.order[0]
    counts[:] = 0
    _fill(lanes.now, 0.0)
    lanes.next_time[:] = 0
    for k in range(lanes.faded.shape[0]):
        _fill(lanes.faded[k], 1.0)
    for a in range(plan.structure.allows.shape[0]):
        start = a * plan.task.lanes
        for r in range(lanes.earned.shape[0]):
            _fill(lanes.earned[r, start : start + plan.task.lanes], worth.at_start[draw, r, a])
        for i in range(block.lives):
            state = entrants.state[np.uintp(patient[i])]
            lanes.state[start + i] = state
            order[np.uintp(state), np.uintp(counts[np.uintp(state)])] = start + i
            counts[np.uintp(state)] += 1
        for c in range(lanes.origins.shape[0]):
            for i in range(block.lives):
                lanes.origins[c, start + i] = -entrants.clocks[c, np.uintp(patient[i])]
        if plan.structure.any_guard:
            for s in range(lanes.visits.shape[0]):
                for i in range(block.lives):
                    lanes.visits[s, start + i] = entrants.visits[s, np.uintp(patient[i])]


@inlined
def _live(plan: Plan, lanes: Lanes, block: Block, sums: Sums, trace: Trace) -> bool:
    """Round after round until every lane is absorbed or reaches the horizon."""
    first, pays = plan.structure.first, plan.worth.pays
    running = 1
    for visit in range(MOST_VISITS):
        now, then = visit % 2, 1 - visit % 2
        lanes.counts[then, :] = 0
        running = 0
        for s in range(first.shape[0] - 1):
            m = lanes.counts[now, s]
            if m == 0 or (first[s] == first[s + 1] and not pays[s]):
                continue
            lane = lanes.order[now, s, :m]
            wide = lanes.order[now, s, : (m + FULL - 1) // FULL * FULL]
            race(plan, lanes, block, visit, s, lane, wide)
            stay_worth(plan, lanes, block.draw, s, lane, wide)
            _move(plan, lanes, block, visit, s, lane, sums, trace)
            running += m
        if running == 0:
            break
    _count_ends(plan, lanes, block, sums)
    return running == 0


@inlined
def _count_ends(plan: Plan, lanes: Lanes, block: Block, sums: Sums) -> None:
    """Where every life is at the horizon, and at the times after it came there."""
    for a in range(plan.structure.allows.shape[0]):
        final = sums.final[block.unit, a]
        for i in range(block.lives):
            at = a * plan.task.lanes + i
            state = lanes.state[at]
            final[np.uintp(state)] += 1
            for k in range(lanes.next_time[at], len(plan.task.times)):
                sums.occupancy[block.unit, a, k, state] += plan.entrants.units[lanes.patient[i]]


@inlined
def _move(plan: Plan, lanes: Lanes, block: Block, visit: int, s: int, lane: Ints, sums: Sums, trace: Trace) -> None:
    """Write down the stay that ends, and step into the next state."""
    task, structure, worth = plan.task, plan.structure, plan.worth
    ends, then = lanes.gathered[2], 1 - visit % 2
    order, counts, made = lanes.order[then], lanes.counts[then], sums.transitions[block.unit]
    draw = block.draw if worth.once.shape[0] > 1 else 0
    for j in range(len(lane)):
        at: Word = np.uintp(lane[j])
        t: Word = np.uintp(lanes.winner[j])
        end = ends[j]
        a: Word = np.uintp(lanes.strategy[at])
        over = end >= structure.horizon
        if len(task.times) > 0:
            _occupy(plan, lanes, block, a, s, at, end, sums)
        if len(trace.labels) > 0:
            life = block.first + int(lanes.life[at])
            _write_stay(life, a, visit, s, -1 if over else lanes.winner[j], float(lanes.now[at]), end, trace)
        lanes.now[at] = end
        if over:
            continue
        made[a, t] += 1
        if worth.any_once:
            for r in range(lanes.earned.shape[0]):
                lanes.earned[r, at] += worth.once[draw, r, a, t] * lanes.faded[worth.group[r], at]
        target = np.uintp(structure.targets[t, 0])
        if structure.branches[t] > 1:
            target = np.uintp(
                structure.targets[t, _branch(plan, lanes, block, visit, int(lanes.life[at]), lanes.winner[j])]
            )
        lanes.state[at] = target
        if structure.any_guard:
            lanes.visits[target, at] += 1
        lanes.origins[SOJOURN, at] = end
        if structure.other_clocks:
            for c in range(1, lanes.origins.shape[0]):
                if structure.restarts[c, target]:
                    lanes.origins[c, at] = end
        order[target, np.uintp(counts[target])] = lane[j]
        counts[target] += 1


@inlined
def _occupy(plan: Plan, lanes: Lanes, block: Block, a: Word, s: int, at: Word, end: float, sums: Sums) -> None:
    times = plan.task.times
    k = lanes.next_time[at]
    while k < len(times) and times[k] < end:
        sums.occupancy[block.unit, a, k, s] += plan.entrants.units[lanes.patient[lanes.life[at]]]
        k += 1
    lanes.next_time[at] = k


@inlined
def _branch(plan: Plan, lanes: Lanes, block: Block, visit: int, life: int, t: int) -> int:
    """Which of its targets a transition leads to."""
    task, shares = plan.task, plan.draws.shares[block.draw, t]
    step = visit * MOST_VISITS + BRANCH_PAIR + t // 2
    u = one_uniform(
        lanes.words[0, life], lanes.words[1, life], task.first_draw + block.draw, step, task.key, t % 2 == 1
    )
    branch = 0
    while branch + 1 < plan.structure.branches[t] and u >= shares[branch]:
        branch += 1
    return branch


@inlined
def _write_stay(life: int, a: Word, visit: int, s: int, t: int, entered: float, left: float, trace: Trace) -> None:
    row = trace.used[0]
    trace.used[0] += 1
    if row < len(trace.labels):
        trace.labels[row, 0], trace.labels[row, 1], trace.labels[row, 2] = life, a, visit
        trace.labels[row, 3], trace.labels[row, 4] = s, t
        trace.spans[row, 0], trace.spans[row, 1] = entered, left


@inlined
def _add_apart(plan: Plan, lanes: Lanes, block: Block, sums: Sums) -> None:
    """Add each life to the slot of its patient, in their order."""
    stride, rewards = plan.task.lanes, lanes.earned.shape[0]
    patients = plan.task.total // plan.task.lives
    for i in range(block.lives):
        patient = lanes.patient[i]
        slot = block.draw * patients + patient
        w = plan.entrants.weight[patient]
        for r in range(rewards):
            for a in range(plan.structure.allows.shape[0]):
                x = w * lanes.earned[r, a * stride + i]
                sums.weighted[slot, a, r] += x
                sums.second[slot, a, r] += w * x
                for b in range(a + 1):
                    sums.products[slot, r, a, b] += x * (w * lanes.earned[r, b * stride + i])
