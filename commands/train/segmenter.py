"""``natocc train-segmenter``: the thinnest use of the shards, without Prefect."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from commands.console import console, need_networks, one_clear_message


def train_segmenter(
    version: Annotated[str, typer.Argument(help="A version, or a dataset whose latest version is taken.")],
    out: Annotated[str, typer.Option(help="Folder or URL for segmenter.pt and metrics.json.")],
    bank: Annotated[str | None, typer.Option(help="Bank whose really occluded faces to test on.")] = None,
    size: Annotated[int, typer.Option(help="Side of the pictures, a multiple of 16.")] = 128,
    steps: Annotated[int, typer.Option(help="Training steps.")] = 300,
    batch: Annotated[int, typer.Option(help="Pictures a step.")] = 16,
    seed: Annotated[int, typer.Option(help="Decides weights, order and flips.")] = 0,
    max_samples: Annotated[int, typer.Option(help="Pictures of a split kept in memory.")] = 4096,
) -> None:
    """Train a small U-Net on the shards and print its face IoU on faces it has not seen."""
    need_networks("natocc train-segmenter")
    with one_clear_message():
        from tasks.training.segmenter.train import train_segmenter as train

        report = train(
            version,
            bank,
            out,
            size=size,
            steps=steps,
            batch=batch,
            seed=seed,
            max_samples=max_samples,
            progress=console.is_terminal,
        )
    rows = report.table()
    if rows:
        table = Table(*rows[0])
        for row in rows:
            table.add_row(*(str(value) for value in row.values()))
        console.print(table)
    for note in report.notes:
        console.print(f"left out: {note}")
    console.print(f"trained {report.steps} steps on {report.trained_on} pictures of version {report.version}")
    console.print(report.checkpoint)
