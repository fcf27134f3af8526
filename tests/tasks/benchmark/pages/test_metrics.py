"""The words of metrics."""

from __future__ import annotations

from tasks.benchmark.pages.metrics import METRIC_WORDS, in_order, metric_words
from tasks.benchmark.scores.metrics import METRICS


def test_every_metric_that_is_computed_has_words() -> None:
    assert set(METRIC_WORDS) == set(METRICS)


def test_errors_are_numbers_and_shares_are_per_cent() -> None:
    assert metric_words("miou").text(0.9) == "90.00" and metric_words("ece").text(0.9) == "0.9000"
    assert metric_words("face_iou").name == "Face IoU"


def test_the_paper_s_metric_is_first_and_an_unknown_one_last() -> None:
    assert in_order(["other", "ece", "face_iou", "miou", "ece"]) == ("miou", "face_iou", "ece", "other")
    assert metric_words("other").title == "other"
