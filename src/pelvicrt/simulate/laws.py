"""How fast does disease move for this patient, in each draw and biology class? Survivor functions and their scales."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.foundation import expit, logit
from pelvicrt.simulate.draws import ParameterDraws
from pelvicrt.simulate.facts import CONVERTIBLE, UNRESECTABLE, UPFRONT, Patient

Floats = npt.NDArray[np.float64]

CLASSES = np.array([-np.sqrt(3.0), 0.0, np.sqrt(3.0)])
"""Three-point rule of a standard normal: exact for moments up to the fifth."""
CLASS_WEIGHTS = np.array([1.0, 4.0, 1.0]) / 6.0
LN2 = float(np.log(2.0))
_ALMOST_HALF = 0.49  # number: keeps log((1 - share) / (1/2 - share)) finite


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """stay + part exp(-scale x^shape) + rest exp(-rate x), x = time since the origin over `median` [months]."""

    median: Floats
    shape: Floats
    stay: Floats
    part: Floats
    scale: Floats
    rest: Floats
    rate: Floats

    def at(self, months: Floats) -> Floats:
        """Values at times since the origin, shape (draws, classes, times)."""
        x = months[None, :] / self.median[:, None]
        power = x ** self.shape[:, None]
        weibull = self.part[..., None] * np.exp(-self.scale[..., None] * power[:, None, :])
        plain = self.rest[..., None] * np.exp(-self.rate[..., None] * x[:, None, :])
        return np.asarray(self.stay[..., None] + weibull + plain, dtype=np.float64)


def weibull(median: Floats, shape: Floats, scale: Floats, cure: Floats | None = None) -> Law:
    """Mixture cure law: cure + (1 - cure) exp(-scale (t / median)^shape)."""
    stay = np.zeros_like(scale) if cure is None else cure
    none = np.zeros_like(scale)
    return Law(median=median, shape=shape, stay=stay, part=1.0 - stay, scale=scale, rest=none, rate=none)


class Disease:
    """All laws of one patient under one set of parameter draws."""

    def __init__(self, parameters: ParameterDraws, patient: Patient, *, limited_access: bool = False) -> None:
        self.parameters, self.patient, self.limited_access = parameters, patient, limited_access
        self.draws = len(patient.age)
        self._first_line: dict[tuple[bool, bytes], Floats] = {}
        sd = parameters["biology.sd"][:, None]
        self.latent = sd * CLASSES[None, :]
        self.pace = np.exp(self.latent - 0.5 * sd**2)
        self.salvage_factor = np.exp(-parameters["biology.salvage_slope"][:, None] * self.latent)

    def progression(self, *, triplet: bool) -> Law:
        """First-line progression while the liver is not cleared; scale holds ln 2, class and hazard ratios."""
        p, who = self.parameters, self.patient
        resectable = p["sys.progression.hr_resectable"]
        ratio = np.select([who.liver == UPFRONT, who.liver == CONVERTIBLE], [resectable, np.sqrt(resectable)], 1.0)
        ratio = ratio * np.where(who.ras, p["sys.progression.hr_ras"], 1.0)
        ratio = ratio * np.where(who.braf, p["sys.progression.hr_braf"], 1.0)
        ratio = ratio * np.where(who.frail, p["sys.hr_frail"], 1.0)
        if triplet:
            ratio = ratio * p["sys.progression.hr_triplet"]
        return weibull(p["sys.progression.median"], p["sys.progression.shape"], LN2 * self.pace * ratio[:, None])

    def first_line(self, months: Floats, *, triplet: bool) -> Floats:
        """Survivor function of first-line control at `months` [months], worked out once for all plans."""
        key = (triplet, months.tobytes())
        if key not in self._first_line:
            self._first_line[key] = self.progression(triplet=triplet).at(months)
        return self._first_line[key]

    def immunotherapy(self) -> Law:
        """Control on immunotherapy: a refractory part, a lasting part and a part lost exponentially.

        Without mismatch repair deficiency everybody is refractory.
        """
        p = self.parameters
        lasting = np.minimum(p["io.long_control"], _ALMOST_HALF)
        refractory = np.where(self.patient.mmr_deficient, p["io.refractory"], 1.0)
        others = np.log((1.0 - lasting) / (0.5 - lasting)) / p["io.pfs_median"]
        one = np.ones((self.draws, len(CLASSES)))
        return Law(
            median=np.ones(self.draws),
            shape=np.ones(self.draws),
            stay=one * ((1.0 - refractory) * lasting)[:, None],
            part=one * ((1.0 - refractory) * (1.0 - lasting))[:, None],
            scale=self.pace * others[:, None],
            rest=one * refractory[:, None],
            rate=self.pace * (LN2 / p["io.refractory_median"])[:, None],
        )

    @functools.cached_property
    def _late_ratio(self) -> Floats:
        p, who = self.parameters, self.patient
        ratio = np.where(who.ras, p["sys.post_progression.hr_ras"], 1.0)
        ratio = ratio * np.where(who.braf, p["sys.post_progression.hr_braf"], 1.0)
        ratio = ratio * np.where(who.frail, p["sys.hr_frail"], 1.0)
        return np.asarray(ratio * p["sys.hr_limited_access"] if self.limited_access else ratio, dtype=np.float64)

    def _death(self, ratio: Floats) -> Law:
        p = self.parameters
        scale = LN2 * self.pace * (self._late_ratio * ratio)[:, None]
        return weibull(p["sys.post_progression.median"], p["sys.post_progression.shape"], scale)

    def after_progression(self) -> Law:
        """Survival after progression of disease that was never cleared."""
        return self._death(np.ones(self.draws))

    def after_relapse(self, *, both: bool) -> Law:
        """Survival after a relapse that is not cleared again."""
        ratio = self.parameters["post_relapse.hr"]
        return self._death(ratio * self.parameters["post_relapse.hr_both"] if both else ratio)

    def _cured(self, base: Floats) -> Floats:
        p = self.parameters
        points = self.patient.crs - p["crs.reference"]
        on_logit = logit(base) + p["relapse.cure.beta_crs"] * points
        return np.asarray(expit(on_logit[:, None] - p["biology.cure_slope"][:, None] * self.latent), dtype=np.float64)

    def relapse(self, *, systemic: bool, cured: Floats | None = None) -> Law:
        """First relapse after clearance; `cured` replaces the cure share (transplantation, immunotherapy)."""
        p = self.parameters
        share = self._cured(p["relapse.cure"])
        if cured is not None:
            share = expit(logit(cured)[:, None] - p["biology.cure_slope"][:, None] * self.latent)
        return weibull(p["relapse.median"], p["relapse.shape"], self._relapse_scale(systemic=systemic), share)

    def _relapse_scale(self, *, systemic: bool) -> Floats:
        p, who = self.parameters, self.patient
        ratio = p["relapse.hr_crs"] ** (who.crs - p["crs.reference"])
        ratio = ratio * np.where(who.braf, p["relapse.hr_braf"], 1.0)
        if systemic:
            ratio = ratio * p["relapse.hr_systemic"]
        return np.asarray(LN2 * self.pace * ratio[:, None], dtype=np.float64)

    def later_relapse(self) -> Law:
        """Relapse after a second or later clearance."""
        p = self.parameters
        return weibull(
            p["relapse2.median"],
            p["relapse.shape"],
            self._relapse_scale(systemic=False),
            self._cured(p["relapse2.cure"]),
        )

    def chance(self, base: Floats) -> Floats:
        """A salvage probability by class: base * exp(-slope * latent), rarer in old age, never above 1."""
        p = self.parameters
        aged = base * np.where(self.patient.old, p["salvage.over75"], 1.0)
        return np.asarray(np.minimum(aged[:, None] * self.salvage_factor, 1.0), dtype=np.float64)

    @functools.cached_property
    def sites(self) -> Floats:
        """(draws, classes, 3): share of relapses at both sites; chance that single- and both-site ones are cleared."""
        p = self.parameters
        liver = p["relapse.site_liver"]
        both = (1.0 - liver) * p["relapse.site_both"]
        elsewhere = 1.0 - liver - both
        single = (liver * p["salvage.liver"] + elsewhere * p["salvage.elsewhere"]) / (liver + elsewhere)
        out = np.empty((self.draws, len(CLASSES), 3))
        out[..., 0] = both[:, None]
        out[..., 1] = self.chance(single)
        out[..., 2] = self.chance(p["salvage.both"])
        return out

    @functools.cached_property
    def rescue(self) -> Floats:
        """Chance of later clearance after progression within the plan, by class."""
        p = self.parameters
        factor = np.where(self.patient.liver == UNRESECTABLE, p["plan.rescue_unresectable_factor"], 1.0)
        return np.asarray(
            np.minimum((p["plan.rescue_after_progression"] * factor)[:, None] * self.salvage_factor, 1.0),
            dtype=np.float64,
        )

    def conversion(self, *, triplet: bool) -> Floats:
        """Chance that the liver can be treated at the first restaging, by the class it started in."""
        p, who = self.parameters, self.patient
        shift = np.where(who.ras, np.log(p["liver.conversion.or_ras"]), 0.0)
        if triplet:
            shift = shift + np.log(p["liver.conversion.or_triplet"])
        convertible = expit(logit(p["liver.conversion.convertible"]) + shift)
        unresectable = expit(logit(p["liver.conversion.unresectable"]) + shift)
        return np.asarray(
            np.select(
                [who.liver == UPFRONT, who.liver == CONVERTIBLE, who.liver == UNRESECTABLE],
                [p["liver.stays_resectable"], convertible, unresectable],
                1.0,
            ),
            dtype=np.float64,
        )
