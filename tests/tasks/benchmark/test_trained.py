"""Which runs count as finished."""

from __future__ import annotations

from dataclasses import replace

import pytest

from manifests.benchmarks.benchmark import load_benchmark
from tasks.benchmark.plan import plan_runs
from tasks.benchmark.run import prepare_benchmark
from tasks.benchmark.trained import finished_counts, read_figures, weights_of
from tests.tasks.benchmark.conftest import FinishedBenchmark

pytestmark = pytest.mark.xdist_group("benchmark")


def test_a_run_is_finished_with_its_own_training_and_test_sets_alone(finished: FinishedBenchmark) -> None:
    benchmark = load_benchmark(str(finished.benchmark.file))
    run = plan_runs(benchmark, finished.benchmark.datasets)[0]
    sets = [one for one in prepare_benchmark(finished.options).sets if not one.missing]
    options = finished.options
    table = finished_counts(run, benchmark, options, sets)
    assert table is not None and table.num_rows == 7
    assert finished_counts(run, benchmark, options, [replace(sets[0], fingerprint="x"), *sets[1:]]) is None
    assert finished_counts(run, benchmark.model_copy(update={"tta": True}), options, sets) is None
    assert finished_counts(replace(run, seed=9), benchmark, options, sets) is None
    moved = replace(run, sources=(replace(run.sources[0], weight=2.0),))
    assert finished_counts(moved, benchmark, options, sets) is None


def test_its_figures_and_weights_lie_in_its_folder(finished: FinishedBenchmark) -> None:
    run = plan_runs(load_benchmark(str(finished.benchmark.file)), finished.benchmark.datasets)[0]
    figures = read_figures(finished.options.out, run)
    assert figures["network"] == "unet" and figures["started_from"] == "scratch"
    assert weights_of(finished.options.out, run).endswith("runs/unet-alone-0/training/segmenter.pt")
