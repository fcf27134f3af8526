"""An occluder, which is a cut-out or a texture in halving sizes, and the layer placed on a face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from natocc.codecs import decode_plane, decode_rgb
from natocc.geometry import Box, Image, Matrix, covered_box, resizing

# Frame of continued colours around every size, so interpolation and blur at the edge read no other colours.
_FRAME = 8


@dataclass(frozen=True, slots=True)
class Occluder:
    """Colours and matte in halving sizes, largest first, as RGBA uint8 in a frame of continued colours.

    Pixels outside the matte have the colour of the nearest pixel inside, so warping and blurring cause no
    dark halo. A texture is opaque throughout and has no ``alpha``. One RGBA plane warps in a third of the
    time of separate colours and matte.
    """

    levels: tuple[Image, ...]
    is_texture: bool

    @property
    def size(self) -> tuple[int, int]:
        """Height, width of the largest size, without its frame."""
        return _size(self.levels[0])

    @property
    def rgb(self) -> tuple[Image, ...]:
        """Views of the colours, without the frame."""
        return tuple(_inner(level)[..., :3] for level in self.levels)

    @property
    def alpha(self) -> tuple[Image, ...] | None:
        """Views of the matte, without the frame; None for a texture."""
        return None if self.is_texture else tuple(_inner(level)[..., 3] for level in self.levels)

    @property
    def nbytes(self) -> int:
        return sum(level.nbytes for level in self.levels)


@dataclass(frozen=True, slots=True)
class Layer:
    """An occluder on the canvas: RGB and matte (0-255, before opacity) of the pixels in ``box``."""

    box: Box
    rgb: Image
    matte: Image


EMPTY = Layer(Box(0, 0, 0, 0), np.zeros((0, 0, 3), np.uint8), np.zeros((0, 0), np.uint8))


def make_occluder(rgb: Image, alpha: Image | None) -> Occluder:
    """Build the halving sizes by area averaging, down to 16 pixels."""
    matte = np.full(rgb.shape[:2], 255, np.uint8) if alpha is None else alpha
    sizes = [cast(Image, cv2.merge([*cv2.split(rgb), matte]))]
    while min(sizes[-1].shape[:2]) >= 32:
        height, width = sizes[-1].shape[:2]
        smaller = cv2.resize(sizes[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        sizes.append(cast(Image, smaller))
    return Occluder(tuple(_framed(size, texture=alpha is None) for size in sizes), alpha is None)


# Members of a bank that ``decode_occluder`` reads.
MEMBERS = ("jpg", "alpha.png")


def decode_occluder(members: Mapping[str, bytes]) -> Occluder:
    """From a bank's members: ``jpg`` and, unless it is a texture, ``alpha.png``."""
    alpha = members.get("alpha.png")
    return make_occluder(decode_rgb(members["jpg"]), None if alpha is None else decode_plane(alpha))


def _framed(level: Image, *, texture: bool) -> Image:
    framed = cv2.copyMakeBorder(level, _FRAME, _FRAME, _FRAME, _FRAME, cv2.BORDER_REPLICATE)
    if not texture:
        matte = framed[..., 3]
        matte[:_FRAME] = matte[-_FRAME:] = 0
        matte[:, :_FRAME] = matte[:, -_FRAME:] = 0
    return cast(Image, framed)


def _inner(level: Image) -> Image:
    return level[_FRAME:-_FRAME, _FRAME:-_FRAME]


def _size(level: Image) -> tuple[int, int]:
    return level.shape[0] - 2 * _FRAME, level.shape[1] - 2 * _FRAME


def warp_occluder(occluder: Occluder, matrix: Matrix, box: Box) -> Image:
    """RGBA of the pixels of ``box`` after mapping the occluder by ``matrix``, in one interpolation.

    Starts from the smallest level that is at least as fine as the result, so shrinking does not alias. Pixels
    beyond the frame have the occluder's mean colour and are transparent.
    """
    shrink = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    wanted = max(0, int(np.floor(-np.log2(max(shrink, 1e-6)) + 0.1)))
    level = occluder.levels[min(len(occluder.levels) - 1, wanted)]
    (full_height, full_width), (height, width) = occluder.size, _size(level)
    from_level = matrix @ resizing(full_width / width, full_height / height)
    from_level[:2, 2] -= from_level[:2, :2] @ (_FRAME, _FRAME) + (box.x0, box.y0)
    beyond = (*cv2.mean(occluder.levels[-1])[:3], 0)
    size = box.width, box.height
    warped = cv2.warpAffine(level, from_level[:2], size, flags=cv2.INTER_LINEAR, borderValue=beyond)
    return cast(Image, warped)


def place(occluder: Occluder, matrix: Matrix, canvas: tuple[int, int]) -> Layer:
    """Lay a cut-out on a canvas of (height, width) by a 3x3 matrix.

    The layer's box may be empty if the cut-out misses the canvas.
    """
    if occluder.is_texture:
        raise ValueError("place: expected a cut-out with a matte, got a texture; use fill_shape")
    box = covered_box(occluder.size, matrix, canvas)
    if box.empty:
        return EMPTY
    rgba = warp_occluder(occluder, matrix, box)
    return Layer(box, cast(Image, cv2.cvtColor(rgba, cv2.COLOR_RGBA2RGB)), rgba[..., 3].copy())
