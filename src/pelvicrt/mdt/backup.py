"""How is the store carried to safety and back? One file holds every row, whichever database it came from or goes to.

The file is gzipped lines of JSON: what it is, one line a row in an order that keys allow, and what must come out (rows,
their hash, the head of the audit). It is read in one snapshot, so it fits together while people work. Sign-ins,
one-time links and files waiting to be imported stay behind. A restore is kept only when the audit verifies.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import itertools
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from alembic.migration import MigrationContext
from sqlalchemy import Date, Integer, Table, func, select
from sqlalchemy.orm import Session

from pelvicrt.foundation import VERSION, InvalidInput, Problem, Text, write_whole
from pelvicrt.mdt import audit
from pelvicrt.mdt.audit import Verification, verify
from pelvicrt.mdt.seals import canonical
from pelvicrt.mdt.store import Store
from pelvicrt.mdt.tables import AuditEntry, Base, ImportDraft, OneTimeLink, SignIn, UtcText

FORMAT: Final = "pelvicrt.backup/1"
_LEFT_BEHIND: Final = frozenset({SignIn.__tablename__, OneTimeLink.__tablename__, ImportDraft.__tablename__})
_AT_ONCE: Final = 500
Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds: how many rows, and how far the audit had come."""

    rows: int
    entries: int
    head: str


def write_backup(store: Store, output: Path, *, force: bool = False) -> Backup:
    """Writes the whole store to a file only its owner may read; people go on working meanwhile.

    Raises:
        InvalidInput: when there is such a file and `force` does not say to replace it, or the audit does not verify.
    """
    if output.exists() and not force:
        raise InvalidInput([Problem(file=str(output), field="--output", found="a file", expected=_NEW_FILE)])
    with store.writing("command line") as writing:
        writing.record("backup.write", "store")
    with store.snapshot() as session:
        _check(verify(session), where="--database")
        made = _Lines(session)
        whole = io.BytesIO()
        with gzip.open(whole, "wt", encoding="utf-8", newline="\n") as file:
            file.writelines(f"{line}\n" for line in made)
    write_whole(output, whole.getvalue(), private=True)
    return made.summary


def restore_backup(store: Store, file: Path, *, force: bool = False) -> Backup:
    """Fills a store from a backup, all of it or nothing; the audit then says that this was done.

    Raises:
        InvalidInput: when the file is no whole backup, was changed, or is of another version of the tables; when the
            store holds something and `force` does not say to replace it.
    """
    store.migrate()
    with store.writing("command line") as writing:
        session = writing.session
        if session.scalar(select(func.count()).select_from(AuditEntry)) and not force:
            raise InvalidInput([Problem(file="", field="--database", found="a store in use", expected=_EMPTY)])
        summary = _examined(file, tables=_revision(session))
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
        _fill(session, file)
        _check(verify(session), where=str(file))
        _go_on_counting(session)
        writing.record("backup.restore", "store", entries=summary.entries)
    return summary


