"""Published cohorts replayed under the model, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption, progress_bar
from pelvicrt.foundation import Text

_LABEL = Text("Replaying cohorts", "正在复演队列")


def replay_command(
    cohorts: Annotated[
        Path | None,
        typer.Argument(metavar="COHORTS", help="YAML list of study records; default: the calibration cohorts."),
    ] = None,
    format: Annotated[  # noqa: A002
        Literal["text", "json", "html", "svg"], typer.Option("--format", help="text, json, html or svg.")
    ] = "text",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    lang: LangOption = Lang.EN,
    cohort: Annotated[str | None, typer.Option("--cohort", metavar="ID", help="Replay this one only.")] = None,
    draws: Annotated[int, typer.Option("--draws", min=20, max=100_000, help="Parameter draws.")] = 200,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 1,
) -> None:
    """Compare what studies printed with what the model would have foreseen: intervals, coverage, errors.

    Example: pelvicrt research replay examples/cohorts.yaml --format html -o replay.html
    """
    from pelvicrt.evidence import library
    from pelvicrt.report import write_whole
    from pelvicrt.research import read_cohorts_file, render_replay, replay, replay_shipped

    if output is not None and not output.resolve().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}", param_hint="--output")
    records = None if cohorts is None else read_cohorts_file(cohorts)
    with progress_bar(_LABEL, lang) as tick:
        if records is None or cohorts is None:
            made = replay_shipped(library(), draws=draws, seed=seed, only=cohort, progress=tick)
        else:
            made = replay(records, library(), draws=draws, seed=seed, only=cohort, file=cohorts.name, progress=tick)
    content = render_replay(made, format, lang.value)
    if output is None:
        typer.echo(content)
    else:
        write_whole(output, (content + "\n").encode())
        typer.echo(str(output), err=True)
