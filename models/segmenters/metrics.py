"""Agreement of predicted masks with labels over a whole data set."""

from __future__ import annotations

import torch
from torch import Tensor
from torchmetrics import MetricCollection
from torchmetrics.classification import BinaryAccuracy, BinaryJaccardIndex

# The classes of parsing.png that are visible face: skin, nose, eyes, brows, mouth, lips (docs/format.md).
FACE_CLASSES = (1, 2, 4, 5, 6, 7, 10, 11, 12)


def face_metrics(*, alone: bool = False) -> MetricCollection:
    """Return ``face_iou`` and ``pixel_accuracy`` over a whole data set.

    Pixel counts are summed over all pictures before the division, so a small face weighs less than a
    large one. ``update(predicted, target)`` takes integer tensors of equal shape, 1 = face. ``alone``: counts
    of other processes are not added.
    """
    return MetricCollection(
        {
            "face_iou": BinaryJaccardIndex(sync_on_compute=not alone),
            "pixel_accuracy": BinaryAccuracy(sync_on_compute=not alone),
        }
    )


def predicted_face(logits: Tensor) -> Tensor:
    """Return an integer mask (N, 1, H, W), 1 = face, from scores (N, classes, H, W) of a FaceSegmenter.

    Of more than two classes, those of ``FACE_CLASSES`` are face.
    """
    if logits.shape[1] == 1:
        return (logits > 0).long()
    labels = logits.argmax(1, keepdim=True)
    if logits.shape[1] == 2:
        return labels
    return torch.isin(labels, torch.tensor(FACE_CLASSES, device=labels.device)).long()
