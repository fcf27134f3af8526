"""ONNX Runtime gives torch's scores."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest
import torch

from models.segmenters.to_onnx import IMAGES, SCORES, encode_onnx
from models.segmenters.variants import new_segmenter, variant_names


def test_scores_are_torch_s() -> None:
    _compare("deeplabv3plus-resnet18")


@pytest.mark.drill
@pytest.mark.parametrize("name", variant_names())
def test_scores_of_all_variants_are_torch_s(name: str) -> None:
    _compare(name)


def _compare(name: str) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = new_segmenter(name, classes=2).eval()
    session = onnxruntime.InferenceSession(encode_onnx(network, (64, 96)), providers=["CPUExecutionProvider"])
    for count in (1, 3):
        images = torch.rand(count, 3, 64, 96, generator=torch.Generator().manual_seed(count))
        (scores,) = session.run([SCORES], {IMAGES: images.numpy()})
        with torch.inference_mode():
            expected = network(images).numpy()
        error = float(np.abs(scores - expected).max())
        assert error < 1e-4 * max(1.0, float(np.abs(expected).max()))
