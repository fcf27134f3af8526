"""Agreement of predicted masks with labels over a whole data set."""

from __future__ import annotations

from torch import Tensor
from torchmetrics import MetricCollection
from torchmetrics.classification import BinaryAccuracy, BinaryJaccardIndex


def face_metrics(prefix: str = "") -> MetricCollection:
    """Return ``face_iou`` and ``pixel_accuracy`` over a whole data set.

    Pixel counts are summed over all pictures before the division, so a small face weighs less than a
    large one. ``update(predicted, target)`` takes integer tensors of equal shape, 1 = face.
    """
    return MetricCollection(
        {"face_iou": BinaryJaccardIndex(), "pixel_accuracy": BinaryAccuracy()}, prefix=prefix
    )


def predicted_face(logits: Tensor) -> Tensor:
    """Return an integer mask (N, 1, H, W), 1 = face, from scores (N, 1 or 2, H, W) of a FaceSegmenter."""
    if logits.shape[1] == 1:
        return (logits > 0).long()
    return logits.argmax(1, keepdim=True)
