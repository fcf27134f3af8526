"""``natocc prepare``: raw trees become a bank."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from assets.problems import Problem
from commands.console import console, errors, one_clear_message, progress_bar
from tasks.prepare.options import PrepareOptions
from tasks.prepare.upscaling.choose import LANCZOS, SMALLER, UpscalerChoice

_DEFAULT = PrepareOptions()


def prepare(
    raw: Annotated[Path, typer.Option(help="Folder that holds CelebAMask-HQ, COCO, 11k-hands, dtd.")],
    bank: Annotated[str, typer.Option(help="Folder or URL for the bank.")],
    objects: Annotated[str, typer.Option(help="default, all, or a file of annotation ids.")] = "default",
    hands: Annotated[
        int, typer.Option(min=1, help="How many hands, where no list names them and not all have masks.")
    ] = _DEFAULT.hands,
    policy: Annotated[str, typer.Option(help="What counts as face: voo or faceocc.")] = _DEFAULT.policy,
    upscaler: Annotated[
        str,
        typer.Option(
            help="What enlarges objects four times: lanczos, or networks by their weights' names, such as "
            "glean,realesrgan,lanczos; the first that is there."
        ),
    ] = _DEFAULT.upscaler,
    weights: Annotated[
        str | None,
        typer.Option(
            help="Folder of the networks' weights: $NATOCC_WEIGHTS or data/weights.", show_default=False
        ),
    ] = None,
    device: Annotated[
        str, typer.Option(help="What the network runs on: auto, cpu or cuda.")
    ] = _DEFAULT.device,
    precision: Annotated[
        str, typer.Option(help="What the network computes in: float32, bfloat16 or, on a GPU, float16.")
    ] = _DEFAULT.precision,
    hold_out: Annotated[
        bool, typer.Option(help="Keep occluders of some classes and subjects for testing.")
    ] = True,
    workers: Annotated[int, typer.Option(help="Worker processes.")] = 2,
    reread: Annotated[
        bool, typer.Option("--reread", help="Tell changed files by content, not by size and time.")
    ] = False,
    strict: Annotated[bool, typer.Option(help="Exit 1 where any input was refused.")] = False,
) -> None:
    """Read the raw datasets, apply the mask policy, cut out occluders; one line a problem.

    What is there already is kept where its inputs have not changed.
    """
    from tasks.prepare.bank import prepare as prepare_bank

    options = PrepareOptions(
        objects=objects,
        upscaler=upscaler,
        weights=weights,
        device=device,
        precision=precision,
        policy=policy,
        hands=hands,
        hold_out=hold_out,
    )

    def show(problem: Problem) -> None:
        note = "" if problem.action == "refused" else " (converted)"
        errors.print(f"{problem}{note}", markup=False)

    def tell(choice: UpscalerChoice) -> None:
        # Of Lanczos alone there is nothing to tell.
        if choice.upscaler.network or choice.skipped:
            errors.print(str(choice), markup=False)

    with one_clear_message(), progress_bar(transient=True) as progress:
        bar = progress.add_task("inputs", total=None)
        report = prepare_bank(
            raw,
            bank,
            options,
            workers=workers,
            reread=reread,
            report=show,
            on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
            on_upscaler=tell,
        )
    for name in report.absent:
        errors.print(f"{name}: not under {raw}; what needs it can't be built", markup=False)
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    state = "unchanged: " if report.unchanged else ""
    moved = f"; {report.moved_to_test} moved to test" if report.moved_to_test else ""
    shards = f"{report.shards_made} shards made, {report.shards_kept} kept"
    console.print(f"{state}{report.bank}: {counts}; {report.refused} refused{moved}; {shards}", markup=False)
    if any(name != LANCZOS for name in report.upscaled):
        console.print(f"objects by upscaler: {_listed(report.upscaled)}", markup=False)
    if strict and report.refused:
        raise typer.Exit(1)


def _listed(upscaled: Mapping[str, int]) -> str:
    """What enlarged how many, and for how many a GPU's memory was short."""
    counts = [f"{count} {name}" for name, count in upscaled.items() if name != SMALLER]
    if short := upscaled.get(SMALLER):
        counts.append(f"{short} in smaller batches, as memory ran out")
    return ", ".join(counts)
