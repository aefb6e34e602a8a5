"""What does the store hold? Tables for people, cases and their versions, and the audit.

Columns that are searched or ordered by are typed; the facts of a case are kept as JSON in the form of the contract.
Times are UTC ISO text, because SQLite forgets zones and the audit's hashes need one spelling.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, MetaData, String, Text
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
    type_annotation_map: ClassVar[dict[Any, Any]] = {dt.datetime: UtcText, dict[str, Any]: JSON}


class User(Base):
    """A person who signs in. `role` says what one may do, `discipline` which voice one has in the meeting."""

    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(20))
    discipline: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[dt.datetime]


class CaseRow(Base):
    """A case, and which version of its facts is the newest."""

    __tablename__ = "cases"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    unit: Mapped[str] = mapped_column(String(80), default="", index=True)
    version: Mapped[int]
    created_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime] = mapped_column(index=True)


class CaseVersion(Base):
    """The facts of a case as they stood: one row a save, never changed."""

    __tablename__ = "case_versions"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    saved_at: Mapped[dt.datetime]
    note: Mapped[str] = mapped_column(Text, default="")


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
