"""``natocc build``: the plain build, without Prefect."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from assets.wording import count_of, list_counts
from commands.console import say, warn
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.build.left_out import describe_left_out
from tasks.build.options import BuildOptions

if TYPE_CHECKING:
    from tasks.build.version import BuildReport


@command(
    model=BuildOptions,
    positional=("recipe",),
    example="natocc build sample --bank data/bank --out data/datasets --limit 8",
)
def build(options: BuildOptions) -> CommandReport:
    """Build a version of a recipe's dataset; a damaged one is repaired, an unchanged one is left as it is."""
    from tasks.build.version import build as build_version

    start = time.perf_counter()
    with progress("shards") as on_progress:
        report = build_version(options, on_progress=on_progress)
    print_build(report, time.perf_counter() - start)
    return CommandReport(build_fields(report))


def print_build(report: BuildReport, seconds: float, remark: str = "") -> None:
    """Print the version's place, verdicts, time, and left-out items; ``remark`` says what the time holds."""
    took = " ".join(filter(None, (f"{seconds:.1f} s", remark)))
    counts = f"version {report.number}: {list_counts(report.dataset.counts)}"
    warn(*(f"warning: {line}" for line in report.warnings))
    if report.unchanged:
        say(f"unchanged: {report.url}", counts)
    elif report.repaired:
        files = f"{len(report.repaired)} files repaired ({', '.join(report.repaired)})"
        say(f"repaired: {report.url}", f"{counts}; {files}; {_written(report)}, {took}")
    else:
        say(report.url, f"{counts}; {_written(report)}, {took}")
    say(*(f"confirmed: {line}" for line in _confirmed(report)))
    say(*(f"left out: {line}" for line in describe_left_out(report.dataset.left_out)))


def _written(report: BuildReport) -> str:
    copied = f" ({report.samples_copied} of their samples copied)" if report.samples_copied else ""
    return f"{count_of(report.rendered, 'shards')} rendered{copied}, {report.reused} reused"


def _confirmed(report: BuildReport) -> list[str]:
    return [
        f"set {one.set}: {count_of(one.samples, 'samples')} rendered again, all equal; those of code "
        f"{one.code[:12]} are kept"
        for one in report.confirmed
    ]


def build_fields(report: BuildReport) -> dict[str, Any]:
    """The fields of the report for --json."""
    return {
        "url": report.url,
        "name": report.dataset.name,
        "version": report.dataset.version,
        "number": report.number,
        "unchanged": report.unchanged,
        "repaired": list(report.repaired),
        "warnings": list(report.warnings),
        "counts": report.dataset.counts,
        "counts_by_set": report.dataset.counts_by_set,
        "shards_rendered": report.rendered,
        "shards_reused": report.reused,
        "samples_rendered": report.samples_rendered,
        "samples_copied": report.samples_copied,
        "confirmed": [asdict(one) for one in report.confirmed],
        "images_per_second": round(report.images_per_second, 2),
        "left_out": describe_left_out(report.dataset.left_out),
    }
