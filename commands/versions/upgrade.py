"""``natocc upgrade``: a version of an earlier release in today's schemas."""

from __future__ import annotations

from assets.wording import list_counts
from commands.console import say
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.renew.upgrade import UpgradeOptions


@command(model=UpgradeOptions, positional=("url",), example="natocc upgrade data/datasets/sample")
def upgrade(options: UpgradeOptions) -> CommandReport:
    """Write a version again in today's schemas, without rendering; the new version takes its place."""
    from assets.bank.reader import Bank
    from tasks.renew.upgrade import upgrade_version
    from tasks.verify.bank import bank_or_version

    if bank_or_version(options.url) is None:
        # One of an earlier schema is refused with the command that prepares it again.
        fields = {"url": options.url, "format": Bank(options.url).index["format"], "upgraded": []}
        say(f"{options.url}: up to date")
        return CommandReport(fields)
    with progress("shards") as on_progress:
        report = upgrade_version(options, on_progress=on_progress)
    if report.number is None:
        say(f"{report.url}: up to date")
    else:
        counts = list_counts(report.dataset.counts)
        say(report.url, f"version {report.number}, instead of {report.instead_of}: {counts}")
        say(f"brought up to date: {', '.join(report.upgraded)}; the bytes of the pictures are the same")
        if not report.latest:
            say("latest.json names another version, and stays")
    fields = {
        "url": report.url,
        "format": report.dataset.format,
        "upgraded": list(report.upgraded),
        "version": report.dataset.version,
        "number": report.number,
        "instead_of": report.instead_of,
        "latest": report.latest,
    }
    return CommandReport(fields)
