"""A small benchmark, run once for all tests of this folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tasks.benchmark.benchmark import BenchmarkReport, benchmark_segmenters
from tasks.benchmark.options import BenchmarkOptions
from tests.small_benchmark import SmallBenchmark, small_benchmark


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedBenchmark:
    """A benchmark, the options of its run, and what that gave."""

    benchmark: SmallBenchmark
    options: BenchmarkOptions
    report: BenchmarkReport
    steps: list[tuple[int, int | None]]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> FinishedBenchmark:
    folder: Path = tmp_path_factory.mktemp("benchmark")
    made = small_benchmark(folder)
    options = BenchmarkOptions.for_run(
        benchmark=str(made.file),
        datasets=made.datasets,
        bank=made.bank,
        out=str(folder / "out"),
        device="cpu",
    )
    steps: list[tuple[int, int | None]] = []
    report = benchmark_segmenters(options, on_progress=lambda done, total: steps.append((done, total)))
    return FinishedBenchmark(benchmark=made, options=options, report=report, steps=steps)
