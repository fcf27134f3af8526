"""How well predicted masks agree with the labels, over a whole data set."""

from __future__ import annotations

from torch import Tensor
from torchmetrics import MetricCollection
from torchmetrics.classification import BinaryAccuracy, BinaryJaccardIndex


def face_metrics(prefix: str = "") -> MetricCollection:
    """``face_iou`` and ``pixel_accuracy``, both of a data set taken as a whole.

    Intersection and union (and right pixels) are added up over all pictures before one is divided
    by the other, so a small face weighs less than a large one. ``update(predicted, target)``
    takes integer tensors of one shape, 1 where there is face.
    """
    return MetricCollection(
        {"face_iou": BinaryJaccardIndex(), "pixel_accuracy": BinaryAccuracy()}, prefix=prefix
    )


def predicted_face(logits: Tensor) -> Tensor:
    """Integer mask of the logits' shape: 1 where the logit is above 0."""
    return (logits > 0).long()
