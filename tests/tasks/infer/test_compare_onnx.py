from __future__ import annotations

import pytest
import torch

from models.segmenters.to_onnx import encode_onnx
from models.segmenters.unet.network import UNet
from tasks.infer.compare_onnx import compare_onnx


def test_other_weights_are_found() -> None:
    network = UNet(width=8, depth=1).eval()
    data = encode_onnx(network, (16, 16))
    assert compare_onnx(data, network, 16) < 1e-4
    with torch.no_grad():
        network.head.weight += 0.1
    with pytest.raises(ValueError, match=r"expected scores that differ from torch's by .* at most, got"):
        compare_onnx(data, network, 16)
