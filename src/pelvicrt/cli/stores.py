"""Keeping the workspace's data: is the audit whole, carry everything to a file, bring it back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pelvicrt.cli.options import Lang, LangOption
from pelvicrt.foundation import InvalidInput, Problem, Text

if TYPE_CHECKING:
    from pelvicrt.mdt import Store

app = typer.Typer(help="The sealed record of who did what: verify.", no_args_is_help=True, rich_markup_mode=None)
DEFAULT_DATABASE = "sqlite:///pelvicrt.db"
DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database",
        envvar="PELVICRT_DATABASE",
        metavar="URL",
        show_envvar=False,
        help="sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME (15 or later); also read from PELVICRT_DATABASE, "
        "which keeps a password out of the list of processes.",
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


@app.command()
def verify(
    database: DatabaseOption = DEFAULT_DATABASE,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="SEAL", help="A seal noted earlier; it must still stand in the chain."),
    ] = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Walk the chain of the audit and hold every row against it; name the first thing that is wrong (exit code 3).

    Note the last seal somewhere else now and then: only that shows entries cut off at the end.

    Example: pelvicrt audit verify --database sqlite:///pelvicrt.db
    """
    from pelvicrt.mdt import audit

    with opened(database) as store, store.snapshot() as session:
        found = audit.verify(session)
        if found.why is not None:
            raise InvalidInput([Problem(file="", field="audit", found=found.why, expected=_WHOLE)])
        if head is not None and not audit.holds(session, head):
            raise InvalidInput([Problem(file="", field="--head", found=head, expected=_IN_CHAIN)])
    typer.echo(_SOUND.fill(n=found.entries, head=found.head).say(lang.value))


def backup_command(
    output: Annotated[Path, typer.Option("-o", "--output", help="File to write, for instance workspace.jsonl.gz.")],
    database: DatabaseOption = DEFAULT_DATABASE,
    force: ForceOption = False,
    lang: LangOption = Lang.EN,
) -> None:
    """Write all of the workspace to one file, while people work; it holds patient data, readable by its owner alone.

    Example: pelvicrt backup -o workspace.jsonl.gz
    """
    from pelvicrt.mdt import backup

    with opened(database) as store:
        made = backup.write_backup(store, output, force=force)
    typer.echo(_WRITTEN.fill(rows=made.rows, file=output, head=made.head).say(lang.value))


def restore_command(
    file: Annotated[Path, typer.Argument(help="A file `pelvicrt backup` wrote, from either kind of database.")],
    database: DatabaseOption = DEFAULT_DATABASE,
    force: ForceOption = False,
    lang: LangOption = Lang.EN,
) -> None:
    """Fill a database from a backup; it is kept only when every row is there and the audit verifies.

    Stop `serve` first.

    Example: pelvicrt restore workspace.jsonl.gz --database sqlite:///pelvicrt.db
    """
    from pelvicrt.mdt import Store, backup

    store = Store(database)
    try:
        made = backup.restore_backup(store, file, force=force)
    finally:
        store.close()
    typer.echo(_RESTORED.fill(rows=made.rows, n=made.entries, head=made.head).say(lang.value))


@contextmanager
def opened(database: str) -> Iterator[Store]:
    """A store that is in use.

    Raises:
        InvalidInput: when there is none at that address.
    """
    from pelvicrt.mdt import Store

    store = Store(database)
    try:
        store.check_is_there()
        yield store
    finally:
        store.close()


_WHOLE = Text("an audit that verifies", "可通过校验的审计日志")
_IN_CHAIN = Text("a seal of this audit; entries may have been cut off", "本审计日志中的封印；末尾记录可能已被删除")
_SOUND = Text(
    "{n} entries, the chain is whole and every row is as it was written; last seal {head}",
    "共 {n} 条记录，链条完整，每一行均与写入时一致；最后封印 {head}",
)
_WRITTEN = Text("{rows} rows written to {file}; last seal {head}", "已将 {rows} 行写入 {file}；最后封印 {head}")
_RESTORED = Text(
    "{rows} rows restored; the audit of {n} entries verifies; last seal {head}",
    "已恢复 {rows} 行；{n} 条审计记录校验通过；最后封印 {head}",
)
