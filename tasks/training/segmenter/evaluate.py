"""Scores of a segmenter over whole data sets."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.segmenters.batches import Pictures, TestBatches
from models.segmenters.metrics import face_metrics, predicted_face
from models.segmenters.training import SegmenterTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterScore:
    """Scores over one data set as a whole, in [0, 1].

    ``constant_iou`` is a baseline: the face IoU if the average training mask is predicted for every picture.
    """

    pictures: int
    face_iou: float
    pixel_accuracy: float
    constant_iou: float


def average_mask(training: Pictures) -> Tensor:
    """Return an integer mask (1, 1, H, W): 1 where most training masks are face."""
    return (training.masks.float().mean(0, keepdim=True) > 0.5).long()


def evaluate_segmenter(
    module: SegmenterTraining,
    pictures: Pictures,
    constant: Tensor,
    *,
    batch: int,
    device: str,
    alone: bool = False,
) -> SegmenterScore:
    """Score the module's network, ``batch`` pictures at a time; ``constant`` is an ``average_mask``.

    The counts of processes that train together are added up, and all have to call this; not so ``alone``.
    """
    module = module.to(device).eval()
    predicted, fixed = face_metrics(alone=alone).to(device), face_metrics(alone=alone)
    with torch.inference_mode():
        for images, masks in TestBatches(pictures, batch=batch):
            predicted.update(predicted_face(module(images.to(device))), masks.long().to(device))
    fixed.update(constant.expand(len(pictures), -1, -1, -1), pictures.masks.long())
    scores = predicted.compute()
    return SegmenterScore(
        pictures=len(pictures),
        face_iou=round(float(scores["face_iou"]), 4),
        pixel_accuracy=round(float(scores["pixel_accuracy"]), 4),
        constant_iou=round(float(fixed.compute()["face_iou"]), 4),
    )
