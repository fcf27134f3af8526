"""``natocc train-harmonizer``: RainNet from iHarmony4, or from recoloured photographs, without Prefect."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from commands.console import console, need_networks, one_clear_message
from commands.interrupted import one_line_when_stopped


def train_harmonizer(
    out: Annotated[str, typer.Option(help="Folder or URL for weights, figures, previews and checkpoint.")],
    bank: Annotated[
        str | None,
        typer.Option(help="Bank whose faces and objects are recoloured; its test split is held out."),
    ] = None,
    photos: Annotated[str | None, typer.Option(help="Folder of photographs to recolour.")] = None,
    masks: Annotated[
        str | None, typer.Option(help="Folder of their masks, of the same names; white is recoloured.")
    ] = None,
    iharmony4: Annotated[str | None, typer.Option(help="Folder that holds iHarmony4.")] = None,
    size: Annotated[int, typer.Option(help="Side of the pictures, a multiple of 256.")] = 256,
    width: Annotated[int, typer.Option(help="Channels after the first convolution.")] = 64,
    steps: Annotated[
        int | None, typer.Option(help="Training steps; by default 200 times through the pictures.")
    ] = None,
    batch: Annotated[int, typer.Option(help="Pictures a step.")] = 11,
    seed: Annotated[int, typer.Option(help="Decides weights, order, views and colours.")] = 0,
    learning_rate: Annotated[float, typer.Option(help="Adam's; constant, then falling.")] = 2e-4,
    adversarial: Annotated[
        float, typer.Option(help="Weight of the adversarial terms; 0: without a discriminator.")
    ] = 1.0,
    crop: Annotated[
        float, typer.Option(help="Smallest share of a side in a mirrored or plain crop; 1: pictures whole.")
    ] = 1.0,
    every: Annotated[int, typer.Option(help="Steps from one checkpoint to the next.")] = 500,
    hold_out: Annotated[
        float, typer.Option(help="Share of the photographs held out where nothing says which are.")
    ] = 0.15,
    views: Annotated[int, typer.Option(help="Recolourings of a held-out picture.")] = 2,
    max_held_out: Annotated[int, typer.Option(help="Held-out pictures that are scored.")] = 1000,
    loaders: Annotated[int, typer.Option(help="Processes that make batches; 0: none beside this.")] = 0,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
) -> None:
    """Train RainNet and print its errors on held-out pictures beside those of doing nothing.

    SIGTERM and Ctrl-C stop it after the step that runs. Run again after an interruption, it goes on from
    the last checkpoint. Defaults are the published values.
    """
    need_networks("natocc train-harmonizer")
    values: dict[str, Any] = {"size": size, "width": width, "steps": steps, "batch": batch, "seed": seed}
    values |= {"learning_rate": learning_rate, "adversarial": adversarial, "crop": crop, "every": every}
    values |= {"hold_out": hold_out, "views": views, "max_held_out": max_held_out, "loaders": loaders}
    with one_clear_message(), one_line_when_stopped():
        from tasks.training.harmoniser.options import HarmonizerOptions
        from tasks.training.harmoniser.train import open_sources
        from tasks.training.harmoniser.train import train_harmonizer as train

        options = HarmonizerOptions(**values, device=device)  # type: ignore[arg-type]
        sources = open_sources(bank=bank, photos=photos, masks=masks, iharmony4=iharmony4)
        report = train(sources, out, options, progress=console.is_terminal)
    rows = report.table()
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)
    for line in report.left_out:
        console.print(f"left out: {line}", markup=False)
    resumed = f", {report.resumed} of them before," if report.resumed else ""
    console.print(
        f"trained {report.steps} steps{resumed} on {report.trained_on} pictures; "
        f"scored on {report.held_out} held out"
    )
    for url in (report.weights, report.previews, report.metrics):
        console.print(escape(url))
