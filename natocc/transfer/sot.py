"""The balanced sliced transport of Voo et al. (2022), whole rectangles and black background included.

Algorithm 1 of the paper evens out the two backgrounds; 15 steps of 5 directions move every pixel; the motion
is smoothed. Unlike in the released code, the Gaussian ends at the matte and at the border instead of bleeding
or wrapping, bright pixels are clipped channel by channel instead of becoming one colour, and the face is
resized by nearest pixels, so no colour mixes with the black around it.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import DTypeLike, NDArray

from natocc.colour.lut import Colours
from natocc.geometry import Image, mask_box
from natocc.transfer.transport import draw_directions, move_by_batches

_STEPS, _BATCH = 15, 5
# The released filter: sigma 30 pixels, cut at radius 30. Its range term is 1 to within 0.01.
_SIGMA, _RADIUS = 30.0, 30

_Floats = NDArray[np.floating[Any]]


def sot_field(
    occluder: Image,
    solid: Image,
    face: Image,
    face_solid: Image,
    rng: Generator,
    dtype: DTypeLike = np.float32,
) -> Colours:
    """The smoothed motion (float32 HxWx3, levels) of every pixel of the occluder.

    ``solid`` and ``face_solid`` hold 0 or 255; ``dtype`` is the precision of the transport.
    """
    part, face_part = mask_box(solid).slices, mask_box(face_solid).slices
    inside = solid[part]
    size = inside.shape[1], inside.shape[0]
    hand = cv2.copyTo(occluder[part], inside).astype(dtype) / 255
    skin = cv2.resize(face[face_part], size, interpolation=cv2.INTER_NEAREST).astype(dtype) / 255
    skin_mask = cv2.resize(face_solid[face_part], size, interpolation=cv2.INTER_NEAREST) > 0
    if not skin_mask.any():
        # Sampling may miss all pixels of a scattered face; the mean replaces them.
        skin[:] = np.array(cv2.mean(face, face_solid)[:3]) / 255
        skin_mask[:] = True
    black = int(np.count_nonzero(hand == 0))
    prepared = prepare_skin(skin, skin_mask, black, rng)
    directions = draw_directions(rng, _STEPS * _BATCH)
    source = hand.reshape(-1, 3)
    moved = move_by_batches(source, prepared.reshape(-1, 3), directions, _BATCH)
    motion = np.zeros((*solid.shape, 3), np.float32)
    motion[part] = 255 * (moved - source).reshape(hand.shape)
    return smooth_within(motion, solid)


def prepare_skin(skin: _Floats, mask: NDArray[np.bool_], black: int, rng: Generator) -> _Floats:
    """Algorithm 1: fill part of the face's background with its mean colour, and clip bright values.

    ``skin`` (HxWx3, 0-1) counts where the mask is set. ``black`` is the number of the hand's channel values
    that are 0. The number of filled background pixels equals the number of dark values of the face beyond
    ``black``.
    """
    pixels = skin[mask]
    mean, deviation = pixels.mean(0), pixels.std(0)
    result = np.where(mask[..., None], skin, 0).astype(skin.dtype)
    ratio = fill_ratio(int(np.count_nonzero(result < mean / 2)), black)
    if ratio > 0:
        result[~mask & (rng.random(mask.shape) < ratio)] = mean
    return np.asarray(np.minimum(result, np.minimum(mean + deviation, 1)))


def fill_ratio(dark: int, black: int) -> float:
    """The share of background pixels to fill: the ratio of dark to black values, minus 1, at most 1.

    The share is 1 for a hand without background.
    """
    return 1.0 if black == 0 else min(1.0, round(dark / black - 1, 2))


def smooth_within(motion: Colours, solid: Image) -> Colours:
    """Smooth the motion by a Gaussian over the mask's pixels only, and return it for every pixel.

    A pixel without a mask pixel in reach gets the mean of all.
    """
    axis = np.arange(-_RADIUS, _RADIUS + 1)
    kernel = np.exp(-0.5 * (axis / _SIGMA) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    weight = (solid > 0).astype(np.float32)
    sums, weights = (
        cv2.sepFilter2D(plane, -1, kernel, kernel, borderType=cv2.BORDER_CONSTANT)
        for plane in (motion * weight[..., None], weight)
    )
    mean = np.array(cv2.mean(motion, solid)[:3], np.float32)
    little = np.float32(1e-6)
    return np.asarray((sums + little * mean) / (weights + little)[..., None], dtype=np.float32)
