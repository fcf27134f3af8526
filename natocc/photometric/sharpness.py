"""Sharpness: the blur of a picture's edges, and an occluder made no sharper than the face.

The energy of an edge's gradient falls as its Gaussian width s grows, as 1 / s. Of the same edge blurred
by p and by q the energies are therefore as sqrt(s² + q²) to sqrt(s² + p²), whatever its height, and their
ratio tells s (compare Zhuo and Sim, Pattern Recognition 44(9), 2011, who take the edge's peak).
"""

from __future__ import annotations

import math
from typing import cast

import cv2
import numpy as np

from natocc.geometry import Image
from natocc.photometric.windows import CELL, Plane, Windows, cut_windows, find_windows, gradient_energy

# Both energies are taken after blurs (sigma, pixels); the first one leaves little of the noise.
_BLURS = 0.7, math.hypot(0.7, 1.5)
_MARGIN = 6
# The blur measured of an ideal step on a pixel grid: its sampling and the width of the central difference.
_STEP_SIGMA = 0.58
_SHARE, _MOST_CELLS, _FEWEST_CELLS = 0.1, 16, 3
# A window without at least this much gradient (levels per pixel, rms) has no edge to judge.
_FAINTEST = 0.7
_MOST_MEASURED = 6.0

# A face has edges that are soft in themselves, such as the nose's: not all that it measures is blur.
_TRUST = 0.85
_LEAST_BLUR, _MOST_BLUR = 0.35, 4.0
_MATTE_SIGMA = (0.6, 2.5)


def estimate_blur(image: Image, mask: Image, windows: Windows | None = None) -> float | None:
    """How blurred the strongest edges are: sigma of a Gaussian in pixels, 0 for a hard step, at most 6.

    ``image`` RGB uint8 HxWx3; ``mask`` uint8 HxW, measured where non-zero and off its edge. The
    median over the tenth of all windows with the most structure. None where there is too little to
    judge. ``windows``, where at hand, are those of ``find_windows`` for the same image and mask.
    """
    windows = windows or find_windows(image, mask)
    corners = windows.corners
    if len(corners) < _FEWEST_CELLS:
        return None
    count = max(_FEWEST_CELLS, min(_MOST_CELLS, round(len(corners) * _SHARE)))
    chosen = np.argsort(-windows.structure, kind="stable")[:count]
    cells = cut_windows(image, corners[chosen], _MARGIN)
    sharp, soft = (_energies(cells, sigma) for sigma in _BLURS)
    clear = soft > (2 * _FAINTEST) ** 2
    if np.count_nonzero(clear) < _FEWEST_CELLS:
        return None
    ratio = max(_median(sharp[clear] / soft[clear]), 1.001) ** 2
    square = (_BLURS[1] ** 2 - ratio * _BLURS[0] ** 2) / (ratio - 1)
    return min(_MOST_MEASURED, math.sqrt(max(square - _STEP_SIGMA**2, 0.0)))


def _median(values: Plane) -> float:
    """The upper median; NumPy's takes ten times as long on a dozen values."""
    return float(np.sort(values)[len(values) // 2])


def _energies(cells: Plane, sigma: float) -> Plane:
    """Mean gradient energy of each window after a blur."""
    flat = cv2.GaussianBlur(cells.reshape(-1, cells.shape[-1]), (11, 11), sigma)
    blurred = flat.astype(np.float32, copy=False).reshape(cells.shape)
    core = slice(_MARGIN - 1, _MARGIN + CELL + 1)
    return np.asarray(gradient_energy(blurred[:, core, core]).mean((1, 2)), np.float32)


def missing_blur(face_sigma: float | None, occluder_sigma: float | None) -> float:
    """The Gaussian sigma (pixels, at most 4) that takes the occluder's edges close to the face's.

    0.85 of the difference, as Gaussians add. 0 where the occluder is as soft already, nearly so, or
    where either is unknown.
    """
    if face_sigma is None or occluder_sigma is None:
        return 0.0
    missing = _TRUST * math.sqrt(max(0.0, face_sigma**2 - occluder_sigma**2))
    return 0.0 if missing < _LEAST_BLUR else min(missing, _MOST_BLUR)


def match_sharpness(rgb: Image, face_sigma: float | None, occluder_sigma: float | None) -> Image:
    """The layer (RGB uint8) blurred by ``missing_blur``; the layer itself where that is 0."""
    sigma = missing_blur(face_sigma, occluder_sigma)
    return rgb if sigma == 0 or rgb.size == 0 else _blur(rgb, sigma)


def _blur(image: Image, sigma: float) -> Image:
    """A Gaussian; a wide one is applied mostly at half the size.

    Halving by area and enlarging linearly blur by about one pixel themselves.
    """
    height, width = image.shape[:2]
    if sigma < 1.1 or min(height, width) < 16:
        return _gaussian(image, sigma)
    half = cv2.resize(image, ((width + 1) // 2, (height + 1) // 2), interpolation=cv2.INTER_AREA)
    half = _gaussian(cast(Image, half), math.sqrt(sigma * sigma - 1) / 2)
    return cast(Image, cv2.resize(half, (width, height), interpolation=cv2.INTER_LINEAR))


def _gaussian(image: Image, sigma: float) -> Image:
    size = 2 * max(1, math.ceil(2.5 * sigma)) + 1
    blurred = cv2.GaussianBlur(image, (size, size), sigma, borderType=cv2.BORDER_REPLICATE)
    return cast(Image, blurred)


def matte_sigma(face_sigma: float | None) -> float:
    """Sigma of the matte's edge: 0.85 of the face's blur, within 0.6 to 2.5 pixels."""
    low, high = _MATTE_SIGMA
    return low if face_sigma is None else min(max(_TRUST * face_sigma, low), high)


def soften_to(matte: Image, sigma: float) -> Image:
    """The matte (uint8 HxW) with an edge as soft as a step blurred by ``sigma`` pixels.

    No pixel crosses one half: what was 128 or more stays so, and so does what was less. The label
    is therefore that of the hard matte, also on thin and strongly curved parts, from which a blur
    alone would take away.
    """
    if sigma <= 0 or matte.size == 0:
        return matte
    soft = _blur(matte, sigma)
    solid = cv2.threshold(matte, 127, 128, cv2.THRESH_BINARY)[1]
    return cast(Image, cv2.min(cv2.max(soft, solid), cv2.bitwise_or(solid, np.full_like(solid, 127))))
