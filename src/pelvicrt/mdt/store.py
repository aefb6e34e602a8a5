"""Where is it kept, and how is a write made whole? One database; a write and its audit entry land together.

Writers go one at a time (SQLite by `BEGIN IMMEDIATE`, PostgreSQL by one advisory lock), because every write adds to the
one audit chain. Readers never wait for them.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session

from pelvicrt.foundation import InternalError, InvalidInput, Problem, Text
from pelvicrt.mdt import audit
from pelvicrt.mdt.seals import Claims, claims_of

_LOCK: Final = 0x70656C76  # "pelv": the number of our advisory lock in PostgreSQL
_PATIENCE_SECONDS: Final = 30
_LONG: Final = 20_000
_DOCUMENTS: Final = 32
_MIGRATIONS: Final = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True)
class Writing:
    """A write under way: the session, who writes, and when."""

    session: Session
    actor: str
    at: dt.datetime
    _unsaid: Claims = field(default_factory=dict)

    def record(self, action: str, subject: str, **detail: object) -> None:
        """Says in the audit what is being done, and vouches for the rows written since the last word."""
        self.session.flush()
        rows = dict(self._unsaid)
        self._unsaid.clear()
        said = {**detail, "rows": rows} if rows else detail
        audit.record(self.session, actor=self.actor, action=action, subject=subject, detail=said, at=self.at)

    def note_written(self, *_: object) -> None:
        """Remembers the sealed rows a flush wrote, until the audit is told."""
        self._unsaid.update(claims_of(self.session))

    def check_all_said(self) -> None:
        """Refuses to keep what the audit was not told.

        Raises:
            InternalError: naming the first such row.
        """
        self.session.flush()
        if self._unsaid:
            raise InternalError(_UNSAID.fill(row=next(iter(self._unsaid))))


class Store:
    """The database of one service."""

    def __init__(self, url: str) -> None:
        """Opens it; `url` as SQLAlchemy writes them.

        Raises:
            InvalidInput: when the address is none, or names another kind of database.
        """
        self.url = url
        self.engine = _engine(url)

    def migrate(self) -> None:
        """Brings the tables to this version, one process at a time.

        Raises:
            InvalidInput: when the database cannot be reached.
        """
        try:
            with self.engine.connect() as connection, connection.begin():
                _lock(connection)
                config = _migrations()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except SQLAlchemyError as error:
            raise InvalidInput([_unreachable(self.url, error)]) from error

    def is_current(self) -> bool:
        """Whether the database answers and its tables are those of this version."""
        try:
            with self.engine.connect() as connection:
                now = MigrationContext.configure(connection).get_current_revision()
        except SQLAlchemyError:
            return False
        return now == _newest_tables()

    def check_is_there(self) -> None:
        """Makes sure that this is a store in use, so that a misspelt address is not taken for an empty one.

        Raises:
            InvalidInput: when there is no such database, or it holds no store.
        """
        address = make_url(self.url)
        absent = address.get_backend_name() == "sqlite" and not Path(address.database or "").is_file()
        try:
            if absent or not inspect(self.engine).has_table("audit"):
                raise InvalidInput([_no_store(self.url)])
        except SQLAlchemyError as error:
            raise InvalidInput([_unreachable(self.url, error)]) from error

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that sees one moment of the store, however long it reads and whatever is written meanwhile."""
        with Session(self.engine, expire_on_commit=False) as session:
            if self.engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql("BEGIN")
            else:
                session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            yield session

    @contextmanager
    def writing(self, actor: str, *, at: dt.datetime | None = None) -> Iterator[Writing]:
        """A write: all of it is kept at the end, or nothing when anything fails."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            _lock(session.connection())
            writing = Writing(session, actor, at or dt.datetime.now(dt.UTC))
            event.listen(session, "after_flush", writing.note_written)
            yield writing
            writing.check_all_said()

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()


@functools.cache
def _newest_tables() -> str | None:
    return ScriptDirectory.from_config(_migrations()).get_current_head()


def _migrations() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


def _engine(url: str) -> Engine:
    try:
        backend = make_url(url).get_backend_name()
    except ArgumentError as error:
        raise InvalidInput([_not_an_address(url)]) from error
    if backend not in {"sqlite", "postgresql"}:
        raise InvalidInput([_not_an_address(url)])
    common: dict[str, Any] = {"hide_parameters": True, "json_deserializer": _read_json}
    if backend == "postgresql":
        parts = make_url(url).set(drivername="postgresql+psycopg")
        return create_engine(parts, pool_pre_ping=True, pool_size=10, max_overflow=10, **common)
    engine = create_engine(url, connect_args={"timeout": _PATIENCE_SECONDS, "check_same_thread": False}, **common)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _read_json(stored: str | bytes) -> Any:
    """A stored document. Long ones, assessments, are kept: several pages ask for the same and it takes 13 milliseconds.

    Rows with documents are never changed, and nobody may change a document that was read.
    """
    return _read_long(stored) if len(stored) > _LONG else json.loads(stored)


@functools.lru_cache(maxsize=_DOCUMENTS)
def _read_long(stored: str | bytes) -> Any:
    return json.loads(stored)


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # transactions begin where we say so, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})


def _safe(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)


def _unreachable(url: str, error: Exception) -> Problem:
    expected = Text("a database that answers", "可连接的数据库")
    return Problem(file=_safe(url), field="--database", found=type(error).__name__, expected=expected)


def _no_store(url: str) -> Problem:
    expected = Text("a database `pelvicrt serve` has made", "由 `pelvicrt serve` 建立的数据库")
    return Problem(file=_safe(url), field="--database", found="no store", found_zh="无数据", expected=expected)


def _not_an_address(url: str) -> Problem:
    expected = Text(
        "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
        "sqlite:///文件 或 postgresql://用户:密码@主机/库名",
    )
    return Problem(file="", field="--database", found=url.partition("@")[2] or url.partition(":")[0], expected=expected)


_UNSAID = Text("row {row} was written without a word in the audit", "记录 {row} 已写入而未记入审计日志")
