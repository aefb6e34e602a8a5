"""Which transition comes first, and when? All transitions out of one state race, for a group of lanes at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_laws import WEIBULL, log_waits
from pelvicrt.engine.lives_memory import FULL, Block, Lanes, Plan
from pelvicrt.engine.lives_plan import Structure
from pelvicrt.engine.logexp import compiled, inlined
from pelvicrt.engine.model import SOJOURN
from pelvicrt.engine.philox import MOST_VISITS, two_uniforms, unit_exponentials

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]


@inlined
def race(plan: Plan, lanes: Lanes, block: Block, visit: int, s: int, lane: Ints, wide: Ints) -> None:
    """Log waiting time of the first transition out of s (gathered[0]) and which it is, for every lane of the group.

    A life meets the same luck under every strategy that has it in s at this visit: it is drawn once for all of them.
    """
    structure, draws, entrants = plan.structure, plan.draws, plan.entrants
    g, m = lanes.gathered, len(wide)
    best, winner, where = g[0, :m], lanes.winner[:m], lanes.where[:m]
    _nobody_yet(best, winner)
    if structure.first[s] == structure.first[s + 1]:
        return
    n = _share_luck(lane, lanes.life, lanes.slot, lanes.drawn, where, lanes.words)
    exponential, logarithm, words = lanes.luck[2, :n], lanes.luck[3, :n], lanes.words
    pair = -1
    for place in range(structure.first[s], structure.first[s + 1]):
        t = structure.order[place]
        if not structure.some_allow[t]:
            continue
        if t // 2 != pair:
            pair = t // 2
            step = visit * MOST_VISITS + pair
            two_uniforms(
                words[2, :n], words[3, :n], plan.task.first_draw + block.draw, step, plan.task.key,
                lanes.luck[0, :n], lanes.luck[1, :n],
            )  # fmt: skip
        unit_exponentials(lanes.luck[t % 2, :n], exponential, logarithm)
        row, kind, fresh = draws.rows[block.draw, t], structure.kind[t], structure.clock[t] == SOJOURN
        fresh = fresh and (visit > 0 or not entrants.aged)
        if fresh and kind == WEIBULL and structure.plain[t]:
            _weibull_race(
                t, wide, where, row, structure.hazards_scale[t], lanes.eta[t], logarithm, g[4, :m], g[5, :m], best,
                winner,
            )  # fmt: skip
            continue
        _prepare(t, wide, where, fresh, exponential, logarithm, structure, lanes)
        log_waits(
            kind, structure.hazards_scale[t], structure.cured[t], fresh, row,
            draws.tables[draws.table[block.draw, t]], draws.counts[t], g[3, :m], g[4, :m], g[5, :m], g[6, :m],
            g[7, :m], g[8, :m], g[9, :m],
        )  # fmt: skip
        if not structure.all_allow[t] or structure.guarded[t]:
            _close(t, wide, structure, lanes, g[9, :m])
        _keep_first(t, g[9, :m], best, winner)


@compiled
def _nobody_yet(best: Floats, winner: Ints) -> None:
    for i in range(len(best)):
        best[i] = np.inf
    for i in range(len(winner)):
        winner[i] = -1


@compiled
def _share_luck(lane: Ints, life: Ints, slot: Ints, drawn: Ints, where: Ints, words: Words) -> int:
    """Give every life of the group one place in the luck to be drawn, whatever the number of its lanes.

    Writes each lane's place to `where` and each place's counter words to rows 2 and 3 of `words`; returns the number
    of places, up to whole vectors. `slot` remembers places from the first group on, counted through by `drawn[0]`.
    """
    before = drawn[0]
    after = before
    for j in range(len(lane)):
        i = np.uintp(life[np.uintp(lane[j])])
        known = slot[i]
        fresh = known < before
        place = after if fresh else known
        slot[i] = place
        where[j] = place - before
        words[2, np.uintp(place - before)] = words[0, i]
        words[3, np.uintp(place - before)] = words[1, i]
        after += fresh
    for j in range(len(lane), len(where)):
        where[j] = 0
    drawn[0] = after
    return int((after - before + FULL - 1) // FULL * FULL)


@compiled
def _weibull_race(
    t: int,
    lane: Ints,
    where: Ints,
    row: Floats,
    hazards_scale: bool,
    eta: Floats,
    drawn: Floats,
    logarithm: Floats,
    gathered: Floats,
    best: Floats,
    winner: Ints,
) -> None:
    """The commonest race: Weibull from a clock at 0, without cure, guard or strategy that forbids it.

    Gathering stands apart: its bounds are unknown to the compiler, which then would not make vectors of the rest.
    """
    constant, inverse = row[0], row[1]
    slope = -inverse if hazards_scale else 1.0
    for i in range(len(lane)):
        gathered[i] = eta[np.uintp(lane[i])]
        logarithm[i] = drawn[np.uintp(where[i])]
    for i in range(len(best)):
        wait = (constant + slope * gathered[i]) + logarithm[i] * inverse
        sooner = wait < best[i]
        winner[i] = t if sooner else winner[i]
        best[i] = wait if sooner else best[i]


@compiled
def _keep_first(t: int, waits: Floats, best: Floats, winner: Ints) -> None:
    for i in range(len(waits)):
        sooner = waits[i] < best[i]
        winner[i] = t if sooner else winner[i]
        best[i] = waits[i] if sooner else best[i]


@compiled
def _prepare(
    t: int,
    lane: Ints,
    where: Ints,
    fresh: bool,
    exponential: Floats,
    logarithm: Floats,
    structure: Structure,
    lanes: Lanes,
) -> None:
    """Gather luck (rows 3 and 4), eta (5), clock readings at entry (6) and logit of cure (7) of the group."""
    g, eta, cure, origin, now = (
        lanes.gathered,
        lanes.eta[t],
        lanes.cure[t],
        lanes.origins[structure.clock[t]],
        lanes.now,
    )
    for i in range(len(lane)):
        at, drawn = np.uintp(lane[i]), np.uintp(where[i])
        g[3, i] = exponential[drawn]
        g[4, i] = logarithm[drawn]
        g[5, i] = eta[at]
        g[6, i] = 0.0 if fresh else now[at] - origin[at]
    if structure.cured[t]:
        for i in range(len(lane)):
            g[7, i] = cure[np.uintp(lanes.life[np.uintp(lane[i])])]


@compiled
def _close(t: int, lane: Ints, structure: Structure, lanes: Lanes, waits: Floats) -> None:
    """A transition that its guard or the strategy forbids never happens."""
    if not structure.all_allow[t]:
        for i in range(len(lane)):
            if not structure.allows[lanes.strategy[lane[i]], t]:
                waits[i] = np.inf
    if not structure.guarded[t]:
        return
    for s in range(structure.least.shape[1]):
        least, most = structure.least[t, s], structure.most[t, s]
        for i in range(len(lane)):
            entries = lanes.visits[s, lane[i]]
            if entries < least or entries > most:
                waits[i] = np.inf
