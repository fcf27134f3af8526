"""Refine a coarse mask: in a band around its edge, the colours on either side decide."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import BoolArray, Float32Array, Image
from natocc.matting.colour_models import log_odds
from natocc.matting.guided_filter import guided_filter

# Half the band's width: least (pixels), share of the square root of the mask's area, largest (pixels).
_BAND = (2, 0.015, 8)
# The log odds of the colours are clipped and divided; the distance to the edge (in half bands) is multiplied.
_CUT, _SCALE, _PLACE = 6.0, 2.0, 1.5
# Half the band's width (pixels) in the second pass.
_NEAR = 2.0
# Window and evenness of the guided filter.
_REACH, _EVENNESS = 2, 1e-3
# Pieces and holes below these shares of the whole are removed.
_PIECE, _HOLE = 0.03, 0.01
# The coarse mask is kept below this confidence, or above these changes (of the area, of the band).
_LEAST_CONFIDENCE, _MOST_CHANGE, _MOST_OF_BAND = 0.8, 0.3, 0.8


@dataclass(frozen=True, slots=True)
class Refined:
    """``alpha`` uint8 HxW. ``change``: pixels that changed sides, as a share of the mask's area.

    ``confidence``: share of the pixels beside the band whose colours are on the correct side, the mean of
    both sides. ``sound``: the confidence is high enough and the change small enough for a coarse mask.
    Otherwise foreground and background look alike there, and the mask is preferable to ``alpha``.
    """

    alpha: Image
    change: float
    confidence: float
    sound: bool


@dataclass(frozen=True, slots=True)
class _Band:
    """The band that may contain a mask's edge, and the sure pixels. All HxW.

    ``depth``: distance from the mask's edge in pixels, positive inside. ``inner`` and ``outer`` lie beyond
    the band. ``core`` is the sure foreground: ``inner`` plus the middle of parts thinner than the band.
    """

    half_width: int
    depth: Float32Array
    inner: BoolArray
    outer: BoolArray
    core: BoolArray

    @property
    def prior(self) -> NDArray[Any]:
        """Log odds of the foreground from the distance to the edge alone."""
        return cast(NDArray[Any], _PLACE * self.depth / self.half_width)


def band_width(mask: Image) -> int:
    """Half the width (pixels) of the band around the edge of a mask (uint8 HxW)."""
    least, share, most = _BAND
    return int(min(max(round(least + share * float(np.sqrt(cv2.countNonZero(mask)))), least), most))


def refine_matte(rgb: Image, mask: Image, band: int) -> Refined:
    """A soft matte from ``rgb`` (uint8 HxWx3) and a coarse ``mask`` (uint8 HxW, 0 or 255).

    Within ``band`` pixels of the mask's edge, a pixel goes to the side whose nearby colours it resembles, or
    to the mask's side if colours are unclear. A second pass repeats this close to the edge of the first pass.
    A guided filter aligns the edge with the picture's. Beyond the band the mask holds.
    """
    about = _band_about(mask, band)
    if not about.core.any() or not about.outer.any():
        return Refined(mask.copy(), change=0.0, confidence=0.0, sound=False)
    beside = np.abs(about.depth) <= 2 * band + 1
    odds = log_odds(rgb, about.core, about.outer, beside, 2 * band + 2)
    right = _share(odds > 0, beside & about.inner), _share(odds < 0, beside & about.outer)
    confidence = sum(right) / 2
    first = _laid(rgb, _cut(odds) / _SCALE + about.prior, about.inner, about.outer)
    alpha = _tidied(np.rint(255 * _second_pass(rgb, first, about)).astype(np.uint8), mask)
    moved = int(((alpha > 127) != (mask > 0)).sum())
    change = moved / max(cv2.countNonZero(mask), 1)
    length = cv2.countNonZero((np.abs(about.depth) <= 1).astype(np.uint8)) / 2
    little = change <= _MOST_CHANGE and moved <= _MOST_OF_BAND * band * max(length, 1)
    return Refined(alpha, change, confidence, sound=little and confidence >= _LEAST_CONFIDENCE)


def _band_about(mask: Image, band: int) -> _Band:
    depth = _depth(mask)
    return _Band(band, depth, depth > band, depth < -band, _core(mask, depth, band))


def _second_pass(rgb: Image, first: Float32Array, about: _Band) -> Float32Array:
    """The matte (float32, 0 to 1) from colours closer to the edge that the first pass found."""
    found = np.where(first > 0.5, 255, 0).astype(np.uint8)
    near = _depth(found)
    core = (_core(found, near, _NEAR) & ~about.outer) | about.inner
    background = (near < -_NEAR) | about.outer
    if not core.any() or not background.any():
        return first
    unsure = ~about.inner & ~about.outer
    odds = log_odds(rgb, core | about.core, background, unsure, about.half_width + 2)
    sure = (near > _NEAR) | about.inner
    return _laid(rgb, _cut(odds) / _SCALE + near / _NEAR + about.prior / 2, sure, background)


def _laid(rgb: Image, odds: NDArray[Any], inner: BoolArray, outer: BoolArray) -> Float32Array:
    """float32 HxW, 0 to 1: log odds as probabilities, smoothed along the picture's edges."""
    share = 1 / (1 + np.exp(-np.clip(odds, -20, 20)))
    share[inner], share[outer] = 1, 0
    laid: Float32Array = np.clip(guided_filter(rgb, share.astype(np.float32), _REACH, _EVENNESS), 0, 1)
    laid[inner], laid[outer] = 1, 0
    return laid


