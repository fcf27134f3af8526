"""The skin colour of one face: a smooth field that most of its pixels follow."""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import BoolArray, Float32Array
from natocc.mask_quality.view import View

# Tolerances (Lab units). Shading, freckles and blushes change lightness more than colour.
_LIGHTNESS, _COLOUR = 14.0, 5.0
# Rounds of the fit; distance, in tolerances, at which a pixel loses all weight and is not skin.
_ROUNDS, _CUT = 6, 3.0
# Ridge per pixel; it keeps a field flat if there are few pixels.
_STIFFNESS = 2e-5
# Least number of pixels for a fit, and approximate number of pixels that are fitted.
_FEWEST = 30
_FITTED = 800
# The terms are 1, x, y, L, x², y², xy. For each of two fits: its terms and the Lab channels that they
# explain.
_TERMS = 7
_FITS = tuple(
    (
        np.ix_(terms, terms),
        terms,
        np.ix_(terms, [_TERMS + channel for channel in channels]),
        np.ix_(terms, channels),
    )
    for terms, channels in (([0, 1, 2, 4, 5, 6], [0]), ([0, 1, 2, 3], [1, 2]))
)
# Factors on the tolerances (L, a, b) for the first guess, which is one colour for the whole face.
_FIRST = np.array([2.0, 1.5, 1.5], np.float32)


def skin_distance(view: View) -> Float32Array:
    """Distance of each pixel from this face's skin colour at its place, in tolerances; float32 HxW.

    Lightness is fitted by a surface of second degree, a and b by a plane that also follows the
    lightness (shaded skin is less colourful). Pixels beyond three tolerances have no weight (Tukey's
    biweight), so an occluder on less than about half of the skin does not become the model.
    All zero where fewer than 30 pixels of skin are free of features.
    """
    rows, columns = np.nonzero(view.mask & ~view.features)
    if len(rows) < _FEWEST:
        return np.zeros(view.mask.shape, np.float32)
    stride = max(1, len(rows) // _FITTED)
    rows, columns = rows[::stride], columns[::stride]
    height, width = view.mask.shape
    y = ((np.arange(height) - rows.mean()) / (rows.std() + 1))[:, None]
    x = (np.arange(width) - columns.mean()) / (columns.std() + 1)
    lightness = view.lab[..., 0]
    # Terms and Lab share one table, so one product gives every sum of both fits.
    table = np.empty((height, width, _TERMS + 3), np.float32)
    for column, values in enumerate((1, x, y, lightness / 30, x * x - 1, y * y - 1, x * y)):
        table[..., column] = values
    table[..., _TERMS:] = view.lab
    fitted = table[rows, columns]
    off = fitted[:, _TERMS:] - np.median(fitted[:, _TERMS:], axis=0)
    squares = _squared_tolerances(off / _FIRST)
    for _ in range(_ROUNDS):
        weight = np.maximum(1 - squares / _CUT**2, 0) ** 2 + 1e-4
        to_residual = _fit((fitted * weight[:, None]).T @ fitted, _STIFFNESS * len(fitted))
        squares = _squared_tolerances(fitted @ to_residual)
    return cast(Float32Array, np.sqrt(_squared_tolerances(table @ to_residual)))


def foreign_blobs(view: View, distance: Float32Array) -> tuple[float, float]:
    """Shares of the mask, [0, 1], without the face's skin colour: the total, and the largest piece.

    Specks and threads thinner than three reduced pixels do not count, nor do eyes, brows and mouth.
    """
    far = ((distance > _CUT) & view.mask & ~view.features).astype(np.uint8)
    far = cv2.morphologyEx(far, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
    area = max(1, int(np.count_nonzero(view.mask)))
    _, _, figures, _ = cv2.connectedComponentsWithStats(far, connectivity=4)
    largest = max(figures[1:, cv2.CC_STAT_AREA].tolist(), default=0)
    return int(np.count_nonzero(far)) / area, largest / area


def is_skin(distance: Float32Array) -> BoolArray:
    """Mark pixels whose colour is within three tolerances of the face's skin."""
    return distance <= _CUT


def _squared_tolerances(difference: NDArray[Any]) -> NDArray[Any]:
    """Squared length of Lab differences (last axis), in tolerances."""
    lightness, a, b = (difference[..., channel] for channel in range(3))
    squares = lightness * lightness / _LIGHTNESS**2 + (a * a + b * b) / _COLOUR**2
    return cast(NDArray[Any], squares)


def _fit(sums: NDArray[Any], stiffness: float) -> Float32Array:
    """Least squares from weighted sums of products of the table's columns.

    Returns the matrix (10, 3) that maps rows of the table to residuals in Lab. The ridge does not apply to
    the constant.
    """
    to_residual = np.zeros((_TERMS + 3, 3), np.float32)
    to_residual[_TERMS:] = np.eye(3)
    for corner, terms, explained, target in _FITS:
        normal = sums[corner].astype(np.float64)
        normal.flat[len(terms) + 1 :: len(terms) + 1] += stiffness
        to_residual[target] = -np.linalg.solve(normal, sums[explained])
    return to_residual
