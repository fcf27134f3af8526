"""Sensor noise: its strength and grain, and noise added to an occluder to match the face."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import cast

import cv2
import numpy as np
from numpy.random import PCG64, Generator
from numpy.typing import NDArray

from natocc.geometry import Image
from natocc.photometric.windows import CELL, Plane, Windows, cut_windows, find_windows
from natocc.randomness import draw_range, draw_seed

# Noise is measured above a Gaussian of this width (pixels), as wide as the grain of enlarged pictures.
_HIGH_PASS = 1.5
_MARGIN = 4
_QUIET_SHARE, _MOST_CELLS, _FEWEST_CELLS = 0.25, 24, 3
_DARKEST, _BRIGHTEST = 12, 243  # clipped pixels have no noise
_GRAINS = (0.5, 0.8, 1.2, 1.8)  # pixels
_LEAST, _MOST = 0.5, 8.0
_STRENGTH = (0.8, 1.0)

_SIDE = 512
_UNIT = 32.0  # levels of the stored tile to one standard deviation
_CHROMA, _CHROMA_COARSER = 0.35, 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Grain:
    """Noise of a picture: ``sigma`` of its luma in levels, and the ``size`` of its grain.

    Both are measured above a Gaussian of 1.5 pixels. Size is the sigma (pixels) of the blur that makes white
    noise equally coarse.
    """

    sigma: float
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noise:
    """``strength`` is the share of the missing noise that is added, 0 to 1."""

    strength: float
    seed: int  # seed of the position in the noise tile


def draw_noise(rng: Generator) -> Noise:
    """Draw a strength between four fifths and all of the missing noise."""
    return Noise(strength=draw_range(rng, _STRENGTH), seed=draw_seed(rng))


def estimate_noise(image: Image, mask: Image, windows: Windows | None = None) -> Grain | None:
    """The noise of the quietest quarter of a picture's windows.

    ``image`` RGB uint8 HxWx3; ``mask`` uint8 HxW, measured where non-zero and off its edge. The estimate is
    the lower quartile over windows of the median absolute deviation, so texture and edges do not count. None
    if no window can be judged: the mask is too small or the picture is clipped throughout. ``windows``, if
    given, are those of ``find_windows`` for the same image and mask.
    """
    windows = windows or find_windows(image, mask)
    corners = windows.corners
    if len(corners) < _FEWEST_CELLS:
        return None
    quiet = np.argsort(windows.structure, kind="stable")[
        : max(_FEWEST_CELLS, round(len(corners) * _QUIET_SHARE))
    ]
    chosen = quiet[np.linspace(0, len(quiet) - 1, min(_MOST_CELLS, len(quiet))).astype(np.intp)]
    cells = cut_windows(image, corners[chosen], _MARGIN)
    core = slice(_MARGIN, _MARGIN + CELL)
    level = cells[:, core, core].mean((1, 2))
    high = _high_pass(cells)[:, core, core][(level > _DARKEST) & (level < _BRIGHTEST)]
    if len(high) < _FEWEST_CELLS:
        return None
    deviation = np.sort(np.abs(high).reshape(len(high), -1), axis=1)[:, CELL * CELL // 2] * 1.4826
    low = np.argsort(deviation, kind="stable")[: max(1, len(deviation) // 2)]
    return Grain(sigma=float(deviation[low[len(low) // 2]]), size=_grain_size(high[low]))


def _high_pass(cells: Plane) -> Plane:
    flat = cells.reshape(-1, cells.shape[-1])
    return cast(Plane, (flat - cv2.GaussianBlur(flat, (9, 9), _HIGH_PASS)).reshape(cells.shape))


def _correlation(high: Plane) -> float:
    """Correlation of neighbours, in x and y together."""
    power = np.vdot(high, high)
    if power <= 0:
        return 0.0
    x = np.vdot(high[..., 1:], high[..., :-1]) / (CELL - 1)
    y = np.vdot(high[..., 1:, :], high[..., :-1, :]) / (CELL - 1)
    return float((x + y) * CELL / (2 * power))


def _grain_size(high: Plane) -> float:
    """The grain whose tile has the closest correlation of neighbours."""
    found = _correlation(high)
    return min(_GRAINS, key=lambda size: abs(_tile(size)[1] - found))


def missing_noise(face: Grain | None, occluder: Grain | None) -> float:
    """Sigma (levels, at most 8) of the noise that raises the occluder's noise to the face's.

    0 if the occluder is at least nearly as noisy, or if either is unknown.
    """
    if face is None or occluder is None:
        return 0.0
    missing = math.sqrt(max(0.0, face.sigma**2 - occluder.sigma**2))
    return 0.0 if missing < _LEAST else min(missing, _MOST)


def add_noise(rgb: Image, face: Grain | None, occluder: Grain | None, params: Noise) -> Image:
    """Add the missing noise to the layer (RGB uint8 HxWx3), in grain as coarse as the face's.

    Returns the layer itself if no noise is missing. Pixels outside the matte, which are invisible, get noise
    too.
    """
    sigma = missing_noise(face, occluder) * params.strength
    if face is None or sigma == 0 or rgb.size == 0:
        return rgb
    weight = sigma / _UNIT
    tile = _cut_tile(_tile(face.size)[0], rgb.shape[0], rgb.shape[1], params.seed)
    return cast(Image, cv2.addWeighted(rgb, 1.0, tile, weight, -128 * weight))


def _cut_tile(tile: Image, height: int, width: int, seed: int) -> Image:
    """Cut ``height`` x ``width`` from the tile at a position, rotation and flip drawn from the seed."""
    y, x, turned, up, left = Generator(PCG64(seed)).integers(0, (_SIDE, _SIDE, 2, 2, 2)).tolist()
    tile = tile[:: -1 if up else 1, :: -1 if left else 1]
    if turned:
        tile = tile.transpose(1, 0, 2)
    if y + height > _SIDE or x + width > _SIDE:
        tile = np.tile(tile, (-(-(y + height) // _SIDE), -(-(x + width) // _SIDE), 1))
    return np.ascontiguousarray(tile[y : y + height, x : x + width])


@cache
def _tile(size: float) -> tuple[Image, float]:
    """Periodic noise (512x512x3 around 128, see _UNIT) of a grain, and its neighbours' correlation.

    Colour channels share most of the noise, as after demosaicing. Their separate part is coarser.
    """
    rng = Generator(PCG64(0x6E6F697365))
    luma, *chroma = (_field(rng, sigma) for sigma in (size, *3 * (size * _CHROMA_COARSER,)))
    shared = 0.299 * chroma[0] + 0.587 * chroma[1] + 0.114 * chroma[2]
    channels = np.stack([luma + _CHROMA * (plane - shared) for plane in chroma], axis=2)
    tile = np.clip(np.rint(channels * _UNIT + 128), 0, 255).astype(np.uint8)
    cells = luma.reshape(_SIDE // 32, 32, _SIDE // 32, 32).transpose(0, 2, 1, 3).reshape(-1, 32, 32)
    core = slice(_MARGIN, _MARGIN + CELL)
    return tile, _correlation(_high_pass(np.ascontiguousarray(cells))[:, core, core])


def _field(rng: Generator, sigma: float) -> NDArray[np.float32]:
    """Periodic white noise blurred by ``sigma``, with standard deviation 1 after the high-pass."""
    margin = 16
    white = rng.standard_normal((_SIDE, _SIDE), dtype=np.float32)
    wide = cv2.copyMakeBorder(white, margin, margin, margin, margin, cv2.BORDER_WRAP)
    soft = cv2.GaussianBlur(wide, (0, 0), sigma)
    high = soft - cv2.GaussianBlur(soft, (9, 9), _HIGH_PASS)
    core = slice(margin, margin + _SIDE)
    return np.asarray(soft[core, core] / high[core, core].std(), np.float32)
