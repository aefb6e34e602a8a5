"""One case in, one explained answer out, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption, SchedulerOption, progress_bar
from pelvicrt.foundation import Text

if TYPE_CHECKING:
    from pelvicrt.assessment import PlanToxicity

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
    settle: Annotated[
        bool,
        typer.Option(
            "--settle", help="Add draws until doubling them moves no probability by more than 0.01 (at most 16,000)."
        ),
    ] = False,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 1,
    scheduler: SchedulerOption = None,
    plans: Annotated[
        list[Path] | None,
        typer.Option(
            "--plans",
            metavar="DIR",
            help="DICOM folder of a dose plan; repeat it for several. Its chances of harm stand with the strategies "
            "whose schedule it delivers.",
        ),
    ] = None,
    names: Annotated[Path | None, typer.Option("--names", help="Structure names you confirmed (`plan names`).")] = None,
) -> None:
    """Say which strategies are open, what each would probably bring, how sure anyone can be, and why.

    Example: pelvicrt assess examples/example-1.yaml --format html -o report.html
    With dose plans: pelvicrt assess examples/example-1.yaml --plans build/plans/scrt --plans build/plans/lcrt
    """
    from pelvicrt.assessment import MOST_DRAWS, assess, assess_settled
    from pelvicrt.compute import executor_for
    from pelvicrt.intake import load_case, load_preferences
    from pelvicrt.report import render, write_report

    patient = load_case(case)
    if preferences is not None:
        patient = load_preferences(preferences, patient)
    if output is None and format == "pdf":
        raise typer.BadParameter("a PDF needs a file: add -o report.pdf", param_hint="--output")
    if settle and draws > MOST_DRAWS:
        raise typer.BadParameter(
            f"--settle ends at {MOST_DRAWS:,} draws: leave it out, or begin lower", param_hint="--draws"
        )
    harms = _harms(plans or [], names, lang)
    with executor_for(scheduler) as executor, progress_bar(_LABEL, lang) as tick:
        make = assess_settled if settle else assess
        assessment = make(patient, draws=draws, seed=seed, progress=tick, executor=executor, plans=harms)
    if output is None:
        typer.echo(render(assessment, format, lang.value))
    else:
        write_report(assessment, output, format, lang.value)
        typer.echo(str(output), err=True)


def _harms(folders: list[Path], names: Path | None, lang: Lang) -> tuple[PlanToxicity, ...]:
    """What each folder's plan says of harm, in the order given.

    Raises:
        InvalidInput: files or names that cannot be used.
    """
    if not folders:
        return ()
    from pelvicrt.cli.plan import evaluated
    from pelvicrt.plans import toxicity_of

    return tuple(
        toxicity_of(
            evaluated(folder, template=None, names=names, fractions=None, prescription=None, plan=None, lang=lang)[1]
        )
        for folder in folders
    )
