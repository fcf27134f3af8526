"""What a picture's header states: its size and its EXIF turn, without decoding pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image as Pillow

from assets.pictures.decode import FORMATS
from assets.pictures.orientation import UPRIGHT, exchanges_sides, orientation_of
from assets.problems import BadInput
from natocc.files.content.signature import describe_foreign
from natocc.files.pictures import DECODER_ERRORS, quiet
from natocc.files.read import open_file

# Bytes by which other formats are known.
_START = 512


@dataclass(frozen=True, slots=True)
class Header:
    """Width and height as stored, and the EXIF orientation, 1 for an upright picture."""

    width: int
    height: int
    orientation: int = UPRIGHT

    @property
    def stored(self) -> tuple[int, int]:
        return self.width, self.height

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height after turning."""
        return (self.height, self.width) if exchanges_sides(self.orientation) else self.stored


def read_header(path: Path) -> Header:
    """The header of a picture. Raises BadInput if there is no valid one."""
    try:
        with quiet(), open_file(path) as stream, Pillow.open(stream, formats=FORMATS) as picture:
            return Header(*picture.size, orientation_of(picture)[0])
    except DECODER_ERRORS as error:
        got = _foreign(path) or "a file without the header of an accepted format"
        raise BadInput("a picture", got) from error


def _foreign(path: Path) -> str:
    """What the file is by its start; "" if that is unknown or it can't be read."""
    try:
        with open_file(path) as stream:
            return describe_foreign(stream.read(_START))
    except OSError:
        return ""
