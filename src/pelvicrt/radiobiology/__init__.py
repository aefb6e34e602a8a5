"""What dose does: pure functions on numbers and arrays. Numbers from papers are passed in, none stands here."""

from pelvicrt.radiobiology.flags import DoseEstimate, Flag, FlagKind, NtcpEstimate, ResponseEstimate
from pelvicrt.radiobiology.fractionation import (
    Bed,
    Eqd2,
    TimeFactor,
    bed,
    bed_incomplete_repair,
    bed_with_doubling_time,
    eqd2,
    eqd2_with_time,
    incomplete_repair_factor,
    total_dose_in_fractions,
)
from pelvicrt.radiobiology.large_fractions import (
    LargeFractionSpread,
    LqValidity,
    bed_lq_linear,
    large_fraction_spread,
    summable_bed,
)
from pelvicrt.radiobiology.reirradiation import Course, CumulativeDose, SpatialBasis, cumulative_eqd2
from pelvicrt.radiobiology.response import (
    LkbModel,
    ResponseModel,
    lkb,
    logistic_response,
    poisson_control,
    population_control,
    relative_seriality,
)
from pelvicrt.radiobiology.volumes import PhysicalBins, TwoGyBins, generalised_eud

__all__ = [
    "Bed",
    "Course",
    "CumulativeDose",
    "DoseEstimate",
    "Eqd2",
    "Flag",
    "FlagKind",
    "LargeFractionSpread",
    "LkbModel",
    "LqValidity",
    "NtcpEstimate",
    "PhysicalBins",
    "ResponseEstimate",
    "ResponseModel",
    "SpatialBasis",
    "TimeFactor",
    "TwoGyBins",
    "bed",
    "bed_incomplete_repair",
    "bed_lq_linear",
    "bed_with_doubling_time",
    "cumulative_eqd2",
    "eqd2",
    "eqd2_with_time",
    "generalised_eud",
    "incomplete_repair_factor",
    "large_fraction_spread",
    "lkb",
    "logistic_response",
    "poisson_control",
    "population_control",
    "relative_seriality",
    "summable_bed",
    "total_dose_in_fractions",
]
