"""``natocc verify``: check the content of a version or a bank."""

from __future__ import annotations

from typing import Annotated

import typer

from assets.wording import count_of
from commands.console import say, warn
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.options import MOST_WORKERS


@command(example="natocc verify data/datasets/sample --workers 4")
def verify(
    url: Annotated[str, typer.Argument(help="A version, a dataset (its latest version), or a bank.")],
    workers: Annotated[int, typer.Option(min=1, max=MOST_WORKERS, help="Worker processes.")] = 2,
) -> CommandReport:
    """Recompute all hashes, open every sample, look for leaks in a bank. Exit 1 if anything is found."""
    from tasks.verify.version import verify as verify_version

    with progress("files") as on_progress:
        report = verify_version(url, workers, on_progress=on_progress)
    warn(*report.findings)
    if report.findings:
        say(f"{report.url}: {count_of(len(report.findings), 'findings')}")
    else:
        counted = f"{count_of(report.samples, report.what)} in {count_of(report.shards, 'shards')}"
        say(f"{report.url}: {counted}, all as they should be")
    fields = {
        "url": report.url,
        report.what: report.samples,
        "shards": report.shards,
        "findings": report.findings,
    }
    return CommandReport(fields, code=1 if report.findings else 0)
