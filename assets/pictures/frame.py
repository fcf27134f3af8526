"""The frame of masks and outlines over a photograph: its stored pixels, or the upright picture.

Some annotation tools turn a photograph by its EXIF orientation, others do not. Stated sizes tell which where
the turn exchanges the sides; elsewhere the user does.
"""

from __future__ import annotations

from assets.pictures.orientation import NAMES, UPRIGHT, turn_upright
from assets.pictures.photograph import Picture
from assets.problems import BadInput
from assets.records import Frame
from natocc.geometry import Image

_EXPECTED = (
    "a photograph without EXIF rotation, or a word on which pixels its masks and outlines lie: "
    "frame (stored or upright) in natocc.csv, or --frame"
)
# How far aspects of one frame differ.
_ASPECT = 0.01


def frame_of(
    size: tuple[int, int], picture: Picture, stated: Frame | None, where: str, *, exact: bool = False
) -> Frame:
    """The frame of a mask or an outline of ``size`` (height, width) over a photograph.

    The size decides where it has the aspect of one frame alone (``exact``: the size of one alone); else
    ``stated`` does. A size that fits neither counts as upright: its reader refuses it. Raises BadInput if
    both fit and nothing is stated. ``where`` is the photograph's path in messages.
    """
    if picture.orientation == UPRIGHT:
        return "upright"
    upright = _fits(size, picture.rgb.shape[:2], exact)
    stored = _fits(size, picture.stored_size, exact)
    if stored != upright:
        return "stored" if stored else "upright"
    if stored and stated is None:
        turn = f"EXIF orientation {picture.orientation} ({NAMES[picture.orientation]})"
        raise BadInput(_EXPECTED, f"{turn}, and a size that fits both", where)
    return stated or "upright"


def mask_upright(mask: Image, picture: Picture, stated: Frame | None, where: str) -> Image:
    """A mask over a photograph, of any size of its aspect, as it lies over the upright picture.

    Raises BadInput as ``frame_of`` does.
    """
    frame = frame_of((mask.shape[0], mask.shape[1]), picture, stated, where)
    return turn_upright(mask, picture.orientation) if frame == "stored" else mask


def in_other_frame(mask: Image, picture: Picture, frame: Frame) -> Image | None:
    """As ``mask_upright``, if the mask lay in the other frame than ``frame``; None if it fits one alone."""
    size = mask.shape[0], mask.shape[1]
    sizes = picture.rgb.shape[:2], picture.stored_size
    if picture.orientation == UPRIGHT or not all(_fits(size, one, exact=False) for one in sizes):
        return None
    return mask if frame == "stored" else turn_upright(mask, picture.orientation)


def _fits(size: tuple[int, int], other: tuple[int, int], exact: bool) -> bool:
    if exact:
        return size == other
    return abs(size[1] * other[0] / (size[0] * other[1]) - 1) <= _ASPECT
