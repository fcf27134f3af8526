"""A face's own skin: a smooth field of colour that most of its pixels follow."""

from __future__ import annotations

from typing import Any, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.suspicion_view import Bits, Plane, View

# What shading, freckles and blushes do to skin, in Lab units: lightness much, colour little.
_LIGHTNESS, _COLOUR = 14.0, 5.0
_ROUNDS, _CUT = 6, 3.0
# Keeps a field that few pixels support from bending.
_STIFFNESS = 2e-5
_FEWEST = 30
# The fit looks at about so many pixels.
_SEEN = 800
# Which terms of the surface explain what: 1, x, y, L, x², y², xy.
_OF_LIGHTNESS, _OF_COLOUR = [0, 1, 2, 4, 5, 6], slice(0, 4)


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
    y = (np.arange(height, dtype=np.float32) - np.float32(rows.mean())) / np.float32(rows.std() + 1)
    x = (np.arange(width, dtype=np.float32) - np.float32(columns.mean())) / np.float32(columns.std() + 1)
    lab = view.lab
    surface = np.empty((height, width, 7), np.float32)
    surface[..., 0], surface[..., 1], surface[..., 2] = 1, x, y[:, None]
    surface[..., 3] = lab[..., 0] / np.float32(30)
    surface[..., 4], surface[..., 5] = x * x - 1, (y * y - 1)[:, None]
    surface[..., 6] = y[:, None] * x
    seen, terms = lab[rows, columns], surface[rows, columns]
    off = seen - np.median(seen, axis=0)
    distance = _tolerances(off[:, 0] / 2, off[:, 1:] / np.float32(1.5))
    for _ in range(_ROUNDS):
        weight = np.maximum(1 - (distance / np.float32(_CUT)) ** 2, 0) ** 2 + np.float32(1e-4)
        lightness = _fit(terms[:, _OF_LIGHTNESS], weight, seen[:, :1])
        chroma = _fit(terms[:, _OF_COLOUR], weight, seen[:, 1:])
        distance = _tolerances(
            seen[:, 0] - (terms[:, _OF_LIGHTNESS] @ lightness)[:, 0],
            seen[:, 1:] - terms[:, _OF_COLOUR] @ chroma,
        )
    return _tolerances(
        lab[..., 0] - (surface[..., _OF_LIGHTNESS] @ lightness)[..., 0],
        lab[..., 1:] - surface[..., _OF_COLOUR] @ chroma,
    )


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


def _tolerances(lightness: NDArray[Any], chroma: NDArray[Any]) -> Plane:
    squares = (lightness / np.float32(_LIGHTNESS)) ** 2 + (
        chroma[..., 0] ** 2 + chroma[..., 1] ** 2
    ) / np.float32(_COLOUR**2)
    return cast(Plane, np.sqrt(squares))


def _fit(terms: Plane, weight: Plane, values: Plane) -> Plane:
    """Weighted least squares; only the constant is free of the pull to zero."""
    weighted = terms * weight[:, None]
    normal = weighted.T @ terms
    normal.flat[terms.shape[1] + 1 :: terms.shape[1] + 1] += np.float32(_STIFFNESS * len(terms))
    solution = np.linalg.solve(normal, weighted.T @ values)
    return cast(Plane, solution.astype(np.float32))
