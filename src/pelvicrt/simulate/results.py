"""What the outcome model returns: draws, so that differences stay paired, and the facts it had to guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from pelvicrt.foundation import Grade, Text

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeDraws:
    """One outcome of one candidate.

    `values` has shape (draws, times): one row per parameter draw, the same row of every candidate being the same draw.
    `centre_values` holds them with between-centre variation added, several centres a draw: (draws x centres, times).
    `at_months` holds the times, or (nan,) for an outcome without time. Probabilities are of the whole starting group
    unless `given` names a condition.
    `grade` is the weakest evidence grade among the parameters that matter for it; `parameters` names those.
    """

    name: str
    at_months: tuple[float, ...]
    values: Floats
    centre_values: Floats
    grade: Grade
    from_m0: bool
    parameters: tuple[str, ...]
    sources: tuple[str, ...]
    given: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateOutcomes:
    """All outcomes of one candidate, plus its curves on a monthly grid for drawing.

    `curves` maps a name (overall_survival, local_recurrence, ...) to draws of shape (draws, months + 1).
    `utilities` maps a part of the preference model (see recommend) to draws of shape (draws,).
    """

    candidate: str
    outcomes: tuple[OutcomeDraws, ...]
    curves: Mapping[str, Floats]
    death_by_cause: Mapping[str, Floats] = field(default_factory=dict)

    def outcome(self, name: str) -> OutcomeDraws | None:
        """The outcome of that name, or None when it does not apply to this candidate."""
        return next((item for item in self.outcomes if item.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedOutcomes:
    """All candidates under the same parameter draws and the same guesses of unknown facts.

    `assumed` maps each unknown fact the model needed to its drawn value, shape (draws,), from a documented prior of the
    population; recommend reads the worth of learning a fact from it.
    `parameter_draws` maps parameter id to its draws, shape (draws,). `starts_from` tells a reader what was made of the
    treatment already given.
    """

    draws: int
    seed: int
    model_id: str
    horizon_months: int
    by_candidate: Mapping[str, CandidateOutcomes]
    assumed: Mapping[str, npt.NDArray[np.object_]]
    parameter_draws: Mapping[str, Floats]
    parameter_hash: str
    notes: tuple[str, ...] = ()
    starts_from: tuple[Text, ...] = ()
