"""The data of arms, opened before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from manifests.benchmarks.benchmark import load_benchmark
from tasks.benchmark.arms import open_arms, policy_of, training_steps
from tasks.benchmark.plan import plan_runs
from tests.small_benchmark import small_benchmark


def test_each_arm_is_opened_once_with_all_that_it_learns_from(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    benchmark = load_benchmark(str(made.file))
    runs = plan_runs(benchmark, made.datasets)
    feeds = open_arms(benchmark, runs)
    assert list(feeds) == ["alone", "both"]
    assert [len(feed.training) + len(feed.validation) for feed in feeds.values()] == [6, 14]
    assert policy_of(feeds["both"]) == "" and training_steps(benchmark, feeds, runs[0]) == 2


def test_sets_that_an_arm_names_and_nobody_has_are_refused(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    benchmark = load_benchmark(str(made.file))
    arm = benchmark.arms[0].model_copy(update={"sets": ("hands",)})
    runs = plan_runs(benchmark.model_copy(update={"arms": (arm,), "comparisons": ()}), made.datasets)
    with pytest.raises(ValueError, match="expected samples of hands, found none; there are the sets plain"):
        open_arms(benchmark, runs)
