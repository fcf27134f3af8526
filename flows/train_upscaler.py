"""``train-upscaler``: photographs → GLEAN → figures on held-out photographs, beside bicubic upscaling."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.parameters import take
from models.optional_packages import require_networks
from shards.storage import is_local
from tasks.training.upscaler.options import UpscalerJob, UpscalerOptions

if TYPE_CHECKING:
    from tasks.training.upscaler.report import UpscalerReport


@task(name="train", cache_policy=NO_CACHE)
def train_task(job: UpscalerJob) -> UpscalerReport:
    """Train and score; weights, figures, previews and state land in ``job.out``."""
    from tasks.training.interrupt import Interrupted
    from tasks.training.upscaler.photos import open_photos
    from tasks.training.upscaler.train import train_upscaler as train

    photos = open_photos(
        photos=job.photos, bank=job.bank, kinds=job.kinds, least=job.out_size, held_out=job.held_out
    )
    try:
        report = train(photos, job.out, job.narrowed(UpscalerOptions))
    except Interrupted as interrupted:
        # The flow run itself would only report a request to exit.
        get_run_logger().warning("%s", interrupted)
        raise
    for line in (*report.notes, *report.problems):
        get_run_logger().warning("%s", line)
    for row in report.table():
        get_run_logger().info(", ".join(f"{name} {value}" for name, value in row.items()))
    return report


@flow(name="train-upscaler", flow_run_name="{out}", validate_parameters=True)
@take(UpscalerJob)
def train_upscaler(**values: Any) -> Any:
    """Train GLEAN; a run that was cut off goes on. See ``natocc train-upscaler --help``."""
    # Imported in the run, so that a worker without the extra can still load and deploy the flow.
    require_networks("train-upscaler")
    report = train_task(UpscalerJob(**values))
    summary = f"{report.steps} steps on {report.trained_on} photographs; prior: {report.facts['bank']}"
    create_table_artifact(report.table(), key="upscaler", description=summary)
    if report.previews:
        place = Path(report.previews).resolve().as_uri() if is_local(report.previews) else report.previews
        create_link_artifact(place, link_text="previews", key="upscaler-previews", description=summary)
    return report
