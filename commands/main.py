"""The console command ``natocc``: one file a subcommand."""

from __future__ import annotations

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

app = typer.Typer(
    help="Naturalistically occluded faces with exact labels.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
for command in (demo, sample, census, prepare, partition, build, preview, info, verify, replay):
    app.command()(command)
app.command(name="correct-masks")(correct_masks)
app.command(name="train-segmenter")(train_segmenter)
app.command(name="train-harmonizer")(train_harmonizer)
app.command(name="train-upscaler")(train_upscaler)
app.add_typer(review, name="review")
app.add_typer(weights, name="weights")
