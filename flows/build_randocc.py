"""``build-randocc``: the same as ``build-natocc``, for random shapes; its recipe defaults to Table 3's."""

from __future__ import annotations

from typing import Literal

from prefect import flow

from flows.build_natocc import RUNNER, Count, Seed, Workers, run_build
from tasks.build import BuildReport, Options


@flow(
    name="build-randocc",
    flow_run_name="{recipe}",
    validate_parameters=True,
    task_runner=RUNNER,
)
def build_randocc(
    bank: str,
    out: str,
    recipe: str = "c-wo-randocc",
    workers: Workers = 2,
    limit: Count | None = None,
    seed: Seed | None = None,
    profile: Literal["best", "paper", "code"] | None = None,
    split: str | None = None,
    upscaler: str | None = None,
    harmoniser: str | None = None,
) -> BuildReport:
    """Build random-shape occlusions; parameters as for ``build-natocc``."""
    options = Options(
        recipe=recipe,
        bank=bank,
        out=out,
        limit=limit,
        seed=seed,
        profile=profile,
        split=split,
        upscaler=upscaler,
        harmoniser=harmoniser,
    )
    return run_build(options, workers)
