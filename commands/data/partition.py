"""``natocc partition``: divide faces into groups without occlusion, with occlusion, and for testing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assets.wording import count_of
from commands.console import print_table, say, warn
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.inputs import BankUrl, OutUrl
from tasks.options import HelpWords, Options


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


@command(model=PartitionOptions, example="natocc partition --bank data/bank --out lists")
def partition(options: PartitionOptions) -> CommandReport:
    """Write lists in the paper's format, with counts beside its Table 2. Exit 1 if test data leaks."""
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
    warn(*report.leaks)
    say(f"{out}: {count_of(len(report.leaks), 'leaks') if report.leaks else 'no leaks'}")
    fields = {
        "out": out,
        "faces": {name: count for name, count, _ in report.rows()},
        "proposed": len(report.proposed),
        "unknown": len(report.unknown),
        "leaks": report.leaks,
    }
    return CommandReport(fields, code=1 if report.leaks else 0)
