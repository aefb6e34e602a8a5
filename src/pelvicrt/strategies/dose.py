"""What does a schedule mean biologically? BED and EQD2 under every scenario that must be shown side by side."""

from __future__ import annotations

import dataclasses
from typing import Final

from pelvicrt.evidence import Library, Regimen
from pelvicrt.foundation import Text
from pelvicrt.radiobiology import TimeFactor, bed, eqd2, eqd2_with_time
from pelvicrt.strategies.results import RegimenDose

SCENARIOS: Final[tuple[tuple[str, Text], ...]] = (
    ("radiobiology.alpha_beta.tumour_planning", Text("Tumour, planning convention", "肿瘤，计划常规值")),
    ("radiobiology.alpha_beta.tumour_fitted", Text("Tumour, fitted to local control", "肿瘤，局部控制拟合值")),
    ("radiobiology.alpha_beta.late_low", Text("Late effects in normal tissue", "正常组织晚期效应")),
)
_BOOST: Final = Text("{scenario}, boosted tumour", "{scenario}（肿瘤加量区）")
_TIME: Final = Text("Tumour, one fit with time in it", "肿瘤，含时间因子的同一拟合")
_FULL_REPAIR: Final = Text("Assumes full repair between the daily fractions", "假定每日各次照射之间完全修复")


def regimen_doses(regimen: Regimen | None, library: Library) -> tuple[RegimenDose, ...]:
    """BED and EQD2 [Gy] of a schedule for both tumour alpha/beta and the late one; nothing where LQ has no meaning.

    A contact or point dose (`lq_valid: false`) is never converted. A schedule with a boost is listed twice.
    """
    if regimen is None or not regimen.lq_valid:
        return ()
    totals = [(regimen.total_gy, False)]
    if regimen.boost_total_gy is not None:
        totals.append((regimen.boost_total_gy, True))
    listed = [
        _dose(regimen, total, library, parameter=parameter, scenario=_BOOST.fill(scenario=name) if boosted else name)
        for total, boosted in totals
        for parameter, name in SCENARIOS
    ]
    return (*listed, _with_time(regimen, library))


def _with_time(regimen: Regimen, library: Library) -> RegimenDose:
    """The fit that has repopulation in it: its alpha/beta, dose lost per day and kick-off are never parted."""
    ratio, lost, kick_off = (
        library.parameters[f"radiobiology.time.{name}"].spread.a for name in ("alpha_beta", "dose_per_day", "kick_off")
    )
    plain = _dose(regimen, regimen.total_gy, library, parameter="radiobiology.time.alpha_beta", scenario=_TIME)
    fit = TimeFactor(dose_per_day_gy=lost, kick_off_day=kick_off, alpha_beta_gy=ratio)
    corrected = eqd2_with_time(
        dose_per_fraction_gy=regimen.total_gy / regimen.fractions,
        fractions=regimen.fractions,
        days=regimen.duration_days,
        time=fit,
    )
    return dataclasses.replace(plain, eqd2_time_corrected_gy=corrected.value_gy)


def _dose(regimen: Regimen, total_gy: float, library: Library, *, parameter: str, scenario: Text) -> RegimenDose:
    ratio = library.parameters[parameter].spread.a
    each = total_gy / regimen.fractions
    return RegimenDose(
        scenario=scenario,
        alpha_beta_gy=ratio,
        bed_gy=bed(dose_per_fraction_gy=each, fractions=regimen.fractions, alpha_beta_gy=ratio).value_gy,
        eqd2_gy=eqd2(dose_per_fraction_gy=each, fractions=regimen.fractions, alpha_beta_gy=ratio).value_gy,
        eqd2_time_corrected_gy=None,
        parameter=parameter,
        note=_FULL_REPAIR if regimen.fractions_per_day > 1 else None,
    )
