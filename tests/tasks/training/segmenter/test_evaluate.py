from __future__ import annotations

import pytest
import torch
from torch import Tensor

from models.segmenters.batches import Pictures
from models.segmenters.network import FaceSegmenter
from models.segmenters.training import SegmenterTraining
from tasks.training.segmenter.evaluate import average_mask, evaluate_segmenter


class Bright(FaceSegmenter):
    """Takes bright pixels for face."""

    def forward(self, images: Tensor) -> Tensor:
        return images[:, :1] - 0.5


def bright_training() -> SegmenterTraining:
    return SegmenterTraining(
        Bright(), steps=1, loss=lambda scores, labels: scores[0].mean(), optimise=lambda network, steps: {}
    )


def _pictures() -> Pictures:
    """The left half is face in both; the second picture is bright on a quarter of it alone."""
    images, masks = torch.zeros(2, 3, 4, 4, dtype=torch.uint8), torch.zeros(2, 1, 4, 4, dtype=torch.uint8)
    masks[:, :, :, :2] = 1
    images[0, :, :, :2] = images[1, :, :2, :1] = 255
    return Pictures(images=images, masks=masks)


@pytest.mark.parametrize("batch", [1, 2, 5])
def test_scores_are_those_of_the_set_as_a_whole_for_any_batch(batch: int) -> None:
    module = bright_training()
    constant = torch.ones(1, 1, 4, 4, dtype=torch.long)
    score = evaluate_segmenter(module, _pictures(), constant, batch=batch, device="cpu")
    # Of 16 face pixels 10 are found, and none beside them.
    assert (score.pictures, score.face_iou) == (2, 0.625)
    assert score.pixel_accuracy == pytest.approx(26 / 32, abs=1e-4)
    assert score.constant_iou == 0.5


def test_the_average_mask_is_face_where_most_masks_are() -> None:
    masks = torch.tensor([[1, 1, 0], [1, 0, 0], [1, 1, 0]], dtype=torch.uint8).view(3, 1, 1, 3)
    pictures = Pictures(images=torch.zeros(3, 3, 1, 3, dtype=torch.uint8), masks=masks)
    assert average_mask(pictures).tolist() == [[[[1, 1, 0]]]]
