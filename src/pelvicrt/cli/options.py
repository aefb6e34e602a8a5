"""Which options several commands share."""

from __future__ import annotations

import enum
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from pelvicrt.foundation import Text


class Lang(enum.StrEnum):
    """The two languages of everything a user reads."""

    EN = "en"
    ZH = "zh"


LangOption = Annotated[Lang, typer.Option("--lang", envvar="PELVICRT_LANG", help="Language: en or zh.")]

SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Run on a dask scheduler (tcp://host:8786), or on N processes of this machine (local:N).",
    ),
]

Tick = Callable[[float], None]


@contextmanager
def progress_bar(label: Text, lang: Lang) -> Iterator[Tick]:
    """A progress bar on stderr fed with fractions 0..1; silent when stderr is no terminal."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        yield lambda _fraction: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task(label.say(lang.value), total=1.0)
        yield lambda fraction: bars.update(task, completed=fraction)
