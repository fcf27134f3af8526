"""A trained network as bytes and back, without pickled code."""

from __future__ import annotations

import io

import torch

from models.unet import UNet

FORMAT = "natocc-unet/1"


def encode_unet(network: UNet) -> bytes:
    """The network's shape and weights, in the format of ``torch.save``."""
    stream = io.BytesIO()
    weights = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    torch.save(
        {"format": FORMAT, "width": network.width, "depth": network.depth, "state_dict": weights}, stream
    )
    return stream.getvalue()


def decode_unet(data: bytes) -> UNet:
    """The network of ``encode_unet``, on the CPU, ready to predict. ValueError for other contents."""
    content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"checkpoint: expected format {FORMAT}, got something else; train one anew")
    network = UNet(width=content["width"], depth=content["depth"])
    network.load_state_dict(content["state_dict"])
    return network.eval()
