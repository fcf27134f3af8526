"""``natocc train-upscaler``: GLEAN from any photographs, without Prefect."""

from __future__ import annotations

from assets.wording import count_of
from commands.console import print_table, say
from commands.progress import progress
from commands.register import CommandReport, command
from models.optional_packages import NETWORK_PACKAGES
from tasks.training.upscaler.options import UpscalerJob, UpscalerOptions

# At most this many files are named; of more, the number is given.
_SHOWN = 10


@command(
    model=UpscalerJob,
    packages=NETWORK_PACKAGES,
    example="natocc train-upscaler --photos photos --out data/upscaler --prior-weights stylegan2-cat",
)
def train_upscaler(job: UpscalerJob) -> CommandReport:
    """Train GLEAN and print how near it comes to held-out photographs, beside bicubic enlargement.

    A signal stops it after the current step. The same command resumes it from its last state. Defaults are
    the published values.
    """
    from tasks.training.folder import check_training_folder
    from tasks.training.upscaler.photos import open_photos
    from tasks.training.upscaler.train import train_upscaler as train

    check_training_folder(job.out, "upscaler")
    with progress("steps") as on_progress:
        photos = open_photos(
            photos=job.photos, bank=job.bank, kinds=job.kinds, least=job.out_size, held_out=job.held_out
        )
        report = train(photos, job.out, job.narrowed(UpscalerOptions), wait=job.wait, on_progress=on_progress)
    print_table(report.table())
    say(*report.notes, *report.problems[:_SHOWN])
    if len(report.problems) > _SHOWN:
        say(f"and {count_of(len(report.problems) - _SHOWN, 'more files')}, named in {report.metrics}")
    say(f"prior: {report.facts['bank']}; perceptual loss: {report.facts['perceptual']}")
    resumed = f", {report.resumed} of them before," if report.resumed else ""
    say(f"trained {count_of(report.steps, 'steps')}{resumed} on {count_of(report.trained_on, 'photographs')}")
    say(*filter(None, (report.weights, report.metrics, report.previews)))
    fields = {
        "weights": report.weights,
        "previews": report.previews,
        "metrics": report.metrics,
        "steps": report.steps,
        "steps_before": report.resumed,
        "trained_on": report.trained_on,
        "scores": report.table(),
        "notes": report.notes,
        "problems": report.problems,
    }
    return CommandReport(fields)
