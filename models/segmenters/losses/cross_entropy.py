"""Cross-entropy over all pixels of a batch, on request of the hard ones alone, as in MMSegmentation."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

# The label of a pixel that does not count.
IGNORED = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class HardPixels:
    """Which pixels count: those whose true class has a probability below ``threshold``.

    If fewer than ``min_kept`` a picture are that hard, the limit is higher, so that about as many count.
    """

    threshold: float = 0.7
    # Pixels a picture, counted over the batch.
    min_kept: int = 10_000


def softmax_loss(scores: Tensor, labels: Tensor, hard: HardPixels | None = None) -> Tensor:
    """Return the scalar cross-entropy, averaged over all pixels: ignored and easy ones count as 0.

    ``scores``: float (N, K, H, W), K at least 2; ``labels``: integer (N, H, W), 0 to K - 1 or 255 (ignored).
    Raises ValueError for other shapes and labels.
    """
    classes = scores.shape[1]
    if classes < 2:
        raise ValueError("scores: expected two classes or more for the softmax loss, got 1; use a binary one")
    labels = _checked(scores, labels, classes)
    # Without a reduction, since its sum on a GPU depends on the order.
    losses = functional.cross_entropy(scores, labels, ignore_index=IGNORED, reduction="none")
    return _mean(losses, labels != IGNORED, hard)


def binary_loss(logits: Tensor, labels: Tensor, hard: HardPixels | None = None) -> Tensor:
    """Return ``softmax_loss``'s twin for one logit: float (N, 1, H, W), labels 0, 1 or 255 (ignored)."""
    return _mean(*binary_losses(logits, labels), hard)


def binary_losses(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    """Return binary cross-entropies (N, H, W), 0 where a label is ignored, and where it is not.

    Raises ValueError for other shapes and labels.
    """
    if logits.shape[1] != 1:
        raise ValueError(f"logits: expected one class for a binary loss, got {logits.shape[1]}")
    labels = _checked(logits, labels, 2)
    valid = labels != IGNORED
    target = (labels == 1).to(logits.dtype)
    losses = functional.binary_cross_entropy_with_logits(logits[:, 0], target, reduction="none")
    return torch.where(valid, losses, torch.zeros_like(losses)), valid


def _mean(losses: Tensor, valid: Tensor, hard: HardPixels | None) -> Tensor:
    return (losses if hard is None else losses * _hard_weights(losses.detach(), valid, hard)).mean()


def _hard_weights(losses: Tensor, valid: Tensor, hard: HardPixels) -> Tensor:
    """Return 1 where a pixel counts, else 0; (N, H, W)."""
    probabilities = torch.exp(-losses.float())
    counted = probabilities[valid]
    # The pixel of this rank, from the hardest, sets the limit.
    rank = min(hard.min_kept * len(losses), counted.numel() - 1)
    limit = torch.full((), hard.threshold, device=losses.device)
    # With more pixels below the threshold than that, it is the limit, and nothing has to be sorted.
    if counted.numel() and int((counted < hard.threshold).sum()) <= rank:
        limit = torch.maximum(limit, counted.sort().values[rank])
    return ((probabilities < limit) & valid).to(losses.dtype)


def _checked(scores: Tensor, labels: Tensor, classes: int) -> Tensor:
    expected = (scores.shape[0], *scores.shape[2:])
    if labels.shape != expected:
        raise ValueError(f"labels: expected the shape {tuple(expected)}, got {tuple(labels.shape)}")
    labels = labels.long()
    wrong = labels[(labels != IGNORED) & ((labels < 0) | (labels >= classes))]
    if wrong.numel():
        raise ValueError(
            f"labels: expected 0 to {classes - 1} or {IGNORED} (ignored), got {int(wrong[0])}; "
            "the network has another number of classes than the labels"
        )
    return labels
