"""What must still be found out, by whom, until when, and what came of it?"""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from pelvicrt.case import CONTRACT_FACTS
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt import stages
from pelvicrt.mdt.rights import may, sees
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import CaseRow, Question, User

LONGEST: Final = 1000


def ask(
    writing: Writing, case_id: str, author: User, *, asked: str, owner: User, due_on: dt.date | None, fact: str = ""
) -> Question:
    """Asks somebody to find something out; `fact` names what of the case it is about, when it is about one.

    Raises:
        InvalidInput: for an empty or too long question, a day that has passed, a fact nobody knows, or an owner who
            could not answer.
        KeyError: when the store has no such case.
    """
    case = writing.session.get(CaseRow, case_id)
    if case is None:
        raise KeyError(case_id)
    text = asked.strip()
    problems = [*_too_long(case_id, "asked", text)]
    if due_on is not None and due_on < writing.at.date():
        problems.append(Problem(file=case_id, field="due_on", found=due_on.isoformat(), expected=COMING))
    if fact and fact not in CONTRACT_FACTS:
        problems.append(Problem(file=case_id, field="fact", found=repr(fact), expected=_A_FACT))
    if not (may(owner, "question.answer") and sees(owner, case)):
        found, zh = "somebody who cannot answer", "无权回答的人员"
        problems.append(Problem(file=case_id, field="owner", found=found, expected=_AN_OWNER, found_zh=zh))
    if problems:
        raise InvalidInput(problems)
    question = Question(
        case_id=case_id,
        asked=text,
        fact=fact,
        owner_id=owner.id,
        due_on=due_on,
        author_id=author.id,
        at=writing.at,
    )
    writing.session.add(question)
    stages.refresh(writing, case_id)
    writing.record("question.ask", f"case/{case_id}", question=question.id, owner=owner.id)
    return question


def answer(writing: Writing, case_id: str, question_id: int, author: User, text: str) -> Question:
    """Answers a question, once.

    Raises:
        InvalidInput: for an empty or too long answer, or a question that is answered.
        KeyError: when the case has no such question.
    """
    question = writing.session.get(Question, question_id)
    if question is None or question.case_id != case_id:
        raise KeyError((case_id, question_id))
    said = text.strip()
    problems = [*_too_long(case_id, "answer", said)]
    if question.answered_at is not None:
        found = Problem(file=case_id, field="question", found="answered", expected=_STILL_OPEN, found_zh="已回答")
        problems.append(found)
    if problems:
        raise InvalidInput(problems)
    question.answer, question.answered_by_id, question.answered_at = said, author.id, writing.at
    stages.refresh(writing, case_id)
    writing.record("question.answer", f"case/{case_id}", question=question.id)
    return question


def questions_of(session: Session, case_id: str) -> tuple[Question, ...]:
    """Every question of a case: the open ones by the day they are due, then the answered ones as they were asked."""
    rows = session.scalars(select(Question).where(Question.case_id == case_id).order_by(Question.id)).all()
    return tuple(sorted(rows, key=lambda row: (row.answered_at is not None, row.due_on or dt.date.max, row.id)))


def is_late(question: Question, today: dt.date) -> bool:
    """Whether an answer is overdue.

    >>> is_late(Question(due_on=dt.date(2026, 5, 4)), dt.date(2026, 5, 5))
    True
    """
    return question.answered_at is None and question.due_on is not None and question.due_on < today


def _too_long(case_id: str, field: str, text: str) -> list[Problem]:
    if text and len(text) <= LONGEST:
        return []
    found, zh = f"{len(text)} characters", f"{len(text)} 字"
    return [Problem(file=case_id, field=field, found=found, expected=_WORDS, found_zh=zh)]


_WORDS = Text(f"1 to {LONGEST} characters", f"1～{LONGEST} 字")
COMING = Text("today or a later day", "今天或之后的日期")
_A_FACT = Text("a fact of the case contract, or none", "病例规范中的事实，或留空")
_AN_OWNER = Text("somebody of the team who sees this case", "能看到该病例的团队成员")
_STILL_OPEN = Text("a question that is still open", "尚未回答的问题")
