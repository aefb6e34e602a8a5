"""A multi-state model of one's own, run from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption, SchedulerOption, progress_bar
from pelvicrt.foundation import Text

_LABEL = Text("Running the model", "正在运行模型")


def simulate_command(
    model: Annotated[Path | None, typer.Argument(metavar="MODEL", help="Model file (YAML).")] = None,
    patients: Annotated[
        int | None, typer.Option("--patients", min=1, max=100_000, help="Patients drawn of a described population.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=1, max=1_000_000, help="Parameter draws.")] = 1000,
    engine: Annotated[
        Literal["solver", "montecarlo"] | None,
        typer.Option("--engine", help="solver or montecarlo; default: solver when it applies."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 1,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="text or json.")] = "text",  # noqa: A002
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    scheduler: SchedulerOption = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a model file, then stop.")] = False,
    lang: LangOption = Lang.EN,
) -> None:
    """Solve or simulate a multi-state model: life-years, QALYs, cost and the value of information of each strategy.

    Example: pelvicrt simulate examples/models/illness-death.yaml --draws 200
    """
    from pelvicrt.compute import executor_for
    from pelvicrt.models import model_schema, simulate_file, to_json, to_lines

    if schema:
        typer.echo(json.dumps(model_schema(), indent=2, ensure_ascii=False))
        return
    if model is None:
        raise typer.BadParameter("name a model file, such as examples/models/illness-death.yaml", param_hint="MODEL")
    if output is not None and not output.resolve().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}", param_hint="--output")
    with executor_for(scheduler) as executor, progress_bar(_LABEL, lang) as tick:
        run = simulate_file(
            model, draws=draws, patients=patients, chosen=engine, seed=seed, progress=tick, executor=executor
        )
    if format == "json":
        text = json.dumps(to_json(run), indent=2, ensure_ascii=False)
    else:
        text = "\n".join(to_lines(run, lang.value))
    if output is None:
        typer.echo(text)
        return
    from pelvicrt.report import write_whole

    write_whole(output, (text + "\n").encode())
    typer.echo(str(output), err=True)
