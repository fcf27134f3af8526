"""Sums of groups, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tasks.benchmark.scores.cell import TP, cell_of
from tasks.benchmark.scores.metrics import OF_PICTURES
from tasks.benchmark.scores.sums import picture_scores, scores_of_sums, sums_of_groups, weighed
from tests.tasks.benchmark.scores.cells import row, table

# Two persons, of whom the second has a picture without a face.
CELL = cell_of(
    table([row("a", (5, 0, 1, 4)), row("b", (3, 2, 3, 2), group="g"), row("c", (9, 0, 0, 0), group="g")]),
    "here",
)


def test_sums_of_a_group_are_those_of_its_pictures() -> None:
    sums = sums_of_groups(CELL, ["face_iou", "faceocc_recall"])
    assert sums.shape[:2] == (1, 2) and sums[0, :, TP].tolist() == [4, 2]
    # Recalls 4 of 5 and 2 of 5; the picture without a face has none.
    assert sums[0, :, -2:].tolist() == [[0.8, 1], [0.4, 1]]


def test_groups_count_as_often_as_they_are_drawn() -> None:
    sums = np.arange(12.0).reshape(2, 3, 2)
    found = weighed(np.array([[1.0, 0, 2], [0, 1, 0]]), sums)
    # Of the first seed, groups (0, 1), (2, 3), (4, 5): the first and twice the last.
    assert found[0].tolist() == [[8, 11], [2, 3]] and found[1].tolist() == [[26, 29], [8, 9]]


def test_faceocc_s_scores_are_means_over_pictures() -> None:
    metrics = ("ece", *OF_PICTURES)
    scores = scores_of_sums(sums_of_groups(CELL, metrics).sum(1), metrics)
    assert scores["faceocc_iou"] == pytest.approx((4 / 5 + 2 / 7) / 2)
    assert scores["faceocc_accuracy"] == pytest.approx((9 / 10 + 5 / 10 + 1) / 3)
    assert scores["faceocc_recall"] == pytest.approx((4 / 5 + 2 / 5) / 2)
    assert np.isnan(scores["ece"]).all()


def test_the_worst_pictures_are_chosen_by_the_face_s_iou() -> None:
    assert picture_scores(CELL, "face_iou_worst5")[0] == pytest.approx([4 / 5, 2 / 7, np.nan], nan_ok=True)
