"""A picture with transparency: its stored colours and its alpha."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from assets.pictures.decode import open_sound
from assets.pictures.orientation import turn_upright
from assets.pictures.photograph import Picture, colours_in, read_image
from assets.problems import BadInput
from natocc.geometry import Image

_EXPECTED = "a picture with an alpha channel"
# Pixels above this value count as covered, in a face's mask and in an occluder.
SOLID = 127


def read_rgba(path: Path, *, empty: int = SOLID, full: int = SOLID) -> tuple[Image, Image, Picture]:
    """RGB uint8 HxWx3 (also under transparent pixels), alpha uint8 HxW, and the picture; upright, in sRGB.

    Raises BadInput for everything that ``read_image`` refuses, for a picture without alpha, for alpha that is
    nowhere above ``empty``, and for alpha that is everywhere above ``full``.
    """
    picture = read_image(path)
    opened = open_sound(picture.data, _EXPECTED)
    if "A" not in opened.getbands() and "transparency" not in opened.info:
        raise BadInput(_EXPECTED, "a picture without one")
    rgba = opened.convert("RGBA")
    alpha = turn_upright(np.asarray(rgba.getchannel("A")), picture.orientation)
    if alpha.max(initial=0) <= empty:
        raise BadInput(_EXPECTED, "one that is transparent everywhere")
    if alpha.min(initial=255) > full:
        raise BadInput(_EXPECTED, "one that is opaque everywhere")
    colours = colours_in(opened, picture.data, _EXPECTED)
    rgb = np.asarray(colours.to_srgb(rgba.convert("RGB")))
    return turn_upright(rgb, picture.orientation), alpha, picture
