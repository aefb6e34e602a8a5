"""Where does the patient stand today? What was already given, as the state in which the simulation starts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pelvicrt.case import Case, TreatedStep
from pelvicrt.foundation import DAYS_PER_MONTH, WEEKS_PER_MONTH, Text, is_known

_PELVIC_RT = {"short_course": "short", "long_course": "long", "palliative_rt": "short", "consolidative_rt": "short"}
_LIVER = ("liver_local", "simultaneous_surgery", "transplant")
_PRIMARY = ("tme", "simultaneous_surgery")
_ANSWERED = (*_PELVIC_RT, "immunotherapy")
"""Treatments whose response the primary may show so well that it can stay."""
_UNDATED = Text(
    "treated_so_far: the end of {step} is not dated; taken as the day of assessment",
    "treated_so_far：{step} 未填写结束日期，按评估当日计",
)
_NO_RESECTION_DATE = Text(
    "primary.in_place is false without a date of resection; taken as the day of assessment",
    "primary.in_place 为否但无切除日期，按评估当日计",
)
_COMPLETE = Text(
    "The numbers start from the complete clinical response seen on {date}: regrowth is counted from today, "
    "among patients whose rectum is still clear",
    "数字以 {date} 所见的临床完全缓解为起点：局部再生自今日起计，仅限直肠仍无肿瘤的患者",
)
_INCOMPLETE = Text(
    "The numbers start from the response of the primary already seen, which is not complete: without more systemic "
    "therapy no complete response is expected",
    "数字以已见的原发灶疗效（未达完全缓解）为起点：若不再给予全身治疗，不预期完全缓解",
)
_NEAR = Text(
    "The near-complete response of the primary already seen is not counted: no source says how often it becomes "
    "complete here, so chances of a complete response are those before it was seen",
    "已见的原发灶近完全缓解未计入：尚无资料说明其在此类患者中转为完全缓解的比例，完全缓解的机会仍按疗效评估前计",
)
Response = Literal["", "complete", "incomplete"]
_NOT_SEEN: tuple[Response, float] = ("", 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What lies behind the patient, in months before today; None means it has not happened.

    A date that was not recorded counts as today and is named in `notes`. `response` is what the primary last showed
    after pelvic radiotherapy or immunotherapy, `response_seen` months ago; empty when nobody looked, or when what was
    seen does not tell (near-complete, or not complete with more systemic therapy since).
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
    response: Response = ""
    response_seen: float = 0.0
    notes: tuple[Text, ...] = field(default=())

    @property
    def fresh(self) -> bool:
        """Whether nothing was done yet."""
        return self == Start(notes=self.notes)


def _months_ago(case: Case, date: object) -> float | None:
    if not isinstance(date, dt.date):
        return None
    return max((case.assessed_on - date).days / DAYS_PER_MONTH, 0.0)


def _last(case: Case, steps: tuple[TreatedStep, ...], kinds: tuple[str, ...], notes: list[Text]) -> float | None:
    done = [step for step in steps if is_known(step.step) and step.step in kinds]
    if not done:
        return None
    ago = _months_ago(case, done[-1].end)
    if ago is None:
        notes.append(_UNDATED.fill(step=done[-1].step))
    return ago or 0.0


def read_start(case: Case) -> Start:
    """The start state of one case.

    Supported: radiotherapy given, systemic therapy given, liver cleared, primary resected, progression on the latest
    systemic step, response of a primary that is still in place. Not supported: second relapses.
    """
    steps = case.treated_so_far if is_known(case.treated_so_far) else ()
    notes: list[Text] = []
    systemic = [step for step in steps if is_known(step.step) and step.step in ("systemic", "immunotherapy")]
    weeks = sum(_weeks(case, step) for step in systemic)
    began = [ago for step in systemic if (ago := _months_ago(case, step.start)) is not None]
    families = [_PELVIC_RT[step.step] for step in steps if is_known(step.step) and step.step in _PELVIC_RT]
    resected = _last(case, steps, _PRIMARY, notes)
    if resected is None and case.primary.in_place is False:
        resected = 0.0
        notes.append(_NO_RESECTION_DATE)
    response, seen = _response(case, steps, notes) if resected is None else _NOT_SEEN
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
        response=response,
        response_seen=seen,
        notes=tuple(notes),
    )


def _response(case: Case, steps: Sequence[TreatedStep], notes: list[Text]) -> tuple[Response, float]:
    """What the primary last showed since the treatment it answers to, and how many months ago."""
    kinds = [step.step if is_known(step.step) else "" for step in steps]
    treated = max((place for place, kind in enumerate(kinds) if kind in _ANSWERED), default=len(kinds))
    told = [place for place in range(treated, len(kinds)) if is_known(steps[place].response_primary)]
    if not told:
        return _NOT_SEEN
    at = steps[told[-1]]
    word, day = at.response_primary, next((day for day in (at.end, at.start) if is_known(day)), case.assessed_on)
    ago = _months_ago(case, day) or 0.0
    if word == "near_complete":
        notes.append(_NEAR)
        return _NOT_SEEN
    if word == "complete":
        notes.append(_COMPLETE.fill(date=day.isoformat()))
        return "complete", ago
    if "systemic" in kinds[told[-1] + 1 :]:
        return _NOT_SEEN
    notes.append(_INCOMPLETE)
    return "incomplete", ago


def _weeks(case: Case, step: TreatedStep) -> float:
    began, ended = _months_ago(case, step.start), _months_ago(case, step.end)
    if began is None:
        return 0.0
    return (began - (ended or 0.0)) * WEEKS_PER_MONTH
