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
    pair_by_age_of_entry(entries_intact / pelvic_mid, entries_other + salvage * entries_intact, kernel, intact, other)
    for n in range(cells + 1):
        intact[n] *= pelvic[n]
        other[n] -= salvage * intact[n]
    for n in range(cells):
        events[n] = 0.5 * (intact[n] + intact[n + 1]) * hazard[n]
        relapse_intact[n] = entries_intact[n] - (intact[n + 1] - intact[n]) - events[n]
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
) -> None:
    """Local treatment of a relapse: `wait` cells long, during which pelvic events are only overlays."""
    cells = flow_intact.shape[0]
    next_intact[:] = 0.0
    next_other[:] = 0.0
    for j in range(cells):
        mass_intact = cleared_share * flow_intact[j]
        mass_other = cleared_share * flow_other[j]
        mass, free_mass = mass_intact + mass_other, mass_intact / pelvic_mid[j]
        for n in range(j + 1, min(j + wait, cells) + 1):
            waiting[n] += mass
            waiting_intact[n] += free_mass * pelvic[n]
        if j + wait < cells:
            kept = pelvic_mid[j + wait] / pelvic_mid[j]
            next_intact[j + wait] = mass_intact * kept
            next_other[j + wait] = mass_intact * (1.0 - kept) + mass_other


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
    out: Floats,
) -> None:
    """Curves (see OUTPUTS) of one unit of mass landing at time 0, for one parameter draw and one biology class.

    `relapse` is the survivor function of the first remission at grid times, `relapse2_mid` that of later ones, at
    half steps; `pelvic` the survivor function of recurrence (or regrowth) since landing and `hazard` its cumulative
    hazard in each cell; `sites` holds the share of
    relapses at both sites, and the chance that single-site and both-site relapses are cleared again.
    """
    cells = relapse_mid.shape[0]
    both, clear_single, clear_both = sites[0], sites[1], sites[2]
    cleared = (1.0 - both) * clear_single + both * clear_both
    first_intact = np.empty(cells + 1)
    first_other = np.empty(cells + 1)
    events = np.zeros(cells)
    flow_i = np.empty(cells)
    flow_o = np.empty(cells)
    running = 0.0
    first_other[0] = 0.0
    for n in range(cells + 1):
        first_intact[n] = relapse[n] * pelvic[n]
    for n in range(cells):
        lost = first_intact[n] - first_intact[n + 1]
        h_relapse = np.log(relapse[n] / relapse[n + 1])
        h_pelvic = hazard[n]
        share = h_pelvic / (h_relapse + h_pelvic) if h_relapse + h_pelvic > 0.0 else 0.0
        events[n] = lost * share
        flow_i[n] = lost - events[n]
        salvaged = salvage * events[n]
        if distant_hr == 1.0:
            running += salvaged / relapse_mid[n]
            first_other[n + 1] = running * relapse[n + 1]
        else:
            running += salvaged / relapse_mid[n] ** distant_hr
            first_other[n + 1] = running * relapse[n + 1] ** distant_hr
        flow_o[n] = salvaged - (first_other[n + 1] - first_other[n])
    unsalvaged = (1.0 - salvage) * events
    waiting = np.zeros(cells + 1)
    waiting_intact = np.zeros(cells + 1)
    later_intact = np.zeros(cells + 1)
    later_other = np.zeros(cells + 1)
    single_i = np.zeros(cells)
    single_all = np.zeros(cells)
    both_i = np.zeros(cells)
    both_all = np.zeros(cells)
    all_events = events.copy()
    out[6, 0] = 0.0
    for n in range(cells):
        out[6, n + 1] = out[6, n] + flow_i[n] + flow_o[n]
    next_i = np.empty(cells)
    next_o = np.empty(cells)
    occ_i = np.empty(cells + 1)
    occ_o = np.empty(cells + 1)
    ev = np.empty(cells)
    for left in range(remissions_left, -1, -1):
        keep_single = 1.0 if left == 0 else 1.0 - clear_single
        keep_both = 1.0 if left == 0 else 1.0 - clear_both
        for n in range(cells):
            single_i[n] += keep_single * (1.0 - both) * flow_i[n]
            single_all[n] += keep_single * (1.0 - both) * (flow_i[n] + flow_o[n])
            both_i[n] += keep_both * both * flow_i[n]
            both_all[n] += keep_both * both * (flow_i[n] + flow_o[n])
        if left == 0:
            break
        _treat_relapse(flow_i, flow_o, cleared, wait, pelvic, pelvic_mid, waiting, waiting_intact, next_i, next_o)
        _second_remission(
            next_i, next_o, relapse2_mid, pelvic, pelvic_mid, hazard, salvage, occ_i, occ_o, ev, flow_i, flow_o
        )
        for n in range(cells + 1):
            later_intact[n] += occ_i[n]
            later_other[n] += occ_o[n]
        for n in range(cells):
            unsalvaged[n] += (1.0 - salvage) * ev[n]
            all_events[n] += ev[n]
    single_all += unsalvaged
    active_intact = np.empty(cells + 1)
    both_intact = np.empty(cells + 1)
    pair_by_age_of_entry(single_all, single_i / pelvic_mid, after_single_mid, occ_i, active_intact)
    pair_by_age_of_entry(both_all, both_i / pelvic_mid, after_both_mid, occ_o, both_intact)
    for n in range(cells + 1):
        occ_i[n] += occ_o[n]
        active_intact[n] = (active_intact[n] + both_intact[n]) * pelvic[n] + waiting_intact[n]
    out[5, 0] = 0.0
    for n in range(cells + 1):
        remission = first_intact[n] + first_other[n] + later_intact[n] + later_other[n]
        out[0, n] = remission + waiting[n] + occ_i[n]
        out[1, n] = remission
        out[2, n] = waiting[n]
        out[3, n] = first_intact[n] + (0.0 if regrowth_is_event else first_other[n])
        out[4, n] = first_intact[n] + later_intact[n] + active_intact[n]
        out[7, n] = first_other[n] + later_other[n]
        if n < cells:
            overlay = 0.5 * (active_intact[n] + active_intact[n + 1]) * hazard[n]
            out[5, n + 1] = out[5, n] + all_events[n] + overlay


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
def relative_times(sojourn: float, median: float, shape: float, offset: float, step: float, out: Floats) -> None:
    """((sojourn + (n + offset) * step) / median) ** shape for every n: what every class of a draw shares."""
    for n in range(out.shape[0]):
        out[n] = ((sojourn + (n + offset) * step) / median) ** shape


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
    calendar: Floats,
    since_landing: Floats,
) -> None:
    """Adds the curves of landings at calendar time `tau` [months], shape (draws,), with class masses (draws, classes).

    The first relapse has survivor function cure + (1 - cure) exp(-scale (t / median)^shape), t counted from `sojourn`
    [months] before landing. `calendar` (outputs, draws, times) receives the curves shifted by `tau`, with linear
    weights between grid times; `since_landing`, when not empty, the same unshifted. Nothing is added before `tau`.
    """
    draws, classes = mass.shape
    cells = pelvic_mid.shape[1]
    curves = np.empty((8, cells + 1))
    relapse, relapse_mid = np.empty(cells + 1), np.empty(cells)
    power, power_mid, hazard = np.empty(cells + 1), np.empty(cells), np.empty(cells)
    for d in range(draws):
        relative_times(sojourn[d], median[d], shape[d], 0.0, step, power)
        relative_times(sojourn[d], median[d], shape[d], 0.5, step, power_mid)
        for n in range(cells):
            hazard[n] = np.log(pelvic[d, n] / pelvic[d, n + 1])
        first = int(np.ceil(tau[d] / step - 1e-12))
        late = first - tau[d] / step
        for b in range(classes):
            if mass[d, b] == 0.0:
                continue
            stay, fall = cure[d, b], scale[d, b]
            start = stay + (1.0 - stay) * np.exp(-fall * power[0])
            for n in range(cells):
                relapse[n] = (stay + (1.0 - stay) * np.exp(-fall * power[n])) / start
                relapse_mid[n] = (stay + (1.0 - stay) * np.exp(-fall * power_mid[n])) / start
            relapse[cells] = (stay + (1.0 - stay) * np.exp(-fall * power[cells])) / start
            solve_landing(
                relapse, relapse_mid, relapse2_mid[d, b], pelvic[d], pelvic_mid[d], hazard, salvage[d, b],
                distant_hr[d], regrowth_is_event, sites[d, b], after_single_mid[d, b], after_both_mid[d, b], wait,
                remissions_left, curves,
            )  # fmt: skip
            for k in range(8):
                if since_landing.shape[0] > 0:
                    add_shifted(curves[k], mass[d, b], 0, 0.0, since_landing[k, d])
                if first <= cells:
                    add_shifted(curves[k], mass[d, b], first, late, calendar[k, d])
