from __future__ import annotations

import pytest
import torch

from models.segmenters.checkpoint import decode_segmenter, encode_segmenter, format_of
from models.segmenters.unet.network import UNet
from tests.models.published import saved

FORMAT = format_of("unet")


def test_a_network_comes_back_with_its_shape_and_weights() -> None:
    network = UNet(width=8, depth=2)
    back = decode_segmenter(encode_segmenter(network, "unet"))
    picture = torch.rand(1, 3, 16, 16)
    assert torch.equal(back(picture), network(picture)) and not back.training


def test_equal_weights_are_equal_bytes() -> None:
    network = UNet(width=8, depth=1)
    assert encode_segmenter(network, "unet") == encode_segmenter(
        decode_segmenter(encode_segmenter(network, "unet")), "unet"
    )


def test_another_content_is_refused() -> None:
    whole = saved({"format": FORMAT, "state_dict": UNet(width=8, depth=1).state_dict()})
    assert decode_segmenter(whole).multiple == 2
    weights = UNet(width=8, depth=2).state_dict()
    del weights["up.0.0.weight"]
    for data, message in [
        (
            saved({"format": "other"}),
            f"x: expected a checkpoint of natocc train-segmenter, format .*{FORMAT}",
        ),
        (saved({"format": FORMAT}), "x: expected tensors by name, got a NoneType"),
        (
            saved({"format": FORMAT, "state_dict": weights}),
            r"tensors of UNet, got missing: up\.0\.0\.weight;",
        ),
        (whole[: len(whole) // 2], "x: expected a checkpoint of tensors alone, got one that is damaged"),
    ]:
        with pytest.raises(ValueError, match=message):
            decode_segmenter(data, "x")
