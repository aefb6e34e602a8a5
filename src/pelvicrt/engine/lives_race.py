"""Which transition comes first, and when? All transitions out of one state race, for a group of lanes at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from pelvicrt.engine.lives_laws import WEIBULL, log_waits
from pelvicrt.engine.lives_memory import Lanes, Task
from pelvicrt.engine.lives_plan import Draws, Entrants, Structure
from pelvicrt.engine.logexp import compiled, inlined
from pelvicrt.engine.model import SOJOURN
from pelvicrt.engine.philox import MOST_VISITS, two_uniforms, unit_exponentials

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@inlined
def race(
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
        if fresh and structure.kind[t] == WEIBULL and not structure.cured[t] and not structure.guarded[t]:
            _weibull_race(
                t,
                lane,
                draws.strategy_effects[d, t, a],
                draws.rows[d, t],
                structure.hazards_scale[t],
                lanes.eta[t],
                g[5, :m],
                logarithm,
                best,
                winner,
            )
            continue
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
def _weibull_race(
    t: int,
    lane: Ints,
    shift: float,
    row: Floats,
    hazards_scale: bool,
    eta: Floats,
    gathered: Floats,
    logarithm: Floats,
    best: Floats,
    winner: Ints,
) -> None:
    """The commonest race: Weibull from a clock at 0, without cure and guard.

    Gathering stands apart: its bounds are unknown to the compiler, which then would not make vectors of the rest.
    """
    inverse = row[1]
    constant = row[0] - shift * inverse if hazards_scale else row[0] + shift
    slope = -inverse if hazards_scale else 1.0
    for i in range(len(lane)):
        gathered[i] = eta[np.uintp(lane[i])]
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


@inlined
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
