"""The console command ``natocc``: one file a subcommand."""

from __future__ import annotations

import typer

from commands.prepare import prepare
from commands.sample import sample

app = typer.Typer(
    help="Naturalistically occluded faces with exact labels.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
for command in (sample, prepare):
    app.command()(command)
