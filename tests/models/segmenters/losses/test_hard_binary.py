"""The loss against the sampler as FaceOcc's description states it."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from models.segmenters.losses.hard_binary import ohem_bce


def _by_sorting(logits: Tensor, target: Tensor, threshold: float, min_kept: int) -> Tensor:
    losses = functional.binary_cross_entropy_with_logits(logits, target, reduction="none").flatten()
    losses = losses.sort(descending=True).values
    limit = -math.log(threshold)
    return losses[losses > limit].mean() if losses[min_kept] > limit else losses[:min_kept].mean()


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), spread=st.sampled_from([0.1, 1.0, 6.0]))
def test_it_is_the_mean_over_the_hard_pixels(seed: int, spread: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(3, 1, 8, 8, generator=generator) * spread
    target = (torch.rand(3, 1, 8, 8, generator=generator) > 0.5).float()
    assert torch.allclose(ohem_bce(logits, target), _by_sorting(logits, target, 0.7, 63))


def test_easy_pixels_do_not_dilute_it() -> None:
    target = torch.zeros(1, 1, 8, 8)
    logits = torch.full_like(target, -20.0)
    logits[0, 0, 0, 0] = 5.0
    assert ohem_bce(logits, target, min_kept=1).item() == pytest.approx(math.log1p(math.exp(5)), rel=1e-5)


def test_only_the_kept_pixels_get_a_gradient() -> None:
    logits = torch.tensor([[[[-9.0, 3.0], [-8.0, 4.0]]]], requires_grad=True)
    ohem_bce(logits, torch.zeros(1, 1, 2, 2), min_kept=1).backward()
    assert logits.grad is not None
    assert (logits.grad != 0).tolist() == [[[[False, True], [False, True]]]]


def test_integer_labels_are_taken_and_wrong_calls_refused() -> None:
    labels = torch.ones(1, 1, 4, 4, dtype=torch.uint8)
    assert ohem_bce(torch.full((1, 1, 4, 4), 30.0), labels).item() == pytest.approx(0, abs=1e-6)
    with pytest.raises(ValueError, match="expected the logits' shape"):
        ohem_bce(torch.zeros(1, 1, 4, 4), torch.zeros(1, 4, 4))
    with pytest.raises(ValueError, match=r"threshold: expected a probability between 0 and 1, got 1\.5"):
        ohem_bce(torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4), threshold=1.5)
