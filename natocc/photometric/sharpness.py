"""Estimate the blur of a picture's edges, and blur an occluder until it is no sharper than the face.

The energy of an edge's gradient is proportional to 1 / s, where s is its Gaussian width. If the same edge is
blurred by p and by q, the ratio of the energies is sqrt(s² + q²) : sqrt(s² + p²), whatever its height. This
ratio determines s (compare Zhuo and Sim, Pattern Recognition 44(9), 2011, who use the edge's peak).
"""

from __future__ import annotations

import math
from typing import cast

import cv2
import numpy as np

from natocc.geometry import Image
from natocc.photometric.windows import CELL, Plane, Windows, cut_windows, find_windows, gradient_energy

# The two energies are measured after these blurs (sigma, pixels); the first removes most of the noise.
_BLURS = 0.7, math.hypot(0.7, 1.5)
_MARGIN = 6
# The measured blur of an ideal step on a pixel grid, due to sampling and the central difference.
_STEP_SIGMA = 0.58
_SHARE, _MOST_CELLS, _FEWEST_CELLS = 0.1, 16, 3
# A window with less gradient than this (levels per pixel, rms) has no edge to judge.
_FAINTEST = 0.7
_MOST_MEASURED = 6.0

# Some edges of a face are soft by nature, such as the nose's, so not all measured blur is the camera's.
_TRUST = 0.85
_LEAST_BLUR, _MOST_BLUR = 0.35, 4.0
_MATTE_SIGMA = (0.6, 2.5)


def estimate_blur(image: Image, mask: Image, windows: Windows | None = None) -> float | None:
    """Blur of the strongest edges: sigma of a Gaussian in pixels, 0 for a hard step, at most 6.

    ``image`` RGB uint8 HxWx3; ``mask`` uint8 HxW, measured where non-zero and off its edge. The estimate is
    the median over the tenth of all windows with the most structure. None if there is too little structure.
    ``windows``, if given, are those of ``find_windows`` for the same image and mask.
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
    """The Gaussian sigma (pixels, at most 4) that makes the occluder's edges nearly as soft as the face's.

    It is 0.85 of the difference, with sigmas added in quadrature. 0 if the occluder is already at least
    nearly as soft, or if either is unknown.
    """
    if face_sigma is None or occluder_sigma is None:
        return 0.0
    missing = _TRUST * math.sqrt(max(0.0, face_sigma**2 - occluder_sigma**2))
    return 0.0 if missing < _LEAST_BLUR else min(missing, _MOST_BLUR)


def match_sharpness(rgb: Image, face_sigma: float | None, occluder_sigma: float | None) -> Image:
    """The layer (RGB uint8) blurred by ``missing_blur``, or the layer itself if that is 0."""
    sigma = missing_blur(face_sigma, occluder_sigma)
    return rgb if sigma == 0 or rgb.size == 0 else _blur(rgb, sigma)


def _blur(image: Image, sigma: float) -> Image:
    """A Gaussian blur. A wide one is applied mostly at half the size.

    Halving by area and linear enlarging themselves blur by about one pixel.
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

    No pixel crosses one half: values of 128 or more stay so, and values below 128 stay below. The label
    therefore equals that of the hard matte, also on thin and strongly curved parts, which a plain blur would
    shrink.
    """
    if sigma <= 0 or matte.size == 0:
        return matte
    soft = _blur(matte, sigma)
    solid = cv2.threshold(matte, 127, 128, cv2.THRESH_BINARY)[1]
    return cast(Image, cv2.min(cv2.max(soft, solid), cv2.bitwise_or(solid, np.full_like(solid, 127))))
