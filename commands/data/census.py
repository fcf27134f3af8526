"""``natocc census``: the content of a raw folder, before any processing."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from pydantic import Field

from commands.console import print_table, say, show_matched, show_unmatched, warn
from commands.progress import progress
from commands.register import READS_ALONE, CommandReport, command
from natocc.files.read import Bounds, use_bounds
from tasks.inputs import RawFolder
from tasks.options import Megapixels, Options, PictureMib, TableMib

if TYPE_CHECKING:
    from tasks.census.rows import CensusRow


class CensusOptions(Options):
    """The raw folder, and what counts as an error."""

    raw: RawFolder = Field(description="Folder that holds CelebAMask-HQ, COCO, 11k-hands, dtd and others.")
    strict: bool = Field(False, description="Exit 1 if anything is not as it should be.")
    picture_mib: PictureMib = Bounds().picture_mib
    table_mib: TableMib = Bounds().table_mib
    megapixels: Megapixels = Bounds().megapixels

    @property
    def bounds(self) -> Bounds:
        """The largest files that are read."""
        return Bounds(picture_mib=self.picture_mib, table_mib=self.table_mib, megapixels=self.megapixels)


@command(model=CensusOptions, example="natocc census --raw data/raw --strict", stopped=READS_ALONE)
def census(options: CensusOptions) -> CommandReport:
    """Count the datasets, compare with what their publishers state, list every problem; change nothing."""
    from tasks.census.take import take_census

    raw = options.raw
    with use_bounds(options.bounds), progress("records") as on_progress:
        found = take_census(raw, on_progress=on_progress)
    print_table([_cells(row) for row in found.rows])
    say(*(f"{name}: not under {raw}" for name in found.absent))
    for problem in found.problems:
        show_matched(problem)
    warn(*(f"error: {fault}" for fault in found.faults))
    if found.repeated:
        print_table([asdict(reason) for reason in found.reasons])
    show_unmatched(found.unmatched)
    fields = {
        "raw": raw,
        "datasets": found.rows,
        "absent": found.absent,
        "problems": found.problems,
        "unmatched": found.unmatched,
        "reasons": found.reasons,
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
