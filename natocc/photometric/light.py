"""The direction from which a face is lit, and shading of an occluder to match it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Box, Float64Array, Image, mask_box

_SIDE = 24  # the light is estimated at this size
_FEWEST = 40
_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_OFFSET = 8.0  # levels, so that black has a logarithm
_ROUNDS = 3
_OUTLIER = 3.0  # robust deviations
_STEEPEST = 1.0
# Beards, brows and shade under the chin look like light from above, so that direction counts less.
_UPRIGHT_TRUST = 0.5
_LEAST, _MOST = 0.04, 0.7
_GAIN = (0.6, 1.5)
_FLATTENINGS = 12
_STRIP = 32  # number of rows whose gains fit a core's cache
_LUMA = np.array([0.299, 0.587, 0.114])


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Change of the natural logarithm of luma across the mask's width and height, within ±1.

    Positive ``gx``: brighter to the right of the picture; positive ``gy``: brighter below.
    """

    gx: float
    gy: float


def estimate_light(image: Image, mask: Image) -> Light | None:
    """The plane that fits log-luma best inside a mask.

    ``image`` RGB uint8 HxWx3; ``mask`` uint8 HxW, inside above 127 or, if no value exceeds 1, where non-zero.
    Pixels far from the plane, such as eyes and brows, lose their weight in three rounds. None for a mask that
    is too small.
    """
    box = mask_box(mask)
    if box.width < 4 or box.height < 4:
        return None
    size = min(_SIDE, box.width), min(_SIDE, box.height)
    inside = cv2.resize(mask[box.slices], size, interpolation=cv2.INTER_NEAREST_EXACT)
    where = inside > (127 if inside.max(initial=0) > 1 else 0)
    # Pixels along the edge mix with the background. A thin mask has only edge pixels.
    inner = cv2.erode(where.astype(np.uint8), _CROSS, borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    where = inner if 4 * np.count_nonzero(inner) > np.count_nonzero(where) else where
    if np.count_nonzero(where) < _FEWEST:
        return None
    log = np.log(_reduced_luma(image[box.slices], size) + _OFFSET)[where].astype(np.float64)
    y, x = np.nonzero(where)
    u, v = (x + 0.5) / size[0] - 0.5, (y + 0.5) / size[1] - 0.5
    slope = _fit_plane(np.stack([np.ones(len(u)), u, v], axis=1), log)
    gx, gy = np.clip(slope[1:], -_STEEPEST, _STEEPEST).tolist()
    return Light(gx=gx, gy=gy)


def _reduced_luma(region: Image, size: tuple[int, int]) -> NDArray[np.float32]:
    """Reduce in two linear steps: the first skips pixels cheaply, the second averages the rest."""
    middle = min(region.shape[1], 4 * size[0]), min(region.shape[0], 4 * size[1])
    coarse = cv2.resize(region, middle, interpolation=cv2.INTER_LINEAR)
    luma = cv2.resize(cv2.cvtColor(coarse, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    return luma.astype(np.float32)


def _fit_plane(terms: Float64Array, values: Float64Array) -> Float64Array:
    """Coefficients by iteratively reweighted least squares with Tukey's weights."""
    weight = np.ones(len(values))
    slope = np.zeros(terms.shape[1])
    for _ in range(_ROUNDS):
        weighted = terms * weight[:, None]
        normal = weighted.T @ terms + np.diag([0.0, 1e-6, 1e-6]) * len(values)
        slope = np.linalg.solve(normal + 1e-9 * np.eye(3), weighted.T @ values)
        rest = np.abs(values - terms @ slope)
        scale = max(float(np.sort(rest)[len(rest) // 2]) * 1.4826 * _OUTLIER, 1e-3)
        weight = np.clip(1 - (rest / scale) ** 2, 0, None) ** 2 + 1e-6
    return slope


def light_ramp(face: Light | None, occluder: Light | None, strength: float) -> tuple[float, float]:
    """The ramp of log gain, across the occluder's width and height, that changes its light to the face's.

    Both together are at most 0.7. (0, 0) if the two lights agree or either is unknown.
    """
    if face is None or occluder is None:
        return 0.0, 0.0
    x = strength * (face.gx - occluder.gx)
    y = strength * _UPRIGHT_TRUST * (face.gy - occluder.gy)
    total = abs(x) + abs(y)
    if total < _LEAST:
        return 0.0, 0.0
    return x * min(1.0, _MOST / total), y * min(1.0, _MOST / total)


def shade(rgb: Image, matte: Image, face: Light | None, occluder: Light | None, strength: float) -> Image:
    """The layer (RGB uint8 HxWx3, matte uint8 HxW) under a ramp of light, ``strength`` 0 to 1.

    The gain stays within 0.6 to 1.5 and keeps the mean luma of the visible layer. Returns the layer itself if
    nothing changes.
    """
    x, y = light_ramp(face, occluder, strength)
    box = mask_box(cv2.threshold(matte, 127, 255, cv2.THRESH_BINARY)[1]) if matte.size else Box(0, 0, 0, 0)
    if box.empty or (x == 0 and y == 0):
        return rgb
    ramp = _bounded_ramp(rgb, matte, box, x, y)
    if ramp is None:
        return rgb
    columns, rows = ramp
    across, down = np.repeat(columns, 3).astype(np.float32), rows.astype(np.float32)
    lit = np.empty_like(rgb)
    for top in range(0, len(down), _STRIP):
        strip = slice(top, top + _STRIP)
        gain = np.multiply.outer(down[strip], across).reshape(-1, matte.shape[1], 3)
        lit[strip] = cv2.multiply(rgb[strip], gain, dtype=cv2.CV_8U)
    return lit


def _bounded_ramp(
    rgb: Image, matte: Image, box: Box, x: float, y: float
) -> tuple[Float64Array, Float64Array] | None:
    """Gains of the columns and of the rows, flattened until their products are within bounds."""
    size = min(_SIDE, box.width), min(_SIDE, box.height)
    colours = cv2.resize(rgb[box.slices], size, interpolation=cv2.INTER_LINEAR).astype(np.float64)
    weight = cv2.resize(matte[box.slices], size, interpolation=cv2.INTER_LINEAR).astype(np.float64)
    weight[weight < 128] = 0
    if not weight.any():
        return None
    middles = np.arange(size[0]), np.arange(size[1])
    u, v = ((middle + 0.5) / len(middle) - 0.5 for middle in middles)
    across, down = (np.arange(count) + 0.5 for count in matte.shape[::-1])
    across = np.clip((across - box.x0) / box.width, 0, 1) - 0.5
    down = np.clip((down - box.y0) / box.height, 0, 1) - 0.5
    for _ in range(_FLATTENINGS):
        level = _level(colours, weight, np.multiply.outer(np.exp(y * v), np.exp(x * u)))
        reach = math.exp((abs(x) + abs(y)) / 2)
        if _GAIN[0] <= level / reach and level * reach <= _GAIN[1]:
            return level * np.exp(x * across), np.exp(y * down)
        x, y = x * 0.8, y * 0.8
    return None


def _level(colours: Float64Array, weight: Float64Array, gain: Float64Array) -> float:
    """The factor on the gain that keeps the weighted mean of the colours after clipping at 255."""
    wanted = np.vdot(weight, colours @ _LUMA)
    level = 1.0
    for _ in range(3):
        lit = np.minimum(colours * (gain * level)[..., None], 255.0)
        level *= float(wanted / max(np.vdot(weight, lit @ _LUMA), 1e-9))
    return level
