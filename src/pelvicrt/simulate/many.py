"""What may happen to one of many patients under a few plans? Outcomes and what is used, without grades and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.case import Case
from pelvicrt.classify import Classification
from pelvicrt.evidence import Library
from pelvicrt.simulate.block import Part, parts_of_block
from pelvicrt.simulate.draws import ParameterDraws
from pelvicrt.simulate.facts import Guesses
from pelvicrt.simulate.results import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes
from pelvicrt.simulate.run import HORIZON_MONTHS, MODEL_ID, setting_of
from pelvicrt.strategies import Candidate

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Outcomes of the plans, as advice reads them, and what each plan uses a patient, by name, (draws,).

    Outcomes carry no evidence grade and no difference between centres: they are to be summed up, not shown.
    """

    simulated: SimulatedOutcomes
    used: Mapping[str, Mapping[str, Floats]]


def follow_plans(
    case: Case,
    classification: Classification,
    plans: Sequence[Candidate],
    library: Library,
    *,
    parameters: ParameterDraws,
    seed: int,
    horizon_months: int = HORIZON_MONTHS,
) -> Followed:
    """The given plans under all of the given parameter draws; `seed` is the luck of this patient's unknown facts.

    Plans are worked out whatever their status. Outcomes are those of `simulate` for the same parameters and seed.
    """
    draws = len(next(iter(parameters.values())))
    guesses = Guesses(parameters, draws=draws, seed=seed)
    setting = setting_of(
        case,
        classification,
        plans,
        library,
        parameters=parameters,
        guesses=guesses,
        horizon_months=horizon_months,
    )
    parts = parts_of_block(setting, slice(0, draws)) if plans else []
    by_plan = dict(zip((item.key for item in plans), parts, strict=True))
    return Followed(
        simulated=SimulatedOutcomes(
            draws=draws,
            seed=seed,
            model_id=MODEL_ID,
            horizon_months=horizon_months,
            by_candidate={key: _bare(key, part) for key, part in by_plan.items()},
            assumed=guesses.assumed,
            parameter_draws=parameters,
            parameter_hash="",
        ),
        used={key: part.used for key, part in by_plan.items()},
    )


def _bare(key: str, part: Part) -> CandidateOutcomes:
    outcomes = tuple(
        OutcomeDraws(
            name=raw.name,
            at_months=raw.at_months,
            values=raw.values,
            centre_values=raw.values,
            grade="assumption",
            from_m0=False,
            parameters=(),
            sources=(),
            given=raw.given,
        )
        for raw in part.raws
    )
    return CandidateOutcomes(candidate=key, outcomes=outcomes, curves={})
