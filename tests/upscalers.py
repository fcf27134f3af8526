"""Tiny upscaling networks in a folder of weights, as ``natocc weights import`` leaves them."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from models.checkpoints.safetensors_io import encode_network
from models.rrdb.network import RRDBConfig, RRDBNet
from tests.models.published import glean, tensors
from tests.raw_trees import write


def repeating(*, scale: int = 4, gain: float = 1.0) -> dict[str, Tensor]:
    """An RRDBNet that makes every pixel a block of ``scale`` by ``scale``, times ``gain`` a layer."""
    network = RRDBNet(RRDBConfig(scale=scale, width=3 * (4 // scale) ** 2, blocks=1, growth=1))
    with torch.no_grad():
        for name, weight in network.named_parameters():
            weight.zero_()
            if name.endswith("weight") and "body" not in name:
                for channel in range(weight.shape[0]):
                    weight[channel, channel, 1, 1] = gain
    return network.state_dict()


def add_rrdbnet(folder: Path, name: str = "realesrgan", **made: float) -> Path:
    data = encode_network(repeating(**made), {"network": "rrdbnet"})  # type: ignore[arg-type]
    return write(folder / f"{name}.safetensors", data)


def add_glean(folder: Path, name: str = "glean") -> Path:
    """Random weights, 8 pixels to 64."""
    state = tensors(glean(8, [8, 8, 8, 4, 4], styles=4, mapping=1, width=4, blocks=1, growth=2, head=4))
    return write(folder / f"{name}.safetensors", encode_network(state, {"network": "glean"}))


def add_other(folder: Path, name: str = "rainnet", network: str = "rainnet") -> Path:
    """Weights of a network that enlarges nothing; only its header is looked at."""
    return write(folder / f"{name}.safetensors", encode_network({"a": torch.zeros(1)}, {"network": network}))
