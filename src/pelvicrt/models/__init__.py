"""A multi-state model of your own: its file read, run and reported.

START HERE: `simulate_file` for the whole way, `to_json` and `to_lines` for the answer; `read_model` and `build` for the
engine's arrays of a file, `model_schema` for what may stand in one.
"""

from pelvicrt.models.building import Built, build
from pelvicrt.models.fields import ModelFile, model_schema
from pelvicrt.models.reading import read_model
from pelvicrt.models.results import to_json, to_lines
from pelvicrt.models.run import Engine, Simulated, simulate_file

__all__ = [
    "Built",
    "Engine",
    "ModelFile",
    "Simulated",
    "build",
    "model_schema",
    "read_model",
    "simulate_file",
    "to_json",
    "to_lines",
]
