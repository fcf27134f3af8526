"""Masks from files: read by their colours or their alpha, converted with notes, or refused."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from assets.pictures.channels import Channels, StoredPlane, read_channels
from assets.pictures.decode import picture_bytes
from assets.pictures.stray_grey import refuse_stray_grey
from assets.problems import BadInput
from natocc.geometry import Image

_MASK = "a mask of 0 and 255, or of 0 and 1"
_COLOURLESS = "a mask with equal channels, or of one colour on black"
_ONE_MASK = "a mask in its colours, in its alpha, or the same in both"
_SAVE = "save the right one as a grey PNG without alpha"
# Larger values are white.
_HALF = 127
# Levels by which lossy compression makes the channels of a grey picture differ.
_TINT = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mask:
    """``plane`` uint8 HxW of 0 and 255, cut from ``stored``, the file's values in 0 to 255."""

    plane: Image
    stored: Image
    notes: tuple[str, ...]


def read_mask(path: Path) -> tuple[Image, tuple[str, ...]]:
    """Read a mask as uint8 HxW of 0 and 255, and the conversions that were made.

    Accepts 0/255, 0/1, grey edges (cut above 127), equal colour channels, one colour on black, 16 bits,
    palettes (by their colours) and transparency. The alpha holds the mask if the colours are the same
    everywhere, the colours hold it if the picture is opaque; if both vary they must agree. Raises BadInput
    for anything else, such as grey away from the edge, class indices, a mask without white, and values 0
    and 1 in a lossy file, or black all over. Another all-zero mask is returned as it is.
    """
    mask = read_stored_mask(path)
    return mask.plane, mask.notes


def read_stored_mask(path: Path) -> Mask:
    """As ``read_mask``, with the values before the cut."""
    return decode_mask(picture_bytes(path, "a mask"))


def decode_mask(data: bytes) -> Mask:
    """As ``read_stored_mask``, from a file's bytes."""
    channels = read_channels(data)
    notes = ["palette"] if channels.palette else []
    stored = _select(channels, notes)
    plane = np.where(stored > _HALF, np.uint8(255), np.uint8(0))
    if (plane != stored).any():
        refuse_stray_grey(stored, plane, lossy=channels.lossy)
        notes.append("grey edges")
    return Mask(plane=plane, stored=stored, notes=tuple(notes))


def _select(channels: Channels, notes: list[str]) -> Image:
    """The channel that holds the mask, uint8 HxW; conversions are added to ``notes``."""
    lossy = channels.lossy
    alpha = None if channels.alpha is None else _levels(channels.alpha, [], False, "in its alpha ")
    if alpha is None or not alpha.size or alpha.min() > _HALF:
        return _levels(_grey(channels, notes), notes, lossy)
    if _is_constant(channels.colours):
        notes.append("mask in the alpha channel")
        return _levels(np.asarray(channels.alpha), notes, False)
    if _is_constant(alpha):
        raise BadInput(
            _ONE_MASK, "a mask in its colours and an alpha that is transparent everywhere; " + _SAVE
        )
    grey = _levels(_grey(channels, notes), notes, lossy)
    # Colours below a soft edge of the alpha are free: a white brush leaves white there.
    if (grey[alpha == 0] > _HALF).any() or (grey[alpha > _HALF] <= _HALF).any():
        colours, opaque = (f"{(plane > _HALF).mean():.1%}" for plane in (grey, alpha))
        got = f"two that differ, {colours} white in its colours and {opaque} white in its alpha; {_SAVE}"
        raise BadInput(_ONE_MASK, got)
    return np.minimum(grey, alpha)


def _grey(channels: Channels, notes: list[str]) -> StoredPlane:
    """One plane from equal channels, or from one colour on black. Raises BadInput for other colours."""
    if channels.colours.ndim == 2:
        return channels.colours
    first, *others = cv2.split(channels.colours)
    most = _TINT if channels.lossy else 0
    if all(int(cv2.absdiff(first, other).max(initial=0)) <= most for other in others):
        if not channels.palette:
            notes.append("three channels")
        return np.asarray(first)
    inside = channels.colours.any(axis=-1)
    colour = channels.colours[inside][0]
    if inside.all() or not (channels.colours[inside] == colour).all():
        raise BadInput(_COLOURLESS, "a coloured picture")
    notes.append("one colour on black")
    return np.where(inside, np.uint8(255), np.uint8(0))


def _levels(values: StoredPlane, notes: list[str], lossy: bool, where: str = "") -> Image:
    """Values as 0 to 255; 0 and 1, and 16 bits, are scaled.

    Raises BadInput for values without white, and for 0 and 1 in a lossy file, whose noise is as large; they
    may have become black.
    """
    top = int(values.max(initial=0))
    if top > 255:
        notes.append("16 bits a channel")
        if top < 257:
            raise BadInput(_MASK, f"{where}16-bit values up to {top}")
        values, top = values // 257, top // 257
    if 1 < top <= _HALF:
        raise BadInput(_MASK, f"{where}values up to {top}")
    if top <= 1 and lossy:
        got = "values 0 and 1, which its compression does not keep" if top else "black all over"
        expected = "a mask of 0 and 255 in a JPEG or a lossy WebP"
        raise BadInput(expected, f"{where}{got}; save it as PNG")
    if top == 1:
        notes.append("values 0 and 1")
        return values.astype(np.uint8) * np.uint8(255)
    return values.astype(np.uint8)


def _is_constant(values: StoredPlane) -> bool:
    return bool((values == values[0, 0]).all())
