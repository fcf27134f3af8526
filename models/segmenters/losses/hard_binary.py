"""FaceOcc's loss: cross-entropy over the hard pixels of a batch."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from models.segmenters.losses.cross_entropy import binary_losses


def ohem_bce(
    logits: Tensor, target: Tensor, *, threshold: float = 0.7, min_kept: int | None = None
) -> Tensor:
    """Return the scalar binary cross-entropy over the hard pixels of a batch (FaceOcc, specs 6.3).

    ``logits``: float (N, 1, H, W); ``target``: integer (N, 1, H, W), 0, 1, or 255, which does not count.
    A pixel is hard if the probability of its true class is below ``threshold``, that is, if its loss is
    above ``-ln threshold``. The mean is over all hard pixels, or over the ``min_kept`` worst pixels if fewer
    are hard. By default ``min_kept`` is the number of pixels of one picture minus one.

    Raises ValueError for different shapes, for other labels, and for a threshold outside (0, 1).
    """
    if logits.shape != target.shape:
        raise ValueError(
            f"target: expected the logits' shape {tuple(logits.shape)}, got {tuple(target.shape)}"
        )
    if not 0 < threshold < 1:
        raise ValueError(f"threshold: expected a probability between 0 and 1, got {threshold}")
    losses, valid = binary_losses(logits, target[:, 0])
    losses = losses[valid]
    if not losses.numel():
        # Still part of the graph, so that it has a gradient.
        return logits.sum() * 0
    kept = logits.shape[-2] * logits.shape[-1] - 1 if min_kept is None else min_kept
    kept = max(1, min(kept, losses.numel()))
    hard = losses > -math.log(threshold)
    if int(hard.sum()) > kept:
        return losses[hard].mean()
    return torch.topk(losses, kept, sorted=False).values.mean()
