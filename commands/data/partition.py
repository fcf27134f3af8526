"""``natocc partition``: which faces have nothing over them, which are occluded, which are tested on."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.console import console, errors, one_clear_message


def partition(
    bank: Annotated[str, typer.Option(help="Where `natocc prepare` wrote the bank.")],
    out: Annotated[str, typer.Option(help="Folder for the lists; then put them into the raw folder.")],
    threshold: Annotated[
        float, typer.Option(help="Faces of unknown part and more suspicious than this are proposed as O.")
    ] = 0.5,
    test_identities: Annotated[
        int | None, typer.Option(help="Persons to test on where no face is yet; else 80, or a fifth.")
    ] = None,
) -> None:
    """Write lists in the paper's format, and the counts beside its Table 2; exit 1 where something leaks."""
    from rich.table import Table

    from assets.bank.reader import Bank
    from tasks.partition.propose import make_partition
    from tasks.partition.report import PROPOSED, write_partition

    with one_clear_message():
        report = make_partition(Bank(bank), threshold=threshold, identities=test_identities)
        write_partition(report, out)
    table = Table("part", "faces", "Table 2")
    for name, count, published in report.rows():
        table.add_row(name, str(count), "" if published is None else str(published))
    console.print(table)
    console.print(report.remark, markup=False)
    if report.by_score:
        told = f"{len(report.proposed)} of {report.by_score} faces of unknown part are proposed as O"
        console.print(f"{told}: look at them ({PROPOSED})", markup=False)
    if report.unknown:
        console.print(f"{len(report.unknown)} faces are of unknown part and in no list", markup=False)
    for leak in report.leaks:
        errors.print(leak, markup=False)
    console.print(f"{out}: {len(report.leaks) or 'no'} leaks", markup=False)
    if report.leaks:
        raise typer.Exit(1)
