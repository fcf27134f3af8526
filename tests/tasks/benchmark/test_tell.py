"""Figures and pages of a small benchmark."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.benchmark.run import prepare_benchmark, train_all
from tasks.benchmark.tell import write_pages
from tests.tasks.benchmark.conftest import FinishedBenchmark

pytestmark = pytest.mark.xdist_group("benchmark")


def test_everything_behind_a_figure_is_told(finished: FinishedBenchmark) -> None:
    options = finished.options
    material, files = write_pages(train_all(prepare_benchmark(options), options), options)
    assert {Path(url).name for url in files} >= {
        "counts.parquet", "results.parquet", "comparisons.parquet", "report.md", "claims.md", "report.html"
    }  # fmt: skip
    assert [run.seed for run in material.runs] == [0, 0, 1, 1]
    first = material.runs[0]
    assert first.steps == 2 and first.started_from == "scratch" and first.seconds > 0
    assert first.curve[-1].step == 2 and 0 <= first.curve[-1].validation_iou <= 1
    assert first.command.startswith("natocc train-segmenter --data ") and "--seed 0" in first.command
    assert len(material.runs[1].versions) == 2
    (speed,) = material.speeds
    assert speed.pictures_a_second > 0 and speed.side == 16 and speed.device.startswith("CPU, ")
    for name, digest in material.files:
        assert len(digest) == 64, name
    page = (Path(options.out) / "report.html").read_text()
    assert "<svg" in page and "data:image/jpeg" in page and "<script" not in page
    report = (Path(options.out) / "report.md").read_text()
    assert "small/heldout" in report and "RealOcc-Wild" in report and first.checkpoint in report
    assert json.loads((Path(options.out) / "speeds.json").read_text())["unet"]["side"] == 16


def test_results_are_those_of_the_table(finished: FinishedBenchmark) -> None:
    rows = pq.read_table(Path(finished.options.out) / "results.parquet").to_pylist()
    assert len(rows) == len(finished.report.results)
    assert {row["metric"] for row in rows} >= {"miou", "face_iou", "boundary_iou", "ece", "face_iou_worst5"}
