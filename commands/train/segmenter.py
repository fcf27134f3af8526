"""``natocc train-segmenter``: a segmenter from the shards, without Prefect."""

from __future__ import annotations

from assets.wording import count_of
from commands.console import print_table, say
from commands.progress import progress
from commands.register import CommandReport, command
from models.optional_packages import NETWORK_PACKAGES
from tasks.training.segmenter.options import SegmenterJob, SegmenterOptions


@command(
    model=SegmenterJob,
    positional=("version",),
    packages=NETWORK_PACKAGES,
    example="natocc train-segmenter data/datasets/sample --bank data/bank --out data/segmenter",
)
def train_segmenter(job: SegmenterJob) -> CommandReport:
    """Train a segmenter on the shards and print its face IoU on faces it has not seen.

    A signal stops it after the current step. The same command resumes it from its last state.
    """
    from tasks.training.segmenter.train import train_segmenter as train

    options = job.narrowed(SegmenterOptions)
    with progress("steps") as on_progress:
        report = train(job.version, job.bank, job.out, options, wait=job.wait, on_progress=on_progress)
    print_table(report.table())
    say(*(f"note: {note}" for note in report.notes))
    resumed = f", {report.resumed} of them before," if report.resumed else ""
    pictures = count_of(report.trained_on, "pictures")
    say(f"trained {count_of(report.steps, 'steps')}{resumed} on {pictures} of version {report.version}")
    say(f"started from: {report.started_from}")
    if report.occlusion != "none":
        say(f"occlusion drawn on training faces: {report.occlusion}")
    say(f"weights of step {report.selected_step}, selected on: {report.selected_on}")
    say(report.weights)
    fields = {
        "checkpoint": report.weights,
        "metrics": report.metrics,
        "version": report.version,
        "steps": report.steps,
        "steps_before": report.resumed,
        "trained_on": report.trained_on,
        "network": report.network,
        "schedule": report.schedule,
        "started_from": report.started_from,
        "occlusion": report.occlusion,
        "selected_on": report.selected_on,
        "selected_step": report.selected_step,
        "scores": report.table(),
        "left_out": report.notes,
    }
    return CommandReport(fields)
