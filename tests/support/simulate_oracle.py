"""A slow oracle for what follows clearance: one life after another."""

import numpy as np


class Lives:
    """Monte Carlo of single lives after clearance with the plain definitions of the states, no algebra shared."""

    def __init__(self, spec: dict, *, patients: int, seed: int) -> None:
        self.spec, self.patients, self.rng = spec, patients, np.random.default_rng(seed)

    def _relapse_time(self, cure: float, scale: float, median: float, shape: float) -> float:
        if self.rng.random() < cure:
            return np.inf
        return median * (self.rng.exponential() / scale) ** (1 / shape)

    def _pelvic_time(self) -> float:
        level = self.rng.exponential()
        cumhaz, shape = self.spec["cumhaz60"], self.spec["pelvic_shape"]
        return 60.0 * (level / cumhaz) ** (1 / shape)

    def _death_after(self, ratio: float) -> float:
        return self.spec["death_median"] * (self.rng.exponential() / (np.log(2) * ratio)) ** (
            1 / self.spec["death_shape"]
        )

    def one(self) -> dict:
        """Death time, first relapse, pelvic event of one life."""
        s = self.spec
        pelvic = self._pelvic_time()
        marked, now, remission = False, 0.0, 1
        relapse = self._relapse_time(s["cure"], s["scale"], s["median"], s["shape"])
        first_relapse, event = np.inf, np.inf
        while True:
            if not marked and pelvic < relapse:
                marked, event = True, pelvic
                if self.rng.random() >= s["salvage"]:
                    return {"death": pelvic + self._death_after(s["hr"]), "relapse": first_relapse, "event": event}
            if not np.isfinite(relapse):
                return {"death": np.inf, "relapse": first_relapse, "event": event}
            first_relapse = min(first_relapse, relapse)
            both = self.rng.random() < s["both"]
            chance = s["clear_both"] if both else s["clear_single"]
            if remission > 2 or self.rng.random() >= chance:
                death = relapse + self._death_after(s["hr"] * (s["hr_both"] if both else 1.0))
                if not marked and pelvic < death:
                    event = pelvic
                return {"death": death, "relapse": first_relapse, "event": event}
            now = relapse + s["wait"]
            if not marked and pelvic < now:
                marked, event = True, pelvic
            remission += 1
            relapse = now + self._relapse_time(s["cure2"], s["scale2"], s["median2"], s["shape"])

    def run(self) -> dict[str, np.ndarray]:
        lives = [self.one() for _ in range(self.patients)]
        return {name: np.array([life[name] for life in lives]) for name in ("death", "relapse", "event")}
