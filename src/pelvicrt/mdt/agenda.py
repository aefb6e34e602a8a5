"""Is each case of a meeting ready to be spoken about, and what should be chased before? Never what the advice is.

Emergencies and facts that a class waits for come from the facts as they stand now; what a fact is worth comes from the
newest assessment. The question for the team is the chair's, or else the one the case itself raises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pelvicrt.case import FACT_SUPPLIERS, Case, label_of
from pelvicrt.classify import Classification
from pelvicrt.evidence import library
from pelvicrt.foundation import DAYS_PER_MONTH, MONTHS_PER_YEAR, Text, Unknown
from pelvicrt.mdt.cases import newest
from pelvicrt.mdt.meetings import items
from pelvicrt.mdt.missing import classified, missing_of
from pelvicrt.mdt.people import DISCIPLINES
from pelvicrt.mdt.stages import course
from pelvicrt.mdt.tables import AgendaItem, AssessmentRow, CaseRow, Meeting, Opinion, Question, Round

VOICES: Final = tuple(name for name in DISCIPLINES if name not in {"medical_physics", "coordination"})
"""The disciplines a meeting expects to hear."""
LIVER_REVIEW_DAYS: Final = 28
"""A liver surgeon's review older than this is asked for again: the usual limit of a site, ours."""
WORTH_DAYS: Final = 1.0
"""Facts worth less than this many quality-adjusted days per patient are not chased; ours."""
REVIEW: Final = "liver.hpb_review_on"
_RESTAGING: Final = frozenset({"restaging_due", "in_treatment", "follow_up"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Chase:
    """A fact to get before the meeting: who has it, what it is worth, and when somebody was asked for it.

    `blocks` says that a class waits for it, `worth_days` are quality-adjusted days per patient where an assessment
    knows them, `days_old` is the age of one that is known but too old.
    """

    case_id: str
    fact: str
    label: Text
    who: Text | None
    blocks: bool
    worth_days: float | None = None
    days_old: int | None = None
    asked_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of an agenda. `starts` is None when the case was withdrawn."""

    item: AgendaItem
    case: Case
    stage: str
    starts: dt.time | None
    question: Text
    emergency: str
    disputed: bool
    chase: tuple[Chase, ...]
    heard: int
    voices: int
    assessment: Literal["none", "stale", "current"]

    @property
    def ready(self) -> bool:
        """Whether nothing stands between this case and a useful discussion."""
        return self.assessment == "current" and not any(item.blocks or item.days_old for item in self.chase)


def agenda(session: Session, meeting: Meeting, *, today: dt.date) -> tuple[Entry, ...]:
    """Every line of a meeting's agenda in speaking order, each with the time at which it begins."""
    clock = dt.datetime.combine(meeting.on, dt.time.fromisoformat(meeting.starts))
    lines: list[Entry] = []
    for item in items(session, meeting.id):
        starts = None if item.withdrawn else clock.time()
        lines.append(entry(session, item, starts=starts, today=today))
        clock += dt.timedelta(minutes=0 if item.withdrawn else item.minutes)
    return tuple(lines)


def entry(session: Session, item: AgendaItem, *, starts: dt.time | None, today: dt.date) -> Entry:
    """One line of an agenda."""
    kept = newest(session, item.case_id)
    found = classified(kept.case)
    row = session.get(CaseRow, item.case_id)
    stage = course(session, item.case_id) or ("draft" if row is None else row.stage)
    assessed = _newest_assessment(session, item.case_id)
    document: Mapping[str, Any] = {} if assessed is None else assessed.document
    state: Literal["none", "stale", "current"] = "none"
    if assessed is not None:
        state = "current" if assessed.case_version == kept.version else "stale"
    said = item.question
    return Entry(
        item=item,
        case=kept.case,
        stage=stage,
        starts=starts,
        question=Text(said, said) if said else suggested(found, document, stage),
        emergency=found.emergency.value,
        disputed=bool(document.get("conflicts")),
        chase=to_chase(session, kept.case, found, document, today=today),
        heard=_heard(session, item.case_id),
        voices=len(VOICES),
        assessment=state,
    )


def suggested(found: Classification, document: Mapping[str, Any], stage: str) -> Text:
    """The question a case raises by itself; never the answer.

    An emergency comes first, then whether a decision still holds, then the first thing experts disagree on.
    """
    if found.emergency.value not in {"none", "unknown"}:
        return _ACT_FIRST
    if stage in _RESTAGING:
        return _STILL
    for conflict in document.get("conflicts", ()):
        if conflict["conflict"] in library().conflicts:
            return library().conflicts[conflict["conflict"]].question
    if found.liver.value in {"unknown", "convertible"}:
        return _LIVER
    return _WHICH


def to_chase(
    session: Session, case: Case, found: Classification, document: Mapping[str, Any], *, today: dt.date
) -> tuple[Chase, ...]:
    """What to get before the meeting, what a class waits for first, then by worth."""
    blocking = missing_of(found)
    worth = {
        item["fact"]: item["value"] * MONTHS_PER_YEAR * DAYS_PER_MONTH
        for item in document.get("missing_information", ())
        if item["value"]
    }
    reviewed = case.liver.hpb_review_on
    old = None if isinstance(reviewed, Unknown) else (today - reviewed).days
    asked = _asked(session, case.id)
    names = [*blocking, *(fact for fact in worth if fact not in blocking and worth[fact] >= WORTH_DAYS)]
    lines = [
        _chase(case.id, fact, blocks=fact in blocking, worth=worth.get(fact), asked=asked)
        for fact in names
        if fact != REVIEW or old is None  # a review that is known is never missing, only old
    ]
    if old is not None and (old > LIVER_REVIEW_DAYS or REVIEW in blocking):
        lines.append(_chase(case.id, REVIEW, blocks=REVIEW in blocking, asked=asked, days_old=old))
    return in_order(lines)


def in_order(lines: Iterable[Chase]) -> tuple[Chase, ...]:
    """What a class waits for first, then what is worth most, then what has grown old."""
    return tuple(sorted(lines, key=lambda line: (not line.blocks, -(line.worth_days or 0.0), line.case_id, line.fact)))


def _chase(
    case_id: str,
    fact: str,
    *,
    blocks: bool,
    asked: Mapping[str, dt.date],
    worth: float | None = None,
    days_old: int | None = None,
) -> Chase:
    return Chase(
        case_id=case_id,
        fact=fact,
        label=label_of(fact),
        who=FACT_SUPPLIERS.get(fact),
        blocks=blocks,
        worth_days=worth,
        days_old=days_old,
        asked_on=asked.get(fact),
    )


def _asked(session: Session, case_id: str) -> dict[str, dt.date]:
    """Facts somebody was asked for and has not answered, and since when."""
    rows: Sequence[Question] = session.scalars(
        select(Question).where(Question.case_id == case_id, Question.fact != "", Question.answered_at.is_(None))
    ).all()
    return {row.fact: row.at.date() for row in sorted(rows, key=lambda row: row.at, reverse=True)}


def _newest_assessment(session: Session, case_id: str) -> AssessmentRow | None:
    return session.scalars(
        select(AssessmentRow).where(AssessmentRow.case_id == case_id).order_by(AssessmentRow.number.desc()).limit(1)
    ).first()


def _heard(session: Session, case_id: str) -> int:
    """How many disciplines gave an opinion in the round that is under way."""
    last = select(func.max(Round.number)).where(Round.case_id == case_id).scalar_subquery()
    found = session.scalar(
        select(func.count(func.distinct(Opinion.discipline))).where(
            Opinion.case_id == case_id, Opinion.round == last, Opinion.discipline.in_(VOICES)
        )
    )
    return found or 0


_ACT_FIRST = Text("What must be done at once?", "须立即处理什么？")
_STILL = Text("Does the decision still hold?", "原决定是否仍然成立？")
_LIVER = Text("Can the liver be cleared, and when?", "肝转移能否清除，何时清除？")
_WHICH = Text("Which option, in which order?", "选择哪个方案，按何顺序？")
