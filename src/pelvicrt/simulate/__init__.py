"""What may happen: the outcome model."""

from pelvicrt.simulate.draws import COHORT_GROUP, evenly, model_parameters, prior_hash, sample_parameters
from pelvicrt.simulate.mortality import DEFAULT_LIFE_TABLE, GOMPERTZ
from pelvicrt.simulate.results import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes
from pelvicrt.simulate.run import HORIZON_MONTHS, MODEL_ID, setting_of, simulate
from pelvicrt.simulate.twin import Twin, twin_of

__all__ = [
    "COHORT_GROUP",
    "DEFAULT_LIFE_TABLE",
    "GOMPERTZ",
    "HORIZON_MONTHS",
    "MODEL_ID",
    "CandidateOutcomes",
    "OutcomeDraws",
    "SimulatedOutcomes",
    "Twin",
    "evenly",
    "model_parameters",
    "prior_hash",
    "sample_parameters",
    "setting_of",
    "simulate",
    "twin_of",
]
