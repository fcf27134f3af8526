"""Runs in order, at pinned versions."""

from __future__ import annotations

from pathlib import Path

from manifests.benchmarks.benchmark import load_benchmark
from tasks.benchmark.plan import mixture_of, plan_runs, run_options, settings_of
from tests.small_benchmark import small_benchmark


def test_a_seed_of_all_arms_comes_before_the_next_seed(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    runs = plan_runs(load_benchmark(str(made.file)), made.datasets)
    assert [run.name for run in runs] == ["unet-alone-0", "unet-both-0", "unet-alone-1", "unet-both-1"]
    assert [one.url for one in runs[1].sources] == [
        f"{made.datasets}/{name}/v1" for name in ("plain", "discs")
    ]


def test_an_arm_s_own_seeds_replace_those_of_the_benchmark(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    benchmark = load_benchmark(str(made.file))
    arms = (benchmark.arms[0].model_copy(update={"seeds": (7,)}), benchmark.arms[1])
    runs = plan_runs(benchmark.model_copy(update={"arms": arms}), made.datasets)
    assert [(run.arm.name, run.seed) for run in runs] == [("both", 0), ("both", 1), ("alone", 7)]


def test_settings_follow_what_decides_the_weights_and_not_where_it_runs(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    benchmark = load_benchmark(str(made.file))
    first, second = plan_runs(benchmark, made.datasets)[:2]

    def settings(run: object, loaders: int) -> object:
        return settings_of(
            run_options(run, benchmark, weights=None, device="cpu", loaders=loaders),
            backbone_sha256="hash",
            bank_sha256="",
        )

    assert settings(first, 0) == settings(first, 2) != settings(second, 0)


def test_an_arm_may_name_a_mixture(tmp_path: Path) -> None:
    arm = load_benchmark(str(small_benchmark(tmp_path).file)).arms[1]
    assert [part.weight for part in mixture_of(arm).parts] == [1.0, 1.0]
    named = arm.model_copy(update={"mixture": "c-wo-with-mix", "parts": ()})
    assert mixture_of(named).name == "c-wo-with-mix"
