"""``natocc partition``: divide faces into groups without occlusion, with occlusion, and for testing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from assets.wording import count_of
from commands.console import print_table, say, warn
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.inputs import BankUrl, OutUrl
from tasks.options import HelpWords, Options, Workers

if TYPE_CHECKING:
    from tasks.partition.near_duplicates import NearDuplicate

# Near-duplicates on the terminal.
_SHOWN = 10


class PartitionOptions(Options):
    """The bank of the faces, and how they are divided."""

    bank: BankUrl = Field(description="Folder or URL of the bank.")
    out: OutUrl = Field(description="Folder for the lists; then put them into the raw folder.")
    threshold: Annotated[float, Field(ge=0, le=1)] = Field(
        0.5, description="Faces of unknown subset with a mask score above this are proposed as O."
    )
    test_identities: Annotated[Annotated[int, Field(ge=0)] | None, HelpWords("80, or a fifth of fewer")] = (
        Field(None, description="Persons to test on, if no face is for testing yet.")
    )
    near_duplicates: bool = Field(True, description="Look for pictures of both splits that look alike.")
    workers: Workers = Field(2, description="Threads that read pictures.")


@command(model=PartitionOptions, example="natocc partition --bank data/bank --out lists")
def partition(options: PartitionOptions) -> CommandReport:
    """Write lists in the paper's format, with counts beside its Table 2. Exit 1 if test data leaks.

    Near-duplicates across splits are told and change nothing.
    """
    from assets.bank.reader import Bank
    from shards.check_output import check_folder
    from tasks.partition.propose import make_partition
    from tasks.partition.report import PROPOSED, write_partition

    check_folder(options.out)
    with progress("faces") as on_progress:
        report = make_partition(
            Bank(options.bank),
            threshold=options.threshold,
            identities=options.test_identities,
            on_progress=on_progress,
        )
    if options.near_duplicates:
        report = replace(report, near_duplicates=_near_duplicates(options, report.splits))
    out = options.out
    write_partition(report, out)
    rows = [{"part": name, "faces": count, "Table 2": published} for name, count, published in report.rows()]
    print_table(rows)
    say(report.remark)
    if report.by_score:
        faces = count_of(report.by_score, "faces")
        say(f"proposed as O by mask score, look at them ({PROPOSED}): {len(report.proposed)} of {faces}")
    if report.unknown:
        say(f"of unknown part and in no list: {count_of(len(report.unknown), 'faces')}")
    _tell_near_duplicates(report.near_duplicates)
    warn(*report.leaks)
    say(f"{out}: {count_of(len(report.leaks), 'leaks') if report.leaks else 'no leaks'}")
    fields = {
        "out": out,
        "faces": {name: count for name, count, _ in report.rows()},
        "proposed": len(report.proposed),
        "unknown": len(report.unknown),
        "leaks": report.leaks,
        "near_duplicates": None if report.near_duplicates is None else list(map(str, report.near_duplicates)),
    }
    return CommandReport(fields, code=1 if report.leaks else 0)


def _near_duplicates(options: PartitionOptions, splits: Mapping[str, str]) -> tuple[NearDuplicate, ...]:
    from assets.bank.reader import Bank
    from tasks.partition.near_duplicates import find_near_duplicates

    with progress("pictures") as on_progress:
        return find_near_duplicates(
            Bank(options.bank), splits, workers=options.workers, on_progress=on_progress
        )


def _tell_near_duplicates(found: tuple[NearDuplicate, ...] | None) -> None:
    """Tell the pairs that are most alike, and how many there are."""
    from tasks.partition.report import REPORT

    if found is None:
        return
    warn(*map(str, found[:_SHOWN]))
    if len(found) > _SHOWN:
        warn(f"and {len(found) - _SHOWN} more in {REPORT}")
    if found:
        say(
            "pairs that are one photograph: give faces a row with duplicate in CelebAMask-HQ/defects.csv, "
            "occluders one photo in natocc.csv, and prepare again"
        )
    say(f"across splits: {count_of(len(found), 'near-duplicates') if found else 'no near-duplicates'}")
