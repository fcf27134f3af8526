"""``natocc verify``: is a version, or a bank, what it says it is?"""

from __future__ import annotations

from typing import Annotated

import typer

from commands.console import console, errors, one_clear_message


def verify(
    url: Annotated[str, typer.Argument(help="A version, a dataset (its latest version), or a bank.")],
    workers: Annotated[int, typer.Option(help="Worker processes.")] = 2,
) -> None:
    """Recompute all hashes, open every sample, look for leaks in a bank; exit 1 with every finding listed."""
    from tasks.verify.version import verify as verify_version

    with one_clear_message():
        report = verify_version(url, workers)
    for finding in report.findings:
        errors.print(finding, markup=False)
    if report.findings:
        console.print(f"{report.url}: {len(report.findings)} findings")
        raise typer.Exit(1)
    counted = f"{report.samples} {report.what} in {report.shards} shards"
    console.print(f"{report.url}: {counted} are as they should be", markup=False)
