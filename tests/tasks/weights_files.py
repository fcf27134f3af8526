"""Checkpoints as trainers write them, of networks small enough to make in a test."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from tests.models.published import glean, rainnet, rrdbnet, tensors


def tiny_glean() -> dict[str, Tensor]:
    """GLEAN from 8 to 32 pixels."""
    return tensors(glean(8, [4, 4, 4, 2], styles=4, mapping=1, width=4, blocks=1, growth=2, head=4))


def tiny_rainnet() -> dict[str, Tensor]:
    return tensors(rainnet(1))


def rrdbnet_x4() -> dict[str, Tensor]:
    """The shapes of Real-ESRGAN and ESRGAN, small values, half precision."""
    return {name: torch.full(shape, 1 / 64, dtype=torch.float16) for name, shape in rrdbnet().items()}


def write(path: Path, content: object) -> Path:
    """As ``torch.save`` writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, path)
    return path
