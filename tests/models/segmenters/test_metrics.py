from __future__ import annotations

import pytest
import torch

from models.segmenters.metrics import face_metrics, predicted_face


def test_iou_is_of_the_whole_set_not_the_mean_of_pictures() -> None:
    metrics = face_metrics()
    labels = torch.zeros(2, 1, 4, 4, dtype=torch.long)
    labels[0], labels[1, 0, 0, 0] = 1, 1
    predicted = labels.clone()
    predicted[1] = 0  # the small face is missed: 16 of 17 pixels, not (1 + 0) / 2
    for one, two in zip(predicted, labels, strict=True):
        metrics.update(one[None], two[None])
    figures = metrics.compute()
    assert figures["face_iou"].item() == pytest.approx(16 / 17)
    assert figures["pixel_accuracy"].item() == pytest.approx(31 / 32)


def test_a_logit_above_nought_is_face() -> None:
    logits = torch.tensor([-0.1, 0.0, 0.1, 5.0]).view(1, 1, 2, 2)
    assert predicted_face(logits).flatten().tolist() == [0, 0, 1, 1]


def test_the_higher_of_two_scores_decides() -> None:
    scores = torch.tensor([[3.0, 1.0], [2.0, 2.0]]).view(1, 2, 1, 2)
    assert predicted_face(scores).tolist() == [[[[0, 1]]]]
