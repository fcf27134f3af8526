"""Encode a segmenter as ONNX."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from models.segmenters.network import FaceSegmenter

# Names of input and output in the file.
IMAGES, SCORES = "images", "scores"


def encode_onnx(network: FaceSegmenter, size: tuple[int, int], *, any_count: bool = True) -> bytes:
    """Encode a network in eval mode for pictures of one size (height, width), of any count by default.

    Input ``images``: float32 (N, 3, H, W), RGB in [0, 1]; output ``scores``: float32 (N, classes, H, W).
    Needs the extra ``onnx``.
    """
    # A count of one would be taken for a constant.
    images = torch.zeros(2 if any_count else 1, 3, *size)
    count = torch.export.Dim("count", min=1)
    with _quiet():
        program = torch.onnx.export(
            network,
            (images,),
            dynamo=True,
            verbose=False,
            input_names=[IMAGES],
            output_names=[SCORES],
            dynamic_shapes={IMAGES: {0: count}} if any_count else None,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export returned no program")
    encoded: bytes = program.model_proto.SerializeToString()
    return encoded


@contextmanager
def _quiet() -> Iterator[None]:
    """Without torch's warnings of a deprecated class of its own, and of torchvision, which is missing."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", r"`isinstance\(treespec, LeafSpec\)`", FutureWarning)
            yield
    finally:
        logger.setLevel(level)
