"""``train-upscaler``: photographs → GLEAN → figures on held-out ones, beside bicubic enlargement."""

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
    from tasks.training.upscaler.report import UpscalerReport

Side = Annotated[int, Field(ge=4, le=1024)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Weight = Annotated[float, Field(ge=0)]


@task(name="train", cache_policy=NO_CACHE)
def train_task(out: str, sources: dict[str, Any], options: dict[str, Any]) -> UpscalerReport:
    """Train and score; weights, figures, previews and state land in ``out``."""
    # Here, so that a worker without the extra can still load and deploy the flow.
    require_networks("train-upscaler")
    from tasks.training.interrupt import Stopped
    from tasks.training.upscaler.options import UpscalerOptions
    from tasks.training.upscaler.photos import open_photos
    from tasks.training.upscaler.train import train_upscaler as train

    chosen = UpscalerOptions(**options)
    photos = open_photos(**sources, least=chosen.out_size, held_out=chosen.held_out)
    try:
        report = train(photos, out, chosen)
    except Stopped as stopped:
        # The run itself would only say that Python was told to exit.
        get_run_logger().warning("%s", stopped)
        raise
    for line in (*report.notes, *report.problems):
        get_run_logger().warning("%s", line)
    for row in report.table():
        get_run_logger().info(", ".join(f"{name} {value}" for name, value in row.items()))
    return report


@flow(name="train-upscaler", flow_run_name="{out}", validate_parameters=True)
def train_upscaler(
    out: str,
    photos: str | None = None,
    bank: str | None = None,
    kinds: list[Literal["face", "object", "hand", "texture"]] = ["face", "object"],  # noqa: B006
    in_size: Side = 64,
    out_size: Side = 256,
    bank_weights: str | None = None,
    train_bank: bool = False,
    discriminator_weights: str | None = None,
    perceptual: Literal["vgg16", "0"] = "vgg16",
    adversarial: Weight = 1e-2,
    degradation: Literal["bicubic", "blind"] = "bicubic",
    steps: Count = 300_000,
    batch: Count = 8,
    learning_rate: Annotated[float, Field(gt=0, lt=1)] = 1e-4,
    seed: Seed = 0,
    precision: Literal["float32", "bfloat16"] = "float32",
    bank_width: Count = 512,
    blocks: Count = 23,
    width: Count = 64,
    growth: Count = 32,
    head: Count = 64,
    held_out: Annotated[int, Field(ge=0)] = 16,
    every: Count = 1000,
    threads: Count = 4,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    weights: str | None = None,
) -> UpscalerReport:
    """Train GLEAN; a run that was cut off goes on. See ``natocc train-upscaler --help``."""
    options: dict[str, Any] = {"in_size": in_size, "out_size": out_size, "bank_weights": bank_weights}
    options |= {"train_bank": train_bank, "discriminator_weights": discriminator_weights}
    options |= {"perceptual": perceptual, "adversarial": adversarial, "degradation": degradation}
    options |= {"steps": steps, "batch": batch, "learning_rate": learning_rate, "seed": seed}
    options |= {"precision": precision, "bank_width": bank_width, "blocks": blocks, "width": width}
    options |= {"growth": growth, "head": head, "held_out": held_out, "every": every, "threads": threads}
    options |= {"device": device, "weights": weights}
    report = train_task(out, {"photos": photos, "bank": bank, "kinds": kinds}, options)
    told = f"{report.steps} steps on {report.trained_on} photographs; bank: {report.facts['bank']}"
    create_table_artifact(report.table(), key="upscaler", description=told)
    if report.previews:
        place = Path(report.previews).resolve().as_uri() if is_local(report.previews) else report.previews
        create_link_artifact(place, link_text="previews", key="upscaler-previews", description=told)
    return report
