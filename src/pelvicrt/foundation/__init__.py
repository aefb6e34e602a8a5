"""The floor every room stands on: units, unknowns, words, errors, random streams. Imports nothing of ours."""

from pelvicrt.foundation.atomic import write_whole
from pelvicrt.foundation.contract import (
    AMOUNTS,
    CLASSIFICATION_VALUES,
    EVIDENCE_GRADES,
    HORIZONS_MONTHS,
    LANGUAGES,
    LOWER_IS_BETTER,
    OUTCOME_NAMES,
    STATUSES,
    STRATEGY_IDS,
    Grade,
    Language,
    Mark,
    Status,
)
from pelvicrt.foundation.errors import (
    InternalError,
    InvalidInput,
    MissingInformation,
    PelvicrtError,
    Problem,
    UsageError,
)
from pelvicrt.foundation.probability import expit, logit
from pelvicrt.foundation.ranks import average_ranks
from pelvicrt.foundation.reasons import Reason
from pelvicrt.foundation.streams import Streams
from pelvicrt.foundation.text import Text
from pelvicrt.foundation.units import (
    DAYS_PER_MONTH,
    MONTHS_PER_YEAR,
    WEEKS_PER_MONTH,
    months_from_days,
    months_from_weeks,
)
from pelvicrt.foundation.unknown import (
    UNKNOWN,
    Unknown,
    Verdict,
    all_of,
    any_of,
    is_known,
    negate,
)
from pelvicrt.foundation.version import VERSION

__all__ = [
    "AMOUNTS",
    "CLASSIFICATION_VALUES",
    "DAYS_PER_MONTH",
    "EVIDENCE_GRADES",
    "HORIZONS_MONTHS",
    "LANGUAGES",
    "LOWER_IS_BETTER",
    "MONTHS_PER_YEAR",
    "OUTCOME_NAMES",
    "STATUSES",
    "STRATEGY_IDS",
    "UNKNOWN",
    "VERSION",
    "WEEKS_PER_MONTH",
    "Grade",
    "InternalError",
    "InvalidInput",
    "Language",
    "Mark",
    "MissingInformation",
    "PelvicrtError",
    "Problem",
    "Reason",
    "Status",
    "Streams",
    "Text",
    "Unknown",
    "UsageError",
    "Verdict",
    "all_of",
    "any_of",
    "average_ranks",
    "expit",
    "is_known",
    "logit",
    "months_from_days",
    "months_from_weeks",
    "negate",
    "write_whole",
]
