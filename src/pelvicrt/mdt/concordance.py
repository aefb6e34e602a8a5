"""Does the team decide what was advised, and is what it decided given? Counts for a service, each with its cases.

Advice is held against the signed decision, the decision against what was given so far. A difference is no fault: it
has a reason, which stands in the decision or with the delivery.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from pelvicrt.mdt.deliveries import standing
from pelvicrt.mdt.tables import AssessmentRow, CaseRow, Decision, Delivery, PlanStep

Agreement = Literal["advised", "equal", "acceptable", "other", "none", "not_assessed"]
AGREEMENTS: Final[tuple[Agreement, ...]] = ("advised", "equal", "acceptable", "other", "none", "not_assessed")
"""The advice led to this option; it was among those nobody could tell apart; it was open; it was not; no option was
chosen; the case was not assessed."""
Course = Literal["as_planned", "deviating", "under_way", "not_begun", "no_plan"]
COURSES: Final[tuple[Course, ...]] = ("as_planned", "deviating", "under_way", "not_begun", "no_plan")
_OPEN: Final = frozenset({"recommended", "acceptable"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """One case: what its newest decision made of the advice, and what became of the decision."""

    case_id: str
    signed_on: dt.date
    agreement: Agreement
    course: Course
    deviations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Concordance:
    """All cases decided in a period, and how many there are of each kind and of each pair of kinds."""

    cases: tuple[Followed, ...]
    agreements: Mapping[Agreement, int]
    courses: Mapping[Course, int]
    pairs: Mapping[tuple[Agreement, Course], int]


def concordance(session: Session, *, since: dt.date, until: dt.date, unit: str | None = None) -> Concordance:
    """Every case whose newest decision was signed from `since` to `until`; `unit` keeps to one unit."""
    other = aliased(Decision)
    last = select(func.max(other.number)).where(other.case_id == Decision.case_id).scalar_subquery()
    rows = select(Decision).join(CaseRow, CaseRow.id == Decision.case_id).where(Decision.number == last)
    chosen = rows if unit is None else rows.where(CaseRow.unit == unit)
    decisions = session.scalars(chosen.order_by(Decision.signed_at)).all()
    return counted(_followed(session, row) for row in decisions if since <= row.signed_at.date() <= until)


def counted(cases: Iterable[Followed]) -> Concordance:
    """The counts of some cases; every kind has one, be it nought.

    >>> case = Followed(case_id="a", signed_on=dt.date(2026, 5, 4), agreement="equal", course="not_begun", deviations=0)
    >>> counted([case]).agreements["equal"], counted([case]).agreements["other"]
    (1, 0)
    """
    every = tuple(cases)
    agreements, courses = Counter(item.agreement for item in every), Counter(item.course for item in every)
    return Concordance(
        cases=every,
        agreements={name: agreements[name] for name in AGREEMENTS},
        courses={name: courses[name] for name in COURSES},
        pairs=Counter((item.agreement, item.course) for item in every),
    )


def agreement_of(document: Mapping[str, Any] | None, chosen: str) -> Agreement:
    """What a decision made of the advice of its assessment.

    >>> said = {"recommendation": {"key": "a", "equipoise": False, "alternative_keys": ["b"]},
    ...         "strategies": [{"key": "a", "status": "recommended"}, {"key": "b", "status": "acceptable"}]}
    >>> agreement_of(said, "a"), agreement_of(said, "b"), agreement_of(said, "defer")
    ('advised', 'acceptable', 'none')
    """
    if document is None:
        return "not_assessed"
    status = {option["key"]: option["status"] for option in document["strategies"]}
    if chosen not in status:
        return "none"
    advice = document["recommendation"]
    if advice["equipoise"] and chosen in {advice["key"], *advice["alternative_keys"]}:
        return "equal"
    if chosen == advice["key"]:
        return "advised"
    return "acceptable" if status[chosen] in _OPEN else "other"


def course_of(steps: Iterable[PlanStep], given: Iterable[Delivery]) -> Course:
    """What became of a plan so far; one deviation is enough to call it deviating."""
    steps, given = tuple(steps), tuple(given)
    if not steps:
        return "no_plan"
    if any(row.deviation for row in given):
        return "deviating"
    if all(step.done for step in steps):
        return "as_planned"
    return "under_way" if given or any(step.done for step in steps) else "not_begun"


def _followed(session: Session, decision: Decision) -> Followed:
    assessed = (
        None
        if decision.assessment_number is None
        else session.get(AssessmentRow, (decision.case_id, decision.assessment_number))
    )
    steps = session.scalars(
        select(PlanStep).where(PlanStep.case_id == decision.case_id, PlanStep.decision == decision.number)
    ).all()
    given = [row for row in standing(session, decision.case_id) if row.at >= decision.signed_at]
    return Followed(
        case_id=decision.case_id,
        signed_on=decision.signed_at.date(),
        agreement=agreement_of(None if assessed is None else assessed.document, decision.option),
        course=course_of(steps, given),
        deviations=sum(1 for row in given if row.deviation),
    )
