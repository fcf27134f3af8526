"""``train-harmonizer``: composites, or recoloured photographs → RainNet → figures on held-out pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_link_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE
from pydantic import Field

from models.optional_packages import require_networks
from shards.storage import is_local

if TYPE_CHECKING:
    from tasks.training.harmoniser.report import HarmonizerReport

Side = Annotated[int, Field(ge=256, le=1024, multiple_of=256)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Share = Annotated[float, Field(gt=0, lt=1)]


@task(name="train", cache_policy=NO_CACHE)
def train_task(out: str, sources: dict[str, str | None], options: dict[str, Any]) -> HarmonizerReport:
    """Train and score; weights, figures, previews and checkpoint land in ``out``."""
    # Here, so that a worker without the extra can still load and deploy the flow.
    require_networks("train-harmonizer")
    from tasks.training.harmoniser.options import HarmonizerOptions
    from tasks.training.harmoniser.train import open_sources
    from tasks.training.harmoniser.train import train_harmonizer as train
    from tasks.training.interrupt import Stopped

    try:
        report = train(open_sources(**sources), out, HarmonizerOptions(**options))
    except Stopped as stopped:
        # The run itself would only say that Python was told to exit.
        get_run_logger().warning("%s", stopped)
        raise
    for line in report.left_out:
        get_run_logger().warning("left out: %s", line)
    for row in report.table():
        get_run_logger().info(", ".join(f"{name} {value}" for name, value in row.items()))
    return report


@flow(name="train-harmonizer", flow_run_name="{out}", validate_parameters=True)
def train_harmonizer(
    out: str,
    bank: str | None = None,
    photos: str | None = None,
    masks: str | None = None,
    iharmony4: str | None = None,
    size: Side = 256,
    width: Count = 64,
    steps: Count | None = None,
    batch: Count = 11,
    seed: Seed = 0,
    learning_rate: Annotated[float, Field(gt=0)] = 2e-4,
    adversarial: Annotated[float, Field(ge=0)] = 1.0,
    crop: Annotated[float, Field(ge=0.1, le=1)] = 1.0,
    every: Count = 500,
    hold_out: Share = 0.15,
    views: Count = 2,
    max_held_out: Count = 1000,
    loaders: Annotated[int, Field(ge=0, le=64)] = 0,
    device: Literal["auto", "cpu", "cuda"] = "auto",
) -> HarmonizerReport:
    """Train RainNet; a run that was cut off goes on. See ``natocc train-harmonizer --help``."""
    sources = {"bank": bank, "photos": photos, "masks": masks, "iharmony4": iharmony4}
    options: dict[str, Any] = {"size": size, "width": width, "steps": steps, "batch": batch, "seed": seed}
    options |= {"learning_rate": learning_rate, "adversarial": adversarial, "crop": crop, "every": every}
    options |= {"hold_out": hold_out, "views": views, "max_held_out": max_held_out, "loaders": loaders}
    report = train_task(out, sources, options | {"device": device})
    told = f"{report.steps} steps on {report.trained_on} pictures, {report.held_out} held out"
    create_table_artifact(report.table(), key="harmonizer", description=told)
    place = Path(report.previews).resolve().as_uri() if is_local(report.previews) else report.previews
    create_link_artifact(place, link_text="previews", key="harmonizer-previews", description=told)
    return report
