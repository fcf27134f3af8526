"""Encode and decode a trained segmenter without pickled code."""

from __future__ import annotations

import io

import torch

from models.checkpoints.read import read_content
from models.checkpoints.select import opened
from models.registry import NETWORKS, imported, network_named, networks_for, sizes_of
from models.segmenters.network import FaceSegmenter


def encode_segmenter(module: FaceSegmenter, network: str) -> bytes:
    """Encode sizes and weights of a ``network`` of models/registry.py in the format of ``torch.save``."""
    row = network_named(network, networks_for("segmenter"))
    stream = io.BytesIO()
    weights = {name: value.detach().cpu().contiguous() for name, value in module.state_dict().items()}
    torch.save({"format": format_of(network), **sizes_of(row, module), "state_dict": weights}, stream)
    return stream.getvalue()


def decode_segmenter(data: bytes, name: str = "checkpoint") -> FaceSegmenter:
    """Decode the bytes of ``encode_segmenter``, on the CPU, in eval mode; messages start with ``name``.

    Sizes follow from the tensor shapes. Raises ValueError for other contents.
    """
    content = read_content(data, name)
    formats = {format_of(network): network for network in networks_for("segmenter")}
    if not isinstance(content, dict) or content.get("format") not in formats:
        raise ValueError(
            f"{name}: expected a checkpoint of natocc train-segmenter, format {', '.join(formats)}, "
            "got something else; train one again"
        )
    state = opened(content.get("state_dict"), name)
    row = NETWORKS[formats[content["format"]]]
    segmenter: FaceSegmenter = imported(row.loader)(state, name)
    return segmenter


def format_of(network: str) -> str:
    """Return the format name of a network's checkpoints."""
    return f"natocc-{network}/1"
