from __future__ import annotations

import numpy as np
import pytest
import torch

from models.rainnet.apply import Bytes, apply_rainnet
from models.rainnet.network import RainNet, RainNetConfig


def network() -> RainNet:
    torch.manual_seed(0)
    return RainNet(RainNetConfig(width=2)).train()


def inputs() -> tuple[Bytes, Bytes]:
    rng = np.random.default_rng(0)
    mattes = np.zeros((3, 256, 256), np.uint8)
    mattes[0, 50:200, 60:150] = 255
    mattes[1, 50:200, 60:150] = rng.integers(0, 256, (150, 90))
    return rng.integers(0, 256, (3, 256, 256, 3), dtype=np.uint8), mattes


def test_the_foreground_changes_and_the_rest_is_equal_to_the_bit() -> None:
    composites, mattes = inputs()
    kept = composites.copy()
    out = apply_rainnet(network(), composites, mattes)
    assert out.dtype == np.uint8 and out.shape == composites.shape
    assert np.array_equal(composites, kept)
    assert np.array_equal(out[mattes < 128], composites[mattes < 128])
    assert (out[mattes >= 128] != composites[mattes >= 128]).mean() > 0.9
    assert np.array_equal(out[2], composites[2]), "nothing to harmonise"


def test_it_is_the_network_without_dropout_to_the_nearest_level() -> None:
    composites, mattes = inputs()
    rainnet = network()
    out = apply_rainnet(rainnet, composites, mattes)
    assert np.array_equal(out, apply_rainnet(rainnet, composites, mattes)) and rainnet.training
    image = torch.tensor(composites[:1]).permute(0, 3, 1, 2) / 255 * 2 - 1
    with torch.no_grad():
        expected = rainnet.eval()(image, torch.tensor(mattes[:1, None] >= 128).float())
    levels = ((expected + 1) / 2 * 255).permute(0, 2, 3, 1).numpy()[0]
    assert np.abs(out[0].astype(float) - levels)[mattes[0] > 0].max() <= 0.51


def test_weights_that_give_no_colours_are_told() -> None:
    rainnet = network()
    with torch.no_grad():
        rainnet.model_out[0].bias[0] = float("nan")
    with pytest.raises(ValueError, match="expected finite colours, got others in 3 of 3 pictures"):
        apply_rainnet(rainnet, *inputs())


def test_shapes_that_do_not_belong_together_are_refused() -> None:
    composites, mattes = inputs()
    with pytest.raises(ValueError, match=r"got \(3, 256, 256, 3\) and \(2, 256, 256\)"):
        apply_rainnet(network(), composites, mattes[:2])
