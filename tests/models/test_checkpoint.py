from __future__ import annotations

import io

import pytest
import torch

from models.checkpoint import decode_unet, encode_unet
from models.unet import UNet


def test_a_network_comes_back_with_its_shape_and_weights() -> None:
    network = UNet(width=8, depth=2)
    back = decode_unet(encode_unet(network))
    picture = torch.rand(1, 3, 16, 16)
    assert torch.equal(back(picture), network(picture)) and not back.training


def test_equal_weights_are_equal_bytes() -> None:
    network = UNet(width=8, depth=1)
    assert encode_unet(network) == encode_unet(decode_unet(encode_unet(network)))


def test_another_content_is_refused() -> None:
    stream = io.BytesIO()
    torch.save({"format": "other"}, stream)
    with pytest.raises(ValueError, match="expected format natocc-unet/1"):
        decode_unet(stream.getvalue())
