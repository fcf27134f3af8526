"""Checkpoints of small networks."""

from __future__ import annotations

from pathlib import Path

import torch

from models.segmenters.checkpoint import SegmenterMetadata, encode_segmenter
from models.segmenters.variants import new_segmenter

METADATA = SegmenterMetadata(
    size=64,
    started_from="scratch",
    selected_on="RealOcc",
    data=({"name": "sample", "version": "0123456789ab", "weight": 1.0},),
    licences=("CC0-1.0", "research only"),
    occlusion={"shares": {"natocc": 0.5, "erase": 0.25}, "occluders": {"hand": 3, "object": 2}},
    metrics={"RealOcc": {"face_iou": 0.9}},
    schedule={"steps": 3, "batch": 2},
    written_by="natocc 0.1.0",
)


def checkpoint(folder: Path, variant: str = "unet", *, classes: int = 1) -> str:
    """A file of an untrained network."""
    arguments: dict[str, int] = {"width": 8} if variant == "unet" else {}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = new_segmenter(variant, classes=classes, **arguments)
    path = folder / f"{variant}-{classes}.pt"
    path.write_bytes(encode_segmenter(network, variant, METADATA))
    return str(path)
