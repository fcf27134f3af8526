"""``train-segmenter``: a version's shards → a small U-Net → figures on held-out and really occluded faces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from models.optional_packages import require_networks

if TYPE_CHECKING:
    from tasks.training.segmenter.train import TrainReport

Side = Annotated[int, Field(ge=16, le=2048, multiple_of=16)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]


@task(name="train", cache_policy=NO_CACHE)
def train_task(version: str, bank: str | None, out: str, options: dict[str, Any]) -> TrainReport:
    """Train and score; the checkpoint and the figures land in ``out``."""
    # Here, so that a worker without the extra can still load and deploy the flow.
    require_networks("train-segmenter")
    from tasks.training.segmenter.train import train_segmenter as train

    report = train(version, bank, out, **options)
    for note in report.notes:
        get_run_logger().warning("left out: %s", note)
    for row in report.table():
        get_run_logger().info(", ".join(f"{name} {value}" for name, value in row.items()))
    return report


@flow(name="train-segmenter", flow_run_name="{version}", validate_parameters=True)
def train_segmenter(
    version: str,
    out: str,
    bank: str | None = None,
    size: Side = 128,
    steps: Count = 300,
    batch: Count = 16,
    seed: Seed = 0,
    max_samples: Count = 4096,
    device: Literal["auto", "cpu", "cuda"] = "auto",
) -> TrainReport:
    """Train on a version (or a dataset's latest) at a URL; see ``natocc train-segmenter --help``."""
    options: dict[str, Any] = {"size": size, "steps": steps, "batch": batch, "seed": seed}
    options |= {"max_samples": max_samples, "device": device}
    report = train_task(version, bank, out, options)
    create_table_artifact(
        report.table(), key="segmenter", description=f"{report.steps} steps on version {report.version}"
    )
    return report
