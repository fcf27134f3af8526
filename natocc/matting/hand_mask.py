"""The mask of a hand photographed on white or light grey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Box, Image, mask_box
from natocc.matting.grabcut import cut_by_colours
from natocc.matting.plain_background import Apart, Floats, apart_from_ground
from natocc.resize.scale import limit_long_side
from natocc.verdicts import NotFound

# Long sides at which the hand is found and its edge is drawn.
_FIND, _DRAW = 400, 800
# Skin, by colour alone; nails, rings and hollows, by darkness alone (Lab units).
_SKIN, _DARK = 9.0, 38.0
# Ground, by both, beside its noise.
_GROUND_COLOUR, _GROUND_DARK = 2.5, 4.0
# Where neither is sure: colour and darkness count in proportion, and this much of both is a hand.
_LIKELY = 0.75
# Where in the mixture of hand (255) and ground (0) the outline runs: clear of the rim that is part white.
_LEVEL = 153
# Half the width, in pixels of the size at which it is drawn, of the band where the edge is looked for.
_BAND = 5
# No shadow makes the ground lighter (Lab units).
_LIGHTER = 5.0
# Holes smaller than this share of the hand are glints, larger ones show the ground between fingers.
_HOLE = 0.004
# A hand covers at least and at most so much of the picture; a second piece is at most so much of the first.
_SMALL, _LARGE, _PIECE = 0.02, 0.75, 0.2
# Difference across the outline (Lab units) below which it can't be told.
_CONTRAST = 8.0
# A side is touched where so much of it is covered.
_TOUCHED = 0.01


@dataclass(frozen=True, slots=True)
class HandMask:
    """``mask`` uint8 HxW, 0 or 255; ``contrast`` is the median difference across its outline (Lab units)."""

    mask: Image
    contrast: float


def segment_hand(rgb: Image) -> HandMask | NotFound:
    """Find the one hand in ``rgb`` (uint8 HxWx3), which enters by one or two sides of the picture or none.

    Colours are compared with a surface fitted to the ground, so that uneven light plays no part, and
    darkness counts less than colour, so that shadows stay out. Same bytes for the same picture.
    """
    small = limit_long_side(rgb, _FIND)
    apart = apart_from_ground(small)
    if isinstance(apart, NotFound):
        return apart
    coarse = _find(small, apart)
    if isinstance(coarse, NotFound):
        return coarse
    contrast = _contrast(coarse, apart)
    if contrast < _CONTRAST:
        return NotFound("a hand that stands out from its ground", f"a difference of {contrast:.1f} in Lab")
    mask = _refine(limit_long_side(rgb, _DRAW), coarse, rgb.shape[:2])
    return HandMask(mask, contrast)


def sides_touched(mask: Image) -> tuple[str, ...]:
    """Which of top, bottom, left, right a mask (uint8 HxW) reaches, over a hundredth of that side or more."""
    edges = {"top": mask[0], "bottom": mask[-1], "left": mask[:, 0], "right": mask[:, -1]}
    return tuple(name for name, edge in edges.items() if (edge > 127).mean() >= _TOUCHED)


def _find(small: Image, apart: Apart) -> Image | NotFound:
    """The mask at the size of ``small``, or why there is none."""
    colour, darker, noise = apart.colour, apart.darker, apart.noise
    sure = (colour > _SKIN + noise) | (darker > _DARK)
    ground = (colour < _GROUND_COLOUR + noise) & (np.abs(darker) < _GROUND_DARK + 3 * noise)
    # A few pixels are dust or noise of the camera.
    sure_hand = cv2.morphologyEx(sure.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    likely = (colour / _SKIN + darker / (1.5 * _DARK) > _LIKELY) | (darker < -_LIGHTER - 3 * noise)
    if sure_hand.mean() < _SMALL / 2:
        return NotFound("a hand", "nothing that stands out from the ground")
    labels = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    labels[cv2.erode(ground.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0] = cv2.GC_BGD
    labels[cv2.erode(sure_hand, np.ones((3, 3), np.uint8)) > 0] = cv2.GC_FGD
    found = cut_by_colours(small, labels)
    cross = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, cross).astype(np.uint8)
    count, pieces, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=4)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if count == 1 or areas.max() < _SMALL * found.size:
        return NotFound("a hand", "nothing that stands out from the ground")
    if areas.max() > _LARGE * found.size:
        share = 100 * float(areas.max()) / found.size
        return NotFound("a hand with ground round it", f"something that fills {share:.0f} % of the picture")
    if (areas > _PIECE * areas.max()).sum() > 1:
        return NotFound("one hand", f"{(areas > _PIECE * areas.max()).sum()} things of like size")
    hand = np.where(pieces == 1 + int(areas.argmax()), 255, 0).astype(np.uint8)
    if len(touched := sides_touched(hand)) > 2:
        return NotFound("a hand that enters by one side", f"one that touches {', '.join(touched)}")
    return _filled(hand, apart)


def _filled(hand: Image, apart: Apart) -> Image:
    """Glints filled; the ground that fingers enclose stays open."""
    area = int((hand > 0).sum())
    count, holes, stats, _ = cv2.connectedComponentsWithStats((hand == 0).astype(np.uint8), connectivity=8)
    height, width = hand.shape
    for at in range(1, count):
        x, y, w, h, size = (int(value) for value in stats[at])
        if x == 0 or y == 0 or x + w == width or y + h == height:
            continue
        inside = holes == at
        plain = (apart.colour[inside] < _SKIN / 2).mean() > 0.5 and np.median(apart.darker[inside]) > -_SKIN
        if size < _HOLE * area or not plain:
            hand[inside] = 255
    return hand


def _contrast(hand: Image, apart: Apart) -> float:
    """Median difference from the ground just inside the outline, colour and lightness together."""
    inner = cv2.erode(hand, np.ones((3, 3), np.uint8))
    rim = (inner > 0) & (cv2.erode(inner, np.ones((5, 5), np.uint8)) == 0)
    if not rim.any():
        return 0.0
    return float(np.median(np.hypot(apart.colour[rim], apart.darker[rim])))


def _refine(picture: Image, coarse: Image, size: tuple[int, int]) -> Image:
    """Draw the edge where a pixel is nearer to the hand's colours beside it than to the ground's."""
    height, width = picture.shape[:2]
    guess = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).astype(np.uint8)
    box = mask_box(guess > 0).grow(4 * _BAND, (height, width))
    share = guess.copy()
    share[box.slices] = _share_of_hand(picture, guess, box)
    solid = (share >= _LEVEL).astype(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    share[(solid > 0) & (pieces != largest)] = 0
    _, holes, stats, _ = cv2.connectedComponentsWithStats(1 - solid, connectivity=8)
    glint = stats[:, cv2.CC_STAT_AREA] < _HOLE * cv2.countNonZero(solid)
    # Component 0 is the hand itself.
    glint[0] = False
    share[glint[holes]] = 255
    # Half a pixel of unevenness either way is the camera's noise.
    smooth = cv2.GaussianBlur(share, (0, 0), 0.8)
    large = cv2.resize(smooth, size[::-1], interpolation=cv2.INTER_CUBIC)
    return np.where(large >= _LEVEL, 255, 0).astype(np.uint8)


def _share_of_hand(picture: Image, guess: Image, box: Box) -> Image:
    """uint8, 0-255: outside the band as guessed; in it, where the colour lies between ground and hand."""
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _BAND + 1, 2 * _BAND + 1))
    colours = picture[box.slices].astype(np.float32)
    solid = (guess[box.slices] > 127).astype(np.uint8)
    core, wide = cv2.erode(solid, around), cv2.dilate(solid, around)
    # A sunlit rim is neither like the rest of the hand nor like the ground: its own pixels count.
    hand = _local_mean(colours, cv2.erode(solid, np.ones((5, 5), np.uint8)) > 0, _BAND)
    ground = _local_mean(colours, wide == 0, 4 * _BAND)
    across = hand - ground
    length = np.maximum((across * across).sum(axis=-1), 1.0)
    along = ((colours - ground) * across).sum(axis=-1) / length
    # Beside weak contrast the guess says more than the colour.
    trust = np.clip(length / 400 - 0.25, 0, 1)
    mixed = trust * np.clip(along, 0, 1) + (1 - trust) * solid
    return np.where(core > 0, 255, np.where(wide > 0, np.rint(255 * mixed), 0)).astype(np.uint8)


def _local_mean(colours: Floats, where: NDArray[np.bool_], reach: int) -> Floats:
    """Mean colour of the pixels ``where`` is set, in a square about each pixel; else the mean of them all."""
    side = (2 * reach + 1, 2 * reach + 1)
    weight = where.astype(np.float32)
    total = cv2.boxFilter(colours * weight[..., None], -1, side, borderType=cv2.BORDER_CONSTANT)
    count = cv2.boxFilter(weight, -1, side, borderType=cv2.BORDER_CONSTANT)[..., None]
    everywhere = np.array(cv2.mean(colours, where.astype(np.uint8))[:3], np.float32)
    return cast(Floats, (total + 1e-4 * everywhere) / (count + 1e-4))
