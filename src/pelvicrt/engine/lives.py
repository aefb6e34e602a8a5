"""What happens to simulated lives? Any model, life by life, with luck keyed by patient, draw, visit and transition.

Each life is drawn once; only sufficient statistics are kept. Results have the same bits for any number of lanes and
threads and however draws are cut into runs (`first_draw` says where a run begins).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count

import numpy as np

from pelvicrt.engine.lives_kernel import run_units
from pelvicrt.engine.lives_memory import FULL, STRIPES, Lanes, Plan, Sums, Task, Trace
from pelvicrt.engine.lives_plan import draws_of, entrants_of, structure_of, worth_of
from pelvicrt.engine.lives_sums import stripe_rows
from pelvicrt.engine.model import Floats, Ints, Model, Numbers, Patients, Result, Rewards
from pelvicrt.engine.philox import MOST_VISITS, key_of

TILE = 4096
"""Lives of one unit of work. Fixed: it decides the order of sums."""
MOST_WORDS = 1 << 32
LANES = 3072
"""Lanes at once, over all strategies: few enough for the cache, many enough for long loops."""
NO_TIMES = np.zeros(0)
SHARES = 16
"""Into how many portions a thread's part is cut, so that threads end together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LivesStatistics:
    """Sufficient statistics of simulated lives, D draws, A strategies, G groups (1, or a group a patient), R rewards.

    `sums` (D, A, G, R) are weighted sums, `second` (D, A, G, R) sums with squared weights, `products` (D, G, R, A, A)
    sums of products of two strategies' rewards with squared weights; `weight`, `squared_weight`, `lives` (G,).
    `transitions` (D, A, T) and `final` (D, A, S) count lives, unweighted: who made each transition, and the state at
    the horizon (absorbed lives in the state that absorbed them: deaths by cause). `occupancy` (D, A, times, S).
    """

    sums: Floats
    second: Floats
    products: Floats
    weight: Floats
    squared_weight: Floats
    lives: Ints
    transitions: Ints
    final: Ints
    times: Floats
    occupancy: Floats | None

    def means(self) -> Floats:
        """(D, A, G, R) means by weight."""
        return np.asarray(self.sums / self.weight[:, None])

    def result(self) -> Result:
        """Means with their standard errors, as every engine gives them."""
        each = np.arange(self.sums.shape[1])
        square = np.moveaxis(self.products[..., each, each], -1, 1)
        error = self._error(self.means(), self.second, square)
        return Result(rewards=self.means(), error=error, times=self.times, occupancy=self.occupancy)

    def increments(self, *, reference: int = 0) -> tuple[Floats, Floats]:
        """Differences of each strategy to the reference and their standard errors under shared luck, (D, A, G, R)."""
        means = self.means()
        each = np.arange(self.sums.shape[1])
        own = self.products[..., each, each]
        cross = self.products[..., each, reference]
        other = self.products[..., reference, reference, None]
        square = np.moveaxis(own - 2.0 * cross + other, -1, 1)
        difference = means - means[:, reference : reference + 1]
        second = self.second - self.second[:, reference : reference + 1]
        return difference, self._error(difference, second, square)

    def _error(self, mean: Floats, second: Floats, square: Floats) -> Floats:
        """sqrt(sum w^2 (x - mean)^2 n / (n - 1)) / sum w; nan for a single life."""
        with np.errstate(invalid="ignore", divide="ignore"):
            spread = square - 2.0 * mean * second + mean**2 * self.squared_weight[:, None]
            small_sample = self.lives / (self.lives - 1.0)
            return np.asarray(np.sqrt(np.maximum(spread, 0.0) * small_sample[:, None]) / self.weight[:, None])


def simulate_lives(
    model: Model,
    numbers: Numbers,
    patients: Patients,
    rewards: Rewards,
    *,
    seed: int,
    first_draw: int = 0,
    first_patient: int = 0,
    lives: int = 1,
    by_patient: bool = False,
    lanes: int = LANES,
    threads: int | None = None,
    occupancy_times: Floats | None = None,
) -> Result:
    """Expected rewards by simulation, with standard errors; see `lives_statistics` for everything it counts.

    Raises:
        ValueError: as `lives_statistics`.
    """
    return lives_statistics(
        model,
        numbers,
        patients,
        rewards,
        seed=seed,
        first_draw=first_draw,
        first_patient=first_patient,
        lives=lives,
        by_patient=by_patient,
        lanes=lanes,
        threads=threads,
        occupancy_times=occupancy_times,
    ).result()


