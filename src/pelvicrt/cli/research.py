"""What can a researcher ask of the model, from the command line?"""

from __future__ import annotations

import typer

from pelvicrt.cli import research_calibrate, research_population, research_replay, research_value

app = typer.Typer(help="Research: questions to the model.", no_args_is_help=True, rich_markup_mode=None)
app.command("calibrate")(research_calibrate.calibrate_command)
app.command("population")(research_population.population_command)
app.command("value")(research_value.value_command)
app.command("replay")(research_replay.replay_command)
