"""``natocc train-upscaler``: GLEAN from any photographs, without Prefect."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from commands.console import console, need_networks, one_clear_message
from commands.interrupted import one_line_when_stopped

# Files that are named; of more their number is told.
_SHOWN = 10


def train_upscaler(
    out: Annotated[str, typer.Option(help="Folder or URL for weights, figures, previews and state.")],
    photos: Annotated[str | None, typer.Option(help="Folder of photographs, with all folders in it.")] = None,
    bank: Annotated[
        str | None, typer.Option(help="Bank to train on; other splits than train are tests.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Of the bank; face and object unless named.")] = None,
    in_size: Annotated[int, typer.Option(help="Side of the small pictures, a power of two.")] = 64,
    out_size: Annotated[int, typer.Option(help="Side of what is made of them, a power of two.")] = 256,
    bank_weights: Annotated[
        str | None,
        typer.Option(help="A StyleGAN2 of out-size pixels, by name (natocc weights list) or file."),
    ] = None,
    train_bank: Annotated[bool, typer.Option(help="Train a bank along, where none is at hand.")] = False,
    discriminator_weights: Annotated[
        str | None, typer.Option(help="File with StyleGAN2's discriminator, such as the bank's own.")
    ] = None,
    perceptual: Annotated[str, typer.Option(help="vgg16, which needs its weights, or 0.")] = "vgg16",
    adversarial: Annotated[float, typer.Option(help="Weight of that loss; 0: no discriminator.")] = 1e-2,
    degradation: Annotated[str, typer.Option(help="bicubic, or blind: blur, noise, JPEG too.")] = "bicubic",
    steps: Annotated[int, typer.Option(help="Training steps.")] = 300_000,
    batch: Annotated[int, typer.Option(help="Pictures a step.")] = 8,
    learning_rate: Annotated[float, typer.Option(help="Adam's at first; falls along a cosine.")] = 1e-4,
    seed: Annotated[int, typer.Option(help="Decides weights, order, crops and degradations.")] = 0,
    precision: Annotated[str, typer.Option(help="float32 or bfloat16.")] = "float32",
    bank_width: Annotated[int, typer.Option(help="Channels of a bank that is trained along.")] = 512,
    blocks: Annotated[int, typer.Option(help="Blocks of the encoder.")] = 23,
    width: Annotated[int, typer.Option(help="Its channels.")] = 64,
    growth: Annotated[int, typer.Option(help="Channels that each of its convolutions adds.")] = 32,
    head: Annotated[int, typer.Option(help="Channels before the last convolution.")] = 64,
    held_out: Annotated[int, typer.Option(help="Photographs that are tested on alone.")] = 16,
    every: Annotated[int, typer.Option(help="Steps from one saved state to the next.")] = 1000,
    threads: Annotated[int, typer.Option(help="Threads that read photographs ahead.")] = 4,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    weights: Annotated[str | None, typer.Option(help="Folder of weights; else $NATOCC_WEIGHTS.")] = None,
) -> None:
    """Train GLEAN and print how near it comes to held-out photographs, beside bicubic enlargement.

    SIGTERM and Ctrl-C stop it after the step that runs. Run again after an interruption, it goes on from
    the last state. Defaults are the published values.
    """
    need_networks("natocc train-upscaler")
    values: dict[str, Any] = {"in_size": in_size, "out_size": out_size, "bank_weights": bank_weights}
    values |= {"train_bank": train_bank, "discriminator_weights": discriminator_weights}
    values |= {"perceptual": perceptual, "adversarial": adversarial, "degradation": degradation}
    values |= {"steps": steps, "batch": batch, "learning_rate": learning_rate, "seed": seed}
    values |= {"precision": precision, "bank_width": bank_width, "blocks": blocks, "width": width}
    values |= {"growth": growth, "head": head, "held_out": held_out, "every": every, "threads": threads}
    values |= {"device": device, "weights": weights}
    with one_clear_message(), one_line_when_stopped():
        from tasks.training.upscaler.options import UpscalerOptions
        from tasks.training.upscaler.photos import open_photos
        from tasks.training.upscaler.train import train_upscaler as train

        options = UpscalerOptions(**values)
        kinds: Any = tuple(kind or ("face", "object"))
        found = open_photos(photos=photos, bank=bank, kinds=kinds, least=out_size, held_out=held_out)
        report = train(found, out, options, progress=console.is_terminal)
    rows = report.table()
    table = Table(*rows[0])
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    console.print(table)
    for line in (*report.notes, *report.problems[:_SHOWN]):
        console.print(line, markup=False)
    if len(report.problems) > _SHOWN:
        console.print(
            f"and {len(report.problems) - _SHOWN} more files, named in {report.metrics}", markup=False
        )
    console.print(
        f"bank: {report.facts['bank']}; perceptual loss: {report.facts['perceptual']}", markup=False
    )
    resumed = f", {report.resumed_at} of them before," if report.resumed_at else ""
    console.print(f"trained {report.steps} steps{resumed} on {report.trained_on} photographs")
    for url in (report.weights, report.metrics, report.previews):
        if url:
            console.print(url, markup=False)
