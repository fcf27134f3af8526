"""A face's own skin: a smooth field of colour that most of its pixels follow."""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.mask_quality.view import Bits, Plane, View

# What shading, freckles and blushes do to skin, in Lab units: lightness much, colour little.
_LIGHTNESS, _COLOUR = 14.0, 5.0
_ROUNDS, _CUT = 6, 3.0
# Keeps a field that few pixels support from bending.
_STIFFNESS = 2e-5
_FEWEST = 30
# The fit looks at about so many pixels.
_SEEN = 800
# The terms are 1, x, y, L, x², y², xy. Which of them explain which channels of Lab.
_TERMS = 7
_FITS = tuple(
    (np.ix_(terms, terms), terms, np.ix_(terms, [_TERMS + one for one in channels]), np.ix_(terms, channels))
    for terms, channels in (([0, 1, 2, 4, 5, 6], [0]), ([0, 1, 2, 3], [1, 2]))
)
# The first guess, one colour for all, is told more.
_FIRST = np.array([2.0, 1.5, 1.5], np.float32)


def skin_distance(view: View) -> Plane:
    """How far each pixel is from this face's skin where it lies, in tolerances; float32 HxW.

    Lightness is fitted by a surface of second degree, a and b by a plane that also follows the
    lightness (shaded skin is less colourful). Pixels beyond three tolerances lose their say
    (Tukey's weights), so an occluder of less than about half the skin does not become the model.
    All zero where too little skin is free of features.
    """
    rows, columns = np.nonzero(view.mask & ~view.features)
    if len(rows) < _FEWEST:
        return np.zeros(view.mask.shape, np.float32)
    rows, columns = rows[:: max(1, len(rows) // _SEEN)], columns[:: max(1, len(rows) // _SEEN)]
    height, width = view.mask.shape
    y = ((np.arange(height) - rows.mean()) / (rows.std() + 1))[:, None]
    x = (np.arange(width) - columns.mean()) / (columns.std() + 1)
    lightness = view.lab[..., 0]
    # The terms of the fits beside what they explain: one product serves every sum of both fits.
    table = np.empty((height, width, _TERMS + 3), np.float32)
    for column, values in enumerate((1, x, y, lightness / 30, x * x - 1, y * y - 1, x * y)):
        table[..., column] = values
    table[..., _TERMS:] = view.lab
    seen = table[rows, columns]
    off = seen[:, _TERMS:] - np.median(seen[:, _TERMS:], axis=0)
    squares = _squared_tolerances(off / _FIRST)
    for _ in range(_ROUNDS):
        weight = np.maximum(1 - squares / _CUT**2, 0) ** 2 + 1e-4
        residual_of = _fit((seen * weight[:, None]).T @ seen, _STIFFNESS * len(seen))
        squares = _squared_tolerances(seen @ residual_of)
    return cast(Plane, np.sqrt(_squared_tolerances(table @ residual_of)))


def foreign_blobs(view: View, distance: Plane) -> tuple[float, float]:
    """Shares of the mask, [0, 1]: what is not of the face's skin colour, and the largest piece of it.

    Specks and threads thinner than three reduced pixels are left out, as are eyes, brows and mouth.
    """
    far = ((distance > _CUT) & view.mask & ~view.features).astype(np.uint8)
    far = cv2.morphologyEx(far, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
    area = max(1, int(np.count_nonzero(view.mask)))
    _, _, figures, _ = cv2.connectedComponentsWithStats(far, connectivity=4)
    largest = max(figures[1:, cv2.CC_STAT_AREA].tolist(), default=0)
    return int(np.count_nonzero(far)) / area, largest / area


def is_skin(distance: Plane) -> Bits:
    """Where a pixel may be skin of this face, by its colour."""
    return distance <= _CUT


def _squared_tolerances(difference: NDArray[Any]) -> NDArray[Any]:
    """Squared length of Lab differences (last axis), each counted in what is tolerated of it."""
    lightness, a, b = (difference[..., channel] for channel in range(3))
    squares = lightness * lightness / _LIGHTNESS**2 + (a * a + b * b) / _COLOUR**2
    return cast(NDArray[Any], squares)


def _fit(sums: NDArray[Any], stiffness: float) -> Plane:
    """From weighted sums of products of the table's columns: the matrix that takes it to residuals.

    Least squares; only the constant is free of the pull to zero.
    """
    residual_of = np.zeros((_TERMS + 3, 3), np.float32)
    residual_of[_TERMS:] = np.eye(3)
    for corner, terms, explained, target in _FITS:
        normal = sums[corner].astype(np.float64)
        normal.flat[len(terms) + 1 :: len(terms) + 1] += stiffness
        residual_of[target] = -np.linalg.solve(normal, sums[explained])
    return residual_of
