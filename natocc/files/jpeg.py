"""JPEGs decoded strictly: damage that decoders cover up is an error."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import cast

import numpy as np
import simplejpeg
from numpy.typing import NDArray

from natocc.files.content.jpeg_scans import lacks_scans
from natocc.files.jpeg_header import JpegHeader, read_jpeg_header, without_profile
from natocc.files.shifts import shifted_tail

# Messages of the decoder about damage; others are about features that it lacks.
_DAMAGE = ("Corrupt JPEG data", "Premature end", "Inconsistent progression")
_PROFILE = "bad ICC marker"
_EXTRANEOUS = re.compile(r"(\d+) extraneous bytes before marker 0xd9")
# Messages of the decoder in plain words, by a part of each.
_WORDS = (
    ("Premature end of JPEG file", "the file ends within its pixels"),
    ("premature end of data segment", "its pixels end too early"),
    ("extraneous bytes", "its pixel data go on after the last pixel"),
    ("instead of RST", "a part of its pixels is missing"),
)
# Some cameras pad a scan by a few bytes, all zeros or all ones. Others are the rest of a damaged scan.
_MOST_PADDING, _PADDING = 64, b"\0\xff"
# So many zero bytes are no pixels, unless the code of zero means a block without detail.
_ZEROS = bytes(32)
_END = b"\xff\xd9"
_MISNUMBERED = "a colour profile whose parts are not numbered 1, 2, …"


class DamagedPicture(ValueError):
    """A damaged file of a picture; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SoundJpeg:
    """``pixels`` uint8 HxWxC. ``note`` names a harmless fault, for which strict decoders refuse the file."""

    pixels: NDArray[np.uint8]
    note: str = ""

    @property
    def clean(self) -> bool:
        """Whether every strict decoder takes the file's own bytes."""
        return not self.note


def decode_sound_jpeg(data: bytes, colours: str = "RGB") -> SoundJpeg | None:
    """The pixels of an undamaged JPEG; None if it has a feature that the decoder lacks.

    ``colours``: RGB, GRAY or CMYK. Raises DamagedPicture, but not for a damaged colour profile.
    """
    header = read_jpeg_header(data)
    try:
        found = SoundJpeg(pixels=_decode(data, colours, strict=True))
    except ValueError as error:
        if not str(error).startswith(_DAMAGE):
            return None
        if _PROFILE in str(error) and (bare := without_profile(data)) != data:
            inner = decode_sound_jpeg(bare, colours)
            return inner and SoundJpeg(pixels=inner.pixels, note=inner.note or _MISNUMBERED)
        if header is None or not _is_padding(data, header, str(error)):
            words = (words for part, words in _WORDS if part in str(error))
            raise DamagedPicture(next(words, "its pixel data are invalid")) from error
        found = SoundJpeg(pixels=_decode(data, colours, strict=False), note="bytes after the last pixel")
    if header is not None:
        _check_scan(data, header, found.pixels)
    return found


def _decode(data: bytes, colours: str, *, strict: bool) -> NDArray[np.uint8]:
    return cast(NDArray[np.uint8], simplejpeg.decode_jpeg(data, colorspace=colours, strict=strict))


def _is_padding(data: bytes, header: JpegHeader, message: str) -> bool:
    """Whether the extra bytes of ``message`` are a camera's."""
    found = _EXTRANEOUS.search(message)
    if found is None or int(found[1]) > _MOST_PADDING:
        return False
    end = data.find(_END, header.scan)
    return not data[max(0, end - int(found[1])) : end].strip(_PADDING)


def _check_scan(data: bytes, header: JpegHeader, pixels: NDArray[np.uint8]) -> None:
    """Raise DamagedPicture for damage that decodes without a warning."""
    if lacks_scans(data):
        raise DamagedPicture("not all of its scans are there")
    end = data.find(_END, header.scan)
    if not header.zeros_are_pixels:
        at = data.find(_ZEROS, header.scan, end)
        # Zeros at the end are padding.
        if at >= 0 and data[at:end].strip(b"\0"):
            raise DamagedPicture("a part of its pixel data is zeros")
    if end >= 0 and _ends_early(data[:end]):
        raise DamagedPicture("its pixel data go on after the last pixel")
    # A restart ends a shift, so it leaves another pattern.
    row = None if header.restarts else shifted_tail(pixels, header.unit)
    if row is not None:
        raise DamagedPicture(f"all colours from row {row} on are shifted, as after a wrong bit")


def _ends_early(scan: bytes) -> bool:
    """Whether the last byte of a scan that is no padding is not needed.

    The decoder reads some bytes ahead and does not report those that are left over.
    """
    shorter = scan.rstrip(_PADDING)[:-1] + _END
    try:
        # An eighth of the size takes less time.
        simplejpeg.decode_jpeg(shorter, min_height=1, min_width=1, min_factor=8)
    except ValueError:
        return False
    return True
