"""What would policies bring a region's patients, from the command line?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption, SchedulerOption, progress_bar
from pelvicrt.foundation import Text

_LABEL = Text("Following patients", "正在模拟患者")
_KEPT = Text(
    "stopped; finished parts are in {folder}: run the same command again to go on",
    "已停止；已完成部分保存在 {folder}，重新运行同一命令即可继续",
)
_LOST = Text("stopped; with --checkpoint DIR a stopped run could go on", "已停止；使用 --checkpoint DIR 可在中断后继续")
_STOPPED = 130
"""What a shell expects of a command ended by Ctrl-C."""


def population_command(
    spec: Annotated[Path, typer.Argument(metavar="SPEC", help="Patients, policies and outcomes (YAML or JSON).")],
    format: Annotated[  # noqa: A002
        Literal["text", "json", "parquet"], typer.Option("--format", help="text, json or parquet (every draw).")
    ] = "text",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; needed for parquet.")] = None,
    lang: LangOption = Lang.EN,
    patients: Annotated[int | None, typer.Option("--patients", min=1, help="Instead of the file's number.")] = None,
    draws: Annotated[int | None, typer.Option("--draws", min=2, help="Instead of the file's number.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", min=0, help="Instead of the file's seed.")] = None,
    threads: Annotated[int | None, typer.Option("--threads", min=1, help="Default: the processors there are.")] = None,
    checkpoint: Annotated[
        Path | None, typer.Option("--checkpoint", metavar="DIR", help="Keep finished parts; a stopped run goes on.")
    ] = None,
    scheduler: SchedulerOption = None,
) -> None:
    """Follow a region's patients under several policies: outcomes per 100, resources a year, paired differences.

    Example: pelvicrt research population examples/population/region.yaml --patients 100
    """
    import dataclasses

    from pelvicrt.compute import Threads, executor_for
    from pelvicrt.research import read_population, render_population, run_population, write_parquet

    if output is None and format == "parquet":
        raise typer.BadParameter("a Parquet file needs a name: add -o draws.parquet", param_hint="--output")
    if output is not None and not output.resolve().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}", param_hint="--output")
    asked = read_population(spec)
    given: dict[str, Any] = {"patients": patients, "draws": draws, "seed": seed}
    asked = dataclasses.replace(asked, **{name: value for name, value in given.items() if value is not None})
    try:
        with executor_for(scheduler) as remote, Threads(threads) as own, progress_bar(_LABEL, lang) as tick:
            found = run_population(asked, executor=remote or own, folder=checkpoint, told=tick)
    except KeyboardInterrupt:
        told = _LOST if checkpoint is None else _KEPT.fill(folder=checkpoint)
        typer.echo(told.say(lang.value), err=True)
        raise typer.Exit(_STOPPED) from None
    if format == "parquet" and output is not None:
        write_parquet(found, output)
        typer.echo(str(output), err=True)
        return
    text = render_population(found, format, lang.value)
    if output is None:
        typer.echo(text)
        return
    from pelvicrt.report import write_whole

    write_whole(output, (text + "\n").encode())
    typer.echo(str(output), err=True)
