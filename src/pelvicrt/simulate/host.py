"""What happens after all sites are cleared: remissions, relapses, pelvic events and death, by convolution in time.

Other-cause death does not depend on the state, so the whole system is solved in a world without it and multiplied by
the life table afterwards: the age clock is then exact. Pelvic events run on the forward clock, which is common to all
patients who landed together, so their survivor function G factors out of every convolution; relapses run on the
sojourn clock. With both factored the grid of (state x sojourn) mass collapses to a few causal convolutions, at the
same step and with the same mass flows. A salvaged pelvic event keeps the relapse clock (n1t -> n1x), which a plain
renewal kernel cannot do: here it is the difference of two convolutions.

Entrants of a cell are placed at its middle, so the error is of second order in the step.
"""

# ruff: noqa: PLR0917, PLR0915 - compiled kernels take plain arrays by position and stay in one piece
from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from pelvicrt.simulate.elementary import fast_exp, fast_log, fast_power

Floats = npt.NDArray[np.float64]

OUTPUTS = (
    "alive",
    "remission",
    "relapse_treatment",
    "event_free",
    "pelvis_intact",
    "pelvic_event",
    "distant_event",
    "remission_after_pelvic_event",
)
"""Curves of one landing, per landed patient: occupancies, and for `*_event` cumulative incidence."""


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def survivors_by_age_of_entry(entries: Floats, kernel_mid: Floats, out: Floats) -> None:
    """Occupancy at grid times of entrants who stay with survivor function `kernel_mid` (at half steps).

    out[n] = sum over j < n of entries[j] * kernel_mid[n - 1 - j].
    """
    cells = entries.shape[0]
    out[:] = 0.0
    first = 0
    while first < cells and entries[first] == 0.0:
        first += 1
    j = first
    # Four cells of entry at a time, on slices from their own zero, so that the compiler uses vector instructions.
    while j + 4 <= cells:
        a, b, c, d = entries[j], entries[j + 1], entries[j + 2], entries[j + 3]
        out[j + 1] += a * kernel_mid[0]
        out[j + 2] += a * kernel_mid[1] + b * kernel_mid[0]
        out[j + 3] += a * kernel_mid[2] + b * kernel_mid[1] + c * kernel_mid[0]
        if a != 0.0 or b != 0.0 or c != 0.0 or d != 0.0:
            later = out[j + 4 :]
            for i in range(cells - j - 3):
                later[i] += a * kernel_mid[i + 3] + b * kernel_mid[i + 2] + c * kernel_mid[i + 1] + d * kernel_mid[i]
        j += 4
    while j < cells:
        later = out[j + 1 :]
        for i in range(cells - j):
            later[i] += entries[j] * kernel_mid[i]
        j += 1


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def pair_by_age_of_entry(first: Floats, second: Floats, kernel_mid: Floats, out: Floats, other: Floats) -> None:
    """`survivors_by_age_of_entry` for two streams of entrants with one kernel, which is then read only once."""
    cells = first.shape[0]
    out[:] = 0.0
    other[:] = 0.0
    j = 0
    while j < cells and first[j] == 0.0 and second[j] == 0.0:
        j += 1
    while j + 4 <= cells:
        a, b, c, d = first[j], first[j + 1], first[j + 2], first[j + 3]
        e, f, g, h = second[j], second[j + 1], second[j + 2], second[j + 3]
        k0, k1, k2 = kernel_mid[0], kernel_mid[1], kernel_mid[2]
        out[j + 1] += a * k0
        out[j + 2] += a * k1 + b * k0
        out[j + 3] += a * k2 + b * k1 + c * k0
        other[j + 1] += e * k0
        other[j + 2] += e * k1 + f * k0
        other[j + 3] += e * k2 + f * k1 + g * k0
        later, later_other = out[j + 4 :], other[j + 4 :]
        for i in range(cells - j - 3):
            k0, k1, k2, k3 = kernel_mid[i], kernel_mid[i + 1], kernel_mid[i + 2], kernel_mid[i + 3]
            later[i] += a * k3 + b * k2 + c * k1 + d * k0
            later_other[i] += e * k3 + f * k2 + g * k1 + h * k0
        j += 4
    while j < cells:
        later, later_other = out[j + 1 :], other[j + 1 :]
        for i in range(cells - j):
            later[i] += first[j] * kernel_mid[i]
            later_other[i] += second[j] * kernel_mid[i]
        j += 1


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _add(scale: float, source: Floats, into: Floats) -> None:
    """Adds `scale` times `source`. Loops over few rows each: with many the compiler gives up on vectors."""
    for n in range(into.shape[0]):
        into[n] += scale * source[n]


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _second_remission(
    entries_intact: Floats,
    entries_other: Floats,
    kernel: Floats,
    pelvic: Floats,
    pelvic_mid: Floats,
    hazard: Floats,
    salvage: float,
    intact: Floats,
    other: Floats,
    events: Floats,
    relapse_intact: Floats,
    relapse_other: Floats,
) -> None:
    """One later remission: occupancies by pelvis, isolated pelvic events and relapses of each cell."""
    cells = entries_intact.shape[0]
    # The rows of leavers hold the entrants of the convolution until the leavers are known.
    for n in range(cells):
        relapse_intact[n] = entries_intact[n] / pelvic_mid[n]
    for n in range(cells):
        relapse_other[n] = entries_other[n] + salvage * entries_intact[n]
    pair_by_age_of_entry(relapse_intact, relapse_other, kernel, intact, other)
    for n in range(cells + 1):
        intact[n] *= pelvic[n]
    for n in range(cells + 1):
        other[n] -= salvage * intact[n]
    for n in range(cells):
        events[n] = 0.5 * (intact[n] + intact[n + 1]) * hazard[n]
    for n in range(cells):
        relapse_intact[n] = entries_intact[n] - (intact[n + 1] - intact[n]) - events[n]
    for n in range(cells):
        relapse_other[n] = entries_other[n] + salvage * events[n] - (other[n + 1] - other[n])


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _treat_relapse(
    flow_intact: Floats,
    flow_other: Floats,
    cleared_share: float,
    wait: int,
    pelvic: Floats,
    pelvic_mid: Floats,
    waiting: Floats,
    waiting_intact: Floats,
    next_intact: Floats,
    next_other: Floats,
    spare: Floats,
) -> None:
    """Local treatment of a relapse: `wait` cells long, during which pelvic events are only overlays."""
    cells = flow_intact.shape[0]
    running, running_free = spare[: cells + 1], next_intact
    for n in range(cells):
        running_free[n] = cleared_share * flow_intact[n] / pelvic_mid[n]
    for lag in range(1, min(wait, cells) + 1):
        _add(cleared_share, flow_intact[: cells + 1 - lag], waiting[lag:])
        _add(cleared_share, flow_other[: cells + 1 - lag], waiting[lag:])
    running[:] = 0.0
    for lag in range(1, min(wait, cells) + 1):
        _add(1.0, running_free[: cells + 1 - lag], running[lag:])
    for n in range(cells + 1):
        waiting_intact[n] += running[n] * pelvic[n]
    for n in range(cells - 1, wait - 1, -1):
        next_intact[n] = running_free[n - wait] * pelvic_mid[n]
    next_intact[: min(wait, cells)] = 0.0
    next_other[: min(wait, cells)] = 0.0
    for j in range(cells - wait):
        next_other[j + wait] = cleared_share * (flow_intact[j] + flow_other[j]) - next_intact[j + wait]


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def _first_remission(
    relapse: Floats,
    relapse_mid: Floats,
    pelvic: Floats,
    hazard: Floats,
    salvage: float,
    distant_hr: float,
    logs: Floats,
    intact: Floats,
    other: Floats,
    events: Floats,
    relapse_intact: Floats,
    relapse_other: Floats,
) -> None:
    """The first remission since landing, whose relapse clock a salvaged pelvic event keeps; outputs as in the next."""
    cells = relapse_mid.shape[0]
    for n in range(cells + 1):
        intact[n] = relapse[n] * pelvic[n]
        logs[n] = fast_log(relapse[n])
    for n in range(cells):
        lost = intact[n] - intact[n + 1]
        both = logs[n] - logs[n + 1] + hazard[n]
        events[n] = lost * (hazard[n] / both) if both > 0.0 else 0.0
        relapse_intact[n] = lost - events[n]
    if distant_hr == 1.0:
        for n in range(cells):
            relapse_other[n] = salvage * events[n] / relapse_mid[n]
            other[n + 1] = relapse[n + 1]
    else:
        for n in range(cells):
            relapse_other[n] = salvage * events[n] * fast_exp(-distant_hr * fast_log(relapse_mid[n]))
            other[n + 1] = fast_exp(distant_hr * logs[n + 1])
    running, before = 0.0, 0.0
    other[0] = 0.0
    for n in range(cells):
        running += relapse_other[n]
        other[n + 1] *= running
        relapse_other[n] = salvage * events[n] - (other[n + 1] - before)
        before = other[n + 1]


