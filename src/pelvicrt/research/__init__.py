"""What do published cohorts say of the model? Replay, calibration, populations under policies, and what to learn."""

from pelvicrt.research.worth import Worth, load_design, worth_of_knowing
from pelvicrt.research.worth_pages import render as render_worth

__all__ = ["Worth", "load_design", "render_worth", "worth_of_knowing"]
