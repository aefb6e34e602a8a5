"""What do published cohorts say of the model? Replay, calibration, populations under policies, and what to learn."""

from pelvicrt.research.calibrate import Settings
from pelvicrt.research.calibrate_report import as_text as calibration_text
from pelvicrt.research.calibrate_run import run_calibration
from pelvicrt.research.worth import Worth, load_design, worth_of_knowing
from pelvicrt.research.worth_pages import render as render_worth

__all__ = [
    "Settings",
    "Worth",
    "calibration_text",
    "load_design",
    "render_worth",
    "run_calibration",
    "worth_of_knowing",
]
