"""The EXIF orientation of photographs, and pictures and points turned by it.

stored pixels  ──  EXIF orientation 1 to 8  →  upright photograph
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
from PIL import Image as Pillow

from natocc.files.pictures import DECODER_ERRORS
from natocc.geometry import Image

UPRIGHT = 1
_TAG = 0x0112
# How stored pixels become upright, in this order: rows and columns exchanged, left and right, up and down.
_TURNS: Mapping[int, tuple[bool, bool, bool]] = MappingProxyType(
    {
        1: (False, False, False),
        2: (False, True, False),
        3: (False, True, True),
        4: (False, False, True),
        5: (True, False, False),
        6: (True, True, False),
        7: (True, True, True),
        8: (True, False, True),
    }
)
NAMES: Mapping[int, str] = MappingProxyType(
    {
        2: "mirrored",
        3: "turned by 180°",
        4: "mirrored upside down",
        5: "mirrored and turned",
        6: "turned by 90°",
        7: "mirrored and turned",
        8: "turned by 90°",
    }
)


def orientation_of(picture: Pillow.Image) -> tuple[int, bool]:
    """The EXIF orientation, 1 to 8 (1 if there is none that means anything), and whether EXIF is sound."""
    exif = Pillow.Exif()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            # Read again: Pillow parsed its own copy on opening and does not repeat the warnings.
            exif.load(picture.info.get("exif", b""))
            plain = exif.get(_TAG)
            found = int(picture.getexif().get(_TAG, UPRIGHT) if plain is None else plain)
        except DECODER_ERRORS:
            return UPRIGHT, False
    return found if found in _TURNS else UPRIGHT, not caught


def exchanges_sides(orientation: int) -> bool:
    """Whether width and height change places."""
    return _TURNS[orientation][0]


def turn_upright(plane: Image, orientation: int) -> Image:
    """Stored pixels HxW or HxWxC as they are upright."""
    exchanged, mirrored, flipped = _TURNS[orientation]
    turned = plane.swapaxes(0, 1) if exchanged else plane
    turned = turned[:, ::-1] if mirrored else turned
    turned = turned[::-1] if flipped else turned
    return np.ascontiguousarray(turned)


def turn_points(values: Sequence[float], size: tuple[int, int], orientation: int) -> list[float]:
    """Points ``x, y, x, y, …`` of stored pixels as they lie upright; ``size`` is (height, width) upright.

    Coordinates are of corners: 0 is the left or upper side of the first pixel.
    """
    exchanged, mirrored, flipped = _TURNS[orientation]
    points = np.reshape(np.asarray(values, np.float64), (-1, 2))
    points = points[:, ::-1] if exchanged else points.copy()
    x = size[1] - points[:, 0] if mirrored else points[:, 0]
    y = size[0] - points[:, 1] if flipped else points[:, 1]
    turned: list[float] = np.stack([x, y], axis=1).ravel().tolist()
    return turned
