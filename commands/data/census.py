"""``natocc census``: what is in a raw folder, before anything is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from commands.console import console, errors, one_clear_message

_WIDE = 300


def census(
    raw: Annotated[
        Path, typer.Option(help="Folder that holds CelebAMask-HQ, COCO, 11k-hands, dtd and others.")
    ],
    strict: Annotated[bool, typer.Option(help="Exit 1 where anything is not as it should be.")] = False,
) -> None:
    """Count the datasets, compare with what their publishers state, list every problem; change nothing."""
    from rich.console import Console
    from rich.table import Table

    from tasks.census.take import take_census

    with one_clear_message():
        found = take_census(raw)
    table = Table("dataset", "folder", "pictures", "published", "remark", "licence")
    for row in found.rows:
        stated = ", ".join(filter(None, ("" if row.published is None else str(row.published), row.states)))
        cells = (row.dataset, row.folder, str(row.pictures), stated, row.remark, row.licence)
        table.add_row(*(escape(cell) for cell in cells))
    # What goes into a file or a pipe is not squeezed into a terminal's width.
    (console if console.is_terminal else Console(width=_WIDE, highlight=False)).print(table)
    for name in found.absent:
        console.print(f"{name}: not under {raw}", markup=False)
    for problem in found.problems:
        note = "" if problem.action == "refused" else " (converted)"
        errors.print(f"{problem}{note}", markup=False)
    for fault in found.faults:
        errors.print(f"error: {fault}", markup=False)
    if strict and not found.sound:
        raise typer.Exit(1)
