"""Options of ``natocc benchmark``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from manifests.benchmarks.benchmark import known_benchmarks, unknown_benchmark
from natocc.machine import Device
from tasks.benchmark.set_options import SetOptions
from tasks.inputs import OutUrl, folder_of
from tasks.options import Wait, WeightsFolder, input_check


class BenchmarkOptions(SetOptions):
    """Which benchmark, on which data and test sets, and where its results go."""

    benchmark: str = Field(description="Name of a benchmark, or a YAML file.")
    datasets: Annotated[str, folder_of("datasets")] = Field(
        description="Folder or URL under which the datasets lie, to learn from and to test on."
    )
    out: OutUrl = Field(description="Folder or URL for runs, counts, results and pages.")
    weights: WeightsFolder = None
    loaders: Annotated[int, Field(ge=0, le=64)] = Field(
        0, description="Processes that decode pictures; 0: the training's own."
    )
    device: Device = Field("auto", description="Where it runs.")
    wait: Wait = False

    @input_check("benchmark")
    def _there(self) -> str | None:
        name = self.benchmark
        return None if name in known_benchmarks() or Path(name).is_file() else unknown_benchmark(name)
