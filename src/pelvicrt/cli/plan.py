"""Dose plans from the command line: evaluate one, compare two, make a demonstration, write names to confirm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pelvicrt.cli.options import Lang, LangOption, progress_bar
from pelvicrt.cli.plan_sum import plan_sum_command
from pelvicrt.foundation import Text

if TYPE_CHECKING:
    from pelvicrt.dicom import TreatmentPlan
    from pelvicrt.plans import PlanEvaluation

app = typer.Typer(
    help="Does a dose plan do what the strategy asks? Limits, biological dose and chances of harm from DICOM-RT files. "
    "For professionals and research; not a tool for quality assurance of plans.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_LABEL = Text("Evaluating the plan", "正在评价计划")
_THREADS = 2

app.command("sum")(plan_sum_command)

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder with the plan's RTSTRUCT, RTDOSE, RTPLAN.")]
TemplateOption = Annotated[
    str | None,
    typer.Option(
        "--template",
        metavar="scrt|lcrt|ID|FILE",
        help="Limits to judge by: scrt, lcrt, an id of `evidence list limits`, or a file of your own. "
        "Default: those made for the plan's number of fractions.",
    ),
]
NamesOption = Annotated[Path | None, typer.Option("--names", help="Structure names you confirmed (see `plan names`).")]
FractionsOption = Annotated[
    int | None, typer.Option("--fractions", min=1, max=200, help="Number of fractions, where the plan does not say it.")
]
PrescriptionOption = Annotated[
    float | None,
    typer.Option("--prescription", min=0.01, help="Prescribed dose [Gy] of targets the plan prescribes nothing to."),
]
PlanOption = Annotated[str | None, typer.Option("--plan", help="Label of the plan, where the folder holds several.")]


@app.command("evaluate")
def evaluate_command(
    folder: FolderArgument,
    template: TemplateOption = None,
    format: Annotated[  # noqa: A002
        Literal["text", "json", "html", "pdf", "sr"],
        typer.Option("--format", help="text, json, html, pdf, or sr (DICOM structured report)."),
    ] = "text",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; needed for pdf and sr.")] = None,
    lang: LangOption = Lang.EN,
    names: NamesOption = None,
    fractions: FractionsOption = None,
    prescription: PrescriptionOption = None,
    plan: PlanOption = None,
) -> None:
    """Judge one plan: how its names were read, dose and biological dose, limits, chances of harm, what is not known.

    Example: pelvicrt plan evaluate build/plans/scrt --template scrt
    """
    from pelvicrt.plans import render_evaluation, write_evaluation, write_evaluation_report

    if output is None and format in {"pdf", "sr"}:
        raise typer.BadParameter(f"{format} needs a file: add -o FILE", param_hint="--output")
    read, evaluation = evaluated(
        folder, template=template, names=names, fractions=fractions, prescription=prescription, plan=plan, lang=lang
    )
    if output is None:
        typer.echo(render_evaluation(evaluation, format, lang.value), nl=False)
        return
    if format == "sr":
        write_evaluation_report(evaluation, read, output)
    else:
        write_evaluation(evaluation, output, format, lang.value)
    typer.echo(str(output), err=True)


@app.command("compare")
def compare_command(
    first: Annotated[Path, typer.Argument(metavar="DIR_A", help="Folder of plan A.")],
    second: Annotated[Path, typer.Argument(metavar="DIR_B", help="Folder of plan B.")],
    template_a: Annotated[
        str | None, typer.Option("--template-a", help="Limits of A, as in `plan evaluate`; default: by its fractions.")
    ] = None,
    template_b: Annotated[str | None, typer.Option("--template-b", help="Limits of B.")] = None,
    format: Annotated[  # noqa: A002
        Literal["text", "json", "html", "pdf"], typer.Option("--format", help="text, json, html or pdf.")
    ] = "text",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write; needed for pdf.")] = None,
    lang: LangOption = Lang.EN,
    names: NamesOption = None,
    fractions_a: Annotated[int | None, typer.Option("--fractions-a", min=1, max=200, help="Fractions of A.")] = None,
    fractions_b: Annotated[int | None, typer.Option("--fractions-b", min=1, max=200, help="Fractions of B.")] = None,
    prescription_a: Annotated[
        float | None, typer.Option("--prescription-a", min=0.01, help="Prescribed dose of A [Gy].")
    ] = None,
    prescription_b: Annotated[
        float | None, typer.Option("--prescription-b", min=0.01, help="Prescribed dose of B [Gy].")
    ] = None,
    plan_a: Annotated[str | None, typer.Option("--plan-a", help="Label of A, where its folder holds several.")] = None,
    plan_b: Annotated[str | None, typer.Option("--plan-b", help="Label of B.")] = None,
) -> None:
    """Compare two plans whatever their fractions: dose in 2 Gy fractions, limits, chances of harm, gains and costs.

    Example: pelvicrt plan compare build/plans/scrt build/plans/lcrt
    """
    from pelvicrt.plans import compare, render_comparison, write_comparison

    if output is None and format == "pdf":
        raise typer.BadParameter("pdf needs a file: add -o FILE", param_hint="--output")
    sides = (
        (first, template_a, fractions_a, prescription_a, plan_a),
        (second, template_b, fractions_b, prescription_b, plan_b),
    )
    a, b = (
        evaluated(folder, template=template, names=names, fractions=count, prescription=dose_gy, plan=label, lang=lang)[
            1
        ]
        for folder, template, count, dose_gy, label in sides
    )
    comparison = compare(a, b)
    if output is None:
        typer.echo(render_comparison(comparison, format, lang.value), nl=False)
    else:
        write_comparison(comparison, output, format, lang.value)
        typer.echo(str(output), err=True)


@app.command("names")
def names_command(
    folder: FolderArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="Names file to write.")],
    plan: PlanOption = None,
) -> None:
    """Write how each structure's name is read, with proposals, for you to confirm by editing.

    Example: pelvicrt plan names build/plans/scrt -o names.yaml
    """
    from pelvicrt.dicom import read_plan
    from pelvicrt.evidence import library
    from pelvicrt.plans import name_structures, write_names

    read = read_plan(folder, plan=plan)
    write_names(output, name_structures([item.name for item in read.structures], library=library()))
    typer.echo(str(output), err=True)


@app.command("demo")
def demo_command(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the demonstration's plans.")],
    ct: Annotated[bool, typer.Option("--ct", help="With a synthetic CT.")] = False,
) -> None:
    """Write three synthetic plans of one pelvis as DICOM: short course, long course, and with a boost. No patient data.

    Example: pelvicrt plan demo -o build/plans
    """
    from pelvicrt.dicom import write_demo_plans

    output.mkdir(parents=True, exist_ok=True)
    for name in write_demo_plans(output, with_ct=ct):
        typer.echo(str(output / name))


def evaluated(
    folder: Path,
    *,
    template: str | None,
    names: Path | None,
    fractions: int | None,
    prescription: float | None,
    plan: str | None,
    lang: Lang,
) -> tuple[TreatmentPlan, PlanEvaluation]:
    """A folder's plan and its evaluation, with a progress bar.

    Raises:
        InvalidInput: files, names or limits that cannot be used.
        UsageError: a template that does not exist or is made for another number of fractions.
    """
    from pelvicrt.dicom import read_plan
    from pelvicrt.evidence import library
    from pelvicrt.plans import evaluate, read_names, template_for, template_of

    confirmed = None if names is None else read_names(names)
    wanted = None if template is None else template_of(template, library())
    read = read_plan(folder, plan=plan, fractions=fractions)
    limits = wanted if template is not None else template_for(read.fractions, library())
    with _advancing(len(read.structures), lang) as advance:
        found = evaluate(
            read, template=limits, names=confirmed, prescription=prescription, threads=_THREADS, advance=advance
        )
    return read, found


@contextmanager
def _advancing(steps: int, lang: Lang) -> Iterator[Callable[[], None]]:
    """A progress bar moved on by one step of `steps` at each call."""
    done = iter(range(1, steps + 1))
    with progress_bar(_LABEL, lang) as tick:
        yield lambda: tick(next(done, steps) / max(steps, 1))
