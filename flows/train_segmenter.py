"""``train-segmenter``: a version's shards → a segmenter → figures on held-out and really occluded faces."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.runtime import flow_run

from assets.wording import count_of
from flows.parameters import take
from flows.signals import stopped_by_signals
from flows.training import UNTRAINED, create_artifacts, log_report, progress_artifact
from models.optional_packages import require_networks
from natocc.files.show import one_line
from tasks.training.segmenter.options import SegmenterJob, SegmenterOptions

if TYPE_CHECKING:
    from tasks.training.segmenter.report import SegmenterReport


@task(name="train", cache_policy=NO_CACHE)
def train_task(job: SegmenterJob) -> SegmenterReport:
    """Train and score; the checkpoint and the figures land in ``job.out``."""
    from tasks.training.segmenter.train import train_segmenter as train

    options = job.narrowed(SegmenterOptions)
    with progress_artifact("segmenter-progress", "steps") as on_progress:
        report = train(job.version, job.bank, job.out, options, wait=job.wait, on_progress=on_progress)
    log_report(report, (f"note: {note}" for note in report.notes))
    return report


def name_of(parameters: Mapping[str, Any]) -> str:
    """The name of a run with these parameters: the network, and what it is trained on."""
    values = {name: field.default for name, field in SegmenterJob.model_fields.items()} | dict(parameters)
    data = values["version"] or values["mixture"] or ", ".join(values["data"])
    return one_line(f"{values['network']} on {data}")


@flow(name="train-segmenter", flow_run_name=lambda: name_of(flow_run.parameters), validate_parameters=True)
@take(SegmenterJob)
def train_segmenter(**values: Any) -> Any:
    """Train on a version, or a dataset's latest; see ``natocc train-segmenter --help``."""
    # Imported in the run, so that a worker without the extra can still load and deploy the flow.
    require_networks("train-segmenter")
    with stopped_by_signals(UNTRAINED):
        report = train_task(SegmenterJob.for_run(**values))
    summary = f"{count_of(report.steps, 'steps')} on version {report.version}"
    create_artifacts(report, "segmenter", summary)
    return report
