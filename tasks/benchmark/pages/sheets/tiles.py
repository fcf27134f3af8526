"""Small pictures of a sheet: the picture, its label, and where a prediction errs, in two colours."""

from __future__ import annotations

import base64

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.codecs import encode_jpeg
from natocc.geometry import Image
from natocc.resize.scale import limit_long_side
from tasks.benchmark.sets.picture import TestPicture

# Pixels of the longer side.
TILE_SIDE = 224
# Okabe and Ito's; RGB. Told apart by readers of any colour vision.
TOO_MUCH, TOO_LITTLE, LABEL = (213, 94, 0), (0, 114, 178), (0, 158, 115)
_QUALITY = 88


def picture_tile(picture: TestPicture) -> Image:
    """The picture, uint8 (H, W, 3), RGB, its longer side ``TILE_SIDE``."""
    return limit_long_side(picture.image, TILE_SIDE)


def label_tile(picture: TestPicture) -> Image:
    """The picture with the visible face tinted."""
    tile = picture_tile(picture)
    return _painted(_faded(tile), _share(picture.mask > 0, tile), LABEL, 0.45)


def error_tile(picture: TestPicture, predicted: Image) -> Image:
    """The picture in grey, with background taken for face and face taken for background in two colours.

    ``predicted``: uint8 of the mask's size, non-zero = face. Raises ValueError for another size.
    """
    if predicted.shape != picture.mask.shape:
        raise ValueError(
            f"{picture.facts.key}: expected a prediction of the mask's size {picture.mask.shape}, got "
            f"{predicted.shape}"
        )
    tile = picture_tile(picture)
    face, found = picture.mask > 0, predicted > 0
    tile = _painted(_faded(tile), _share(found & ~face, tile), TOO_MUCH, 0.9)
    return _painted(tile, _share(face & ~found, tile), TOO_LITTLE, 0.9)


def data_uri(tile: Image) -> str:
    """The tile as a JPEG within the page."""
    return f"data:image/jpeg;base64,{base64.b64encode(encode_jpeg(tile, _QUALITY)).decode()}"


def css_colour(rgb: tuple[int, int, int]) -> str:
    """A colour as CSS writes it."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def _share(places: NDArray[np.bool_], tile: Image) -> NDArray[np.float32]:
    """How much of each pixel of the tile a region covers, float32 (H, W)."""
    size = tile.shape[1], tile.shape[0]
    return np.asarray(cv2.resize(places.astype(np.float32), size, interpolation=cv2.INTER_AREA), np.float32)


def _faded(tile: Image) -> Image:
    """In grey, and a little lighter, so that colours of a face are no colours of the legend."""
    grey = cv2.cvtColor(tile, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.repeat(np.rint(40 + grey * (215 / 255))[..., None], 3, axis=2).astype(np.uint8)


def _painted(tile: Image, share: NDArray[np.float32], colour: tuple[int, int, int], strength: float) -> Image:
    weight = strength * share[..., None]
    mixed = tile * (1 - weight) + np.asarray(colour, np.float32) * weight
    return np.asarray(np.rint(mixed), np.uint8)
