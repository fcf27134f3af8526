"""Both losses against a fixture worked out by hand, and against a plain loop over the pixels."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from models.segmenters.losses.cross_entropy import HardPixels, binary_loss, softmax_loss

Loss = Callable[..., Tensor]
LOG3 = math.log(3)


def _by_loop(chances: list[float | None], pictures: int, hard: HardPixels | None) -> float:
    """The loss from the probability of each pixel's true class; None is ignored."""
    known = sorted(chance for chance in chances if chance is not None)
    limit = math.inf
    if hard:
        limit = max(hard.threshold, known[min(hard.min_kept * pictures, len(known) - 1)])
    total = 0.0
    for chance in chances:
        if chance is not None and chance < limit:
            total -= math.log(chance)
    return total / len(chances)


def _chances(scores: Tensor, labels: Tensor) -> list[float | None]:
    found: list[float | None] = []
    for picture, row, column in torch.cartesian_prod(*(torch.arange(side) for side in labels.shape)).tolist():
        label, values = int(labels[picture, row, column]), scores[picture, :, row, column].tolist()
        if label == 255:
            found.append(None)
        elif len(values) == 1:
            found.append(1 / (1 + math.exp(-values[0] if label else values[0])))
        else:
            found.append(math.exp(values[label]) / sum(math.exp(value) for value in values))
    return found


@pytest.mark.parametrize("loss", [softmax_loss, binary_loss])
def test_four_pixels_by_hand(loss: Loss) -> None:
    """True classes have 3/4, 1/4 and 9/10; the last pixel is ignored."""
    logits = torch.tensor([[[[LOG3, LOG3], [math.log(9), 5.0]]]])
    scores = logits if loss is binary_loss else torch.cat([torch.zeros_like(logits), logits], 1)
    labels = torch.tensor([[[1, 0], [1, 255]]])
    expected = (math.log(4 / 3) + math.log(4) + math.log(10 / 9)) / 4
    assert loss(scores, labels).item() == pytest.approx(expected, rel=1e-6)
    # The pixel of rank 0 has 1/4, so 0.7 is the limit, and 1/4 alone is below it.
    assert loss(scores, labels, HardPixels(min_kept=0)).item() == pytest.approx(math.log(4) / 4, rel=1e-6)
    # The pixel of rank 1 has 3/4, which is the limit and not below it.
    assert loss(scores, labels, HardPixels(min_kept=1)).item() == pytest.approx(math.log(4) / 4, rel=1e-6)
    # Rank 2, the last of three: 9/10.
    expected = (math.log(4 / 3) + math.log(4)) / 4
    assert loss(scores, labels, HardPixels(min_kept=10_000)).item() == pytest.approx(expected, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    classes=st.sampled_from([1, 2, 4]),
    spread=st.sampled_from([0.5, 5.0]),
    kept=st.sampled_from([None, 1, 10, 1000]),
)
def test_any_pixels_by_a_loop(seed: int, classes: int, spread: float, kept: int | None) -> None:
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(2, classes, 4, 4, generator=generator) * spread
    labels = torch.randint(0, max(classes, 2), (2, 4, 4), generator=generator)
    labels[0, 0, :2] = 255
    hard = None if kept is None else HardPixels(min_kept=kept)
    found = (binary_loss if classes == 1 else softmax_loss)(scores.double(), labels, hard)
    # Probabilities are compared in single precision: neighbours may change sides, which these seeds avoid.
    assert found.item() == pytest.approx(_by_loop(_chances(scores.double(), labels), 2, hard), rel=1e-5)


@pytest.mark.parametrize("loss", [softmax_loss, binary_loss])
def test_ignored_and_easy_pixels_have_no_gradient(loss: Loss) -> None:
    scores = torch.tensor([[[[-9.0, 3.0]], [[9.0, -3.0]]]])[:, (1 if loss is binary_loss else 0) :]
    scores = scores.requires_grad_()
    loss(scores, torch.tensor([[[1, 255]]])).backward()
    assert scores.grad is not None and not scores.grad[..., 1].any()
    scores.grad = None
    loss(scores, torch.tensor([[[1, 1]]]), HardPixels(min_kept=0)).backward()
    assert not scores.grad[..., 0].any() and scores.grad[..., 1].any()  # type: ignore[index]
    scores.grad = None
    loss(scores, torch.tensor([[[255, 255]]]), HardPixels()).backward()
    assert not scores.grad.any()  # type: ignore[attr-defined]


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="expected two classes or more for the softmax loss, got 1"):
        softmax_loss(torch.zeros(1, 1, 2, 2), torch.zeros(1, 2, 2))
    with pytest.raises(ValueError, match="expected one class for a binary loss, got 2"):
        binary_loss(torch.zeros(1, 2, 2, 2), torch.zeros(1, 2, 2))
    with pytest.raises(ValueError, match=r"expected the shape \(1, 2, 2\), got \(1, 1, 2, 2\)"):
        softmax_loss(torch.zeros(1, 2, 2, 2), torch.zeros(1, 1, 2, 2))
    with pytest.raises(
        ValueError, match=r"expected 0 to 1 or 255 \(ignored\), got 7; the network has another"
    ):
        softmax_loss(torch.zeros(1, 2, 2, 2), torch.full((1, 2, 2), 7))
