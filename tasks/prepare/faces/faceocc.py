"""FaceOcc's Eq. 1: subtract the annotated occlusions from the face's mask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from assets.pictures.polarity import alpha_doubts
from assets.pictures.rgba import read_rgba
from assets.problems import BadInput, Problem, conversions
from assets.reading.folders import relative
from natocc.geometry import Image
from natocc.masks.registration import register_crop, warp_to_photo
from natocc.verdicts import NotFound
from shards.storage import sha256_bytes

SIDE = 256


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OtherMask:
    """A mask in place of the policy's, uint8 HxW of 0 and 255; ``metadata`` records its origin."""

    mask: Image
    metadata: dict[str, object]
    problems: tuple[Problem, ...]


def subtract_occlusion(crop: Path, photo: Image, mask: Image, raw: Path) -> OtherMask:
    """``max(mask - occlusion, 0)`` (Yin et al. 2022, Eq. 1), and the crop's registration.

    ``photo`` is RGB uint8 of the mask's aspect, ``mask`` uint8 HxW of 0 and 255. The crop is located in the
    photograph by its pixels. The face is occluded where the crop's alpha is above 127; outside the crop the
    mask is unchanged. Raises BadInput for an unreadable crop, a crop of another picture, and if nothing of
    the face is left.
    """
    rgb, alpha, picture = read_rgba(crop)
    small = cv2.resize(photo, mask.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    place = register_crop(small, rgb)
    if isinstance(place, NotFound):
        raise BadInput(place.expected, place.got)
    left = np.where(warp_to_photo(alpha, place, mask.shape) > 127, 0, mask).astype(np.uint8)
    if not left.any():
        raise BadInput("an occlusion of a part of the face", "one that leaves nothing of it")
    metadata: dict[str, object] = {
        "mask": "faceocc",
        "mask_sha256": sha256_bytes(picture.data),
        "crop": {
            "scale": place.scale,
            "x": place.x,
            "y": place.y,
            "correlation": round(place.correlation, 3),
        },
    }
    size = () if rgb.shape[:2] == (SIDE, SIDE) else (f"{rgb.shape[1]}x{rgb.shape[0]}",)
    where = relative(crop, raw)
    problems = conversions(where, f"a crop of {SIDE}x{SIDE}", size) + alpha_doubts(where, alpha)
    return OtherMask(mask=left, metadata=metadata, problems=problems)
