"""Which numbers can be true of a patient? Plausible limits and units of every numeric field of a case.

The limits catch slips (a wrong unit, a moved decimal point); they are no clinical cut-offs and drive no rule.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Range:
    """Closed range of a number in its unit; with `step`, only low + k * step is allowed."""

    low: float
    high: float
    unit: str = "1"
    step: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a number lies in the range and on its steps; NaN never does.

        >>> Range(0, 2, step=0.5).holds(1.5), Range(0, 2, step=0.5).holds(1.2)
        (True, False)
        """
        return self.low <= value <= self.high and (
            self.step is None or math.isclose((value - self.low) / self.step % 1.0, 0.0, abs_tol=1e-9)
        )

    def __str__(self) -> str:
        """The range as a person writes it.

        >>> str(Range(18, 110, "years")), str(Range(0, 2, step=0.5))
        ('18 to 110 years', '0 to 2 in steps of 0.5')
        """
        unit = "" if self.unit == "1" else f" {self.unit}"
        return f"{self.low:g} to {self.high:g}{unit}" + (f" in steps of {self.step:g}" if self.step else "")


_GRADE: Final = Range(0, 4)
_SYMPTOM_GRADE: Final = Range(0, 3)
_WISH: Final = Range(0, 10)
_COUNT: Final = Range(0, 50)
_DEPTH_MM: Final = Range(0, 150, "mm")
_LESION_MM: Final = Range(0, 250, "mm")
_NODE_MM: Final = Range(0, 60, "mm")
_HEIGHT_CM: Final = Range(0, 20, "cm")

RANGES: Final[dict[str, dict[str, Range]]] = {
    "PriorPelvicRt": {"dose_gy": Range(0, 150, "Gy"), "fractions": Range(1, 100)},
    "Patient": {
        "age": Range(18, 110, "years"),
        "ecog": Range(0, 5),
        "karnofsky": Range(0, 100, step=10),
        "bsa_m2": Range(1, 3, "m2"),
        "asa": Range(1, 5),
        "charlson": Range(0, 37),
        "clinical_frailty_scale": Range(1, 9),
        "g8_score": Range(0, 17, step=0.5),
        "life_expectancy_months": Range(0, 600, "months"),
        "neuropathy_grade": _GRADE,
        "dpyd_activity": Range(0, 2, step=0.5),
        "wexner_score": Range(0, 20),
    },
    "Symptoms": {
        "pelvic_pain_nrs": Range(0, 10),
        "tenesmus": _SYMPTOM_GRADE,
        "discharge": _SYMPTOM_GRADE,
        "weight_loss_6mo_percent": Range(0, 60, "%"),
    },
    "LateralNode": {"short_axis_mm": _NODE_MM, "post_rt_short_axis_mm": _NODE_MM},
    "MesorectalNode": {"short_axis_mm": _NODE_MM, "morphology_flags": Range(0, 3)},
    "Primary": {
        "distance_anal_verge_cm": _HEIGHT_CM,
        "distance_anorectal_junction_cm": _HEIGHT_CM,
        "length_cm": _HEIGHT_CM,
        "emd_mm": Range(0, 60, "mm"),
        "mrf_mm": Range(0, 99, "mm"),
        "suspicious_node_count": _COUNT,
        "nodes_over_10mm": _COUNT,
        "tumour_deposits": _COUNT,
        "levator_distance_mm": Range(0, 99, "mm"),
    },
    "Liver": {
        "lesion_count": _COUNT,
        "largest_mm": _LESION_MM,
        "depth_from_surface_mm": _DEPTH_MM,
        "distance_portal_triad_mm": _DEPTH_MM,
        "flr_percent": Range(0, 100, "%"),
        "contiguous_segments_spared": Range(0, 8),
        "disappeared_lesions": _COUNT,
    },
    "Extrahepatic": {"count": Range(1, 200), "largest_mm": _LESION_MM},
    "Molecular": {"tmb_per_mb": Range(0, 1000, "mutations/Mb")},
    "Labs": {
        "cea_ng_ml": Range(0, 100_000, "ng/mL"),
        "haemoglobin_g_dl": Range(2, 25, "g/dL"),
        "platelets_10e9_l": Range(0, 3000, "10^9/L"),
        "neutrophils_10e9_l": Range(0, 200, "10^9/L"),
        "bilirubin_umol_l": Range(0, 1000, "umol/L"),
        "albumin_g_l": Range(5, 80, "g/L"),
        "inr": Range(0.5, 20),
        "creatinine_umol_l": Range(5, 3000, "umol/L"),
        "gfr_ml_min": Range(0, 250, "mL/min"),
        "ldh_u_l": Range(0, 50_000, "U/L"),
    },
    "Preferences": {
        "organ_preservation": _WISH,
        "avoid_stoma": _WISH,
        "low_treatment_burden": _WISH,
        "sexual_function": _WISH,
        "survival_over_function": _WISH,
        "travel_km": Range(0, 20_000, "km"),
        "max_rt_weeks": Range(0, 20, "weeks"),
    },
    "TreatedStep": {"cycles": Range(0, 60), "dose_gy": Range(0, 100, "Gy"), "fractions": Range(1, 100)},
}
