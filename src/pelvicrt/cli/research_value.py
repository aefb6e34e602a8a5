"""What is it worth to know more about one patient's choice, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption, progress_bar
from pelvicrt.foundation import Text

_LABEL = Text("Valuing information", "正在估计信息价值")
_ASSESSED = 0.9
"""Share of the time that goes into the assessment."""


def value_command(
    case: Annotated[Path, typer.Argument(metavar="CASE", help="Case file (YAML or JSON).")],
    format: Annotated[  # noqa: A002
        Literal["text", "json", "html", "svg"], typer.Option("--format", help="text, json, html or svg.")
    ] = "text",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    lang: LangOption = Lang.EN,
    design: Annotated[
        list[Path] | None, typer.Option("--design", help="YAML of a study of your own, as in the library; may repeat.")
    ] = None,
    population: Annotated[
        int | None, typer.Option("--population", min=1, help="Patients who face this choice.")
    ] = None,
    draws: Annotated[int, typer.Option("--draws", min=100, max=100_000, help="Parameter draws.")] = 1000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 1,
) -> None:
    """Say what perfect knowledge, groups of figures, studies and missing facts are worth for one patient.

    Example: pelvicrt research value examples/example-1.yaml --population 1000 --format html -o value.html
    """
    from pelvicrt.assessment import assess
    from pelvicrt.intake import load_case
    from pelvicrt.report import write_whole
    from pelvicrt.research import load_design, render_worth, worth_of_knowing

    patient = load_case(case)
    designs = [load_design(path) for path in design or []]
    with progress_bar(_LABEL, lang) as tick:
        assessment = assess(patient, draws=draws, seed=seed, progress=lambda done: tick(_ASSESSED * done))
        worth = worth_of_knowing(assessment, designs=designs, population=population)
    content = render_worth(worth, format, lang.value)
    if output is None:
        typer.echo(content)
    else:
        write_whole(output, content.encode())
        typer.echo(str(output), err=True)
