"""The team's workspace in a browser: thin pages over the store and the assessment."""

from pelvicrt.web.app import make_app
from pelvicrt.web.service import Limits, Service

__all__ = ["Limits", "Service", "make_app"]
