"""``natocc census``: the content of a raw folder, before any processing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from commands.console import print_table, say, show_problem, warn
from commands.progress import progress
from commands.register import READS_ALONE, CommandReport, command
from tasks.inputs import RawFolder
from tasks.options import Options

if TYPE_CHECKING:
    from tasks.census.rows import CensusRow


class CensusOptions(Options):
    """The raw folder, and what counts as an error."""

    raw: RawFolder = Field(description="Folder that holds CelebAMask-HQ, COCO, 11k-hands, dtd and others.")
    strict: bool = Field(False, description="Exit 1 if anything is not as it should be.")


@command(model=CensusOptions, example="natocc census --raw data/raw --strict", stopped=READS_ALONE)
def census(options: CensusOptions) -> CommandReport:
    """Count the datasets, compare with what their publishers state, list every problem; change nothing."""
    from tasks.census.take import take_census

    raw = options.raw
    with progress("records") as on_progress:
        found = take_census(raw, on_progress=on_progress)
    print_table([_cells(row) for row in found.rows])
    say(*(f"{name}: not under {raw}" for name in found.absent))
    for problem in found.problems:
        show_problem(problem)
    warn(*(f"error: {fault}" for fault in found.faults))
    fields = {
        "raw": raw,
        "datasets": found.rows,
        "absent": found.absent,
        "problems": found.problems,
        "faults": found.faults,
        "sound": found.sound,
    }
    return CommandReport(fields, code=1 if options.strict and not found.sound else 0)


def _cells(row: CensusRow) -> dict[str, object]:
    stated = ("" if row.published is None else str(row.published), row.states)
    return {
        "dataset": row.dataset,
        "folder": row.folder,
        "pictures": row.pictures,
        "published": ", ".join(filter(None, stated)),
        "remark": row.remark,
        "licence": row.licence,
    }
