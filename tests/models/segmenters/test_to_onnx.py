"""ONNX Runtime gives torch's scores."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch

from models.segmenters.to_onnx import IMAGES, SCORES, encode_onnx
from models.segmenters.variants import new_segmenter, variant_names


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("deeplabv3plus-resnet18", {}), ("segformer-b0", {"program": "nvidia"})],
)
def test_scores_are_torch_s(name: str, arguments: dict[str, str]) -> None:
    _compare(name, **arguments)


@pytest.mark.drill
@pytest.mark.parametrize("name", variant_names())
def test_scores_of_all_variants_are_torch_s(name: str) -> None:
    _compare(name)


@pytest.mark.drill
def test_scores_of_a_segformer_of_transformers_are_torch_s() -> None:
    _compare("segformer-b0", program="transformers")


def _compare(name: str, **arguments: str) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = new_segmenter(name, classes=2, **arguments).eval()
        # Untrained, the last batch norm of a residual block is zero, and hides its branch.
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.uniform_(module.weight, 0.5, 1.5)
    session = onnxruntime.InferenceSession(encode_onnx(network, (64, 96)), providers=["CPUExecutionProvider"])
    for count in (1, 3):
        images = torch.rand(count, 3, 64, 96, generator=torch.Generator().manual_seed(count))
        (scores,) = session.run([SCORES], {IMAGES: images.numpy()})
        with torch.inference_mode():
            expected = network(images).numpy()
        error = float(np.abs(scores - expected).max())
        assert error < 1e-4 * max(1.0, float(np.abs(expected).max()))
