"""What the evidence library holds, and whether it is sound."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption

app = typer.Typer(help="Evidence: list, show, check.", no_args_is_help=True, rich_markup_mode=None)
Format = Annotated[Literal["text", "json"], typer.Option("--format", help="text or json.")]


@app.command("list")
def list_(
    kind: Annotated[
        str | None, typer.Argument(help="One kind, for instance parameters; default: how many of each.")
    ] = None,
    format: Format = "text",  # noqa: A002
) -> None:
    """List the records of one kind, or count all kinds.

    Example: pelvicrt evidence list regimens
    """
    from pelvicrt.evidence import KINDS, list_records

    if kind is None:
        rows = [{"kind": name, "records": len(list_records(name))} for name in KINDS]
    else:
        rows = list_records(kind)
    if format == "json":
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
        return
    for row in rows:
        typer.echo("  ".join(str(value) for value in row.values()))


@app.command()
def show(
    record: Annotated[str, typer.Argument(metavar="ID", help="A record's id.")],
    format: Format = "text",  # noqa: A002
) -> None:
    """Show one record whole.

    Example: pelvicrt evidence show SC-25-del
    """
    import yaml

    from pelvicrt.evidence import show_record

    found = json.loads(json.dumps(show_record(record), ensure_ascii=False, default=str))
    if format == "json":
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        typer.echo(yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=110))


@app.command()
def check(lang: LangOption = Lang.EN) -> None:
    """Check every record: schema, sources, references, ranges, both languages.

    Example: pelvicrt evidence check
    """
    from pelvicrt.evidence import KINDS, check_library, library
    from pelvicrt.foundation import InvalidInput

    problems = check_library(library())
    if problems:
        raise InvalidInput(problems)
    total = sum(len(library().shelf(kind)) for kind in KINDS)
    typer.echo(f"{total} 条记录，未发现问题" if lang == Lang.ZH else f"{total} records, no problem found")
