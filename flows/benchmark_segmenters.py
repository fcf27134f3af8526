"""``benchmark-segmenters``: a benchmark's runs, one after the other → tables and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prefect import flow, get_run_logger, task
from prefect.artifacts import create_table_artifact
from prefect.cache_policies import NO_CACHE

from assets.wording import count_of
from flows.parameters import take
from flows.signals import stopped_by_signals
from flows.training import UNTRAINED, progress_artifact
from models.optional_packages import BENCHMARK_PACKAGES, require_packages
from natocc.files.show import one_line
from tasks.benchmark.options import BenchmarkOptions

if TYPE_CHECKING:
    from tasks.benchmark.benchmark import BenchmarkReport


@task(name="benchmark", cache_policy=NO_CACHE)
def benchmark_task(options: BenchmarkOptions) -> BenchmarkReport:
    """Train, score and compare; everything lands in ``options.out``."""
    from tasks.benchmark.benchmark import benchmark_segmenters as run

    with progress_artifact("benchmark-progress", "steps and pictures") as on_progress:
        report = run(options, on_progress=on_progress)
    for name, reason in report.missing.items():
        get_run_logger().warning("no test on %s: %s", name, one_line(reason, 2000))
    for note in report.notes:
        get_run_logger().warning("%s", one_line(note, 2000))
    return report


@flow(name="benchmark-segmenters", flow_run_name="{benchmark}", validate_parameters=True)
@take(BenchmarkOptions)
def benchmark_segmenters(**values: Any) -> Any:
    """Train segmenters on every arm and compare them; see ``natocc benchmark --help``."""
    require_packages("benchmark-segmenters", BENCHMARK_PACKAGES, extra="benchmark")
    with stopped_by_signals(UNTRAINED):
        report = benchmark_task(BenchmarkOptions.for_run(**values))
    summary = f"face IoU in %, {count_of(report.runs, 'runs')}"
    create_table_artifact(report.table(), key="benchmark", description=summary)
    return report
