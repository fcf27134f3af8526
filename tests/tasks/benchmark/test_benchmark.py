"""A whole benchmark: trained, scored, told; repeated, and changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tasks.benchmark.benchmark import benchmark_segmenters
from tests.tasks.benchmark.conftest import FinishedBenchmark

pytestmark = pytest.mark.xdist_group("benchmark")


def test_every_arm_has_a_score_on_every_set_that_is_there(finished: FinishedBenchmark) -> None:
    report = finished.report
    assert (report.runs, report.before) == (4, 0)
    assert report.sets == {"RealOcc": 3, "small/heldout": 4}
    assert list(report.missing) == ["RealOcc-Wild"] and "RealOcc-Wild" in report.missing["RealOcc-Wild"]
    rows = report.table()
    assert [row["trained on"] for row in rows] == ["alone", "both"]
    assert set(rows[0]) == {"network", "trained on", "RealOcc", "small/heldout"}


def test_the_counts_hold_each_picture_once_a_run(finished: FinishedBenchmark) -> None:
    table = pq.read_table(Path(finished.options.out) / "counts.parquet")
    keys = list(
        zip(*(table.column(name).to_pylist() for name in ("mixture", "seed", "set", "key")), strict=True)
    )
    assert len(set(keys)) == len(keys) == 4 * 7
    assert set(table.column("height").to_pylist()) == {128}, "counted at the mask's own size"
    assert all(sum(counts) == 128 * 128 for counts in table.column("confusion").to_pylist())


def test_the_comparison_that_was_named_is_there_and_too_few_pictures_are_not_tested(
    finished: FinishedBenchmark,
) -> None:
    (one,) = finished.report.comparisons
    assert (one.better, one.than, one.set, one.pictures) == ("both", "alone", "small/heldout", 4)
    assert one.note == "fewer than 12 pictures: no test" and one.p != one.p


def test_progress_counts_steps_and_pictures(finished: FinishedBenchmark) -> None:
    total = 4 * (2 + 7)
    assert finished.steps[0] == (0, total) and finished.steps[-1] == (total, total)
    assert [done for done, _ in finished.steps] == sorted(done for done, _ in finished.steps)


def test_a_second_run_trains_nothing_and_gives_equal_bytes(finished: FinishedBenchmark) -> None:
    out = Path(finished.options.out)
    files = ("counts.parquet", "results.parquet", "comparisons.parquet")
    before = {name: (out / name).read_bytes() for name in files}
    weights = {path: path.stat().st_mtime_ns for path in out.rglob("segmenter.pt")}
    report = benchmark_segmenters(finished.options)
    assert report.before == 4 and len(weights) == 4
    assert {name: (out / name).read_bytes() for name in files} == before
    assert {path: path.stat().st_mtime_ns for path in out.rglob("segmenter.pt")} == weights


def test_a_run_that_is_lost_is_done_again_with_equal_counts(
    finished: FinishedBenchmark, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(finished.options.out, out)
    before = (out / "counts.parquet").read_bytes()
    shutil.rmtree(out / "runs" / "unet-both-1")
    (out / "runs" / "unet-alone-0" / "counts.parquet").unlink()
    report = benchmark_segmenters(finished.options.replaced(out=str(out)))
    assert report.before == 2 and (out / "counts.parquet").read_bytes() == before


def test_a_seed_more_trains_it_alone_and_other_comparisons_are_refused(
    finished: FinishedBenchmark, tmp_path: Path
) -> None:
    out, file = tmp_path / "out", tmp_path / "benchmark.yaml"
    shutil.copytree(finished.options.out, out)
    text = finished.benchmark.file.read_text()
    file.write_text(text.replace("seeds:\n- 0\n- 1\n", "seeds:\n- 0\n- 1\n- 2\n"))
    options = finished.options.replaced(out=str(out), benchmark=str(file))
    report = benchmark_segmenters(options)
    assert (report.runs, report.before) == (6, 4)
    file.write_text(text.replace("better: both", "better: alone").replace("than: alone", "than: both"))
    with pytest.raises(ValueError, match=r"expected the comparisons that were named before its trainings"):
        benchmark_segmenters(options)
