"""``natocc correct-masks``: which masks to look at first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from assets.problems import Problem
from commands.console import console, errors, need_networks, one_clear_message, progress_bar

_SHOWN = 12


def correct_masks(
    bank: Annotated[str, typer.Option(help="Folder or URL of the bank.")],
    out: Annotated[str, typer.Option(help="Folder or URL for queue.parquet and queue.png.")],
    raw: Annotated[
        Path | None, typer.Option(help="Prepare the bank from this folder first; else it must be there.")
    ] = None,
    checkpoint: Annotated[
        str | None, typer.Option(help="segmenter.pt of natocc train-segmenter; its disagreement counts too.")
    ] = None,
    size: Annotated[int, typer.Option(help="With --checkpoint: the side it was trained at.")] = 128,
    count: Annotated[int, typer.Option("-n", help="Faces on queue.png.")] = 48,
    workers: Annotated[int, typer.Option(help="With --raw: worker processes.")] = 2,
) -> None:
    """Order a bank's faces by how likely their masks are wrong, the worst first.

    Take the queue to an annotation tool with natocc review export --queue.
    """
    if checkpoint is not None:
        need_networks("natocc correct-masks --checkpoint")
    with one_clear_message():
        if raw is not None:
            _prepare(raw, bank, workers)
        from tasks.review.queue import correct_masks as make_queue

        with progress_bar(transient=True) as progress:
            bar = progress.add_task("faces", total=None)
            report = make_queue(
                bank,
                out,
                checkpoint=checkpoint,
                size=size,
                count=count,
                on_progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
    rows = report.table(_SHOWN)
    left_out = ("source",) if checkpoint else ("source", "iou", "components")
    table = Table(*(name for name in rows[0] if name not in left_out))
    for row in rows:
        table.add_row(*(str(row[str(column.header)]) for column in table.columns))
    console.print(table)
    console.print(f"{len(report.faces)} faces, the first {len(rows)} shown", markup=False)
    for file in (report.queue, report.sheet):
        console.print(file, markup=False)


def _prepare(raw: Path, bank: str, workers: int) -> None:
    from tasks.prepare.bank import prepare
    from tasks.prepare.options import options_of

    def show(problem: Problem) -> None:
        if problem.action == "refused":
            errors.print(str(problem), markup=False)

    prepare(raw, bank, options_of(bank), workers=workers, report=show)
