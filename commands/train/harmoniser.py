"""``natocc train-harmoniser``: RainNet from iHarmony4, or from recoloured photographs, without Prefect."""

from __future__ import annotations

from assets.wording import count_of
from commands.console import print_table, say
from commands.progress import progress
from commands.register import CommandReport, command
from models.optional_packages import NETWORK_PACKAGES
from tasks.training.harmoniser.options import HarmoniserJob, HarmoniserOptions


@command(
    model=HarmoniserJob,
    packages=NETWORK_PACKAGES,
    example="natocc train-harmoniser --bank data/bank --out data/harmoniser --steps 200 --width 16",
)
def train_harmoniser(job: HarmoniserJob) -> CommandReport:
    """Train RainNet and print its errors on held-out pictures beside those of doing nothing.

    A signal stops it after the current step. The same command resumes it from the last checkpoint. Defaults
    are the published values.
    """
    from tasks.training.folder import check_training_folder
    from tasks.training.harmoniser.train import open_sources
    from tasks.training.harmoniser.train import train_harmoniser as train

    check_training_folder(job.out, "harmoniser")
    options = job.narrowed(HarmoniserOptions)
    with progress("steps") as on_progress:
        report = train(
            open_sources(**job.sources()), job.out, options, wait=job.wait, on_progress=on_progress
        )
    print_table(report.table())
    say(*(f"left out: {line}" for line in report.left_out))
    resumed = f", {report.resumed} of them before," if report.resumed else ""
    say(
        f"trained {count_of(report.steps, 'steps')}{resumed} on {count_of(report.trained_on, 'pictures')}; "
        f"scored on {report.held_out} held out"
    )
    say(report.weights, report.previews, report.metrics)
    fields = {
        "weights": report.weights,
        "previews": report.previews,
        "metrics": report.metrics,
        "steps": report.steps,
        "steps_before": report.resumed,
        "trained_on": report.trained_on,
        "held_out": report.held_out,
        "scores": report.table(),
        "left_out": report.left_out,
    }
    return CommandReport(fields)
