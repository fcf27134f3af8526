"""``natocc prepare``: raw trees become a bank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.problems import Problem
from commands.report import console, errors, one_clear_message


def prepare(
    raw: Annotated[Path, typer.Option(help="Folder that holds CelebAMask-HQ, COCO, 11k-hands, dtd.")],
    bank: Annotated[str, typer.Option(help="Folder or URL for the bank.")],
    objects: Annotated[str, typer.Option(help="default, all, or a file of annotation ids.")] = "default",
    upscaler: Annotated[str, typer.Option(help="How objects are enlarged four times.")] = "lanczos",
    workers: Annotated[int, typer.Option(help="Worker processes.")] = 2,
    strict: Annotated[bool, typer.Option(help="Exit 1 where any input was refused.")] = False,
) -> None:
    """Read the raw datasets, apply the mask policy, cut out occluders; one line a problem."""
    from tasks.prepare import prepare as prepare_bank

    def show(problem: Problem) -> None:
        note = "" if problem.action == "refused" else " (converted)"
        errors.print(f"{problem}{note}", markup=False)

    with one_clear_message():
        report = prepare_bank(raw, bank, objects=objects, upscaler=upscaler, workers=workers, report=show)
    for problem in report.problems if report.unchanged else ():
        show(problem)
    for name in report.absent:
        errors.print(f"{name}: not under {raw}; what needs it can't be built", markup=False)
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    state = "unchanged: " if report.unchanged else ""
    moved = f"; {report.moved_to_test} moved to test" if report.moved_to_test else ""
    console.print(f"{state}{report.bank}: {counts}; {report.refused} refused{moved}", markup=False)
    if strict and report.refused:
        raise typer.Exit(1)
