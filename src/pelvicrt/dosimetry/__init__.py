"""What a plan delivers: dose grids, contours, dose-volume histograms and their metrics. Arrays only, no file format."""

from pelvicrt.dosimetry.evaluate import StructureDose, dose_volume, dose_volumes
from pelvicrt.dosimetry.grid import DoseGrid
from pelvicrt.dosimetry.histogram import Histogram
from pelvicrt.dosimetry.metrics import Metric, NotComputable, parse_metric
from pelvicrt.dosimetry.notices import Notice
from pelvicrt.dosimetry.options import Sampling
from pelvicrt.dosimetry.structure import ContourPlane, Structure
from pelvicrt.dosimetry.sums import eqd2_grid, on_common_grid, resampled, sum_of_grids

__all__ = [
    "ContourPlane",
    "DoseGrid",
    "Histogram",
    "Metric",
    "NotComputable",
    "Notice",
    "Sampling",
    "Structure",
    "StructureDose",
    "dose_volume",
    "dose_volumes",
    "eqd2_grid",
    "on_common_grid",
    "parse_metric",
    "resampled",
    "sum_of_grids",
]
