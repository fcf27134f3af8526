"""Where a small aligned crop was taken from a photograph: scale and position, found by its pixels.

FaceOcc (Yin et al. 2022, section 3.1) draws its occlusions on crops of 256 pixels, aligned by scale and
translation without rotation, and does not say which. The crop shows the photograph itself, so that the
pixels tell. Beyond the photograph's border a crop shows its blurred mirror image.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from natocc.geometry import Image, Matrix
from natocc.resize.scale import scale_image
from natocc.verdicts import NotFound

Floats = NDArray[np.float32]

# The photograph's long side in the crop's pixels, as multiples of the crop's.
_SMALLEST, _LARGEST, _STEP = 0.65, 3.2, 1.04
# Long side at which the first guess is made, and how far a crop may reach out, as a share of it.
_COARSE, _OUTSIDE = 48, 0.5
# How many first guesses are followed.
_GUESSES = 3
# Sizes at which a guess is refined, as shares of the crop; rounds at each; the step (pixels) that ends them.
_LEVELS, _ROUNDS, _STILL = (0.5, 1.0), 15, 0.003
# Detail is what lies between these blurs (sigma, pixels of the crop).
_FINE, _COARSE_BLUR = 1.0, 4.0
# Pixels left out along the photograph's border, where a crop may be blurred already.
_RIM = 6
# The photograph shows on at least so much of the crop, and its detail correlates at least so well.
_VISIBLE, _LEAST = 0.25, 0.5
# A place that correlates so well needs no other to compare with.
_SURE = 0.9
# One that correlates no better at half the size is not followed.
_HOPELESS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """``crop = scale · photo + (x, y)``, in pixels, centres on integers.

    ``correlation`` is that of the detail (a band of frequencies) where the crop shows the photograph.
    """

    scale: float
    x: float
    y: float
    correlation: float

    @property
    def matrix(self) -> Matrix:
        """2x3, from the photograph's pixels to the crop's."""
        return np.array([[self.scale, 0, self.x], [0, self.scale, self.y]], np.float64)


def register_crop(photo: Image, crop: Image) -> Registration | NotFound:
    """Find the crop in the photograph; both RGB uint8 HxWx3, of any sizes.

    A first guess by normalised correlation at 48 pixels over all scales, the photograph's border
    mirrored, is refined by least squares over scale and position to some hundredths of a pixel. What
    does not correlate in its detail is not found, as a crop of another face.
    """
    grey, target = _grey(photo), _grey(crop)
    best: Registration | None = None
    for scale, x, y in _guesses(grey, target):
        found = _refine(grey, target, scale, x, y)
        if found is not None and (best is None or found.correlation > best.correlation):
            best = found
        if best is not None and best.correlation >= _SURE:
            break
    expected = "a crop of its photograph, upright"
    if best is None:
        return NotFound(expected, "nothing that shows in it")
    if best.correlation < _LEAST:
        return NotFound(expected, f"another picture: the best place correlates by {best.correlation:.2f}")
    return best


def warp_to_photo(plane: Image, at: Registration, size: tuple[int, int]) -> Image:
    """A plane of the crop (uint8 HxW) in the photograph's frame of (height, width); 0 outside the crop."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cast(Image, cv2.warpAffine(plane, at.matrix, size[::-1], flags=flags, borderValue=0))


def _grey(image: Image) -> Floats:
    return cast(Floats, cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32))


def _guesses(photo: Floats, crop: Floats) -> list[tuple[float, float, float]]:
    """The best places at a few pixels, one a scale: (scale, x, y)."""
    less = _COARSE / max(crop.shape)
    small = scale_image(crop, less, cv2.INTER_LINEAR)
    height, width = small.shape
    pads = round(height * _OUTSIDE), round(width * _OUTSIDE)
    scored = []
    # Few pixels are enough for the guess; reducing all of them at every scale takes most of its time.
    rough = min(1.0, _LARGEST * _COARSE / max(photo.shape))
    reduced = scale_image(photo, rough)
    size = _SMALLEST
    while size <= _LARGEST:
        scale = size * max(crop.shape) / max(photo.shape)
        shown = scale_image(reduced, scale * less / rough, cv2.INTER_LINEAR)
        around = cv2.copyMakeBorder(shown, pads[0], pads[0], pads[1], pads[1], cv2.BORDER_REFLECT_101)
        if around.shape[0] >= height and around.shape[1] >= width:
            scores = cv2.matchTemplate(around, small, cv2.TM_CCOEFF_NORMED)
            _, score, _, (left, top) = cv2.minMaxLoc(scores)
            # Centres of pixels: (p + 0.5) · scale - 0.5 in the crop at hand, less its corner.
            half = (scale - 1) / 2
            scored.append((score, (scale, (pads[1] - left) / less + half, (pads[0] - top) / less + half)))
        size *= _STEP
    return [place for _, place in sorted(scored, reverse=True)[:_GUESSES]]


