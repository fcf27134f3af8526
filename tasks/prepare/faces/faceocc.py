"""FaceOcc's Eq. 1: what it annotates over a face is taken from that face's mask."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from assets.pictures.rgba import read_rgba
from assets.problems import BadInput, Problem, conversions
from assets.reading.folders import relative
from natocc.geometry import Image
from natocc.masks.registration import register_crop, warp_to_photo
from natocc.verdicts import NotFound
from shards.storage import sha256_bytes

SIDE = 256


def subtract_occlusion(
    crop: Path, photo: Image, mask: Image, raw: Path
) -> tuple[Image, dict[str, object], tuple[Problem, ...]]:
    """``max(mask - occlusion, 0)`` (Yin et al. 2022, Eq. 1), and how the crop was found.

    ``photo`` is RGB uint8 of the mask's aspect, ``mask`` uint8 HxW of 0 and 255. The crop is found in the
    photograph by its pixels. Occluded is where its alpha is above 127; outside the crop nothing is
    known, and the mask stays. Raises BadInput for a crop that can't be read or is of another picture,
    and where nothing of the face is left.
    """
    rgb, alpha, picture = read_rgba(crop)
    small = cv2.resize(photo, mask.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    at = register_crop(small, rgb)
    if isinstance(at, NotFound):
        raise BadInput(at.expected, at.got)
    left = np.where(warp_to_photo(alpha, at, mask.shape) > 127, 0, mask).astype(np.uint8)
    if not left.any():
        raise BadInput("an occlusion of a part of the face", "one that leaves nothing of it")
    facts: dict[str, object] = {
        "mask": "faceocc",
        "mask_sha256": sha256_bytes(picture.data),
        "crop": {"scale": at.scale, "x": at.x, "y": at.y, "correlation": round(at.correlation, 3)},
    }
    size = () if rgb.shape[:2] == (SIDE, SIDE) else (f"{rgb.shape[1]}x{rgb.shape[0]}",)
    return left, facts, conversions(relative(crop, raw), f"a crop of {SIDE}x{SIDE}", size)
