"""``train-harmoniser``: composites, or recoloured photographs → RainNet → figures on held-out pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from assets.wording import count_of
from flows.parameters import take
from flows.signals import stopped_by_signals
from flows.training import UNTRAINED, create_artifacts, log_report
from models.optional_packages import require_networks
from tasks.training.harmoniser.options import HarmoniserJob, HarmoniserOptions

if TYPE_CHECKING:
    from tasks.training.harmoniser.report import HarmoniserReport


@task(name="train", cache_policy=NO_CACHE)
def train_task(job: HarmoniserJob) -> HarmoniserReport:
    """Train and score; weights, figures, previews and checkpoint land in ``job.out``."""
    from tasks.training.folder import check_training_folder
    from tasks.training.harmoniser.train import open_sources
    from tasks.training.harmoniser.train import train_harmoniser as train

    check_training_folder(job.out, "harmoniser")
    report = train(open_sources(**job.sources()), job.out, job.narrowed(HarmoniserOptions), wait=job.wait)
    log_report(report, (f"left out: {line}" for line in report.left_out))
    return report


@flow(name="train-harmoniser", flow_run_name="{out}", validate_parameters=True)
@take(HarmoniserJob)
def train_harmoniser(**values: Any) -> Any:
    """Train RainNet; a run that was cut off goes on. See ``natocc train-harmoniser --help``."""
    # Imported in the run, so that a worker without the extra can still load and deploy the flow.
    require_networks("train-harmoniser")
    with stopped_by_signals(UNTRAINED):
        report = train_task(HarmoniserJob.for_run(**values))
    pictures = count_of(report.trained_on, "pictures")
    summary = f"{count_of(report.steps, 'steps')} on {pictures}, {report.held_out} held out"
    create_artifacts(report, "harmonizer", summary, report.previews)
    return report