def _tidied(alpha: Image, mask: Image) -> Image:
    """Remove small loose pieces, and small holes that the mask does not have."""
    solid = (alpha > 127).astype(np.uint8)
    _, pieces, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    kept = (areas >= _PIECE * areas.max(initial=0))[pieces] & (pieces > 0)
    beside = cv2.dilate(kept.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    clean = np.where(beside & (kept | (pieces == 0)), alpha, 0).astype(np.uint8)
    clean[_small_holes(clean, mask)] = 255
    return clean


def _small_holes(alpha: Image, mask: Image) -> BoolArray:
    """Small holes of the matte within the mask that do not touch the mask's edge."""
    _, holes, stats, _ = cv2.connectedComponentsWithStats(
        ((alpha <= 127) & (mask > 0)).astype(np.uint8), connectivity=8
    )
    small = stats[:, cv2.CC_STAT_AREA] < _HOLE * cv2.countNonZero(mask)
    small[0] = False
    open_ = np.unique(holes[cv2.dilate((mask == 0).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0])
    small[open_] = False
    return cast(BoolArray, small[holes])


def _share(flags: BoolArray, of: BoolArray) -> float:
    """Share of the pixels ``of`` that are set; 1 if ``of`` is empty."""
    return float(flags[of].mean()) if of.any() else 1.0


def _cut(odds: Float32Array) -> Float32Array:
    return cast(Float32Array, np.clip(odds, -_CUT, _CUT))


def _depth(mask: Image) -> Float32Array:
    """Distance from the mask's edge in pixels, positive inside; the picture's border is not an edge."""
    solid = cv2.copyMakeBorder((mask > 0).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    inside, outside = (cv2.distanceTransform(side, cv2.DIST_L2, 5) for side in (solid, 1 - solid))
    return np.asarray((inside - outside)[1:-1, 1:-1], np.float32)


def _core(mask: Image, depth: Float32Array, band: float) -> BoolArray:
    """Pixels deeper in the mask than the band, and the middle of thinner parts."""
    side = 2 * int(np.ceil(band)) + 1
    deepest = cv2.dilate(depth, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    return np.asarray((mask > 0) & (depth >= np.minimum(band, np.maximum(deepest - 0.01, 1.5))))
