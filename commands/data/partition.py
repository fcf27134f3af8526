"""``natocc partition``: divide faces into groups without occlusion, with occlusion, and for testing."""

from __future__ import annotations

from typing import Annotated

import typer

from assets.wording import count_of
from commands.console import print_table, say, warn
from commands.progress import progress
from commands.register import CommandReport, command


@command(example="natocc partition --bank data/bank --out lists")
def partition(
    bank: Annotated[str, typer.Option(help="Folder or URL of the bank.")],
    out: Annotated[str, typer.Option(help="Folder for the lists; then put them into the raw folder.")],
    threshold: Annotated[
        float, typer.Option(help="Faces of unknown subset with a mask score above this are proposed as O.")
    ] = 0.5,
    test_identities: Annotated[
        int | None, typer.Option(help="Persons to test on where no face is yet; else 80, or a fifth.")
    ] = None,
) -> CommandReport:
    """Write lists in the paper's format, with counts beside its Table 2. Exit 1 if test data leaks."""
    from assets.bank.reader import Bank
    from tasks.partition.propose import make_partition
    from tasks.partition.report import PROPOSED, write_partition

    with progress("faces") as on_progress:
        report = make_partition(
            Bank(bank), threshold=threshold, identities=test_identities, on_progress=on_progress
        )
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
