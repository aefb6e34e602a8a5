"""What to prefer: outcomes weighed by the patient's wishes, never past a safety gate."""

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

__all__ = ["Advice", "Change", "Comparison", "ConflictCard", "Driver", "MissingFact", "Ranked", "Recommendation"]
