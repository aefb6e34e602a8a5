"""The team's workspace in a browser: thin pages over the store and the assessment."""

from pelvicrt.web.app import make_app
from pelvicrt.web.logs import write_logs
from pelvicrt.web.oidc import Hospital
from pelvicrt.web.running import Door, run, taken
from pelvicrt.web.service import Limits, Service

__all__ = ["Door", "Hospital", "Limits", "Service", "make_app", "run", "taken", "write_logs"]
