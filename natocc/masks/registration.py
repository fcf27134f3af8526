"""Find scale and position of a small aligned crop in its photograph, from the pixels.

FaceOcc (Yin et al. 2022, section 3.1) draws its occlusions on crops of 256 pixels, aligned by scale and
translation without rotation. Scale and translation are not published. The crop shows the photograph itself,
so the two can be matched. Beyond the photograph's border a crop shows its blurred mirror image.

The frames, each with pixel centres on integers. A resize by s takes p to (p + 1/2) s - 1/2::

    photo ──(scale, x, y)──▶ crop ──48 / long side──▶ small crop    first guess, by correlation
                             crop ──level──▶ target                 natocc/masks/alignment.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from natocc.geometry import Float32Array, Image, Matrix
from natocc.masks.alignment import Place, align
from natocc.resize.scale import scale_image
from natocc.verdicts import NotFound

# The photograph's long side in the crop's pixels, as multiples of the crop's side: least, largest, step
# factor.
_SMALLEST, _LARGEST, _STEP = 0.65, 3.2, 1.04
# Long side for the first guess, and the share of it by which a crop may extend beyond the photograph.
_COARSE, _OUTSIDE = 48, 0.5
# Number of first guesses that are refined.
_GUESSES = 3
# Least correlation of the detail, and the correlation at which the remaining guesses are skipped.
_LEAST, _SURE = 0.5, 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """``crop = scale · photo + (x, y)``, in pixels, centres on integers.

    ``correlation`` measures the detail (a band of frequencies) over the pixels that show the photograph.
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

    The first guess is a normalised correlation at 48 pixels over all scales, with the photograph's border
    mirrored. Least squares over scale and position refine it to some hundredths of a pixel. A crop of another
    face is not found, since its detail does not correlate with the photograph.
    """
    grey, target = _grey(photo), _grey(crop)
    best: Registration | None = None
    for place in _guesses(grey, target):
        found = align(grey, target, place)
        if found is not None and (best is None or found[1] > best.correlation):
            best = _registration(*found)
        if best is not None and best.correlation >= _SURE:
            break
    expected = "a crop of its photograph, upright"
    if best is None:
        return NotFound(expected, "nothing that shows in it")
    if best.correlation < _LEAST:
        return NotFound(expected, f"another picture: the best place correlates by {best.correlation:.2f}")
    return best


def warp_to_photo(plane: Image, at: Registration, size: tuple[int, int]) -> Image:
    """Warp a plane of the crop (uint8 HxW) to the photograph's (height, width); 0 outside the crop."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cast(Image, cv2.warpAffine(plane, at.matrix, size[::-1], flags=flags, borderValue=0))


def _registration(place: Place, correlation: float) -> Registration:
    # Rounding, finer than the precision reached, makes the result independent of the order of sums.
    scale, x, y = (float(value) for value in place)
    return Registration(scale=round(scale, 6), x=round(x, 3), y=round(y, 3), correlation=correlation)


def _grey(image: Image) -> Float32Array:
    return cast(Float32Array, cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32))


def _guesses(photo: Float32Array, crop: Float32Array) -> list[Place]:
    """The places of highest correlation at 48 pixels, at most one per scale, best first."""
    less = _COARSE / max(crop.shape)
    small = scale_image(crop, less, cv2.INTER_LINEAR)
    # The photograph is reduced once. Reducing it in full at every scale would take most of the time.
    rough = min(1.0, _LARGEST * _COARSE / max(photo.shape))
    reduced = scale_image(photo, rough)
    scored = []
    for size in _sizes():
        scale = size * max(crop.shape) / max(photo.shape)
        match = _match(scale_image(reduced, scale * less / rough, cv2.INTER_LINEAR), small)
        if match is not None:
            score, left, top = match
            half = (scale - 1) / 2
            scored.append((score, Place(scale, -left / less + half, -top / less + half)))
    return [place for _, place in sorted(scored, reverse=True)[:_GUESSES]]


def _sizes() -> Iterator[float]:
    size = _SMALLEST
    while size <= _LARGEST:
        yield size
        size *= _STEP


def _match(photo: Float32Array, crop: Float32Array) -> tuple[float, int, int] | None:
    """Correlation, left and top of the crop's best place in a photograph of the same scale.

    The crop may extend beyond the photograph by half its size. None if it is larger than the photograph with
    that margin.
    """
    height, width = crop.shape
    down, right = round(height * _OUTSIDE), round(width * _OUTSIDE)
    around = cv2.copyMakeBorder(photo, down, down, right, right, cv2.BORDER_REFLECT_101)
    if around.shape[0] < height or around.shape[1] < width:
        return None
    scores = cv2.matchTemplate(around, crop, cv2.TM_CCOEFF_NORMED)
    _, score, _, (left, top) = cv2.minMaxLoc(scores)
    return score, left - right, top - down