def lives_statistics(
    model: Model,
    numbers: Numbers,
    patients: Patients,
    rewards: Rewards,
    *,
    seed: int,
    first_draw: int = 0,
    first_patient: int = 0,
    lives: int = 1,
    by_patient: bool = False,
    lanes: int = LANES,
    threads: int | None = None,
    occupancy_times: Floats | None = None,
) -> LivesStatistics:
    """Live `lives` lives of every patient in every draw under every strategy, and keep the sums.

    Draw d of `numbers` uses the luck of draw `first_draw` + d, patient i that of `first_patient` + i: cutting the draws
    into several runs and putting their results side by side changes no bit. `lanes`: how many lives times strategies to
    live at once, up to whole stripes of 64 lives; it changes no bit either. `threads`: default, all processors of this
    process; the work releases the interpreter lock, so callers may as well run several calls in threads of their own.

    Raises:
        ValueError: when an index does not fit its 32-bit word, lanes or lives are below 1, weights are not usable, or a
            life makes 65,536 visits without end.
    """
    run = run_of(
        model, numbers, patients, rewards, seed=seed, first_draw=first_draw, first_patient=first_patient, lives=lives,
        by_patient=by_patient, lanes=lanes, occupancy_times=NO_TIMES if occupancy_times is None else occupancy_times,
    )  # fmt: skip
    sums = run.all_units(threads or len(os.sched_getaffinity(0)))
    return _statistics(sums, run, len(numbers.parameters))


