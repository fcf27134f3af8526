"""From raw part masks to face mask and parsing map (paper section 3.1 and Table 1)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from natocc.geometry import Image

# CelebAMask-HQ's parts in their official order of composition; ids are 1-18, 0 is background.
PARTS = (
    "skin",
    "nose",
    "eye_g",
    "l_eye",
    "r_eye",
    "l_brow",
    "r_brow",
    "l_ear",
    "r_ear",
    "mouth",
    "u_lip",
    "l_lip",
    "hair",
    "hat",
    "ear_r",
    "neck_l",
    "neck",
    "cloth",
)
CLASS_IDS: Mapping[str, int] = MappingProxyType({name: number for number, name in enumerate(PARTS, start=1)})
# l_ and r_ name the side of the image, not of the person.
SIDE = "image"

FACE = ("skin", "nose", "l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip")
# Sunglasses come from the raw part: in a composed map eyes and brows are painted over them.
NOT_FACE = ("eye_g", "hair", "hat", "l_ear", "r_ear", "ear_r", "neck", "neck_l", "cloth")


def face_mask(parts: Mapping[str, Image]) -> Image:
    """The visible face as uint8 HxW, 0 or 255, from part masks (uint8 HxW, non-zero inside).

    Skin with brows, eyes, nose and mouth, less glasses, hair, hat, ears, earrings, neck, necklace
    and cloth. Parts that are absent count as empty. Raises ValueError for no part at all.
    """
    size = _size(parts)
    face, other = np.zeros(size, bool), np.zeros(size, bool)
    for name in FACE:
        if name in parts:
            face |= parts[name] > 0
    for name in NOT_FACE:
        if name in parts:
            other |= parts[name] > 0
    return np.where(face & ~other, 255, 0).astype(np.uint8)


def parsing_map(parts: Mapping[str, Image]) -> Image:
    """Class index (uint8 HxW): later parts of the official order are painted over earlier ones."""
    classes = np.zeros(_size(parts), np.uint8)
    for name in PARTS:
        if name in parts:
            classes[parts[name] > 0] = CLASS_IDS[name]
    return classes


def _size(parts: Mapping[str, Image]) -> tuple[int, int]:
    if not parts:
        raise ValueError("part masks: expected at least one, got none")
    height, width = next(iter(parts.values())).shape
    return height, width