def _refine(photo: Floats, crop: Floats, scale: float, x: float, y: float) -> Registration | None:
    """Least squares over scale and position, gain and offset of the brightness let free."""
    correlation = 0.0
    for level in _LEVELS:
        target = scale_image(crop, level)
        height, width = target.shape
        half = (level - 1) / 2
        at = np.array([scale * level, x * level + half, y * level + half])
        across = (np.arange(width, dtype=np.float32) - width / 2)[None, :]
        down = (np.arange(height, dtype=np.float32) - height / 2)[:, None]
        for _ in range(_ROUNDS):
            shown, inside = _shown(photo, at, target.shape)
            if inside.mean() < _VISIBLE:
                return None
            dx = cv2.Sobel(shown, cv2.CV_32F, 1, 0, scale=1 / 8)
            dy = cv2.Sobel(shown, cv2.CV_32F, 0, 1, scale=1 / 8)
            columns = (-(dx * across + dy * down), -dx, -dy, shown, np.ones_like(shown))
            system = np.stack([column[inside] for column in columns], axis=1).astype(np.float64)
            values = target[inside].astype(np.float64)
            step = _solve(system, values)
            gain = step[3] if abs(step[3]) > 0.1 else 1.0
            grow, move = step[0] / gain, step[1:3] / gain
            grow = float(np.clip(grow, -0.05, 0.05))
            move = np.clip(move, -4.0, 4.0)
            centre = np.array([width / 2, height / 2])
            at = np.array([at[0] * (1 + grow), *(centre + (at[1:] - centre) * (1 + grow) + move)])
            if max(abs(grow) * max(width, height) / 2, float(np.abs(move).max())) < _STILL:
                break
        scale, x, y = at[0] / level, (at[1] - half) / level, (at[2] - half) / level
        shown, inside = _shown(photo, at, target.shape)
        if inside.mean() < _VISIBLE:
            return None
        correlation = _correlate(_detail(shown)[inside], _detail(target)[inside])
        if correlation < _HOPELESS:
            break
    # Rounded far below what can be told, so that sums in another order give the same.
    return Registration(
        scale=round(float(scale), 6), x=round(float(x), 3), y=round(float(y), 3), correlation=correlation
    )


def _solve(system: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares in which pixels far from the rest (four deviations) weigh nothing."""
    found = _normal(system, values)
    apart = np.abs(values - system @ found)
    near = apart <= max(4 * 1.4826 * float(np.median(apart)), 2.0)
    return _normal(system[near], values[near])


def _normal(system: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.lstsq(system.T @ system, system.T @ values, rcond=None)[0], np.float64)


def _shown(photo: Floats, at: Matrix, size: tuple[int, ...]) -> tuple[Floats, NDArray[np.bool_]]:
    """The photograph in the crop's frame, and where it shows, less a rim."""
    scale, x, y = (float(value) for value in at)
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    height, width = size
    shown = cv2.warpAffine(photo, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)
    inside = np.zeros((height, width), bool)
    x0, y0 = max(0, round(x) + _RIM), max(0, round(y) + _RIM)
    x1 = round(x + scale * (photo.shape[1] - 1)) - _RIM
    y1 = round(y + scale * (photo.shape[0] - 1)) - _RIM
    inside[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)] = True
    return cast(Floats, shown), inside


def _detail(plane: Floats) -> Floats:
    return cast(
        Floats, cv2.GaussianBlur(plane, (0, 0), _FINE) - cv2.GaussianBlur(plane, (0, 0), _COARSE_BLUR)
    )


def _correlate(one: Floats, other: Floats) -> float:
    both = np.stack([one, other]).astype(np.float64)
    both -= both.mean(axis=1, keepdims=True)
    norms = np.sqrt((both**2).sum(axis=1))
    return float((both[0] * both[1]).sum() / max(norms.prod(), 1e-9))
