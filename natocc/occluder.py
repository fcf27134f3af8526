"""What goes on a face: a cut-out or a texture, in reduced sizes, and the layer that it becomes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from natocc.geometry import Box, Image, Matrix, covered_box, resizing


@dataclass(frozen=True, slots=True)
class Occluder:
    """Colours and matte in halving sizes, largest first.

    ``rgb`` holds plausible colours outside the matte too (those of the nearest pixel inside), which
    is what lets it be warped and blurred without a dark halo. ``alpha`` is None for a texture.
    """

    rgb: tuple[Image, ...]
    alpha: tuple[Image, ...] | None

    @property
    def size(self) -> tuple[int, int]:
        """Height, width."""
        height, width = self.rgb[0].shape[:2]
        return height, width

    @property
    def nbytes(self) -> int:
        return sum(level.nbytes for level in self.rgb + (self.alpha or ()))


@dataclass(frozen=True, slots=True)
class Layer:
    """An occluder on the canvas: RGB and matte (0-255, before opacity) of the pixels in ``box``."""

    box: Box
    rgb: Image
    matte: Image


def make_occluder(rgb: Image, alpha: Image | None) -> Occluder:
    """Build the halving sizes by area averaging, down to 16 pixels."""
    return Occluder(_halve(rgb), None if alpha is None else _halve(alpha))


def _halve(image: Image) -> tuple[Image, ...]:
    sizes = [image]
    while min(sizes[-1].shape[:2]) >= 32:
        height, width = sizes[-1].shape[:2]
        smaller = cv2.resize(sizes[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        sizes.append(smaller.astype(np.uint8, copy=False))
    return tuple(sizes)


def warp(levels: tuple[Image, ...], matrix: Matrix, box: Box, *, border: int) -> Image:
    """The pixels of ``box`` after mapping the largest level by ``matrix``, in one interpolation.

    Starts from the smallest level that is still at least as fine as the result, so that shrinking
    does not alias.
    """
    shrink = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    level = min(len(levels) - 1, max(0, int(np.floor(-np.log2(max(shrink, 1e-6)) + 0.1))))
    source = levels[level]
    full_height, full_width = levels[0].shape[:2]
    height, width = source.shape[:2]
    from_level = matrix @ resizing(full_width / width, full_height / height)
    from_level[:2, 2] -= box.x0, box.y0
    return cv2.warpAffine(
        source, from_level[:2], (box.width, box.height), flags=cv2.INTER_LINEAR, borderMode=border
    ).astype(np.uint8, copy=False)


def place(occluder: Occluder, matrix: Matrix, canvas: tuple[int, int]) -> Layer:
    """Lay a cut-out on a canvas of (height, width) by a 3x3 matrix.

    The layer's box may be empty when the cut-out misses the canvas.
    """
    if occluder.alpha is None:
        raise ValueError("place: expected a cut-out with a matte, got a texture; use fill_shape")
    box = covered_box(occluder.size, matrix, canvas)
    if box.empty:
        return Layer(box, np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.uint8))
    rgb = warp(occluder.rgb, matrix, box, border=cv2.BORDER_REPLICATE)
    matte = warp(occluder.alpha, matrix, box, border=cv2.BORDER_CONSTANT)
    return Layer(box, rgb, matte)
