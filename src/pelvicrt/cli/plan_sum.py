"""Two courses added in 2 Gy fractions, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption


def plan_sum_command(
    first: Annotated[Path, typer.Argument(metavar="DIR_A", help="DICOM folder of the earlier course.")],
    second: Annotated[Path, typer.Argument(metavar="DIR_B", help="DICOM folder of the second course.")],
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="text or json.")] = "text",  # noqa: A002
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write.")] = None,
    names: Annotated[Path | None, typer.Option("--names", help="Names file of the second plan's structures.")] = None,
    fractions_a: Annotated[
        int | None, typer.Option("--fractions-a", min=1, help="Fractions of the first course, when no file says it.")
    ] = None,
    fractions_b: Annotated[int | None, typer.Option("--fractions-b", min=1, help="The same of the second.")] = None,
    lang: LangOption = Lang.EN,
) -> None:
    """Add the dose of two courses in 2 Gy fractions, voxel by voxel, when both lie in one frame of reference.

    No recovery is assumed and nothing is registered.

    Example: pelvicrt plan sum first/ second/ --format json
    """
    from pelvicrt.dicom import read_plan
    from pelvicrt.foundation import write_whole
    from pelvicrt.plans import json_text, read_names, sum_json, sum_plans, sum_text

    confirmed = read_names(names) if names is not None else None
    found = sum_plans(read_plan(first), read_plan(second), confirmed=confirmed, fractions=(fractions_a, fractions_b))
    said = json_text(sum_json(found, lang.value)) if format == "json" else sum_text(found, lang.value)
    if output is None:
        typer.echo(said, nl=False)
    else:
        write_whole(output, said.encode())
        typer.echo(str(output), err=True)
