"""Small networks in folders of weights, in the true format."""

from __future__ import annotations

from pathlib import Path

import torch

from models.checkpoints.safetensors_io import encode_network
from models.rainnet.network import RainNet, RainNetConfig


def write_rainnet(folder: Path, name: str = "rainnet", *, seed: int = 0, broken: bool = False) -> str:
    """A RainNet of four channels with weights by ``seed``; returns the folder."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        state = RainNet(RainNetConfig(width=4)).state_dict()
    if broken:
        # Finite, so that loading does not find it; what comes of it overflows.
        state = {key: value * 1e30 if value.ndim == 4 else value for key, value in state.items()}
    folder.mkdir(parents=True, exist_ok=True)
    data = encode_network(state, {"network": "rainnet", "name": name, "licence": "that of its photographs"})
    (folder / f"{name}.safetensors").write_bytes(data)
    return str(folder)
