"""Align a photograph with a crop of it by scale and translation: least squares from coarse to fine."""

from __future__ import annotations

from typing import NamedTuple, cast

import cv2
import numpy as np

from natocc.geometry import BoolArray, Float32Array, Float64Array
from natocc.resize.scale import scale_image

# Sizes at which a guess is refined, as shares of the crop; largest number of steps at each size; step length
# (pixels) at which the refinement ends.
_LEVELS, _ROUNDS, _STILL = (0.5, 1.0), 15, 0.003
# Largest change of the scale (share) and of the position (pixels) in one step.
_MOST_GROWTH, _MOST_MOVE = 0.05, 4.0
# A brightness gain below this counts as 1.
_LEAST_GAIN = 0.1
# Detail is the difference between these two blurs (sigma, pixels of the crop).
_FINE, _COARSE_BLUR = 1.0, 4.0
# Pixels left out along the photograph's border, where a crop may be blurred.
_RIM = 6
# Least share of the crop that shows the photograph.
_VISIBLE = 0.25
# A guess with less correlation than this at the first level is dropped.
_HOPELESS = 0.25


class Place(NamedTuple):
    """The position of a photograph in a frame: ``frame = scale · photo + (x, y)``, in pixels."""

    scale: float
    x: float
    y: float


def align(photo: Float32Array, crop: Float32Array, place: Place) -> tuple[Place, float] | None:
    """Find the place near ``place`` at which the photograph fits the crop (both float32 HxW, 0-255).

    ``place`` is in the crop's frame. The second value is the correlation of the detail, -1 to 1, over the
    pixels of the crop that show the photograph. None if too little of the photograph shows on the crop.
    """
    correlation = 0.0
    for level in _LEVELS:
        target = scale_image(crop, level)
        half = (level - 1) / 2
        start = Place(place.scale * level, place.x * level + half, place.y * level + half)
        at = _descend(photo, target, start)
        if at is None:
            return None
        place = Place(at.scale / level, (at.x - half) / level, (at.y - half) / level)
        shown, inside = _shown(photo, at, target.shape)
        if inside.mean() < _VISIBLE:
            return None
        correlation = _correlate(_detail(shown)[inside], _detail(target)[inside])
        if correlation < _HOPELESS:
            break
    return place, correlation


def _descend(photo: Float32Array, target: Float32Array, at: Place) -> Place | None:
    """Gauss-Newton steps from ``at``, the photograph's place in the target's frame, until they converge."""
    height, width = target.shape
    for _ in range(_ROUNDS):
        shown, inside = _shown(photo, at, target.shape)
        if inside.mean() < _VISIBLE:
            return None
        grow, right, down = _step(shown, target, inside)
        x = width / 2 + (at.x - width / 2) * (1 + grow) + right
        y = height / 2 + (at.y - height / 2) * (1 + grow) + down
        at = Place(at.scale * (1 + grow), x, y)
        if max(abs(grow) * max(width, height) / 2, abs(right), abs(down)) < _STILL:
            break
    return at


def _step(shown: Float32Array, target: Float32Array, inside: BoolArray) -> tuple[float, float, float]:
    """Growth about the centre and move (right, down) that bring ``shown`` closer to ``target``.

    Linear in the unknowns: target = gain · shown - gain · gradient · (growth · offset from the centre +
    move) + brightness.
    """
    height, width = target.shape
    across = (np.arange(width, dtype=np.float32) - width / 2)[None, :]
    down = (np.arange(height, dtype=np.float32) - height / 2)[:, None]
    dx, dy = (cv2.Sobel(shown, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1)))
    columns = (-(dx * across + dy * down), -dx, -dy, shown, np.ones_like(shown))
    system = np.stack([column[inside] for column in columns], axis=1).astype(np.float64)
    found = _solve_robustly(system, target[inside].astype(np.float64))
    gain = found[3] if abs(found[3]) > _LEAST_GAIN else 1.0
    grow = np.clip(found[0] / gain, -_MOST_GROWTH, _MOST_GROWTH)
    right, below = np.clip(found[1:3] / gain, -_MOST_MOVE, _MOST_MOVE)
    return float(grow), float(right), float(below)


def _solve_robustly(system: Float64Array, values: Float64Array) -> Float64Array:
    """Least squares, repeated without the pixels that are off by more than four standard deviations."""
    found = _solve(system, values)
    off = np.abs(values - system @ found)
    near = off <= max(4 * 1.4826 * float(np.median(off)), 2.0)
    return _solve(system[near], values[near])


def _solve(system: Float64Array, values: Float64Array) -> Float64Array:
    return np.asarray(np.linalg.lstsq(system.T @ system, system.T @ values, rcond=None)[0], np.float64)


def _shown(photo: Float32Array, at: Place, size: tuple[int, ...]) -> tuple[Float32Array, BoolArray]:
    """The photograph in a frame of (height, width), and the pixels that it covers, without its rim."""
    scale, x, y = at
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    height, width = size
    shown = cv2.warpAffine(photo, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    inside = np.zeros((height, width), bool)
    x0, y0 = max(0, round(x) + _RIM), max(0, round(y) + _RIM)
    x1 = round(x + scale * (photo.shape[1] - 1)) - _RIM
    y1 = round(y + scale * (photo.shape[0] - 1)) - _RIM
    inside[y0 : max(y1, 0), x0 : max(x1, 0)] = True
    return cast(Float32Array, shown), inside


def _detail(plane: Float32Array) -> Float32Array:
    fine, coarse = (cv2.GaussianBlur(plane, (0, 0), sigma) for sigma in (_FINE, _COARSE_BLUR))
    return cast(Float32Array, fine - coarse)


def _correlate(first: Float32Array, second: Float32Array) -> float:
    both = np.stack([first, second]).astype(np.float64)
    both -= both.mean(axis=1, keepdims=True)
    norms = np.sqrt((both**2).sum(axis=1))
    return float((both[0] * both[1]).sum() / max(norms.prod(), 1e-9))
