"""How long things take and how much memory they need, each measured in a process of its own beside a floor."""

from pelvicrt.bench.measure import names, run
from pelvicrt.bench.measurement import Measurement

__all__ = ["Measurement", "names", "run"]
