"""A coarse outline made the thing's own: in a band about it, the colours on either side decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image
from natocc.matting.colour_models import Flags, Floats, log_odds
from natocc.matting.guided_filter import guided_filter

# Half the band: pixels at least, a share of the side of a square of equal area, pixels at most.
_BAND = (2, 0.015, 8)
# How colours (log odds, cut off) and the place beside the outline (in half bands) are weighed.
_CUT, _SCALE, _PLACE = 6.0, 2.0, 1.5
# The second look is taken this close to what the first one found.
_NEAR = 2.0
_REACH, _EVENNESS = 2, 1e-3
# Pieces and holes below these shares of the whole are strays.
_PIECE, _HOLE = 0.03, 0.01
# Below this share of known pixels told rightly, and above these changes (of the area, of the band), the
# outline is the better guess.
_LEAST_TOLD, _MOST_CHANGE, _MOST_OF_BAND = 0.8, 0.3, 0.8


@dataclass(frozen=True, slots=True)
class Refined:
    """``alpha`` uint8 HxW. ``change``: the share of the outline's area that changed sides.

    ``told``: the share of pixels beside the band whose colours tell their side, the mean over both sides.
    ``sound``: whether that is enough, and the change as little as a coarse outline explains; otherwise
    thing and ground are alike there, and the outline is to be preferred to ``alpha``.
    """

    alpha: Image
    change: float
    told: float
    sound: bool


def band_width(mask: Image) -> int:
    """Half the width (pixels) of the band about an outline (uint8 HxW) that is looked at."""
    least, share, most = _BAND
    return int(min(max(round(least + share * float(np.sqrt(cv2.countNonZero(mask)))), least), most))


def refine_matte(rgb: Image, mask: Image, band: int) -> Refined:
    """A soft matte from ``rgb`` (uint8 HxWx3) and a coarse ``mask`` (uint8 HxW, 0 or 255).

    Within ``band`` pixels of the outline a pixel belongs to the side whose colours nearby it resembles,
    in doubt to the side that the outline says; then once more, close to what that gave. A guided
    filter lays the edge where the picture has it. Beyond the band the mask holds.
    """
    depth = _depth(mask)
    inner, outer = depth > band, depth < -band
    known = _middle(mask, depth, band)
    if not known.any() or not outer.any():
        return Refined(mask.copy(), 0.0, 0.0, False)
    unsure = ~inner & ~outer
    place = _PLACE * depth / band
    beside = np.abs(depth) <= 2 * band + 1
    odds = log_odds(rgb, known, outer, beside, 2 * band + 2)
    told = (_share(odds > 0, beside & inner) + _share(odds < 0, beside & outer)) / 2
    alpha = _laid(rgb, _cut(odds) / _SCALE + place, inner, outer)
    found = _solid(alpha)
    near = _depth(found)
    core, ground = (_middle(found, near, _NEAR) & ~outer) | inner, (near < -_NEAR) | outer
    if core.any() and ground.any():
        odds = log_odds(rgb, core | known, ground, unsure, band + 2)
        sure = (near > _NEAR) | inner
        alpha = _laid(rgb, _cut(odds) / _SCALE + near / _NEAR + place / 2, sure, ground)
    plain = _tidied(np.rint(255 * alpha).astype(np.uint8), mask)
    moved = int(((plain > 127) != (mask > 0)).sum())
    length = cv2.countNonZero((np.abs(depth) <= 1).astype(np.uint8)) / 2
    change = moved / max(cv2.countNonZero(mask), 1)
    near_enough = change <= _MOST_CHANGE and moved <= _MOST_OF_BAND * band * max(length, 1)
    return Refined(plain, change, told, near_enough and told >= _LEAST_TOLD)


def _laid(rgb: Image, odds: NDArray[Any], inner: Flags, outer: Flags) -> Floats:
    """float32 HxW, 0 to 1: the odds as shares, laid along the picture's edges."""
    share = 1 / (1 + np.exp(-np.clip(odds, -20, 20)))
    share[inner], share[outer] = 1, 0
    laid: Floats = np.clip(guided_filter(rgb, share.astype(np.float32), _REACH, _EVENNESS), 0, 1)
    laid[inner], laid[outer] = 1, 0
    return laid


def _tidied(alpha: Image, mask: Image) -> Image:
    """Without stray pieces, and without stray holes where the mask has none."""
    solid = (alpha > 127).astype(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept = (areas >= _PIECE * areas.max(initial=0))[pieces] & (pieces > 0)
    beside = cv2.dilate(kept.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    clean = np.where(beside & (kept | (pieces == 0)), alpha, 0).astype(np.uint8)
    _, holes, stats, _ = cv2.connectedComponentsWithStats(
        ((clean <= 127) & (mask > 0)).astype(np.uint8), connectivity=8
    )
    small = stats[:, cv2.CC_STAT_AREA] < _HOLE * cv2.countNonZero(mask)
    small[0] = False
    open_ = np.unique(holes[cv2.dilate((mask == 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0])
    small[open_] = False
    clean[small[holes]] = 255
    return clean


def _share(flags: Flags, of: Flags) -> float:
    """1 where there is nothing to be told."""
    return float(flags[of].mean()) if of.any() else 1.0


def _solid(alpha: Floats) -> Image:
    return np.where(alpha > 0.5, 255, 0).astype(np.uint8)


def _cut(odds: Floats) -> Floats:
    return cast(Floats, np.clip(odds, -_CUT, _CUT))


def _depth(mask: Image) -> Floats:
    """Distance from the outline in pixels, positive inside; what the border cuts off is no outline."""
    solid = cv2.copyMakeBorder((mask > 0).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inside, outside = (cv2.distanceTransform(part, cv2.DIST_L2, 5) for part in (solid, 1 - solid))
    return np.asarray((inside - outside)[1:-1, 1:-1], np.float32)


def _middle(mask: Image, depth: NDArray[np.float32], band: float) -> Flags:
    """What is deeper than the band, and of thinner parts the middle."""
    side = 2 * int(np.ceil(band)) + 1
    deepest = cv2.dilate(depth, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return np.asarray((mask > 0) & (depth >= np.minimum(band, np.maximum(deepest - 0.01, 1.5))))
