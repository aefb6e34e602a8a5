"""How much do centres differ? Between-centre variation added to an outcome, the same centre for every candidate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.foundation import Streams, expit, logit
from pelvicrt.simulate.draws import ParameterDraws, evenly

Floats = npt.NDArray[np.float64]

CLASS_OF: dict[str, str] = {
    "overall_survival": "os",
    "progression_free_survival": "pfs",
    "local_recurrence": "pelvic",
    "local_regrowth": "regrowth",
    "distant_progression": "relapse",
    "all_sites_cleared": "completion",
    "complete_clinical_response": "response",
    "pathological_complete_response": "response",
    "r0_resection": "pelvic",
    "organ_preservation": "regrowth",
    "stoma_free": "symptom",
    "permanent_stoma": "symptom",
    "pelvic_symptom_free": "symptom",
    "symptom_relief": "symptom",
    "grade3plus_toxicity": "toxicity",
    "postoperative_mortality_90d": "pelvic",
    "major_lars": "symptom",
    "life_months": "time",
    "quality_adjusted_months": "time",
    "treatment_days": "time",
}
CENTRES = 4
"""Centres a draw: one from each quarter of what a centre may be, so that the ends of an interval carry little luck."""
_LEAST, _MOST = 1e-12, 1.0 - 1e-12


class Centres:
    """A few centres a draw: a deviation for each class of outcomes, the same for all candidates."""

    def __init__(self, parameters: ParameterDraws, *, draws: int, seed: int) -> None:
        streams = Streams(seed)
        self.deviation: dict[str, Floats] = {}
        for kind in sorted(set(CLASS_OF.values())):
            luck = evenly(streams, f"centre/{kind}", rows=draws)
            normal = special.ndtri((np.arange(CENTRES) + luck[:, None]) / CENTRES)
            self.deviation[kind] = parameters[f"between_centre.{kind}"][:, None] * normal

    def vary(self, name: str, values: Floats) -> Floats:
        """Values (draws, times) in new centres (draws x CENTRES, times): shifted on the logit, times on the log."""
        shift = self.deviation[CLASS_OF[name]][:, :, None]
        if CLASS_OF[name] == "time":
            varied = values[:, None, :] * np.exp(shift)
        else:
            inside = ((values > _LEAST) & (values < _MOST))[:, None, :]
            safe = np.where(inside, values[:, None, :], 0.5)
            varied = np.where(inside, expit(logit(safe) + shift), values[:, None, :])
        return np.asarray(varied.reshape(-1, values.shape[1]), dtype=np.float64)
