"""What does each member of the team think, before hearing the others? Rounds of opinions, each ended by a decision.

Who has given an opinion sees the others'; who has not sees them once the chair opens the round. Everybody has one
voice: a later opinion of the same person stands for the earlier one, which is kept and shown as changed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.mdt.choices import NONE, basis_of
from pelvicrt.mdt.rights import may, sees
from pelvicrt.mdt.store import Writing
from pelvicrt.mdt.tables import CaseRow, Decision, Opinion, Round, User

FIRMNESS: Final = (1, 2, 3)
LONGEST_SENTENCE: Final = 600
_NO_VOICE: Final = frozenset({"coordination"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What one person says in a round; `first_said` is the choice they began with when they changed it."""

    person_id: int
    name: str
    discipline: str
    choice: str
    firmness: int
    sentence: str
    case_version: int
    at: dt.datetime
    first_said: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A round as one person may see it: `voices` are those shown, `given` counts all, `silent` are still to speak."""

    number: int
    opened_at: dt.datetime | None
    own: Voice | None
    voices: tuple[Voice, ...]
    given: int
    silent: tuple[str, ...]

    @property
    def hidden(self) -> int:
        """How many opinions this person does not see yet."""
        return self.given - len(self.voices)


def current_round(session: Session, case_id: str) -> int:
    """The number of the round under way: one more than the decisions signed."""
    last = session.scalar(select(func.max(Decision.number)).where(Decision.case_id == case_id))
    return (last or 0) + 1


def give_opinion(writing: Writing, case_id: str, author: User, *, choice: str, firmness: int, sentence: str) -> Opinion:
    """Gives an opinion in the round under way, in the name of the author's discipline.

    Raises:
        InvalidInput: for an option the newest assessment does not have, a firmness that is none, an empty or too long
            sentence, or somebody who coordinates and does not judge.
    """
    said = sentence.strip()
    _check(writing.session, case_id, choice, firmness, said)
    _check_voice(case_id, author)
    number = _begun(writing, case_id).number
    opinion = Opinion(
        case_id=case_id,
        round=number,
        author_id=author.id,
        discipline=author.discipline,
        choice=choice,
        firmness=firmness,
        sentence=said,
        case_version=writing.session.get_one(CaseRow, case_id).version,
        at=writing.at,
    )
    writing.session.add(opinion)
    writing.record("opinion.give", f"case/{case_id}", round=number, discipline=author.discipline)
    return opinion


def open_round(writing: Writing, case_id: str) -> Round:
    """Lets everybody see the opinions of the round under way; opening it again changes nothing."""
    row = _begun(writing, case_id)
    if row.opened_at is None:
        row.opened_at = writing.at
        writing.record("round.open", f"case/{case_id}", round=row.number)
    return row


def heard(session: Session, case_id: str, person: User) -> Heard:
    """The round under way as this person may see it.

    Raises:
        KeyError: when the store has no such case.
    """
    case = session.get(CaseRow, case_id)
    if case is None:
        raise KeyError(case_id)
    number = current_round(session, case_id)
    row = session.get(Round, (case_id, number))
    said = voices(session, case_id, number)
    own = next((voice for voice in said if voice.person_id == person.id), None)
    opened_at = row.opened_at if row else None
    shown = own is not None or (opened_at is not None and may(person, "opinion.give"))
    return Heard(
        number=number,
        opened_at=opened_at,
        own=own,
        voices=said if shown else (),
        given=len(said),
        silent=_silent(session, case, said),
    )


def voices(session: Session, case_id: str, number: int) -> tuple[Voice, ...]:
    """Everybody's newest opinion of one round, in the order they first spoke."""
    rows = session.execute(
        select(Opinion, User.name)
        .join(User, User.id == Opinion.author_id)
        .where(Opinion.case_id == case_id, Opinion.round == number)
        .order_by(Opinion.id)
    ).all()
    first: dict[int, str] = {}
    last: dict[int, tuple[Opinion, str]] = {}
    for opinion, name in rows:
        first.setdefault(opinion.author_id, opinion.choice)
        last[opinion.author_id] = (opinion, name)
    return tuple(_voice(last[person], first[person]) for person in first)


def tally(said: Iterable[Voice]) -> tuple[tuple[str, int], ...]:
    """How many people are for each choice, most first; ties in the order they were first named."""
    return tuple(Counter(voice.choice for voice in said).most_common())


def _check(session: Session, case_id: str, choice: str, firmness: int, said: str) -> None:
    problems = []
    basis = basis_of(session, case_id)
    if choice != NONE and (basis is None or basis.choice(choice) is None):
        problems.append(Problem(file=case_id, field="option", found=f"{choice!r}", expected=_AN_OPTION))
    if firmness not in FIRMNESS:
        problems.append(Problem(file=case_id, field="firmness", found=f"{firmness}", expected=_FIRM))
    if not said or len(said) > LONGEST_SENTENCE:
        found, zh = f"{len(said)} characters", f"{len(said)} 字"
        problems.append(Problem(file=case_id, field="sentence", found=found, expected=_SENTENCE, found_zh=zh))
    if problems:
        raise InvalidInput(problems)


def _check_voice(case_id: str, author: User) -> None:
    if author.discipline in _NO_VOICE:
        found = author.discipline
        raise InvalidInput(
            [Problem(file=case_id, field="discipline", found=found, expected=_JUDGES, found_zh="病例协调")]
        )


def _begun(writing: Writing, case_id: str) -> Round:
    number = current_round(writing.session, case_id)
    row = writing.session.get(Round, (case_id, number))
    if row is None:
        row = Round(case_id=case_id, number=number, begun_at=writing.at)
        writing.session.add(row)
        writing.session.flush()
        writing.record("round.begin", f"case/{case_id}", round=number)
    return row


def _voice(newest: tuple[Opinion, str], began_with: str) -> Voice:
    opinion, name = newest
    return Voice(
        person_id=opinion.author_id,
        name=name,
        discipline=opinion.discipline,
        choice=opinion.choice,
        firmness=opinion.firmness,
        sentence=opinion.sentence,
        case_version=opinion.case_version,
        at=opinion.at,
        first_said=None if began_with == opinion.choice else began_with,
    )


def _silent(session: Session, case: CaseRow, said: Iterable[Voice]) -> tuple[str, ...]:
    """Disciplines of people who could speak on this case and of whom nobody has."""
    people = session.scalars(select(User).where(User.active).order_by(User.id))
    could = dict.fromkeys(
        user.discipline
        for user in people
        if may(user, "opinion.give") and sees(user, case) and user.discipline not in _NO_VOICE
    )
    spoken = {voice.discipline for voice in said}
    return tuple(discipline for discipline in could if discipline not in spoken)


_AN_OPTION = Text("an option of the newest assessment, or none of them", "最新评估中的方案，或“均不选”")
_FIRM = Text("1 (weakly), 2 (moderately) or 3 (strongly)", "1（较弱）、2（中等）或 3（坚定）")
_SENTENCE = Text(f"a reason of 1 to {LONGEST_SENTENCE} characters", f"1～{LONGEST_SENTENCE} 字的理由")
_JUDGES = Text("somebody who judges the case; a coordinator does not", "参与病例判断的人员；协调员不发表意见")
