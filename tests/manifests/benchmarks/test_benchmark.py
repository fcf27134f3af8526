"""Benchmarks: those that come along, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from manifests.benchmarks.benchmark import (
    Benchmark,
    BenchmarkError,
    known_benchmarks,
    load_benchmark,
    unknown_benchmark,
)
from manifests.mixtures.mixture import load_mixture
from manifests.recipe import load_recipe
from manifests.recipes.train.schedule import load_schedule
from tasks.benchmark.paper.tables import paper_tables

PART = {"recipe": "c-wo"}
PLAIN: dict[str, Any] = {
    "name": "mine",
    "description": "Mine.",
    "schedule": "small",
    "networks": [{"network": "unet"}],
    "arms": [{"name": "a", "parts": [PART]}, {"name": "b", "mixture": "c-wo-with-mix"}],
    "seeds": [0, 1],
    "sets": ["RealOcc"],
}


def load(tmp_path: Path, **changes: object) -> Benchmark:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(PLAIN | changes), "utf-8")
    return load_benchmark(str(path))


@pytest.mark.parametrize("name", known_benchmarks())
def test_what_comes_along_names_schedules_recipes_and_mixtures_that_exist(name: str) -> None:
    found = load_benchmark(name)
    assert found.name == name and found.comparisons
    load_schedule(found.schedule)
    for dataset in found.test_datasets:
        load_recipe(dataset)
    for arm in found.arms:
        if arm.mixture:
            load_mixture(arm.mixture)
        for part in arm.parts:
            load_recipe(part.recipe)


def test_arms_re_create_rows_of_the_paper_s_table() -> None:
    rows = {cell.row for table in paper_tables() for cell in table.cells}
    for name in known_benchmarks():
        assert {arm.paper for arm in load_benchmark(name).arms} - {""} <= rows
    assert {arm.paper for arm in load_benchmark("voo").arms} == {
        cell.row for table in paper_tables() if table.id == "voo-4" for cell in table.cells
    }


def test_a_benchmark_of_ones_own_is_read(tmp_path: Path) -> None:
    found = load(tmp_path, comparisons=[{"better": "b", "than": "a", "set": "RealOcc"}])
    assert [arm.name for arm in found.arms] == ["a", "b"] and found.comparisons[0].metric == "face_iou"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds": []}, "expected at least one, got none"),
        ({"seeds": [1, 1]}, "expected each seed once, got 1 twice"),
        ({"arms": [{"name": "a"}]}, "expected mixture or parts, got neither"),
        (
            {"arms": [{"name": "a", "mixture": "c-wo", "parts": [PART]}]},
            "expected mixture or parts, got both",
        ),
        ({"arms": [{"name": "a", "parts": [PART]}] * 2}, "expected each arm once, got a twice"),
        ({"sets": []}, "expected sets or test_datasets, got neither"),
        (
            {"comparisons": [{"better": "b", "than": "c", "set": "s"}]},
            "expected arms of this benchmark in comparisons, got c",
        ),
        (
            {"comparisons": [{"better": "b", "than": "a", "set": "s"}] * 6},
            "expected at most 5 comparisons, got 6",
        ),
        (
            {
                "arms": [{"name": "a", "parts": [PART]}, {"name": "b", "parts": [PART], "seeds": [7]}],
                "comparisons": [{"better": "b", "than": "a", "set": "s"}],
            },
            "expected the same seeds of b and a",
        ),
        ({"arm": []}, "expected a field of docs/benchmark.md, such as arms"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, changes: dict[str, object], message: str) -> None:
    with pytest.raises(BenchmarkError, match=f"^benchmark > mine.*: {message}") as caught:
        load(tmp_path, **changes)
    assert len(caught.value.problems) == 1


def test_an_unknown_name_is_told_the_known_ones() -> None:
    assert "small" in unknown_benchmark("smal")
