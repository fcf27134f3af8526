"""``natocc gc``: what no version and no bank refers to."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from pydantic import Field

from assets.wording import count_of
from commands.console import say
from commands.register import CommandReport, command
from tasks.inputs import folder_of
from tasks.options import Options


class GcOptions(Options):
    """Where to look, and what to do."""

    folder: Annotated[str, folder_of("datasets, or a bank")] = Field(
        description="A dataset, a folder of datasets (--out of `natocc build`), or a bank."
    )
    remove: bool = Field(default=False, description="Remove it; otherwise it is only listed.")
    all: bool = Field(
        default=False, description="Also unfinished work of the last 7 days that no run is using."
    )


@command(
    model=GcOptions,
    positional=("folder",),
    example="natocc gc data/datasets --remove",
    stopped="what was not removed yet is still there; run the same command again",
)
def gc(options: GcOptions) -> CommandReport:
    """List or remove what no version refers to and no run uses, such as unpublished shards."""
    from tasks.garbage.collect import collect_garbage

    report = collect_garbage(options.folder, remove=options.remove, everything=options.all)
    for leftover in report.kept:
        say(f"stays: {leftover.line()}")
    done = "removed" if report.removed else "garbage"
    for leftover in report.garbage:
        say(f"{done}: {leftover.line()}")
    counted = f"{count_of(len(report.garbage), 'leftovers')}, {report.bytes / 1e6:.1f} MB"
    advice = "" if report.removed or not report.garbage else "; --remove removes them"
    say(f"{report.url}: {counted}{' removed' if report.removed else ''}{advice}")
    if report.left_alone:
        say(f"{count_of(report.left_alone, 'names')} of others left alone")
    fields = {
        "folder": report.url,
        "removed": report.removed,
        "bytes": report.bytes,
        "garbage": [asdict(leftover) for leftover in report.garbage],
        "kept": [asdict(leftover) for leftover in report.kept],
        "left_alone": report.left_alone,
    }
    return CommandReport(fields)