WORK_ROWS = 21
"""Rows of scratch space, each a cell longer than the grid has cells, that `solve_landing` needs."""


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def solve_landing(
    relapse: Floats,
    relapse_mid: Floats,
    relapse2_mid: Floats,
    pelvic: Floats,
    pelvic_mid: Floats,
    hazard: Floats,
    salvage: float,
    distant_hr: float,
    regrowth_is_event: bool,
    sites: Floats,
    after_single_mid: Floats,
    after_both_mid: Floats,
    wait: int,
    remissions_left: int,
    work: Floats,
    out: Floats,
) -> None:
    """Curves (see OUTPUTS) of one unit of mass landing at time 0, for one parameter draw and one biology class.

    `relapse` is the survivor function of the first remission at grid times, `relapse2_mid` that of later ones, at
    half steps; `pelvic` the survivor function of recurrence (or regrowth) since landing and `hazard` its cumulative
    hazard in each cell; `sites` holds the share of
    relapses at both sites, and the chance that single-site and both-site relapses are cleared again. `work` is scratch
    space of WORK_ROWS rows.
    """
    cells = relapse_mid.shape[0]
    both, clear_single, clear_both = sites[0], sites[1], sites[2]
    cleared = (1.0 - both) * clear_single + both * clear_both
    # Rows cut one by one: a cut through several rows would hide from the compiler that each of them is contiguous.
    first_intact, first_other = work[0][: cells + 1], work[1][: cells + 1]
    waiting, waiting_intact = work[2][: cells + 1], work[3][: cells + 1]
    later_intact, later_other = work[4][: cells + 1], work[5][: cells + 1]
    occ_i, occ_o = work[6][: cells + 1], work[7][: cells + 1]
    active_intact, both_intact = work[8][: cells + 1], work[9][: cells + 1]
    events, flow_i, flow_o, all_events = work[10][:cells], work[11][:cells], work[12][:cells], work[13][:cells]
    single_i, single_all, both_i, both_all = work[14][:cells], work[15][:cells], work[16][:cells], work[17][:cells]
    next_i, next_o, ev = work[18][:cells], work[19][:cells], work[20][:cells]
    work[2:6] = 0.0
    work[14:18] = 0.0
    _first_remission(
        relapse, relapse_mid, pelvic, hazard, salvage, distant_hr, occ_i, first_intact, first_other, events, flow_i,
        flow_o,
    )  # fmt: skip
    out[6, 0] = 0.0
    all_events[:] = events
    for n in range(cells):
        single_all[n] = (1.0 - salvage) * events[n]
        out[6, n + 1] = out[6, n] + flow_i[n] + flow_o[n]
    for left in range(remissions_left, -1, -1):
        one = (1.0 - both) * (1.0 if left == 0 else 1.0 - clear_single)
        two = both * (1.0 if left == 0 else 1.0 - clear_both)
        _add(one, flow_i, single_i)
        _add(one, flow_i, single_all)
        _add(one, flow_o, single_all)
        _add(two, flow_i, both_i)
        _add(two, flow_i, both_all)
        _add(two, flow_o, both_all)
        if left == 0:
            break
        _treat_relapse(
            flow_i, flow_o, cleared, wait, pelvic, pelvic_mid, waiting, waiting_intact, next_i, next_o, active_intact
        )
        _second_remission(
            next_i, next_o, relapse2_mid, pelvic, pelvic_mid, hazard, salvage, occ_i, occ_o, ev, flow_i, flow_o
        )
        _add(1.0, occ_i, later_intact)
        _add(1.0, occ_o, later_other)
        _add(1.0 - salvage, ev, single_all)
        _add(1.0, ev, all_events)
    for n in range(cells):
        single_i[n] /= pelvic_mid[n]
    for n in range(cells):
        both_i[n] /= pelvic_mid[n]
    pair_by_age_of_entry(single_all, single_i, after_single_mid, occ_i, active_intact)
    pair_by_age_of_entry(both_all, both_i, after_both_mid, occ_o, both_intact)
    for n in range(cells + 1):
        active_intact[n] = (active_intact[n] + both_intact[n]) * pelvic[n] + waiting_intact[n]
    alive, remission, kept = out[0][: cells + 1], out[1][: cells + 1], out[4][: cells + 1]
    for n in range(cells + 1):
        out[7, n] = first_other[n] + later_other[n]
    for n in range(cells + 1):
        remission[n] = first_intact[n] + later_intact[n]
    for n in range(cells + 1):
        kept[n] = remission[n] + active_intact[n]
    _add(1.0, out[7], remission)
    for n in range(cells + 1):
        alive[n] = remission[n] + occ_i[n] + occ_o[n] + waiting[n]
    out[2][: cells + 1] = waiting
    out[3][: cells + 1] = first_intact
    if not regrowth_is_event:
        _add(1.0, first_other, out[3][: cells + 1])
    for n in range(cells):
        ev[n] = 0.5 * (active_intact[n] + active_intact[n + 1]) * hazard[n] + all_events[n]
    out[5, 0] = 0.0
    for n in range(cells):
        out[5, n + 1] = out[5, n] + ev[n]


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def relative_times(sojourn: float, median: float, shape: float, offset: float, step: float, out: Floats) -> None:
    """((sojourn + (n + offset) * step) / median) ** shape for every n: what every class of a draw shares."""
    for n in range(out.shape[0]):
        out[n] = fast_power((sojourn + (n + offset) * step) / median, shape)


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def add_shifted(curve: Floats, mass: float, first: int, late: float, out: Floats) -> None:
    """Adds `mass` times a curve that begins `first` - `late` cells late, with linear weights between grid times."""
    here, following = mass * (1.0 - late), mass * late
    shifted, ahead = out[first:], curve[1:]
    for i in range(min(shifted.shape[0], ahead.shape[0])):
        shifted[i] += here * curve[i] + following * ahead[i]
    if first == 0:
        shifted[-1] += mass * curve[-1]


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def mixture(stay: float, fall: float, start: float, power: Floats, out: Floats) -> None:
    """(stay + (1 - stay) * exp(-fall * power)) / start for every element."""
    for n in range(power.shape[0]):
        out[n] = (stay + (1.0 - stay) * fast_exp(-fall * power[n])) / start


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def land(
    tau: Floats,
    mass: Floats,
    sojourn: Floats,
    cure: Floats,
    scale: Floats,
    median: Floats,
    shape: Floats,
    relapse2_mid: Floats,
    pelvic: Floats,
    pelvic_mid: Floats,
    salvage: Floats,
    distant_hr: Floats,
    regrowth_is_event: bool,
    sites: Floats,
    after_single_mid: Floats,
    after_both_mid: Floats,
    wait: int,
    remissions_left: int,
    step: float,
    clear: Floats,
    calendar: Floats,
    since_landing: Floats,
) -> None:
    """Adds the curves of landings at calendar time `tau` [months], shape (draws,), with class masses (draws, classes).

    The first relapse has survivor function cure + (1 - cure) exp(-scale (t / median)^shape), t counted from `sojourn`
    [months] before landing. `calendar` (outputs, draws, times) receives the curves shifted by `tau`, with linear
    weights between grid times; `since_landing` (draws, times), when not empty, the incidence of pelvic events in time
    since landing. `clear` (draws,) is the share without a pelvic event at landing; `pelvic` starts at 1 all the same,
    so that the others have theirs in the first cell, and are moved to its beginning here. Nothing is added before
    `tau`, and without `since_landing` nothing is solved beyond the grid.
    """
    draws, classes = mass.shape
    times = pelvic.shape[1]
    work = np.empty((WORK_ROWS, times))
    solved = np.empty((8, times))
    laws = np.empty((4, times))
    hazards = np.empty(times)
    for d in range(draws):
        first = int(np.ceil(tau[d] / step - 1e-12))
        late = first - tau[d] / step
        cells = times - 1
        if since_landing.shape[0] == 0:
            if first > cells:
                continue
            cells = min(cells, cells - first + 1)
        relapse, power = laws[0][: cells + 1], laws[1][: cells + 1]
        relapse_mid, power_mid = laws[2][:cells], laws[3][:cells]
        hazard = hazards[:cells]
        relative_times(sojourn[d], median[d], shape[d], 0.0, step, power)
        relative_times(sojourn[d], median[d], shape[d], 0.5, step, power_mid)
        for n in range(cells):
            hazard[n] = fast_log(pelvic[d, n] / pelvic[d, n + 1])
        for b in range(classes):
            if mass[d, b] == 0.0:
                continue
            stay, fall = cure[d, b], scale[d, b]
            start = stay + (1.0 - stay) * fast_exp(-fall * power[0])
            mixture(stay, fall, start, power, relapse)
            mixture(stay, fall, start, power_mid, relapse_mid)
            solve_landing(
                relapse, relapse_mid, relapse2_mid[d, b][:cells], pelvic[d][: cells + 1], pelvic_mid[d][:cells],
                hazard, salvage[d, b], distant_hr[d], regrowth_is_event, sites[d, b], after_single_mid[d, b][:cells],
                after_both_mid[d, b][:cells], wait, remissions_left, work, solved,
            )  # fmt: skip
            if clear[d] < 1.0:
                salvaged = (1.0 - clear[d]) * salvage[d, b]
                solved[1, 0] = clear[d] + salvaged
                solved[3, 0] = clear[d] if regrowth_is_event else clear[d] + salvaged
                solved[4, 0], solved[5, 0], solved[7, 0] = clear[d], 1.0 - clear[d], salvaged
            if since_landing.shape[0] > 0:
                add_shifted(solved[5], mass[d, b], 0, 0.0, since_landing[d])
            if first <= times - 1:
                for k in range(8):
                    add_shifted(solved[k][: cells + 1], mass[d, b], first, late, calendar[k, d])
