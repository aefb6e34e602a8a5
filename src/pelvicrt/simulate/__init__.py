"""What may happen: the outcome model."""

from pelvicrt.simulate.arms import FIGURES, ArmFigures, ArmPlan, run_arm, watched
from pelvicrt.simulate.draws import (
    COHORT_GROUP,
    evenly,
    model_parameters,
    prior_hash,
    sample_parameters,
    usable_posterior,
)
from pelvicrt.simulate.facts import Guesses, Patient, read_patient
from pelvicrt.simulate.many import Followed, follow_plans
from pelvicrt.simulate.mortality import DEFAULT_LIFE_TABLE, GOMPERTZ
from pelvicrt.simulate.results import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes
from pelvicrt.simulate.run import HORIZON_MONTHS, MODEL_ID, radiotherapy_family, setting_of, simulate
from pelvicrt.simulate.twin import Twin, twin_of

__all__ = [
    "COHORT_GROUP",
    "DEFAULT_LIFE_TABLE",
    "FIGURES",
    "GOMPERTZ",
    "HORIZON_MONTHS",
    "MODEL_ID",
    "ArmFigures",
    "ArmPlan",
    "CandidateOutcomes",
    "Followed",
    "Guesses",
    "OutcomeDraws",
    "Patient",
    "SimulatedOutcomes",
    "Twin",
    "evenly",
    "follow_plans",
    "model_parameters",
    "prior_hash",
    "radiotherapy_family",
    "read_patient",
    "run_arm",
    "sample_parameters",
    "setting_of",
    "simulate",
    "twin_of",
    "usable_posterior",
    "watched",
]
