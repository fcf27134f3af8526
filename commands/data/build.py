"""``natocc build``: the plain build, without Prefect."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from commands.console import one_clear_message, print_report, progress_bar

Recipe = Annotated[str, typer.Argument(help="Name of a recipe, or a YAML file.")]
Bank = Annotated[str, typer.Option(help="Where `natocc prepare` wrote the bank.")]
Out = Annotated[str, typer.Option(help="Folder or URL under which datasets lie.")]
Workers = Annotated[int, typer.Option(help="Worker processes.")]
Limit = Annotated[int | None, typer.Option(help="Only the first N samples of every set.")]
Seed = Annotated[int | None, typer.Option(help="Another seed than the recipe's.")]
Profile = Annotated[str | None, typer.Option(help="best, paper or code.")]
Split = Annotated[str | None, typer.Option(help="train, test, all, or a file that lists faces.")]
Subset = Annotated[str | None, typer.Option(help="WO, O, or all: which faces of the split.")]
Upscaler = Annotated[str | None, typer.Option(help="Accept a bank made with this upscaler.")]
Harmoniser = Annotated[str | None, typer.Option(help="Another harmoniser than the recipe's.")]
Lift = Annotated[
    str | None, typer.Option(help="How a network's colours come to full size: mapping, residual.")
]
Weights = Annotated[
    str | None, typer.Option(help="Folder of weights; else $NATOCC_WEIGHTS, or data/weights.")
]
Device = Annotated[str, typer.Option(help="Where a network runs: auto, cpu or cuda.")]
Precision = Annotated[str, typer.Option(help="In which precision: float32 or bfloat16.")]


def build(
    recipe: Recipe,
    bank: Bank,
    out: Out,
    workers: Workers = 2,
    limit: Limit = None,
    seed: Seed = None,
    profile: Profile = None,
    split: Split = None,
    subset: Subset = None,
    upscaler: Upscaler = None,
    harmoniser: Harmoniser = None,
    lift: Lift = None,
    weights: Weights = None,
    device: Device = "auto",
    precision: Precision = "float32",
) -> None:
    """Build a version of a recipe's dataset; what is there unchanged is left alone."""
    from manifests.shard_plan import Machine
    from tasks.build.version import Options
    from tasks.build.version import build as build_version

    start = time.perf_counter()
    with one_clear_message(), progress_bar() as progress:
        bar = progress.add_task("shards", visible=False)

        def on_progress(done: int, total: int | None) -> None:
            progress.update(bar, total=total, completed=done, visible=True)

        options = Options(
            recipe=recipe,
            bank=bank,
            out=out,
            limit=limit,
            seed=seed,
            profile=profile,
            split=split,
            subset=subset,
            upscaler=upscaler,
            harmoniser=harmoniser,
            lift=lift,
            machine=Machine(weights=weights, device=device, precision=precision),
        )
        report = build_version(options, workers, on_progress=on_progress)
    print_report(report, time.perf_counter() - start)
