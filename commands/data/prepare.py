"""``natocc prepare``: make a bank from raw datasets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pydantic import Field

from assets.wording import count_of, list_counts
from commands.console import say, show_matched, show_unmatched, warn
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.inputs import NewBankUrl, RawFolder
from tasks.options import Wait, Workers, input_check
from tasks.prepare.options import PrepareOptions

if TYPE_CHECKING:
    from tasks.prepare.report import PrepareReport
    from tasks.prepare.upscaling.choose import UpscalerChoice


class PrepareJob(PrepareOptions):
    """Options of a preparation with its folders and workers."""

    raw: RawFolder = Field(description="Folder that holds CelebAMask-HQ, COCO, 11k-hands, dtd.")
    bank: NewBankUrl = Field(description="Folder or URL for the bank.")
    workers: Workers = 2
    wait: Wait = False
    reread: bool = Field(False, description="Recognise changed files by content, not by size and time.")
    strict: bool = Field(False, description="Exit 1 if any input was refused or unmatched.")

    @input_check("upscaler", "weights", "device", "precision", at="upscaler")
    def _upscaler_available(self) -> str | None:
        if self.upscaler == "lanczos":
            return None
        from tasks.prepare.upscaling.choose import choose_upscaler

        try:
            choose_upscaler(self.upscaler, self.weights, device=self.device, precision=self.precision)
        except (ValueError, FileNotFoundError) as error:
            return str(error)
        return None


@command(model=PrepareJob, example="natocc prepare --raw data/raw --bank data/bank --objects all --workers 4")
def prepare(job: PrepareJob) -> CommandReport:
    """Read the raw datasets, apply the mask policy, cut out occluders; print a line for each problem.

    Shards of the bank whose inputs have not changed are kept.
    """
    from tasks.prepare.bank import prepare as prepare_bank
    from tasks.prepare.options import former_options

    before = former_options(job.bank)
    with progress("inputs") as on_progress:
        report = prepare_bank(
            job.raw,
            job.bank,
            job.narrowed(PrepareOptions),
            workers=job.workers,
            reread=job.reread,
            wait=job.wait,
            report=show_matched,
            on_progress=on_progress,
            on_upscaler=_show_upscaler,
        )
    _warn_of_changes(before, job)
    warn(*(f"{name}: not under {job.raw}; what needs it can't be built" for name in report.absent))
    _print(report)
    show_unmatched(report.unmatched)
    fields = {
        "bank": report.bank,
        "counts": report.counts,
        "refused": report.refused,
        "skipped": report.skipped,
        "unmatched": report.unmatched,
        "absent": report.absent,
        "moved_to_test": report.moved_to_test,
        "unchanged": report.unchanged,
        "shards_made": report.shards_made,
        "shards_kept": report.shards_kept,
        "upscaled": report.upscaled,
        "problems": report.problems,
    }
    return CommandReport(fields, code=1 if job.strict and (report.refused or report.unmatched) else 0)


def _warn_of_changes(before: PrepareOptions | None, job: PrepareJob) -> None:
    """Print a line for each option that gave the bank other contents than before."""
    for name in ("objects", "policy", "hands", "hold_out"):
        if before is not None and (was := getattr(before, name)) != getattr(job, name):
            changed = f"{name}: {getattr(job, name)} now, {was} when {job.bank} was made before"
            warn(f"{changed}; its contents changed")


def _show_upscaler(choice: UpscalerChoice) -> None:
    # Lanczos as the only upscaler is the default: nothing to report.
    if choice.upscaler.network or choice.skipped:
        warn(str(choice))


def _print(report: PrepareReport) -> None:
    from tasks.prepare.upscaling.choose import LANCZOS

    counts = list_counts(report.counts)
    state = "unchanged: " if report.unchanged else ""
    moved = f"; {report.moved_to_test} moved to test ({_first_moved(report)})" if report.moved_to_test else ""
    shards = f"{count_of(report.shards_made, 'shards')} made, {report.shards_kept} kept"
    unmatched = f"; {sum(one.count for one in report.unmatched)} unmatched" if report.unmatched else ""
    say(f"{state}{report.bank}: {counts}; {report.refused} refused{unmatched}{moved}; {shards}")
    if report.skipped:
        say(f"annotations of COCO skipped: {list_counts(report.skipped)}")
    if any(name != LANCZOS for name in report.upscaled):
        say(f"objects by upscaler: {_upscaled(report.upscaled)}")


def _first_moved(report: PrepareReport) -> str:
    more = report.moved_to_test > len(report.moved_first)
    return f"{', '.join(report.moved_first)}{', …' if more else ''}"


def _upscaled(upscaled: Mapping[str, int]) -> str:
    """The upscalers with their numbers of pictures, and how many exceeded a GPU's memory."""
    from tasks.prepare.upscaling.choose import SMALLER

    counts = [f"{count} {name}" for name, count in upscaled.items() if name != SMALLER]
    if short := upscaled.get(SMALLER):
        counts.append(f"{short} in smaller batches, as memory ran out")
    return ", ".join(counts)
