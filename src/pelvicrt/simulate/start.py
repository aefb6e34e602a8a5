"""Where does the patient stand today? What was already given, as the state in which the simulation starts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from pelvicrt.case import Case, TreatedStep
from pelvicrt.foundation import DAYS_PER_MONTH, WEEKS_PER_MONTH, is_known

_PELVIC_RT = {"short_course": "short", "long_course": "long", "palliative_rt": "short", "consolidative_rt": "short"}
_LIVER = ("liver_local", "simultaneous_surgery", "transplant")
_PRIMARY = ("tme", "simultaneous_surgery")


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What lies behind the patient, in months before today; None means it has not happened.

    A date that was not recorded counts as today and is named in `notes`.
    """

    rt_family: str = "none"
    rt_ended: float = 0.0
    systemic_weeks: float = 0.0
    systemic_began: float = 0.0
    liver_cleared: float | None = None
    primary_resected: float | None = None
    resected_r1: bool = False
    progressed: bool = False
    on_immunotherapy: bool = False
    notes: tuple[str, ...] = field(default=())

    @property
    def fresh(self) -> bool:
        """Whether nothing was done yet."""
        return self == Start(notes=self.notes)


def _months_ago(case: Case, date: object) -> float | None:
    if not isinstance(date, dt.date):
        return None
    return max((case.assessed_on - date).days / DAYS_PER_MONTH, 0.0)


def _last(case: Case, steps: tuple[TreatedStep, ...], kinds: tuple[str, ...], notes: list[str]) -> float | None:
    done = [step for step in steps if is_known(step.step) and step.step in kinds]
    if not done:
        return None
    ago = _months_ago(case, done[-1].end)
    if ago is None:
        notes.append(f"treated_so_far: the end of {done[-1].step} is not dated; taken as the day of assessment")
    return ago or 0.0


def read_start(case: Case) -> Start:
    """The start state of one case.

    Supported: radiotherapy given, systemic therapy given, liver cleared, primary resected, progression on the latest
    systemic step. Not supported, and named in the result's notes: watch and wait already running, second relapses.
    """
    steps = case.treated_so_far if is_known(case.treated_so_far) else ()
    notes: list[str] = []
    systemic = [step for step in steps if is_known(step.step) and step.step in ("systemic", "immunotherapy")]
    weeks = sum(_weeks(case, step) for step in systemic)
    began = [ago for step in systemic if (ago := _months_ago(case, step.start)) is not None]
    families = [_PELVIC_RT[step.step] for step in steps if is_known(step.step) and step.step in _PELVIC_RT]
    resected = _last(case, steps, _PRIMARY, notes)
    if resected is None and case.primary.in_place is False:
        resected = 0.0
        notes.append("primary.in_place is false without a date of resection; taken as the day of assessment")
    return Start(
        rt_family=families[-1] if families else "none",
        rt_ended=_last(case, steps, tuple(_PELVIC_RT), notes) or 0.0,
        systemic_weeks=weeks,
        systemic_began=max(began, default=0.0),
        liver_cleared=_last(case, steps, _LIVER, notes),
        primary_resected=resected,
        resected_r1=any(is_known(step.result) and step.result == "R1" for step in steps),
        progressed=bool(systemic) and systemic[-1].response_liver == "progression",
        on_immunotherapy=any(step.step == "immunotherapy" for step in systemic),
        notes=tuple(notes),
    )


def _weeks(case: Case, step: TreatedStep) -> float:
    began, ended = _months_ago(case, step.start), _months_ago(case, step.end)
    if began is None:
        return 0.0
    return (began - (ended or 0.0)) * WEEKS_PER_MONTH