class Run:
    """One call's arrays, shared read-only by its threads."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.task, self.structure, self.worth, self.entrants = plan.task, plan.structure, plan.worth, plan.entrants
        self.units = len(plan.draws.rows) * plan.task.tiles

    def all_units(self, threads: int) -> Sums:
        """Every unit, by as many threads; each takes the next few units nobody has."""
        sums = self.sums()
        few = max(self.units // (threads * SHARES), 1)
        takings = count(step=few)
        trace = no_trace()

        def work() -> None:
            scratch = self.scratch()
            while (first := next(takings)) < self.units:
                self.some_units(first, min(first + few, self.units), scratch, sums, trace)

        if threads == 1:
            work()
            return sums
        with ThreadPoolExecutor(threads) as pool:
            for future in [pool.submit(work) for _ in range(min(threads, self.units))]:
                future.result()
        return sums

    def some_units(self, first: int, last: int, scratch: Lanes, sums: Sums, trace: Trace) -> None:
        """Units first to last - 1, or an error when a life never ends."""
        if not run_units(first, last, self.plan, scratch, sums, trace):
            raise ValueError(f"a life made {MOST_VISITS} visits before the horizon: two states follow at once")

    def scratch(self) -> Lanes:
        """Working memory of one thread."""
        states, transitions = len(self.structure.first) - 1, len(self.structure.kind)
        strategies, rewards = len(self.structure.allows), len(self.worth.group)
        lives = self.task.lanes
        lanes = strategies * lives
        wide = lanes + FULL
        return Lanes(
            patient=np.zeros(lives, dtype=np.int64),
            life=np.tile(np.arange(lives), strategies),
            strategy=np.repeat(np.arange(strategies), lives),
            eta=np.zeros((transitions, lanes)),
            cure=np.zeros((transitions, lives)),
            state=np.zeros(lanes, dtype=np.int64),
            now=np.zeros(lanes),
            origins=np.zeros((len(self.structure.restarts), lanes)),
            visits=np.zeros((states, lanes), dtype=np.int64),
            faded=np.ones((len(self.worth.discount), lanes)),
            earned=np.zeros((rewards, lanes)),
            next_time=np.zeros(lanes, dtype=np.int64),
            order=np.zeros((2, states, wide), dtype=np.int64),
            counts=np.zeros((2, states), dtype=np.int64),
            gathered=np.zeros((10, wide)),
            winner=np.zeros(wide, dtype=np.int64),
            words=np.zeros((4, wide), dtype=np.uint64),
            slot=np.full(lives, -1, dtype=np.int64),
            drawn=np.zeros(1, dtype=np.int64),
            where=np.zeros(wide, dtype=np.int64),
            luck=np.zeros((4, wide)),
            weight=np.zeros(lives),
            weighted=np.zeros((strategies, lives)),
            stripes=np.zeros((stripe_rows(strategies, rewards), STRIPES)),
        )

    def sums(self) -> Sums:
        """Room for what is kept, all 0."""
        strategies, rewards = len(self.structure.allows), len(self.worth.group)
        states, transitions = len(self.structure.first) - 1, len(self.structure.kind)
        patients = self.task.total // self.task.lives
        slots = len(self.plan.draws.rows) * patients if self.task.apart else self.units
        return Sums(
            weighted=np.zeros((slots, strategies, rewards)),
            second=np.zeros((slots, strategies, rewards)),
            products=np.zeros((slots, rewards, strategies, strategies)),
            transitions=np.zeros((self.units, strategies, transitions), dtype=np.int64),
            final=np.zeros((self.units, strategies, states), dtype=np.int64),
            occupancy=np.zeros((self.units, strategies, len(self.task.times), states), dtype=np.int64),
        )


def no_trace() -> Trace:
    """A trace that keeps nothing."""
    return Trace(np.zeros(1, dtype=np.int64), np.zeros((0, 5), dtype=np.int64), np.zeros((0, 2)))


def run_of(
    model: Model,
    numbers: Numbers,
    patients: Patients,
    rewards: Rewards,
    *,
    seed: int,
    first_draw: int,
    first_patient: int,
    lives: int,
    by_patient: bool = False,
    lanes: int = LANES,
    occupancy_times: Floats,
) -> Run:
    """A run of these lives, its arrays derived; refuses what cannot be, as `lives_statistics` says."""
    draws, people = len(numbers.parameters), len(patients.weights)
    for name, first, number in (("draws", first_draw, draws), ("patients", first_patient, people), ("lives", 0, lives)):
        if first < 0 or number < 1 or first + number > MOST_WORDS:
            raise ValueError(f"{name} {first} to {first + number - 1}: need at least one, between 0 and 2^32 - 1")
    if lanes < 1:
        raise ValueError(f"lanes {lanes} is below 1")
    times = np.asarray(occupancy_times, dtype=np.float64)
    if len(times) and not (np.all(np.diff(times) >= 0.0) and times[0] >= 0.0 and times[-1] <= model.horizon):
        raise ValueError("occupancy_times must ascend from 0 to the horizon at most")
    strategies = len(model.strategies)
    tile, total = max(TILE // lives, 1) * lives if by_patient else TILE, people * lives
    task = Task(
        first_draw=first_draw,
        first_patient=first_patient,
        lives=lives,
        tile=tile,
        tiles=-(-total // tile),
        total=total,
        lanes=-(-min(max(lanes // strategies, 1), tile) // STRIPES) * STRIPES,
        apart=by_patient,
        key=key_of(seed),
        times=times,
    )
    return Run(
        Plan(task, structure_of(model), draws_of(model, numbers), entrants_of(patients), worth_of(rewards, draws=draws))
    )


def _statistics(sums: Sums, run: Run, draws: int) -> LivesStatistics:
    """Tiles added in their order; one group, or one a patient."""
    weight, lives = run.entrants.weight, run.task.lives
    groups = len(weight) if run.task.apart else 1
    tiles = 1 if run.task.apart else run.task.tiles

    def merged(array: Floats) -> Floats:
        whole = array.reshape(draws, groups, tiles, *array.shape[1:])
        return np.asarray(np.add.accumulate(whole, axis=2)[:, :, -1])

    products = merged(sums.products)
    lower = np.tril(products)
    whole = (weight * lives) if run.task.apart else np.array([weight.sum() * lives])
    squared = (weight**2 * lives) if run.task.apart else np.array([(weight**2).sum() * lives])
    counted = lives if run.task.apart else lives * len(weight)
    units_of_all = float(run.entrants.units.sum()) * lives
    by_unit = (draws, run.task.tiles)
    occupied = sums.occupancy.reshape(*by_unit, *sums.occupancy.shape[1:]).sum(axis=1)
    return LivesStatistics(
        sums=np.moveaxis(merged(sums.weighted), 1, 2),
        second=np.moveaxis(merged(sums.second), 1, 2),
        products=lower + np.swapaxes(np.tril(products, -1), -1, -2),
        weight=whole,
        squared_weight=squared,
        lives=np.full(groups, counted),
        transitions=sums.transitions.reshape(*by_unit, *sums.transitions.shape[1:]).sum(axis=1),
        final=sums.final.reshape(*by_unit, *sums.final.shape[1:]).sum(axis=1),
        times=run.task.times,
        occupancy=occupied / units_of_all if len(run.task.times) else None,
    )
