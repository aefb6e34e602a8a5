"""What do published cohorts say of the model? Replay, calibration, populations under policies, and what to learn."""

from pelvicrt.research.calibrate import Settings
from pelvicrt.research.calibrate_report import as_text as calibration_text
from pelvicrt.research.calibrate_run import run_calibration
from pelvicrt.research.cohorts import Cohort, read_cohorts_file
from pelvicrt.research.population_pages import render_population
from pelvicrt.research.population_reading import read_population
from pelvicrt.research.population_results import write_parquet
from pelvicrt.research.population_run import run_population
from pelvicrt.research.population_spec import Population
from pelvicrt.research.replay import Replay, replay, replay_shipped
from pelvicrt.research.replay_pages import render as render_replay
from pelvicrt.research.replay_picture import to_png as replay_png
from pelvicrt.research.worth import Worth, load_design, worth_of_knowing
from pelvicrt.research.worth_pages import render as render_worth

__all__ = [
    "Cohort",
    "Population",
    "Replay",
    "Settings",
    "Worth",
    "calibration_text",
    "load_design",
    "read_cohorts_file",
    "read_population",
    "render_population",
    "render_replay",
    "render_worth",
    "replay",
    "replay_png",
    "replay_shipped",
    "run_calibration",
    "run_population",
    "worth_of_knowing",
    "write_parquet",
]
