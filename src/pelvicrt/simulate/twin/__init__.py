"""The clinical plan as a model of the engine: the solver's independent twin, and the way to single trajectories."""

from pelvicrt.simulate.twin.compile import Twin, twin_of

__all__ = ["Twin", "twin_of"]
