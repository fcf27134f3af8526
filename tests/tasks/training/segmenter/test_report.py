from __future__ import annotations

from dataclasses import replace

from tasks.training.report import encode_metrics
from tasks.training.segmenter.evaluate import SegmenterScore
from tasks.training.segmenter.report import SegmenterReport


def _report(held_out: SegmenterScore | None, resumed: int = 0) -> SegmenterReport:
    score = SegmenterScore(pictures=3, face_iou=0.5, pixel_accuracy=0.75, constant_iou=0.25)
    return SegmenterReport(
        weights="OUT/segmenter.pt",
        metrics="OUT/metrics.json",
        state="OUT/checkpoint.pt",
        version="v1",
        size=32,
        steps=9,
        resumed=resumed,
        trained_on=8,
        held_out=held_out,
        real={"RealOcc": score},
        notes=(),
    )


def test_the_table_has_a_row_for_each_set_that_was_scored() -> None:
    score = SegmenterScore(pictures=4, face_iou=0.9, pixel_accuracy=0.95, constant_iou=0.4)
    assert [row["faces"] for row in _report(score).table()] == ["held-out synthetic", "RealOcc"]
    assert [row["face_iou"] for row in _report(None).table()] == [0.5]


def test_figures_of_a_resumed_training_are_those_of_one_that_never_stopped() -> None:
    assert encode_metrics(_report(None).figures()) == encode_metrics(_report(None, resumed=4).figures())


def test_the_table_names_the_file_that_it_started_from_and_the_figures_all() -> None:
    origin = "lite.safetensors (ImageNet, sha256 0123, Apache-2.0)"
    report = replace(_report(None), started_from=origin)
    assert [row["started_from"] for row in report.table()] == ["lite.safetensors"]
    assert report.figures()["started_from"] == origin
