"""How a case gets in: check it, show its schema, get a template, import a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from pelvicrt.cli.options import Lang, LangOption

app = typer.Typer(help="Cases: check, schema, template, import.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Case files (YAML or JSON).")],
    lang: LangOption = Lang.EN,
) -> None:
    """Name every missing fact and what each blocks.

    Example: pelvicrt case check examples/example-1.yaml
    """
    from pelvicrt.intake import check_case, load_case

    for path in files:
        for line in check_case(load_case(path)).lines(lang.value):
            typer.echo(line)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a case file.

    Example: pelvicrt case schema > case.schema.json
    """
    from pelvicrt.intake import case_schema

    typer.echo(json.dumps(case_schema(), indent=2, ensure_ascii=False))


@app.command()
def template(
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write it: .xlsx or .csv.")],
) -> None:
    """Write an empty registry table to fill in, one column a fact.

    Example: pelvicrt case template -o registry.xlsx
    """
    from pelvicrt.intake import write_template

    write_template(output)
    typer.echo(str(output))


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV or Excel table, one row a case.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the case files, or one .yaml file.")],
    lang: LangOption = Lang.EN,
) -> None:
    """Turn a filled table into case files; one bad row and nothing is written.

    Example: pelvicrt case import registry.xlsx -o cases/
    """
    from pelvicrt.intake import import_cases

    for line in import_cases(file).write(output).lines(lang.value):
        typer.echo(line)
