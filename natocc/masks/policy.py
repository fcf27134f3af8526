"""From raw part masks to face mask and parsing map (paper section 3.1 and Table 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
SIDE_CONVENTION = "image"

FACE_PARTS = ("skin", "nose", "l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip")
# Their classes in a parsing map.
FACE_CLASS_IDS = tuple(sorted(CLASS_IDS[name] for name in FACE_PARTS))
# Sunglasses come from the raw part: composed maps paint eyes and brows over them.
NOT_FACE = ("eye_g", "hair", "hat", "l_ear", "r_ear", "ear_r", "neck", "neck_l", "cloth")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A rule for the face mask: each of the 18 parts is in ``face`` or in ``not_face``.

    ``grey`` holds the cases that the parts do not distinguish: ``face``, ``background``, or ``not stated``.
    Only corrected masks and annotations can follow ``grey`` (docs/label-policies.md).
    """

    name: str
    face: tuple[str, ...]
    not_face: tuple[str, ...]
    grey: Mapping[str, str]


# Voo et al., Table 1.
VOO = Policy(
    name="voo",
    face=FACE_PARTS,
    not_face=NOT_FACE,
    grey=MappingProxyType(
        {
            "sunglasses": "background",
            "frames of glasses": "background",
            "clear lenses": "background",
            "tinted lenses of nearly the skin's colour": "background",
            "reflections on lenses": "background",
            "shadow that a frame casts": "face",
            "other shadow": "face",
            "hand, microphone, food, mask, scarf": "background",
            "words printed over the picture": "background",
            "tattoo": "face",
            "moustache, beard on the face": "face",
            "bald skin": "face",
            "make-up with a clear border": "not stated",
            "tongue out of the mouth": "not stated",
        }
    ),
)
# Yin et al. (FaceOcc), section 3.1. Their CelebAMask-HQ faces with spectacles take eye_g for face and
# lose what the annotation covers.
FACEOCC = Policy(
    name="faceocc",
    face=(*FACE_PARTS, "eye_g"),
    not_face=tuple(name for name in NOT_FACE if name != "eye_g"),
    grey=MappingProxyType(
        {
            "sunglasses": "background",
            "frames of glasses": "background",
            "clear lenses": "face",
            "tinted lenses of nearly the skin's colour": "face",
            "reflections on lenses": "background",
            "shadow that a frame casts": "background",
            "other shadow": "not stated",
            "hand, microphone, food, mask, scarf": "background",
            "words printed over the picture": "not stated",
            "tattoo": "not stated",
            "moustache, beard on the face": "not stated",
            "bald skin": "not stated",
            "make-up with a clear border": "background",
            "tongue out of the mouth": "background",
        }
    ),
)
POLICIES: Mapping[str, Policy] = MappingProxyType({policy.name: policy for policy in (VOO, FACEOCC)})


def policy_named(name: str) -> Policy:
    """The policy of that name. Raises ValueError for an unknown name."""
    if name not in POLICIES:
        raise ValueError(f"policy: expected {' or '.join(POLICIES)}, got {name!r}")
    return POLICIES[name]


def face_mask(parts: Mapping[str, Image], policy: Policy = VOO) -> Image:
    """The visible face as uint8 HxW, 0 or 255, from part masks (uint8 HxW, non-zero inside).

    It is the union of the policy's face parts minus the union of its other parts. Absent parts count as
    empty. Raises ValueError for an empty mapping.
    """
    size = _size(parts)
    face, other = np.zeros(size, bool), np.zeros(size, bool)
    for name in policy.face:
        if name in parts:
            face |= parts[name] > 0
    for name in policy.not_face:
        if name in parts:
            other |= parts[name] > 0
    return np.where(face & ~other, np.uint8(255), np.uint8(0))


def parsing_map(parts: Mapping[str, Image]) -> Image:
    """Class index (uint8 HxW): later parts of the official order are painted over earlier ones."""
    classes = np.zeros(_size(parts), np.uint8)
    # Ids increase in that order, so the last of several parts has the largest id.
    for name in (part for part in PARTS if part in parts):
        np.maximum(classes, np.multiply(parts[name] > 0, CLASS_IDS[name], dtype=np.uint8), out=classes)
    return classes


def _size(parts: Mapping[str, Image]) -> tuple[int, int]:
    if not parts:
        raise ValueError("part masks: expected at least one, got none")
    height, width = next(iter(parts.values())).shape
    return height, width
