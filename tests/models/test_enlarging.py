"""Networks that enlarge keep what models/enlarging.py promises of them."""

from __future__ import annotations

import pytest
import torch

from models.enlarging import EnlargingNetwork
from models.identify import load
from models.registry import networks_for
from tests.models.published import glean, rrdbnet, tensors

TINY = {
    "rrdbnet": rrdbnet(width=2, blocks=1, growth=1),
    "glean": glean(8, [2, 2, 2], styles=2, mapping=1, width=2, blocks=1, growth=1, head=2),
}


@pytest.mark.parametrize("name", networks_for("upscaler"))
def test_upscalers_enlarge_tiles_by_their_factor(name: str) -> None:
    module = load(name, tensors(TINY[name])).module
    assert isinstance(module, EnlargingNetwork)
    side = module.tile_side or 4 * module.fold
    low, high = module.value_range
    with torch.inference_mode():
        made = module(torch.full((1, 3, side, side), (low + high) / 2))
    assert made.shape == (1, 3, side * module.factor, side * module.factor)
