"""What does the store hold? Tables for people, cases and their versions, the team's work on them, and the audit.

Columns that are searched or ordered by are typed; the facts of a case are kept as JSON in the form of the contract.
Times are UTC ISO text, because SQLite forgets zones and the audit's hashes need one spelling. A table that is `Sealed`
has the hash of each row kept in the audit whenever it is written, so that a row changed behind our back is found.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, Date, ForeignKey, Index, Integer, MetaData, String, Text, UniqueConstraint
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcText(TypeDecorator[dt.datetime]):
    """An aware time as UTC ISO text with microseconds, so that text order is time order in every database."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """The text of a time.

        Raises:
            ValueError: for a time without zone.
        """
        return None if value is None else utc_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The time of a text."""
        return None if value is None else dt.datetime.fromisoformat(value)


def utc_text(moment: dt.datetime) -> str:
    """One spelling for a moment.

    Raises:
        ValueError: for a time without zone.

    >>> utc_text(dt.datetime(2026, 5, 4, 9, 30, tzinfo=dt.UTC))
    '2026-05-04T09:30:00.000000+00:00'
    """
    if moment.tzinfo is None:
        raise ValueError("a stored time needs a zone")
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


class Base(DeclarativeBase):
    """The root of all tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dt.datetime: UtcText,
        dt.date: Date,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: Text,
    }


class Sealed:
    """A table whose rows are vouched for by the audit. Columns named in `loose` may change without a word."""

    loose: ClassVar[frozenset[str]] = frozenset()


class Fixed(Sealed):
    """A table whose rows are never changed once written, only erased with their case."""


class User(Sealed, Base):
    """A person who signs in. `role` says what one may do, `discipline` which voice one has in the meeting."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    discipline: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(80), default="")
    password_hash: Mapped[str | None]
    external_id: Mapped[str | None] = mapped_column(String(255), unique=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class OneTimeLink(Base):
    """A link that lets one person in once, to choose a password; only its hash is kept."""

    __tablename__ = "one_time_links"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class SignIn(Base):
    """A session of the browser: whose, since when, and when it was last used; only the hash of its token is kept."""

    __tablename__ = "sign_ins"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]


