"""Which commands there are, and what a user sees when one fails."""

from __future__ import annotations

import atexit
import gc
import itertools
import os
import sys
from typing import Annotated

import typer

from pelvicrt.cli import assess, bench, case, dose, evidence, plan, research, serve, simulate, stores
from pelvicrt.foundation import VERSION, Language, PelvicrtError

_OBJECTS_BEFORE_A_SEARCH = 200_000

app = typer.Typer(
    name="pelvicrt",
    help="Pelvic radiotherapy in rectal cancer with liver metastases: options, outcomes, reasons, disagreements. "
    "Decision support for professionals and research; not a medical device.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("assess")(assess.assess_command)
app.command("dose")(dose.dose_command)
app.command("simulate")(simulate.simulate_command)
app.command("bench")(bench.bench_command)
app.command("serve")(serve.serve_command)
app.command("backup")(stores.backup_command)
app.command("restore")(stores.restore_command)
app.add_typer(stores.app, name="audit")
app.add_typer(case.app, name="case")
app.add_typer(evidence.app, name="evidence")
app.add_typer(plan.app, name="plan")
app.add_typer(research.app, name="research")


@app.callback(invoke_without_command=True)
def common(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Show version and evidence, then stop.")] = False,
) -> None:
    """Show what this is, or run one command."""
    if version:
        from pelvicrt.evidence import library

        typer.echo(f"pelvicrt {VERSION} (evidence {library().hash})")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


def _search_little_for_garbage() -> None:
    """One command leaves few cycles behind: looking for them while and after it works takes a fifth of its time."""
    gc.set_threshold(_OBJECTS_BEFORE_A_SEARCH)
    atexit.register(gc.freeze)


def main() -> None:
    """Run one command; user errors print without traceback and set the contract's exit codes."""
    atexit.register(
        gc.freeze
    )  # what is alive at the end goes with the process: searching it for cycles takes half a second
    try:
        app()
    except PelvicrtError as error:
        sys.stderr.write(error.message.say(_language_of_errors()) + "\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.stderr.close()
    except Exception as error:
        if os.environ.get("PELVICRT_DEBUG"):
            raise
        sys.stderr.write(
            f"internal error ({type(error).__name__}); this is our fault. Set PELVICRT_DEBUG=1 for the traceback, "
            "remove patient data from it before you report it.\n"
        )
        sys.exit(5)


def _language_of_errors() -> Language:
    """The language asked for anywhere on the command line, else of the environment."""
    words = sys.argv[1:]
    asked = [b for a, b in itertools.pairwise(words) if a == "--lang"]
    asked += [word.removeprefix("--lang=") for word in words if word.startswith("--lang=")]
    return "zh" if (asked or [os.environ.get("PELVICRT_LANG", "en")])[-1] == "zh" else "en"
