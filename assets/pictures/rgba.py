"""A picture with transparency: its stored colours and its alpha."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import ImageOps

from assets.pictures.decode import FORMATS
from assets.pictures.photograph import Picture, read_image
from assets.problems import BadInput
from natocc.files.pictures import open_picture
from natocc.geometry import Image

_EXPECTED = "a picture with an alpha channel"
# Pixels above this value count as covered, in a face's mask and in an occluder.
SOLID = 127


def read_rgba(path: Path, *, empty: int = SOLID, full: int = SOLID) -> tuple[Image, Image, Picture]:
    """RGB uint8 HxWx3 as stored (also under transparent pixels), alpha uint8 HxW, and the picture.

    Raises BadInput for everything that ``read_image`` refuses, for a picture without alpha, for alpha that is
    nowhere above ``empty``, and for alpha that is everywhere above ``full``.
    """
    picture = read_image(path)
    with open_picture(picture.data, FORMATS) as opened:
        if "A" not in opened.getbands() and "transparency" not in opened.info:
            raise BadInput(_EXPECTED, "a picture without one")
        rgba = np.array(ImageOps.exif_transpose(opened).convert("RGBA"))
    alpha = np.ascontiguousarray(rgba[..., 3])
    if alpha.max(initial=0) <= empty:
        raise BadInput(_EXPECTED, "one that is transparent everywhere")
    if alpha.min(initial=255) > full:
        raise BadInput(_EXPECTED, "one that is opaque everywhere")
    return np.ascontiguousarray(rgba[..., :3]), alpha, picture
