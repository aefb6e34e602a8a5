"""Were there draws enough? The largest change of what is reported when the draws grew from half to all of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from pelvicrt.foundation import AMOUNTS
from pelvicrt.recommend.compare import LIKELY_RANGE, comparisons
from pelvicrt.recommend.results import Comparison, Convergence
from pelvicrt.recommend.wishes import Floats
from pelvicrt.simulate import CandidateOutcomes, SimulatedOutcomes
from pelvicrt.value import chance_best

LEAST_DRAWS = 2


def convergence(
    simulated: SimulatedOutcomes,
    *,
    opened: Sequence[str],
    compared: Sequence[Comparison],
    contending: Floats,
    before: Convergence | None = None,
) -> Convergence | None:
    """How far the first half of the draws stands from all of them; None for a single draw.

    `compared` are the comparisons of the `opened` options from all draws; `contending` (draws, options) is the utility
    of those weighed against each other. `before` was found from the same draws under other wishes: only the chances
    of being best are then looked at anew.
    """
    half = simulated.draws // 2
    if simulated.draws < LEAST_DRAWS:
        return None
    best = float(np.abs(chance_best(contending) - chance_best(contending[:half])).max()) if contending.size else 0.0
    if before is not None:
        return dataclasses.replace(before, chances=max(before.chances_better, best))
    first = {key: _first(item, half) for key, item in simulated.by_candidate.items()}
    pairs = zip(compared, comparisons(opened, dataclasses.replace(simulated, by_candidate=first)), strict=True)
    better = max((abs(now.chance_a_better - then.chance_a_better) for now, then in pairs), default=0.0)
    with ThreadPoolExecutor() as threads:
        moves = list(threads.map(lambda key: _moves(simulated.by_candidate[key], first[key]), first))
    return Convergence(
        half=half,
        best_estimates=max((estimate for estimate, _ in moves), default=0.0),
        likely_ranges=max((end for _, end in moves), default=0.0),
        chances_better=better,
        chances=max(better, best),
    )


def _first(outcomes: CandidateOutcomes, draws: int) -> CandidateOutcomes:
    """The outcomes in the first draws only."""
    kept = (
        dataclasses.replace(
            item,
            values=item.values[:draws],
            centre_values=item.centre_values[: draws * (len(item.centre_values) // len(item.values))],
        )
        for item in outcomes.outcomes
    )
    return dataclasses.replace(outcomes, outcomes=tuple(kept))


def _moves(now: CandidateOutcomes, then: CandidateOutcomes) -> tuple[float, float]:
    """The largest move of a best estimate and of an end of a likely range, among probabilities."""
    estimates, ends = zip(_reported(now), _reported(then), strict=True)
    return float(np.abs(estimates[0] - estimates[1]).max()), float(np.abs(ends[0] - ends[1]).max())


def _reported(outcomes: CandidateOutcomes) -> tuple[Floats, Floats]:
    """Best estimates and ends of likely ranges of every probability."""
    shares = [item for item in outcomes.outcomes if item.name not in AMOUNTS]
    values = np.hstack([item.values for item in shares])
    centres = np.hstack([item.centre_values for item in shares])
    ends = [np.percentile(drawn, LIKELY_RANGE, axis=0) for drawn in (values, centres)]
    return values.mean(axis=0), np.concatenate(ends)
