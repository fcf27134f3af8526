"""Apply RainNet to 8-bit pictures."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from models.rainnet.network import RainNet

Bytes = NDArray[np.uint8]

# Threshold of mattes: the published code uses masks of 0 or 1.
HALF = 128


def apply_rainnet(network: RainNet, composites: Bytes, mattes: Bytes) -> Bytes:
    """Harmonise composites (uint8 N x H x W x 3, RGB) where mattes (uint8 N x H x W) are 128 or more.

    H and W are multiples of 256. Runs on the device and in the precision of the network's weights, without
    dropout. Returns uint8 N x H x W x 3; all other pixels are unchanged. A picture whose matte is below
    128 everywhere is returned unchanged. Raises ValueError if the network's output is not finite.
    """
    check_shapes(composites, mattes)
    weight = network.model_layer0.weight
    was_training = network.training
    network.eval()
    try:
        with torch.inference_mode():
            images = torch.tensor(composites, device=weight.device).permute(0, 3, 1, 2).float() / 127.5 - 1
            masks = (torch.tensor(mattes, device=weight.device) >= HALF).to(weight.dtype)[:, None]
            predicted = network(images.to(weight.dtype), masks).float()
            broken = ~predicted.isfinite().flatten(1).all(1)
            levels = ((predicted + 1) * 127.5).round().clamp(0, 255)
    finally:
        network.train(was_training)
    if broken.any():
        raise ValueError(
            f"RainNet: expected finite colours, got others in {int(broken.sum())} of {len(broken)} pictures; "
            "check the weights, or run in float32"
        )
    harmonised = levels.to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    return np.where((mattes >= HALF)[..., None], harmonised, composites)


def check_shapes(composites: Bytes, mattes: Bytes) -> None:
    """Raise ValueError unless the arrays are uint8 (N, H, W, 3) and (N, H, W)."""
    if composites.ndim != 4 or composites.shape[3] != 3 or mattes.shape != composites.shape[:3]:
        raise ValueError(
            "composites and mattes: expected shapes (N, H, W, 3) and (N, H, W), "
            f"got {composites.shape} and {mattes.shape}"
        )
    if composites.dtype != np.uint8 or mattes.dtype != np.uint8:
        raise ValueError(f"composites and mattes: expected uint8, got {composites.dtype} and {mattes.dtype}")
