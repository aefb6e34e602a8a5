"""What may happen: the outcome model."""

from pelvicrt.simulate.results import CandidateOutcomes, OutcomeDraws, SimulatedOutcomes

__all__ = ["CandidateOutcomes", "OutcomeDraws", "SimulatedOutcomes"]
