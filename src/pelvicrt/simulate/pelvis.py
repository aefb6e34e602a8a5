"""What does radiotherapy do in the pelvis? Response, clinical complete response, recurrence and regrowth."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Regimen
from pelvicrt.foundation import WEEKS_PER_MONTH, expit, logit
from pelvicrt.radiobiology import eqd2
from pelvicrt.simulate.draws import ParameterDraws
from pelvicrt.simulate.facts import HIGH, LOW, Patient

Floats = npt.NDArray[np.float64]
RECURRENCE_HORIZON_MONTHS = 60.0  # number: the month pelvis.recurrence.cumhaz60 is stated at
_WEEKS_OF_SLOPE = 12.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Irradiation:
    """The pelvic radiotherapy of a plan; `family` is short, long or none. Doses in Gy."""

    family: str = "none"
    eqd2_gy: float | None = None
    total_gy: float | None = None
    with_drug: bool = True


def irradiation(family: str, regimen: Regimen | None, *, alpha_beta_gy: float) -> Irradiation:
    """What a schedule means for the pelvis; where the linear-quadratic model is not valid there is no EQD2."""
    if family == "none" or regimen is None:
        return Irradiation(family=family)
    dose = None
    if regimen.lq_valid:
        found = eqd2(
            dose_per_fraction_gy=regimen.total_gy / regimen.fractions,
            fractions=regimen.fractions,
            alpha_beta_gy=alpha_beta_gy,
        )
        dose = found.value_gy
    return Irradiation(family=family, eqd2_gy=dose, total_gy=regimen.total_gy, with_drug=regimen.concurrent is not None)


def response(
    p: ParameterDraws, who: Patient, rt: Irradiation, *, systemic_weeks: float, months_since_rt: Floats
) -> Floats:
    """Probability of pathological complete response at assessment.

    logit p = logit base + per_12wk * weeks / 12 * a + shifts + per_gy * (EQD2 - usual)
    + ln[(1 - exp(-i / 4)) / (1 - exp(-2))], i = weeks since the end of radiotherapy; without it, the base alone.
    """
    shift = p["pcr.m1_shift"] + np.where(who.pelvis == HIGH, p["pcr.high_risk"], 0.0)
    shift = shift + np.where(who.long, p["pcr.long_tumour"], 0.0)
    if rt.family == "none":
        return expit(logit(p["pcr.chemo_alone"]) + shift)
    long = rt.family == "long"
    weeks = np.minimum(systemic_weeks, p["pcr.weeks_cap"])
    part = p["pcr.systemic_long_course"] if long else 1.0
    shift = shift + p["pcr.per_12wk"] * weeks / _WEEKS_OF_SLOPE * part
    if long and not rt.with_drug:
        shift = shift + p["pcr.no_drug"]
    if rt.eqd2_gy is not None:
        usual = p["pcr.usual_eqd2.long_course" if long else "pcr.usual_eqd2.short_course"]
        shift = shift + p["pcr.per_gy"] * (rt.eqd2_gy - usual)
    interval = np.maximum(months_since_rt * WEEKS_PER_MONTH, p["pcr.interval_least"])
    scale = p["pcr.interval_scale"]
    grown = np.expm1(-interval / scale) / np.expm1(-p["pcr.interval_reference"] / scale)
    return expit(logit(p["pcr.lcrt" if long else "pcr.scrt"]) + shift + np.log(grown))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalResponse:
    """At assessment: chance of cCR, of pCR among those with it and the others, and of residual tumour behind a cCR.

    `seen` says that the response is known, so that `ccr` is 0 or 1 and everybody operated on showed the same.
    """

    ccr: Floats
    pcr: Floats
    pcr_of_responders: Floats
    pcr_of_others: Floats
    residual: Floats
    seen: bool = False

    def as_seen(self, *, complete: bool) -> ClinicalResponse:
        """The same patients once their response is known; residual tumour behind a cCR stays as likely."""
        return dataclasses.replace(self, ccr=np.full_like(self.ccr, float(complete)), seen=True)

    def pcr_of_operated(self, *, responders_kept: bool) -> Floats:
        """Chance of pCR in those who are operated on; `responders_kept` when clinical responders keep the rectum."""
        if self.seen:
            return np.where(self.ccr > 0.0, self.pcr_of_responders, self.pcr_of_others)
        return self.pcr_of_others if responders_kept else self.pcr


def clinical_response(
    p: ParameterDraws, rt: Irradiation, pcr: Floats, *, consolidation_weeks: float
) -> ClinicalResponse:
    """Clinical complete response from the latent pathological one: pcr * sensitivity + (1 - pcr) * false positives.

    The odds ratio of long against short course acts only beyond the ratio of their bases, half up and half down, and
    fades as consolidation approaches the weeks after which both respond alike.
    """
    true, false = pcr * p["ccr.sensitivity"], (1.0 - pcr) * p["ccr.false_positive"]
    total = np.maximum(true + false, 1e-300)
    shown = true + false
    if rt.family in ("short", "long"):
        excess = np.log(p["ccr.or_lcrt_vs_scrt"]) - (logit(p["pcr.lcrt"]) - logit(p["pcr.scrt"]))
        fade = np.maximum(1.0 - consolidation_weeks / p["ccr.consolidation_weeks"], 0.0)
        half = 0.5 * excess * fade * (1.0 if rt.family == "long" else -1.0)
        inside = (shown > 0.0) & (shown < 1.0)
        safe = np.where(inside, shown, 0.5)
        shown = np.where(inside, expit(logit(safe) + half), shown)
    wrong = false / total
    odds = wrong * p["regrowth.hr_m1"]
    residual = odds / (odds + 1.0 - wrong)
    kept = np.maximum(pcr - shown * (1.0 - wrong), 0.0)
    others = np.where(shown < 1.0, kept / np.maximum(1.0 - shown, 1e-300), 0.0)
    return ClinicalResponse(
        ccr=shown, pcr=pcr, pcr_of_responders=1.0 - wrong, pcr_of_others=np.minimum(others, 1.0), residual=residual
    )


def recurrence_cumhaz60(
    p: ParameterDraws, who: Patient, rt: Irradiation, *, chemo_first: bool, pcr: Floats, pcr_operated: Floats, r1: bool
) -> Floats:
    """Cumulative hazard of pelvic recurrence 60 months after TME, with class, radiotherapy and response.

    The averages the base and ratios come from contain pathological complete responders and R1 resections; only a
    change of the responders' share among those operated (watch and wait takes some away) moves the hazard.
    """
    involved = np.where(who.margin_involved, p["pelvis.recurrence.hr_mrf"], p["pelvis.recurrence.hr_high_other"])
    high = involved if who.margin_known else p["pelvis.recurrence.hr_high"]
    ratio = np.select([who.pelvis == HIGH, who.pelvis == LOW], [high, p["pelvis.recurrence.hr_low"]], 1.0)
    if rt.family != "none":
        half = np.sqrt(p["pelvis.recurrence.hr_scrt_vs_lcrt"])
        ratio = ratio * p["pelvis.recurrence.hr_rt"] * (half if rt.family == "short" else 1.0 / half)
    elif chemo_first:
        ratio = ratio * p["pelvis.recurrence.hr_chemo_no_rt"]
    spared = 1.0 - p["pelvis.recurrence.hr_pcr"]
    # The quotient first: exactly 1 when nobody is kept from surgery, so that such plans share their solution.
    ratio = ratio * ((1.0 - pcr_operated * spared) / (1.0 - pcr * spared))
    if r1:
        ratio = ratio * p["pelvis.recurrence.hr_r1"]
    return p["pelvis.recurrence.cumhaz60"] * ratio


def recurrence_free(p: ParameterDraws, cumhaz60: Floats, months: Floats, since: Floats) -> Floats:
    """Survivor function of pelvic recurrence at `months` after a start that lies `since` [months] after TME.

    Shape (draws, times), 1 at the start.
    """
    shape = p["pelvis.recurrence.shape"][:, None]
    reached = ((since[:, None] + months[None, :]) / RECURRENCE_HORIZON_MONTHS) ** shape
    before = (since[:, None] / RECURRENCE_HORIZON_MONTHS) ** shape
    return np.exp(-cumhaz60[:, None] * (reached - before))


def regrowth_pace(p: ParameterDraws, who: Patient, rt: Irradiation) -> Floats:
    """Hazard ratio of regrowth by early T stage and, for long courses, a high dose."""
    hr = np.where(who.early_t, p["regrowth.hr_ct2"], 1.0)
    if rt.total_gy is not None and rt.family == "long":
        hr = hr * np.where(rt.total_gy > p["regrowth.high_dose_gy"], p["regrowth.hr_dose_gt50"], 1.0)
    return np.asarray(hr, dtype=np.float64)


def clear_of_regrowth(p: ParameterDraws, who: Patient, rt: Irradiation, residual: Floats, times: Floats) -> Floats:
    """Survivor function of regrowth at `times` (draws, n) [months] since the response was seen to be complete.

    1 - residual * (1 - exp(-ln 2 * hr * (t / median)^shape)).
    """
    hr = regrowth_pace(p, who, rt)
    grown = -np.expm1(
        -np.log(2.0) * hr[:, None] * (times / p["regrowth.median"][:, None]) ** p["regrowth.shape"][:, None]
    )
    return np.asarray(1.0 - residual[:, None] * grown, dtype=np.float64)


def still_clear(  # noqa: PLR0917 - in the order patient, therapy, time
    p: ParameterDraws, who: Patient, rt: Irradiation, residual: Floats, seen_at: Floats, times: Floats
) -> Floats:
    """Chance of no regrowth by `times` (draws, n) [months from today] of one who is clear today, or when first seen.

    `seen_at` (draws,) is when the response was seen, below 0 when before today; 1 before that time.
    """
    begun = np.maximum(-seen_at, 0.0)[:, None]
    since = np.maximum(times - seen_at[:, None], begun)
    free = clear_of_regrowth(p, who, rt, residual, since)
    return np.asarray(free / clear_of_regrowth(p, who, rt, residual, begun), dtype=np.float64)
