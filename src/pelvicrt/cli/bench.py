"""How fast the program is on this machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def bench_command(
    name: Annotated[str | None, typer.Argument(help="One benchmark; default: all.")] = None,
    case: Annotated[Path, typer.Option("--case", exists=True, help="Case file to assess.")] = Path(
        "examples/example-1.yaml"
    ),
) -> None:
    """Measure wall time and peak memory, each in fresh processes beside a floor of the same run; prints JSON.

    Example: pelvicrt bench assess_cold
    """
    from pelvicrt.bench import names, run

    if name is not None and name not in names():
        raise typer.BadParameter(f"no benchmark {name!r}; there are: {', '.join(names())}", param_hint="NAME")
    rows = [run(item, case=case).to_json() for item in ([name] if name else names())]
    typer.echo(json.dumps(rows, indent=2))
