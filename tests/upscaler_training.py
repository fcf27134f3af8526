"""Small trainings of an upscaler: photographs of a few pixels, networks of a few channels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.checkpoints.safetensors_io import encode_network
from models.stylegan2.network import StyleGAN2, StyleGAN2Config
from natocc.codecs import encode_png_rgb
from tasks.training.upscaler.options import UpscalerOptions
from tests.models.published import tensors
from tests.models.vgg.test_network import TINY as TINY_VGG
from tests.raw_trees import portrait, write

# Sides 4 and 16, a step in some hundredths of a second.
TINY: dict[str, Any] = {
    "in_size": 4,
    "out_size": 16,
    "train_prior": True,
    "perceptual": "0",
    "steps": 2,
    "batch": 2,
    "prior_width": 8,
    "blocks": 1,
    "width": 4,
    "growth": 4,
    "head": 4,
    "held_out": 1,
    "threads": 1,
    "device": "cpu",
}


def tiny(**changes: object) -> UpscalerOptions:
    return UpscalerOptions(**TINY | changes)


def photographs(folder: Path, count: int = 4, side: int = 40) -> str:
    """Pieces of a portrait, all different, as PNG."""
    picture = portrait(4 * side, 4 * side)
    for number in range(count):
        top, left = number // 4 * side, number % 4 * side
        piece = np.ascontiguousarray(picture[top : top + side, left : left + side])
        write(folder / f"{number}.png", encode_png_rgb(piece))
    return str(folder)


def tiny_prior(folder: Path, name: str = "tiny-prior", sizes: int = 3) -> StyleGAN2:
    """A prior of 16 pixels (or of other sizes) among the weights of a folder."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        prior = StyleGAN2(StyleGAN2Config(channels=(8,) * sizes, styles=8))
    facts = {"network": "stylegan2", "licence": "none"}
    write(folder / f"{name}.safetensors", encode_network(prior.state_dict(), facts))
    return prior


def tiny_vgg(folder: Path) -> None:
    """VGG16 of a few channels among the weights of a folder."""
    write(folder / "vgg16.safetensors", encode_network(tensors(TINY_VGG), {"network": "vgg16"}))