class Setting(Sealed, Base):
    """One setting of the service an administrator changed."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]]


class CaseRow(Sealed, Base):
    """A case: which version of its facts is the newest, where it stands, and the next date somebody must look at it.

    `missing` names the facts a class waits for in the newest version (see missing.py).
    """

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    unit: Mapped[str] = mapped_column(String(80), default="", index=True)
    version: Mapped[int]
    stage: Mapped[str] = mapped_column(String(20), default="draft", index=True)
    next_on: Mapped[dt.date | None] = mapped_column(index=True)
    missing: Mapped[list[Any]] = mapped_column(default=list)
    missing_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime] = mapped_column(index=True)


class CaseVersion(Fixed, Base):
    """The facts of a case as they stood: one row a save, never changed."""

    __tablename__ = "case_versions"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    saved_at: Mapped[dt.datetime]
    note: Mapped[str] = mapped_column(default="")


class FactNote(Sealed, Base):
    """Where a fact of a case comes from (`kind`: imported, entered or judged), or why it is unknown (`reason`)."""

    __tablename__ = "fact_notes"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    fact: Mapped[str] = mapped_column(String(80), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    source: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(String(20), default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime]


class AssessmentRow(Fixed, Base):
    """An assessment as it was shown: its id, the version of the case it rests on, and its document of the contract.

    `letters` are the names A, B, C ... the options of this case have had from its first assessment on.
    """

    __tablename__ = "assessments"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[str] = mapped_column(String(80), index=True)
    case_version: Mapped[int]
    document: Mapped[dict[str, Any]]
    letters: Mapped[dict[str, Any]]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime]


class Judgement(Fixed, Base):
    """What one discipline judged of a case and why; with a `fact`, it filled that fact of the case."""

    __tablename__ = "judgements"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    discipline: Mapped[str] = mapped_column(String(40))
    fact: Mapped[str] = mapped_column(String(80), default="")
    value: Mapped[dict[str, Any]]
    reason: Mapped[str]
    case_version: Mapped[int]
    at: Mapped[dt.datetime]


class Round(Sealed, Base):
    """One round of opinions on a case, ended by a decision; `opened_at` is when all may see them."""

    __tablename__ = "rounds"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    begun_at: Mapped[dt.datetime]
    opened_at: Mapped[dt.datetime | None]


class Opinion(Fixed, Base):
    """One person's opinion in a round: an option or none of them, how firmly (1 to 3), and one sentence.

    A new opinion of the same person in the same round stands for the old one, which is kept.
    """

    __tablename__ = "opinions"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    round: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    discipline: Mapped[str] = mapped_column(String(40))
    choice: Mapped[str] = mapped_column(String(80))
    firmness: Mapped[int]
    sentence: Mapped[str]
    case_version: Mapped[int]
    at: Mapped[dt.datetime]


class Question(Sealed, Base):
    """Something to be found out: by whom, by when, and what came of it."""

    __tablename__ = "questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    asked: Mapped[str]
    fact: Mapped[str] = mapped_column(String(80), default="")
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    due_on: Mapped[dt.date | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime]
    answer: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[dt.datetime | None]


class Decision(Fixed, Base):
    """What the team decided and the chair signed: never changed, only superseded by the next number.

    `document` holds all that was said (see decisions.py); `option` is the key of the chosen option or a word for none.
    """

    __tablename__ = "decisions"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    case_version: Mapped[int]
    assessment_number: Mapped[int | None]
    option: Mapped[str] = mapped_column(String(80))
    document: Mapped[dict[str, Any]]
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    second_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signed_at: Mapped[dt.datetime]


class DecisionDraft(Sealed, Base):
    """A decision being written: saved by the chair, and once the chair signed, waiting for the second signature.

    `document` holds the proposal (see decisions.py); the row goes when the decision is signed or the draft withdrawn.
    """

    __tablename__ = "decision_drafts"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    document: Mapped[dict[str, Any]]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime]
    signed_at: Mapped[dt.datetime | None]


class Meeting(Sealed, Base):
    """A meeting of the team: when, where, what it is called, and whether it is under way or over."""

    __tablename__ = "meetings"
    id: Mapped[int] = mapped_column(primary_key=True)
    on: Mapped[dt.date] = mapped_column("day", index=True)
    starts: Mapped[str] = mapped_column(String(5))
    title: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(120), default="")
    unit: Mapped[str] = mapped_column(String(80), default="")
    begun_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]


class AgendaItem(Sealed, Base):
    """A case on the agenda of a meeting: its place, how long, and the question for the team."""

    __tablename__ = "agenda_items"
    __table_args__ = (UniqueConstraint("meeting_id", "case_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.id"), index=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    place: Mapped[int]
    minutes: Mapped[int]
    question: Mapped[str]
    withdrawn: Mapped[str] = mapped_column(default="")


class PlanStep(Sealed, Base):
    """One dated step of a signed decision's plan: the plan, the window it may move in, and who sees to it."""

    __tablename__ = "plan_steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    decision: Mapped[int]
    place: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    label: Mapped[dict[str, Any]]
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    window: Mapped[dict[str, Any]]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    remind_days: Mapped[int]
    done: Mapped[bool] = mapped_column(default=False)


class Delivery(Fixed, Base):
    """What was really given: kind, dates, what (dose, fractions, cycles ...), and why it differs from the plan."""

    __tablename__ = "deliveries"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    plan_step_id: Mapped[int | None] = mapped_column(ForeignKey("plan_steps.id"))
    kind: Mapped[str] = mapped_column(String(40))
    began_on: Mapped[dt.date]
    ended_on: Mapped[dt.date | None]
    given: Mapped[dict[str, Any]]
    deviation: Mapped[str] = mapped_column(default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime]


class Visit(Fixed, Base):
    """A restaging or follow-up visit: the day, what was found, and the version of the case it made."""

    __tablename__ = "visits"
    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    on: Mapped[dt.date] = mapped_column("day")
    findings: Mapped[dict[str, Any]]
    case_version: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime]


class ImportDraft(Base):
    """Cases read from a file and shown, waiting for one person to take them in; forgotten after a day."""

    __tablename__ = "import_drafts"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[dt.datetime]
    document: Mapped[dict[str, Any]]


class AuditEntry(Base):
    """One thing somebody did. Entries are only added, each sealed with the hash of the one before."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)
    number: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    detail: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
