"""The mask of a hand photographed on white or light grey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import BoolArray, Box, Float32Array, Image, mask_box
from natocc.matting.grabcut import cut_by_colours
from natocc.matting.plain_background import Difference, subtract_background
from natocc.resize.scale import limit_long_side
from natocc.verdicts import NotFound

# Long sides at which the hand is found and its edge is drawn.
_FIND, _DRAW = 400, 800
# Least difference (Lab units) of skin, by colour only, and of nails, rings and hollows, by darkness only.
_SKIN, _DARK = 9.0, 38.0
# Background, by both, beside its noise (Lab units).
_PLAIN_COLOUR, _PLAIN_DARK = 2.5, 4.0
# If neither is clear, colour and darkness count in proportion; a sum above this suggests a hand.
_LIKELY = 0.75
# A pixel lighter than the background by more than this (Lab units), besides noise, is likely hand.
_LIGHTER = 5.0
# Least and largest share of the picture that a hand covers; largest size of a second piece, as a share of it.
_SMALL, _LARGE, _PIECE = 0.02, 0.75, 0.2
# Holes below this share of the hand are glints; larger holes show the background between fingers.
_HOLE = 0.004
# Least difference between hand and background along the edge (Lab units).
_CONTRAST = 8.0
# Half the width of the band in which the edge is drawn, in pixels at that size.
_BAND = 5
# Level of the edge between background (0) and hand (255). It lies inside the rim that is mixed with white.
_LEVEL = 153
# Least share of a side of the picture that a hand covers if it touches that side.
_TOUCHED = 0.01

_SQUARE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class HandMask:
    """``mask`` uint8 HxW, 0 or 255; ``contrast`` is the median difference along its edge (Lab units)."""

    mask: Image
    contrast: float


def segment_hand(rgb: Image) -> HandMask | NotFound:
    """Find the only hand in ``rgb`` (uint8 HxWx3). It may touch at most two sides of the picture.

    Colours are compared with a surface fitted to the background, so uneven light has no influence. Darkness
    counts less than colour, so shadows are excluded. Equal pictures give equal bytes.
    """
    small = limit_long_side(rgb, _FIND)
    difference = subtract_background(small)
    if isinstance(difference, NotFound):
        return difference
    coarse = _find(small, difference)
    if isinstance(coarse, NotFound):
        return coarse
    contrast = _contrast(coarse, difference)
    if contrast < _CONTRAST:
        got = f"a difference of {contrast:.1f} in Lab"
        return NotFound("a hand that stands out from its background", got)
    return HandMask(_refine(limit_long_side(rgb, _DRAW), coarse, rgb.shape[:2]), contrast)


def sides_touched(mask: Image) -> tuple[str, ...]:
    """The sides (top, bottom, left, right) that a mask (uint8 HxW) covers by a hundredth or more."""
    edges = {"top": mask[0], "bottom": mask[-1], "left": mask[:, 0], "right": mask[:, -1]}
    return tuple(name for name, edge in edges.items() if (edge > 127).mean() >= _TOUCHED)


def _find(small: Image, difference: Difference) -> Image | NotFound:
    """The mask at the size of ``small``, or the reason why no mask is found."""
    labels = _grabcut_labels(difference)
    if labels is None:
        return NotFound("a hand", "nothing that stands out from the background")
    found = cut_by_colours(small, labels)
    cross = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, cross).astype(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if reason := _no_single_hand(areas, found.size):
        return reason
    hand = np.where(pieces == 1 + int(areas.argmax()), 255, 0).astype(np.uint8)
    if len(touched := sides_touched(hand)) > 2:
        return NotFound("a hand that enters by one side", f"one that touches {', '.join(touched)}")
    return _filled(hand, difference)


def _grabcut_labels(difference: Difference) -> Image | None:
    """GrabCut's labels of sure and likely hand and background; None if too little is surely hand."""
    colour, darker, noise = difference.colour, difference.darker, difference.noise
    hand = (colour > _SKIN + noise) | (darker > _DARK)
    plain = (colour < _PLAIN_COLOUR + noise) & (np.abs(darker) < _PLAIN_DARK + 3 * noise)
    likely = (colour / _SKIN + darker / (1.5 * _DARK) > _LIKELY) | (darker < -_LIGHTER - 3 * noise)
    # Opening removes dust and camera noise of a few pixels.
    sure = cv2.morphologyEx(hand.astype(np.uint8), cv2.MORPH_OPEN, _SQUARE)
    if sure.mean() < _SMALL / 2:
        return None
    labels = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[cv2.erode(plain.astype(np.uint8), _SQUARE) > 0] = cv2.GC_BGD
    labels[cv2.erode(sure, _SQUARE) > 0] = cv2.GC_FGD
    return labels


