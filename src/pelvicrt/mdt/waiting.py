"""How long do patients wait, and where? Days between the milestones of a case: median, quartiles, range, how many.

A stretch counts only when both its ends are known; cases that still wait are counted beside it, never guessed.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pelvicrt.case import Case
from pelvicrt.foundation import Text, Unknown
from pelvicrt.mdt.cases import newest_cases
from pelvicrt.mdt.deliveries import standing_of
from pelvicrt.mdt.tables import AgendaItem, CaseRow, Decision, Delivery, Meeting

Milestone = Literal["diagnosed", "entered", "met", "signed", "begun", "rt_ended", "tme"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One wait that is measured, from one milestone to another."""

    key: str
    name: Text
    start: Milestone
    end: Milestone


STRETCHES: Final = (
    Stretch(key="diagnosed_met", name=Text("Diagnosis to meeting", "确诊至会诊"), start="diagnosed", end="met"),
    Stretch(key="entered_signed", name=Text("Entry to decision", "录入至决定"), start="entered", end="signed"),
    Stretch(key="signed_begun", name=Text("Decision to treatment", "决定至治疗开始"), start="signed", end="begun"),
    Stretch(
        key="diagnosed_begun", name=Text("Diagnosis to treatment", "确诊至治疗开始"), start="diagnosed", end="begun"
    ),
    Stretch(key="rt_tme", name=Text("End of radiotherapy to TME", "放疗结束至 TME"), start="rt_ended", end="tme"),
)
_RADIOTHERAPY: Final = frozenset({"short_course", "long_course"})
_RECTUM: Final = frozenset({"tme", "simultaneous_surgery"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One stretch over many cases [days]; the numbers are None when no case has both ends."""

    stretch: Stretch
    n: int
    still_waiting: int
    shortest: int | None = None
    lower: float | None = None
    median: float | None = None
    upper: float | None = None
    longest: int | None = None


def waits(session: Session, *, since: dt.date, until: dt.date, unit: str | None = None) -> tuple[Wait, ...]:
    """Every stretch over the cases entered from `since` to `until`; `unit` keeps to one unit."""
    rows = select(CaseRow) if unit is None else select(CaseRow).where(CaseRow.unit == unit)
    cases = [row for row in session.scalars(rows) if since <= row.created_at.date() <= until]
    # Asked for all cases at once: one question a case would hold up everybody once there are a thousand.
    met, signed, given, facts = _met(session), _signed(session), _given(session), newest_cases(session)
    found = [
        milestones(
            row.created_at.date(),
            facts[row.id],
            met=met.get(row.id),
            signed=signed.get(row.id),
            given=standing_of(given.get(row.id, ())),
        )
        for row in cases
    ]
    return tuple(wait(stretch, found) for stretch in STRETCHES)


def wait(stretch: Stretch, cases: Iterable[Mapping[Milestone, dt.date]]) -> Wait:
    """One stretch over the milestones of many cases.

    >>> day = dt.date(2026, 5, 4)
    >>> cases = [{"signed": day, "begun": day + dt.timedelta(days=n)} for n in (4, 8, 21)] + [{"signed": day}]
    >>> found = wait(STRETCHES[2], cases)
    >>> found.n, found.median, found.still_waiting
    (3, 8.0, 1)
    """
    begun = [case for case in cases if stretch.start in case]
    days = sorted((case[stretch.end] - case[stretch.start]).days for case in begun if stretch.end in case)
    if not days:
        return Wait(stretch=stretch, n=0, still_waiting=len(begun))
    lower, median, upper = _quartiles(days)
    return Wait(
        stretch=stretch,
        n=len(days),
        still_waiting=len(begun) - len(days),
        shortest=days[0],
        lower=lower,
        median=median,
        upper=upper,
        longest=days[-1],
    )


def _quartiles(days: Sequence[int]) -> tuple[float, float, float]:
    if len(days) == 1:
        return float(days[0]), float(days[0]), float(days[0])
    lower, median, upper = statistics.quantiles(days, n=4, method="inclusive")
    return lower, median, upper


def milestones(
    entered: dt.date, case: Case, *, met: dt.date | None, signed: dt.date | None, given: Sequence[Delivery]
) -> dict[Milestone, dt.date]:
    """The milestones a case has reached; `given` are the treatments that stand."""
    treated = [item for item in given if not item.given.get("left_out")]
    reached: dict[Milestone, dt.date | None] = {
        "diagnosed": None if isinstance(case.primary.diagnosed_on, Unknown) else case.primary.diagnosed_on,
        "entered": entered,
        "met": met,
        "signed": signed,
        "begun": min((item.began_on for item in treated), default=None),
        "rt_ended": max(
            (item.ended_on for item in treated if item.kind in _RADIOTHERAPY and item.ended_on), default=None
        ),
        "tme": min((item.began_on for item in treated if item.kind in _RECTUM), default=None),
    }
    return {name: day for name, day in reached.items() if day is not None}


def _met(session: Session) -> Mapping[str, dt.date]:
    """The first meeting that was held and spoke about a case."""
    rows = (
        select(AgendaItem.case_id, func.min(Meeting.on))
        .join(Meeting, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.withdrawn == "", Meeting.begun_at.is_not(None))
        .group_by(AgendaItem.case_id)
    )
    return {row[0]: row[1] for row in session.execute(rows)}


def _signed(session: Session) -> Mapping[str, dt.date]:
    """The day of the first decision on a case."""
    rows = select(Decision.case_id, func.min(Decision.signed_at)).group_by(Decision.case_id)
    return {case_id: at.date() for case_id, at in session.execute(rows)}


def _given(session: Session) -> Mapping[str, list[Delivery]]:
    """The treatments of every case."""
    found: dict[str, list[Delivery]] = {}
    for row in session.scalars(select(Delivery).order_by(Delivery.id)):
        found.setdefault(row.case_id, []).append(row)
    return found
