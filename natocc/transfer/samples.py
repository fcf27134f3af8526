"""The pixels of a mask as a plane, or a given number of their colours."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator

from natocc.colour.lut import Colours
from natocc.geometry import Image

# A grid this many times finer than the samples is searched first, then every pixel.
_CANDIDATES = 12


def solid_mask(mask: Image) -> Image:
    """uint8 HxW, 255 where the mask exceeds 127, else 0. Raises ValueError for an empty mask."""
    solid = np.asarray(cv2.threshold(mask, 127, 255, cv2.THRESH_BINARY)[1], dtype=np.uint8)
    if cv2.countNonZero(solid) == 0:
        raise _empty()
    return solid


def sample_pixels(image: Image, mask: Image, rng: Generator, count: int) -> Colours:
    """``count`` colours (count x 3, 0-255) evenly spaced over the pixels where the mask exceeds 127.

    Each is dithered by up to half a level, so that equal colours can separate. Raises ValueError for a mask
    without such a pixel.
    """
    stride = max(1, int((mask.size / (_CANDIDATES * count)) ** 0.5))
    where = np.flatnonzero(mask[::stride, ::stride] > 127)
    if where.size < count and stride > 1:
        stride, where = 1, np.flatnonzero(mask > 127)
    if where.size == 0:
        raise _empty()
    picks = ((np.arange(count) + rng.random()) * (where.size / count)).astype(np.int64)
    rows, columns = np.divmod(where[picks], -(-mask.shape[1] // stride))
    dither = rng.random((count, 3), dtype=np.float32) - np.float32(0.5)
    return np.asarray(image[rows * stride, columns * stride] + dither, dtype=np.float32)


def core_colours(colours: Colours, count: int) -> Colours:
    """The ``count`` colours (of Nx3, 0-255) nearest to their median, in their order.

    Distance is measured in Lab, in units of each channel's median deviation. Eyes, brows, lips and teeth are
    far from skin, which makes up most of a face.
    """
    lab = cv2.cvtColor(np.clip(colours, 0, 255)[None] / np.float32(255), cv2.COLOR_RGB2LAB)[0]
    off = np.abs(lab - np.median(lab, axis=0))
    off /= np.maximum(np.median(off, axis=0), np.float32(0.5))
    far = np.square(off).sum(1)
    return np.asarray(colours[np.sort(np.argsort(far, kind="stable")[:count])])


def _empty() -> ValueError:
    return ValueError(
        "colour transfer: expected a mask with pixels above 127, got an empty one; "
        "leave the transfer out where the occluder is not visible"
    )