def _no_single_hand(areas: NDArray[Any], size: int) -> NotFound | None:
    """The reason why pieces of these areas are not one hand in a picture of ``size`` pixels, or None."""
    largest = int(areas.max(initial=0))
    if largest < _SMALL * size:
        return NotFound("a hand", "nothing that stands out from the background")
    if largest > _LARGE * size:
        got = f"something that fills {100 * largest / size:.0f} % of the picture"
        return NotFound("a hand with background round it", got)
    alike = int((areas > _PIECE * largest).sum())
    return NotFound("one hand", f"{alike} things of similar size") if alike > 1 else None


def _filled(hand: Image, difference: Difference) -> Image:
    """Fill glints. Background enclosed by fingers stays open."""
    area = int((hand > 0).sum())
    count, holes, stats, _ = cv2.connectedComponentsWithStats((hand == 0).astype(np.uint8), connectivity=8)
    height, width = hand.shape
    for hole in range(1, count):
        x, y, w, h, size = (int(value) for value in stats[hole])
        if x == 0 or y == 0 or x + w == width or y + h == height:
            continue
        inside = holes == hole
        colourless = (difference.colour[inside] < _SKIN / 2).mean() > 0.5
        plain = colourless and np.median(difference.darker[inside]) > -_SKIN
        if size < _HOLE * area or not plain:
            hand[inside] = 255
    return hand


def _contrast(hand: Image, difference: Difference) -> float:
    """Median difference from the background just inside the edge, colour and lightness together."""
    inner = cv2.erode(hand, _SQUARE)
    rim = (inner > 0) & (cv2.erode(inner, np.ones((5, 5), np.uint8)) == 0)
    if not rim.any():
        return 0.0
    return float(np.median(np.hypot(difference.colour[rim], difference.darker[rim])))


def _refine(picture: Image, coarse: Image, size: tuple[int, int]) -> Image:
    """The mask at (height, width): each pixel goes to the closer colour of hand and background."""
    height, width = picture.shape[:2]
    guess = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    box = mask_box(guess > 0).grow(4 * _BAND, (height, width))
    share = guess.copy()
    share[box.slices] = _share_of_hand(picture, guess, box)
    # Camera noise moves the edge by half a pixel either way.
    smooth = cv2.GaussianBlur(_one_piece(share), (0, 0), 0.8)
    large = cv2.resize(smooth, size[::-1], interpolation=cv2.INTER_CUBIC)
    return np.where(large >= _LEVEL, 255, 0).astype(np.uint8)


def _one_piece(share: Image) -> Image:
    """A copy of the shares (uint8, 0-255) with only the largest piece, its glints filled."""
    solid = (share >= _LEVEL).astype(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    whole = share.copy()
    whole[(solid > 0) & (pieces != largest)] = 0
    _, holes, stats, _ = cv2.connectedComponentsWithStats(1 - solid, connectivity=8)
    glint = stats[:, cv2.CC_STAT_AREA] < _HOLE * cv2.countNonZero(solid)
    # Component 0 is the hand itself.
    glint[0] = False
    whole[glint[holes]] = 255
    return whole


def _share_of_hand(picture: Image, guess: Image, box: Box) -> Image:
    """uint8, 0-255: the guess beyond the band; within it the colour's position from background to hand."""
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BAND + 1, 2 * _BAND + 1))
    colours = picture[box.slices].astype(np.float32)
    solid = (guess[box.slices] > 127).astype(np.uint8)
    core, wide = cv2.erode(solid, around), cv2.dilate(solid, around)
    # A sunlit rim resembles neither the rest of the hand nor the background, so its own pixels count.
    hand = _local_mean(colours, cv2.erode(solid, np.ones((5, 5), np.uint8)) > 0, _BAND)
    background = _local_mean(colours, wide == 0, 4 * _BAND)
    across = hand - background
    length = np.maximum((across * across).sum(axis=-1), 1.0)
    along = ((colours - background) * across).sum(axis=-1) / length
    # At weak contrast the guess is more reliable than the colour.
    trust = np.clip(length / 400 - 0.25, 0, 1)
    mixed = trust * np.clip(along, 0, 1) + (1 - trust) * solid
    return np.where(core > 0, 255, np.where(wide > 0, np.rint(255 * mixed), 0)).astype(np.uint8)


def _local_mean(colours: Float32Array, where: BoolArray, reach: int) -> Float32Array:
    """Mean colour of the pixels ``where`` in a square around each pixel, or of all if it has none."""
    side = (2 * reach + 1, 2 * reach + 1)
    weight = where.astype(np.float32)
    total = cv2.boxFilter(colours * weight[..., None], -1, side, borderType=cv2.BORDER_CONSTANT)
    count = cv2.boxFilter(weight, -1, side, borderType=cv2.BORDER_CONSTANT)[..., None]
    everywhere = np.array(cv2.mean(colours, where.astype(np.uint8))[:3], np.float32)
    return cast(Float32Array, (total + 1e-4 * everywhere) / (count + 1e-4))
