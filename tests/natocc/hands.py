"""Photographs of hands on light grounds, made of the sample's outlines and the portrait's skin."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np

import assets.demo
from benchmarks import inputs
from natocc.codecs import decode_plane
from natocc.geometry import Image, mask_box

SHAPES = ("cheek_rings", "hood_left", "jacket_fist", "knee_relaxed", "pointing", "temple_ring")
TONES = {"very fair": 1.15, "fair": 1.0, "medium": 0.75, "dark": 0.45}


@cache
def shape(name: str, height: int = 1200, width: int = 1600) -> Image:
    """One of the sample's hands in the middle of a picture, as a mask (uint8 HxW, 0 or 255)."""
    path = Path(str(assets.demo.__file__)).parent / "hand_masks" / f"{name}.png"
    mask = decode_plane(path.read_bytes())
    mask = np.ascontiguousarray(mask[mask_box(mask).slices])
    scale = min(0.8 * height / mask.shape[0], 0.8 * width / mask.shape[1])
    size = round(mask.shape[1] * scale), round(mask.shape[0] * scale)
    mask = cv2.GaussianBlur(cv2.resize(mask, size, interpolation=cv2.INTER_LINEAR), (0, 0), 3)
    plane = np.zeros((height, width), np.uint8)
    y, x = (height - size[1]) // 2, (width - size[0]) // 2
    plane[y : y + size[1], x : x + size[0]] = np.where(mask > 127, 255, 0)
    return plane


def moved(mask: Image, x: int, y: int) -> Image:
    """The mask moved so many pixels; what leaves the picture is lost."""
    shift = np.array([[1, 0, x], [0, 1, y]], np.float64)
    return cv2.warpAffine(mask, shift, mask.shape[::-1], flags=cv2.INTER_NEAREST).astype(np.uint8)


def on_white(mask: Image, tone: str = "fair") -> Image:
    """Skin in the mask, plain white outside, with a soft edge."""
    return photograph(mask, tone, ground=255, slope=0, shadow=0, noise=0)


def photograph(
    mask: Image,
    tone: str = "fair",
    *,
    ground: float = 215,
    slope: float = 0.15,
    shadow: float = 0.3,
    noise: float = 3,
) -> Image:
    """A hand on a light ground as a camera on a table sees it, stored as JPEG of quality 75.

    The light falls off by ``slope`` from one corner to the other, a soft shadow lies beside the hand, and
    every pixel is off by ``noise`` levels.
    """
    height, width = mask.shape
    cheek = np.ascontiguousarray(inputs.portrait()[0][560:700, 300:400])
    skin = cv2.resize(cheek, (width, height), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j].astype(np.float32)
    light = 1 - slope * (x + y) / 2
    cast = cv2.GaussianBlur(moved(mask, width // 60, height // 50), (0, 0), width / 60).astype(np.float32)
    paper = ground * light * (1 - shadow * cast / 255)
    share = cv2.GaussianBlur(mask, (0, 0), 1.2).astype(np.float32)[..., None] / 255
    picture = share * skin * TONES[tone] + (1 - share) * paper[..., None]
    picture += np.random.default_rng(5).normal(0, noise, picture.shape) if noise else 0
    data = cv2.imencode(".jpg", np.clip(picture, 0, 255)[..., ::-1].astype(np.uint8), [1, 75])[1]
    return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]).astype(np.uint8)
