"""Which assessments has a case had, and what are its options called? Each is kept as it was shown; letters last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from pelvicrt.mdt import stages
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import AssessmentRow, User

NO_LETTERS: Final[Mapping[str, str]] = {}


def newest_assessment(session: Session, case_id: str) -> AssessmentRow | None:
    """The newest assessment of a case; None when it has none."""
    return session.scalars(
        select(AssessmentRow).where(AssessmentRow.case_id == case_id).order_by(AssessmentRow.number.desc()).limit(1)
    ).one_or_none()


def assessment_of(session: Session, case_id: str, number: int) -> AssessmentRow | None:
    """One assessment of a case with its document; None when there is no such number."""
    return session.get(AssessmentRow, (case_id, number))


def assessments(session: Session, case_id: str) -> tuple[AssessmentRow, ...]:
    """Every assessment of a case, oldest first, without its document, which takes long to read (`assessment_of`)."""
    rows = select(AssessmentRow).where(AssessmentRow.case_id == case_id).order_by(AssessmentRow.number)
    return tuple(session.scalars(rows.options(defer(AssessmentRow.document, raiseload=True))))


def letters_of(session: Session, case_id: str) -> Mapping[str, str]:
    """The letter of every option the case ever had, by candidate key."""
    rows = assessments(session, case_id)
    return rows[-1].letters if rows else NO_LETTERS


def keep_assessment(
    writing: Writing,
    author: User,
    *,
    case_id: str,
    case_version: int,
    document: Mapping[str, Any],
    letters: Mapping[str, str],
) -> AssessmentRow:
    """Keeps an assessment under the next number; the newest one once more, of the same version, is not kept twice.

    Letters are added to those the case has: an option once named keeps its name, also when it is no longer listed.
    """
    before = newest_assessment(writing.session, case_id)
    same = (document["id"], case_version)
    if before is not None and (before.assessment_id, before.case_version) == same:
        return before
    row = AssessmentRow(
        case_id=case_id,
        number=1 if before is None else before.number + 1,
        assessment_id=document["id"],
        case_version=case_version,
        document=dict(document),
        letters={**letters, **(NO_LETTERS if before is None else before.letters)},
        author_id=author.id,
        at=writing.at,
    )
    writing.session.add(row)
    stages.refresh(writing, case_id)
    writing.record("assessment.keep", f"case/{case_id}", number=row.number, version=case_version)
    return row
