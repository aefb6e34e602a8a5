"""One case in, one explained answer out, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption, SchedulerOption, progress_bar
from pelvicrt.foundation import Text

_LABEL = Text("Simulating outcomes", "正在模拟结局")


def assess_command(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Case file (YAML or JSON).")],
    format: Annotated[  # noqa: A002
        Literal["text", "json", "html", "pdf"], typer.Option("--format", help="text, json, html or pdf.")
    ] = "text",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; needed for pdf.")] = None,
    lang: LangOption = Lang.EN,
    preferences: Annotated[
        Path | None, typer.Option("--preferences", help="YAML with the patient's wishes; replaces those of the case.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=100, max=100_000, help="Parameter draws.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 1,
    scheduler: SchedulerOption = None,
) -> None:
    """Say which strategies are open, what each would probably bring, how sure anyone can be, and why.

    Example: pelvicrt assess examples/example-1.yaml --format html -o report.html
    """
    from pelvicrt.assessment import assess
    from pelvicrt.compute import executor_for
    from pelvicrt.intake import load_case, load_preferences
    from pelvicrt.report import render, write_report

    patient = load_case(case)
    if preferences is not None:
        patient = load_preferences(preferences, patient)
    if output is None and format == "pdf":
        raise typer.BadParameter("a PDF needs a file: add -o report.pdf", param_hint="--output")
    with executor_for(scheduler) as executor, progress_bar(_LABEL, lang) as tick:
        assessment = assess(patient, draws=draws, seed=seed, progress=tick, executor=executor)
    if output is None:
        typer.echo(render(assessment, format, lang.value))
    else:
        write_report(assessment, output, format, lang.value)
        typer.echo(str(output), err=True)
