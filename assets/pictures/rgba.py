"""A picture with transparency: its stored colours and its alpha."""

from __future__ import annotations

from pathlib import Path

from assets.pictures.photograph import Picture, read_planes
from assets.problems import BadInput
from natocc.files.content.planes import SOLID, fault_of_alpha
from natocc.geometry import Image

_EXPECTED = "a picture with an alpha channel"


def read_rgba(path: Path, *, empty: int = SOLID, full: int = SOLID) -> tuple[Image, Image, Picture]:
    """RGB uint8 HxWx3 (also under transparent pixels), alpha uint8 HxW, and the picture; upright, in sRGB.

    A colour that stands for transparency counts as alpha. Raises BadInput for every file that ``read_image``
    refuses, for a picture without alpha, for alpha that is nowhere above ``empty``, and for alpha that is
    everywhere above ``full``.
    """
    read = read_planes(path, _EXPECTED)
    if read.alpha is None:
        raise BadInput(_EXPECTED, "a picture without one")
    if fault := fault_of_alpha(read.alpha, empty=empty, full=full):
        raise BadInput(_EXPECTED, fault)
    return read.colours, read.alpha, read.picture
