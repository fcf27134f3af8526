"""The console command ``natocc``: one file a subcommand."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.data.build import build
from commands.data.census import census
from commands.data.demo import demo
from commands.data.partition import partition
from commands.data.prepare import prepare
from commands.data.sample import sample
from commands.masks.correct_masks import correct_masks
from commands.masks.review import review
from commands.register import Group
from commands.train.harmoniser import train_harmoniser
from commands.train.segmenter import train_segmenter
from commands.train.upscaler import train_upscaler
from commands.versions.info import info
from commands.versions.preview import preview
from commands.versions.replay import replay
from commands.versions.verify import verify
from commands.weights import weights
from natocc import __version__


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"natocc {__version__}")
        raise typer.Exit


# Plain help: two columns, which 80 characters have room for.
app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
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


COMMANDS = {
    "demo": demo,
    "sample": sample,
    "census": census,
    "prepare": prepare,
    "partition": partition,
    "build": build,
    "preview": preview,
    "info": info,
    "verify": verify,
    "replay": replay,
    "correct-masks": correct_masks,
    "train-segmenter": train_segmenter,
    "train-harmoniser": train_harmoniser,
    "train-upscaler": train_upscaler,
}
for name, command in COMMANDS.items():
    command.add_to(app, name)
train_harmoniser.add_to(app, "train-harmonizer", hidden=True)
app.add_typer(review, name="review")
app.add_typer(weights, name="weights")
