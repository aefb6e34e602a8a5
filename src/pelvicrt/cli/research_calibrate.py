"""Which parameters agree with the published cohorts, from the command line?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption, progress_bar
from pelvicrt.foundation import Text

_LABEL = Text("Calibrating", "正在校准")


def calibrate_command(
    cohorts: Annotated[
        Path | None, typer.Argument(metavar="[COHORTS.yaml]", help="Cohorts; default: those shipped.", exists=True)
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Folder for draws, recipe and report; a stopped run goes on.")
    ] = None,
    members: Annotated[int, typer.Option("--members", min=20, help="Members of the ensemble.")] = 700,
    steps: Annotated[int, typer.Option("--steps", min=2, help="Steps of the smoother.")] = 6,
    rounds: Annotated[int, typer.Option("--rounds", min=1, help="Most rounds of the emulator.")] = 3,
    draws: Annotated[int, typer.Option("--draws", min=20, help="Draws of the posterior.")] = 4096,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed; the same seed gives the same draws.")] = 1,
    leaving_out: Annotated[bool, typer.Option("--leave-out", help="Leave every group of studies out in turn.")] = False,
    truths: Annotated[int, typer.Option("--truths", min=0, help="Synthetic truths for the check of ranks.")] = 50,
    format: Annotated[Literal["text", "json"], typer.Option("--format", help="text or json.")] = "text",  # noqa: A002
    lang: LangOption = Lang.EN,
) -> None:
    """Fit the outcome model's parameters to published cohorts, check the fit, and write draws with their recipe.

    Example: pelvicrt research calibrate -o build/posterior --leave-out
    """
    from pelvicrt.research import Settings, calibration_text, run_calibration

    settings = Settings(members=members, steps=steps, draws=draws, rounds=rounds, seed=seed)
    with progress_bar(_LABEL, lang) as tick:
        report = run_calibration(
            cohorts=cohorts,
            settings=settings,
            output=output,
            leaving_out=leaving_out,
            leave_out_members=min(200, members),
            truths=truths,
            progress=tick,
        )
    typer.echo(json.dumps(report, indent=1) if format == "json" else calibration_text(report))
