"""The console command ``natocc``: one file a subcommand."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.build import build
from commands.census import census
from commands.correct_masks import correct_masks
from commands.demo import demo
from commands.info import info
from commands.partition import partition
from commands.prepare import prepare
from commands.preview import preview
from commands.replay import replay
from commands.review import review
from commands.sample import sample
from commands.train_harmonizer import train_harmonizer
from commands.train_segmenter import train_segmenter
from commands.train_upscaler import train_upscaler
from commands.verify import verify
from commands.weights import weights
from natocc import __version__


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"natocc {__version__}")
        raise typer.Exit


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def natocc(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Faces with occlusions and exact labels."""


for command in (demo, sample, census, prepare, partition, build, preview, info, verify, replay):
    app.command()(command)
app.command(name="correct-masks")(correct_masks)
app.command(name="train-segmenter")(train_segmenter)
app.command(name="train-harmonizer")(train_harmonizer)
app.command(name="train-upscaler")(train_upscaler)
app.add_typer(review, name="review")
app.add_typer(weights, name="weights")
