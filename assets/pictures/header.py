"""What a picture's header states: its size and its EXIF turn, without decoding pixels."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Pillow

from assets.pictures.decode import FORMATS
from assets.problems import BadInput
from natocc.files.pictures import DECODER_ERRORS
from natocc.files.read import open_file

_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class Header:
    """Width and height as stored, and the EXIF orientation, 1 for an upright picture."""

    width: int
    height: int
    orientation: int = 1

    @property
    def stored(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height after turning."""
        return (self.height, self.width) if self.orientation >= 5 else self.stored


def read_header(path: Path) -> Header:
    """The header of a picture. Raises BadInput if there is no valid one."""
    try:
        with (
            warnings.catch_warnings(record=True),
            open_file(path) as stream,
            Pillow.open(stream, formats=FORMATS) as picture,
        ):
            warnings.simplefilter("always")
            return Header(*picture.size, _orientation(picture))
    except DECODER_ERRORS as error:
        raise BadInput("a picture", "a file without the header of an accepted format") from error


def _orientation(picture: Pillow.Image) -> int:
    try:
        found = int(picture.getexif().get(_ORIENTATION, 1))
    except DECODER_ERRORS:
        return 1
    return found if 1 <= found <= 8 else 1
