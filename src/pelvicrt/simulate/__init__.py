"""What may happen: the outcome model."""

from pelvicrt.simulate.mortality import DEFAULT_LIFE_TABLE, GOMPERTZ
from pelvicrt.simulate.results import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes
from pelvicrt.simulate.run import HORIZON_MONTHS, MODEL_ID, simulate

__all__ = [
    "DEFAULT_LIFE_TABLE",
    "GOMPERTZ",
    "HORIZON_MONTHS",
    "MODEL_ID",
    "CandidateOutcomes",
    "OutcomeDraws",
    "SimulatedOutcomes",
    "simulate",
]
