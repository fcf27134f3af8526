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
from numpy.typing import NDArray

from natocc.colour.lut import Colours
from natocc.geometry import BoolArray, Image, mask_box
from natocc.transfer.transport import Transport, draw_directions

_STEPS, _BATCH = 15, 5
# The released filter: sigma 30 pixels, cut at radius 30. Its range term is 1 to within 0.01.
_SIGMA, _RADIUS = 30.0, 30
_MOST = np.float32(255)
# Algorithm 1: a value is dark below this share of the mean, and clipped this many deviations above it.
_DARK, _BRIGHT = np.float32(0.5), np.float32(1)


def sot_transport(
    occluder: Image,
    solid: Image,
    face: Image,
    face_solid: Image,
    rng: Generator,
    *,
    algorithm_1: bool = True,
) -> Transport:
    """The colours of the occluder's rectangle, black around it, and those of the face's rectangle as goals.

    ``solid`` and ``face_solid`` hold 0 or 255. Without ``algorithm_1`` the face's rectangle is taken as it
    is, black around it.
    """
    part, face_part = mask_box(solid).slices, mask_box(face_solid).slices
    inside = solid[part]
    size = inside.shape[1], inside.shape[0]
    hand = cv2.copyTo(occluder[part], inside)
    skin = cv2.resize(face[face_part], size, interpolation=cv2.INTER_NEAREST)
    skin_mask = cv2.resize(face_solid[face_part], size, interpolation=cv2.INTER_NEAREST) > 0
    if not skin_mask.any():
        # Sampling may miss all pixels of a scattered face; the mean replaces them.
        skin[:] = np.rint(cv2.mean(face, face_solid)[:3])
        skin_mask[:] = True
    levels, counts = distinct_colours(skin[skin_mask])
    measured: dict[str, float] = {}
    if algorithm_1:
        black = int(np.count_nonzero(hand == 0))
        goal, counts, measured = prepare_skin(levels, counts, skin_mask, black, rng)
    else:
        goal = np.vstack([levels / _MOST, np.zeros((1, 3), np.float32)])
        counts = np.append(counts, np.count_nonzero(~skin_mask))
    return Transport(
        source=hand.reshape(-1, 3) / _MOST,
        goal=goal,
        counts=counts,
        directions=draw_directions(rng, _STEPS * _BATCH).astype(np.float32),
        batch=_BATCH,
        measured=measured,
    )


def sot_field(transport: Transport, moved: Colours, solid: Image) -> Colours:
    """The smoothed motion (float32 HxWx3, levels) of every pixel of the occluder.

    ``moved`` are the sources of ``transport``, which was made for the mask ``solid``, after their move.
    """
    part = mask_box(solid).slices
    motion = np.zeros((*solid.shape, 3), np.float32)
    motion[part] = (_MOST * (moved - transport.source)).reshape(motion[part].shape)
    return smooth_within(motion, solid)


def distinct_colours(pixels: NDArray[Any]) -> tuple[Image, NDArray[np.int64]]:
    """The colours (uint8 Ux3) among pixels (uint8 Nx3), and how often each occurs."""
    red, green, blue = pixels.T.astype(np.uint32)
    codes, counts = np.unique(red << 16 | green << 8 | blue, return_counts=True)
    return np.stack([codes >> 16, codes >> 8 & 255, codes & 255], 1).astype(np.uint8), counts


def prepare_skin(
    levels: Image, counts: NDArray[np.int64], mask: BoolArray, black: int, rng: Generator
) -> tuple[Colours, NDArray[np.int64], dict[str, float]]:
    """Algorithm 1: fill part of the face's background with its mean colour, and clip bright values.

    ``levels`` (Ux3) and ``counts`` are the colours where the mask (HxW) is set. ``black`` is the number of
    the hand's channel values that are 0. The number of filled background pixels equals the number of dark
    values of the face beyond ``black``. Returns the colours of the whole rectangle (0-1) with their counts,
    and what was counted; ``black_values`` 0 tells of a hand without black, for which all is filled.
    """
    mean, deviation = _mean_and_deviation(levels, counts)
    values, dark_limit = levels / _MOST, mean * _DARK
    outside = mask.size - int(counts.sum())
    dark = int(counts @ (values < dark_limit).sum(1)) + outside * int((dark_limit > 0).sum())
    ratio = fill_ratio(dark, black)
    filled = int(np.count_nonzero(~mask & (rng.random(mask.shape) < ratio))) if ratio > 0 else 0
    goal = np.vstack([values, mean, np.zeros(3, np.float32)])
    measured = {"black_values": float(black), "dark_values": float(dark), "filled": float(filled)}
    return (
        np.minimum(goal, np.minimum(mean + _BRIGHT * deviation, np.float32(1))),
        np.append(counts, [filled, outside - filled]),
        measured,
    )


def _mean_and_deviation(levels: Image, counts: NDArray[np.int64]) -> tuple[Colours, Colours]:
    """Of each channel, 0-1. The sums are whole numbers, so they are the same on every processor."""
    wide = levels.astype(np.int64)
    total = int(counts.sum())
    sums, squares = ([int(value) for value in counts @ power] for power in (wide, wide * wide))
    deviations = [
        (total * square - value * value) ** 0.5 / total for value, square in zip(sums, squares, strict=True)
    ]
    mean = [value / total for value in sums]
    return np.array(mean, np.float32) / _MOST, np.array(deviations, np.float32) / _MOST


def fill_ratio(dark: int, black: int) -> float:
    """The share of background pixels to fill: the ratio of dark to black values, minus 1, at most 1.

    The share is 1 for a hand without black.
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
