"""What to prefer: outcomes weighed by the patient's wishes, never past a safety gate."""

from pelvicrt.recommend.advise import recommend
from pelvicrt.recommend.missing import GateStatuses
from pelvicrt.recommend.results import (
    Advice,
    Change,
    Comparison,
    ConflictCard,
    Driver,
    MissingFact,
    Ranked,
    Recommendation,
)
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
    "Driver",
    "GateStatuses",
    "MissingFact",
    "Ranked",
    "Recommendation",
    "Thresholds",
    "names_of",
    "recommend",
    "thresholds",
    "what_if",
    "with_plain_wishes",
]