class _Lines:
    """The lines of a backup, counted and hashed as they are read; `summary` is there once all were."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._hash = hashlib.sha256()
        self.summary = Backup(rows=0, entries=0, head="")

    def __iter__(self) -> Iterator[str]:
        yield canonical({"format": FORMAT, "version": VERSION, "tables": _revision(self._session)})
        rows = 0
        for table in _kept_tables():
            for row in self._rows(table):
                line = canonical([table.name, row])
                self._hash.update(line.encode())
                rows += 1
                yield line
        entries, head = audit.head(self._session)
        self.summary = Backup(rows=rows, entries=entries, head=head)
        yield canonical({"rows": rows, "sha256": self._hash.hexdigest(), "entries": entries, "head": head})

    def _rows(self, table: Table) -> Iterator[Row]:
        asked = select(table).order_by(*table.primary_key).execution_options(yield_per=_AT_ONCE)
        with self._session.execute(asked) as found:
            for row in found.mappings():
                yield dict(row)


def _examined(file: Path, *, tables: str | None) -> Backup:
    """Reads the file through, before anything of it is believed."""
    lines = _read(file)
    first, last = next(lines, None), None
    if not isinstance(first, dict) or first.get("format") != FORMAT:
        raise InvalidInput([_unusable(file, Text("another kind of file", "其他类型的文件"))])
    if first.get("tables") != tables:
        other = f"pelvicrt {first.get('version')}, {first.get('tables')}"
        raise InvalidInput([Problem(file=str(file), field="tables", found=other, expected=_SAME_TABLES)])
    digest, rows = hashlib.sha256(), 0
    for line in lines:
        if isinstance(line, dict):
            last = line
            break
        digest.update(canonical(line).encode())
        rows += 1
    if last is None:
        raise InvalidInput([_unusable(file, Text("a file cut short", "不完整的文件"))])
    if (last.get("rows"), last.get("sha256")) != (rows, digest.hexdigest()) or next(lines, None) is not None:
        raise InvalidInput([_unusable(file, Text("rows that were changed", "被改动的记录"))])
    return Backup(rows=rows, entries=last["entries"], head=last["head"])


def _fill(session: Session, file: Path) -> None:
    tables = {table.name: table for table in _kept_tables()}
    rows = (line for line in _read(file) if isinstance(line, list))
    for name, some in itertools.groupby(rows, lambda line: line[0]):
        table = tables[name]
        while pack := [_typed(table, row) for _, row in itertools.islice(some, _AT_ONCE)]:
            session.execute(table.insert(), pack)


def _read(file: Path) -> Iterator[Any]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except FileNotFoundError as error:
        raise InvalidInput([_unusable(file, Text("no file", "文件不存在"))]) from error
    except EOFError as error:
        raise InvalidInput([_unusable(file, Text("a file cut short", "不完整的文件"))]) from error
    except (OSError, ValueError, zlib.error) as error:
        raise InvalidInput([_unusable(file, Text("a damaged or other file", "已损坏或非备份文件"))]) from error


def _typed(table: Table, row: Row) -> Row:
    return {name: _value(table, name, value) for name, value in row.items()}


def _value(table: Table, name: str, value: Any) -> Any:
    kind = table.columns[name].type
    if value is None:
        return None
    if isinstance(kind, UtcText):
        return dt.datetime.fromisoformat(value)
    return dt.date.fromisoformat(value) if isinstance(kind, Date) else value


def _go_on_counting(session: Session) -> None:
    """PostgreSQL counts ids apart from the rows; it must go on after the highest one. SQLite looks at the rows."""
    if session.connection().dialect.name != "postgresql":
        return
    for table in _kept_tables():
        keys = list(table.primary_key)
        if len(keys) == 1 and isinstance(keys[0].type, Integer):
            highest = select(func.max(keys[0])).scalar_subquery()
            session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, keys[0].name), highest)))


def _kept_tables() -> list[Table]:
    return [table for table in Base.metadata.sorted_tables if table.name not in _LEFT_BEHIND]


def _revision(session: Session) -> str | None:
    return MigrationContext.configure(session.connection()).get_current_revision()


def _check(found: Verification, *, where: str) -> None:
    if found.why is not None:
        raise InvalidInput([Problem(file=where, field="audit", found=found.why, expected=_WHOLE_CHAIN)])


def _unusable(file: Path, found: Text) -> Problem:
    return Problem(file=str(file), field="backup", found=found.en, found_zh=found.zh, expected=_A_BACKUP)


_A_BACKUP = Text("a file that `pelvicrt backup` wrote, unchanged", "由 `pelvicrt backup` 写出且未改动的文件")
_NEW_FILE = Text("a file that does not exist yet, or --force", "尚不存在的文件，或使用 --force")
_EMPTY = Text("an empty store, or --force to replace all it holds", "空数据库，或使用 --force 覆盖全部内容")
_SAME_TABLES = Text("a backup of this version's tables", "与本版本表结构一致的备份")
_WHOLE_CHAIN = Text("an audit that verifies", "可通过校验的审计日志")
