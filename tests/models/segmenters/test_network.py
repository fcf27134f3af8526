"""Segmenters keep what models/segmenters/network.py promises of them."""

from __future__ import annotations

import pytest
import torch

from models.registry import NETWORKS, imported, networks_for


@pytest.mark.parametrize("name", networks_for("segmenter"))
def test_segmenters_give_one_logit_a_pixel(name: str) -> None:
    module = imported(NETWORKS[name].runner)(width=8)
    side = 2 * module.multiple
    assert module(torch.rand(2, 3, side, module.multiple)).shape == (2, 1, side, module.multiple)
