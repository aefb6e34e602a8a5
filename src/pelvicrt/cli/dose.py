"""What one schedule means biologically, from the command line."""

from __future__ import annotations

import json
from typing import Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption


def dose_command(
    total: Annotated[float, typer.Option("--total", help="Total dose [Gy].")],
    fractions: Annotated[int, typer.Option("--fractions", help="Number of fractions.")],
    alpha_beta: Annotated[
        float | None, typer.Option("--alpha-beta", help="Alpha/beta ratio [Gy]; default: every scenario.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", help="Days from first to last fraction, both counted.")] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="text or json.")] = "text",  # noqa: A002
    lang: LangOption = Lang.EN,
) -> None:
    """Biologically effective dose and equivalent dose in 2 Gy fractions of one schedule.

    Example: pelvicrt dose --total 25 --fractions 5 --alpha-beta 10 --days 5
    """
    from pelvicrt.dose import dose_summary

    summary = dose_summary(total_gy=total, fractions=fractions, alpha_beta_gy=alpha_beta, days=days)
    if format == "json":
        typer.echo(json.dumps(summary.to_json(), ensure_ascii=False, indent=2))
        return
    for line in summary.lines(lang.value):
        typer.echo(line)
