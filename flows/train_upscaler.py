"""``train-upscaler``: photographs → GLEAN → figures on held-out photographs, beside bicubic upscaling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from assets.wording import count_of
from flows.parameters import take
from flows.signals import stopped_by_signals
from flows.training import UNTRAINED, create_artifacts, log_report
from models.optional_packages import require_networks
from tasks.training.upscaler.options import UpscalerJob, UpscalerOptions

if TYPE_CHECKING:
    from tasks.training.upscaler.report import UpscalerReport


@task(name="train", cache_policy=NO_CACHE)
def train_task(job: UpscalerJob) -> UpscalerReport:
    """Train and score; weights, figures, previews and state land in ``job.out``."""
    from tasks.training.folder import check_training_folder
    from tasks.training.upscaler.photos import open_photos
    from tasks.training.upscaler.train import train_upscaler as train

    check_training_folder(job.out, "upscaler")
    photos = open_photos(
        photos=job.photos, bank=job.bank, kinds=job.kinds, least=job.out_size, held_out=job.held_out
    )
    report = train(photos, job.out, job.narrowed(UpscalerOptions), wait=job.wait)
    log_report(report, (*report.notes, *report.problems))
    return report


@flow(name="train-upscaler", flow_run_name="{out}", validate_parameters=True)
@take(UpscalerJob)
def train_upscaler(**values: Any) -> Any:
    """Train GLEAN; a run that was cut off goes on. See ``natocc train-upscaler --help``."""
    # Imported in the run, so that a worker without the extra can still load and deploy the flow.
    require_networks("train-upscaler")
    with stopped_by_signals(UNTRAINED):
        report = train_task(UpscalerJob.for_run(**values))
    photographs = count_of(report.trained_on, "photographs")
    summary = f"{count_of(report.steps, 'steps')} on {photographs}; prior: {report.facts['bank']}"
    create_artifacts(report, "upscaler", summary, report.previews)
    return report
