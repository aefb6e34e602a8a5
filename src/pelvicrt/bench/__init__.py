"""How long things take and how much memory they need, each measured in a process of its own beside a floor."""

from pelvicrt.bench.measure import Measurement, names, run

__all__ = ["Measurement", "names", "run"]
