"""An ONNX network compared with the one that it was made of."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import torch

from models.segmenters.network import FaceSegmenter
from models.segmenters.to_onnx import IMAGES, SCORES
from tasks.infer.network import ONNX_METADATA

# Of scores, as a share of the largest: float32 in another order of sums.
_MOST = 1e-4
_COUNTS = (1, 2)


def with_facts(data: bytes, facts: str) -> bytes:
    """The network with a JSON text in its metadata."""
    model = onnx.load_from_string(data)
    onnx.helper.set_model_props(model, {ONNX_METADATA: facts})
    encoded: bytes = model.SerializeToString()
    return encoded


def compare_onnx(data: bytes, network: FaceSegmenter, size: int) -> float:
    """Return the largest difference of scores on random pictures. Raises ValueError if it is too large."""
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    largest = 0.0
    for count in _COUNTS:
        images = torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(count))
        (found,) = session.run([SCORES], {IMAGES: images.numpy()})
        with torch.inference_mode():
            expected = network(images).numpy()
        difference = float(np.abs(found - expected).max())
        allowed = _MOST * max(1.0, float(np.abs(expected).max()))
        if difference > allowed:
            raise ValueError(
                f"--format onnx: expected scores that differ from torch's by {allowed:.1g} at most, got "
                f"{difference:.2g}; report this, and use the checkpoint"
            )
        largest = max(largest, difference)
    return largest
