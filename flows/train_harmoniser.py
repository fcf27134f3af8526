"""``train-harmoniser``: composites, or recoloured photographs → RainNet → figures on held-out pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.parameters import take
from models.optional_packages import require_networks
from shards.storage import is_local
from tasks.training.harmoniser.options import HarmoniserJob, HarmoniserOptions

if TYPE_CHECKING:
    from tasks.training.harmoniser.report import HarmoniserReport


@task(name="train", cache_policy=NO_CACHE)
def train_task(job: HarmoniserJob) -> HarmoniserReport:
    """Train and score; weights, figures, previews and checkpoint land in ``job.out``."""
    from tasks.training.harmoniser.train import open_sources
    from tasks.training.harmoniser.train import train_harmoniser as train
    from tasks.training.interrupt import Interrupted

    try:
        report = train(open_sources(**job.sources()), job.out, job.narrowed(HarmoniserOptions))
    except Interrupted as interrupted:
        # The flow run itself would only report a request to exit.
        get_run_logger().warning("%s", interrupted)
        raise
    for line in report.left_out:
        get_run_logger().warning("left out: %s", line)
    for row in report.table():
        get_run_logger().info(", ".join(f"{name} {value}" for name, value in row.items()))
    return report


@flow(name="train-harmoniser", flow_run_name="{out}", validate_parameters=True)
@take(HarmoniserJob)
def train_harmoniser(**values: Any) -> Any:
    """Train RainNet; a run that was cut off goes on. See ``natocc train-harmoniser --help``."""
    # Imported in the run, so that a worker without the extra can still load and deploy the flow.
    require_networks("train-harmoniser")
    report = train_task(HarmoniserJob(**values))
    summary = f"{report.steps} steps on {report.trained_on} pictures, {report.held_out} held out"
    create_table_artifact(report.table(), key="harmonizer", description=summary)
    place = Path(report.previews).resolve().as_uri() if is_local(report.previews) else report.previews
    create_link_artifact(place, link_text="previews", key="harmonizer-previews", description=summary)
    return report
