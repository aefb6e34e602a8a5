"""What to prefer: outcomes weighed by the patient's wishes, never past a safety gate."""

from pelvicrt.recommend.advise import recommend
from pelvicrt.recommend.compare import comparisons
from pelvicrt.recommend.missing import GateStatuses, worth_of_examination
from pelvicrt.recommend.results import (
    Advice,
    Change,
    Comparison,
    ConflictCard,
    Convergence,
    Driver,
    MissingFact,
    Ranked,
    Recommendation,
)
from pelvicrt.recommend.table import Table
from pelvicrt.recommend.thresholds import Thresholds, thresholds
from pelvicrt.recommend.what_if import what_if, with_plain_wishes
from pelvicrt.recommend.wishes import WISH_FIELDS
from pelvicrt.recommend.words import CLASS_LABELS, names_of

__all__ = [
    "CLASS_LABELS",
    "WISH_FIELDS",
    "Advice",
    "Change",
    "Comparison",
    "ConflictCard",
    "Convergence",
    "Driver",
    "GateStatuses",
    "MissingFact",
    "Ranked",
    "Recommendation",
    "Table",
    "Thresholds",
    "comparisons",
    "names_of",
    "recommend",
    "thresholds",
    "what_if",
    "with_plain_wishes",
    "worth_of_examination",
]
