"""A trained network as bytes and back, without pickled code."""

from __future__ import annotations

import io

import torch

from models.checkpoints.read import build_strict, count, opened, read_content, shape
from models.segmenters.unet.network import UNet

FORMAT = "natocc-unet/1"


def encode_unet(network: UNet) -> bytes:
    """The network's shape and weights, in the format of ``torch.save``."""
    stream = io.BytesIO()
    weights = {name: value.detach().cpu().contiguous() for name, value in network.state_dict().items()}
    torch.save(
        {"format": FORMAT, "width": network.width, "depth": network.depth, "state_dict": weights}, stream
    )
    return stream.getvalue()


def decode_unet(data: bytes, name: str = "checkpoint") -> UNet:
    """The network of ``encode_unet``, on the CPU, ready to predict; ``name`` begins the messages.

    Width and depth follow from the shapes of its tensors. Raises ValueError for other contents.
    """
    content = read_content(data, name)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(
            f"{name}: expected a checkpoint of natocc train-segmenter, format {FORMAT}, "
            "got something else; train one anew"
        )
    state = opened(content.get("state_dict"), name)
    width, depth = shape(state, "head.weight", 4, name)[1], count(state, "narrow.", ".weight")
    return build_strict(lambda: UNet(width=width, depth=depth), state, name)
