"""``natocc retry``: the failed samples of a version, rendered again."""

from __future__ import annotations

from assets.wording import count_of, list_counts
from commands.console import say, warn
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.renew.retry import RetryOptions


@command(
    model=RetryOptions,
    positional=("url",),
    example="natocc retry data/datasets/sample --bank data/bank",
)
def retry(options: RetryOptions) -> CommandReport:
    """Render a version's failed samples again; a new version takes its place. Exit 1 if all fail still."""
    from tasks.renew.retry import retry as retry_version

    with progress("shards") as on_progress:
        report = retry_version(options, on_progress=on_progress)
    warn(*(f"warning: {line}" for line in report.warnings))
    warn(*(f"{key}: fails still: {reason}" for key, reason in report.failures))
    failed = count_of(report.retried, "failed samples")
    if not report.retried:
        say(f"{report.url}: no sample failed; nothing to retry")
    elif report.number is None:
        warn(f"{report.url}: of {failed}, none could be made; nothing was published")
    else:
        counts = list_counts(report.dataset.counts)
        say(report.url, f"version {report.number}, instead of {report.instead_of}: {counts}")
        say(f"{report.made} of {failed} made")
        if not report.latest:
            say("latest.json names another version, and stays")
    fields = {
        "url": report.url,
        "version": report.dataset.version,
        "number": report.number,
        "instead_of": report.instead_of,
        "latest": report.latest,
        "retried": report.retried,
        "made": report.made,
        "failures": dict(report.failures),
        "warnings": list(report.warnings),
        "counts": report.dataset.counts,
    }
    return CommandReport(fields, code=1 if report.retried and report.number is None else 0)
