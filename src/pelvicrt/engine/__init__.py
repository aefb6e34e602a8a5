"""Any multi-state model: described as arrays, solved on a grid, or simulated life by life."""

from pelvicrt.engine.checks import check, model_hash
from pelvicrt.engine.families import Law
from pelvicrt.engine.laws import law_of, parameter_count
from pelvicrt.engine.lives import LivesStatistics, lives_statistics, simulate_lives
from pelvicrt.engine.lives_floor import philox_speed
from pelvicrt.engine.model import (
    NO_LIMIT,
    SOJOURN,
    Effect,
    Family,
    Model,
    Numbers,
    Patients,
    Result,
    Rewards,
)
from pelvicrt.engine.solver import solve
from pelvicrt.engine.solver_plan import why_not_solvable
from pelvicrt.engine.trajectories import write_trajectories

__all__ = [
    "NO_LIMIT",
    "SOJOURN",
    "Effect",
    "Family",
    "Law",
    "LivesStatistics",
    "Model",
    "Numbers",
    "Patients",
    "Result",
    "Rewards",
    "check",
    "law_of",
    "lives_statistics",
    "model_hash",
    "parameter_count",
    "philox_speed",
    "simulate_lives",
    "solve",
    "why_not_solvable",
    "write_trajectories",
]
