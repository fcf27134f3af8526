"""Colours of pictures into sRGB, by what their files state: an ICC profile, a PNG's chunks, a camera's EXIF.

Conversion is relative colorimetric with black point compensation; black and white stay black and white. A
profile whose colours differ from sRGB's by a few levels at most is sRGB, whatever its name, and changes
nothing.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms

from natocc.files.pictures import DECODER_ERRORS
from natocc.files.png import PNG_START, png_chunks
from natocc.files.rgb_spaces import D65, SRGB_CURVE, SRGB_PRIMARIES, Chromaticity, RgbSpace
from natocc.files.show import one_line

_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
# The largest and the mean difference, in levels, of a profile that counts as sRGB.
_SRGB_MOST, _SRGB_MEAN = 3, 1.0
_LATTICE = 17
_DAMAGED = "a damaged colour profile (colours as stored)"
_MOST_NAME = 60
_INTEROPERABILITY, _COLOUR_SPACE = 0xA005, 0xA001
_UNCALIBRATED, _ADOBE_INDEX = 0xFFFF, "R03"
_ADOBE = RgbSpace(
    name="Adobe RGB by EXIF", primaries=((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), curve=(563 / 256,)
)
# Numbers of ITU-T H.273, as in a PNG's cICP: primaries and curves.
_PRIMARIES: dict[int, tuple[Chromaticity, ...]] = {
    1: SRGB_PRIMARIES,
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
_BT709_CURVE = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
_CURVES: dict[int, tuple[float, ...]] = {
    1: _BT709_CURVE,
    4: (2.2,),
    5: (2.8,),
    6: _BT709_CURVE,
    8: (1.0,),
    13: SRGB_CURVE,
    14: _BT709_CURVE,
    15: _BT709_CURVE,
}
_HIGH_DYNAMIC_RANGE = (16, 18)
# A gAMA near 1/2.2 stands for sRGB's curve.
_USUAL_GAMMA, _GAMMA_NEAR, _NEAR = 1 / 2.2, 0.01, 0.003


class HighDynamicRange(ValueError):
    """A picture of high dynamic range; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedColours:
    """How a picture's numbers become sRGB. ``profile`` is an ICC profile, empty if nothing is to be done.

    ``note`` names the conversion, or the profile that could not be used; "" if there is none.
    """

    profile: bytes = b""
    note: str = ""

    def to_srgb(self, picture: Pillow.Image) -> Pillow.Image:
        """An opaque picture (modes RGB, L and CMYK) in sRGB; others come as they are, in mode RGB."""
        if not self.profile:
            return picture.convert("RGB")
        transform = _transform(self.profile, _mode_of(self.profile))
        done = ImageCms.applyTransform(picture.convert(_mode_of(self.profile)), transform)
        assert done is not None  # noqa: S101 (not in place)
        return done


def colours_of(picture: Pillow.Image, data: bytes) -> StatedColours:
    """What the file ``data`` states about the colours of ``picture``.

    Raises HighDynamicRange for a PNG whose numbers have no equivalent in sRGB.
    """
    try:
        profile = _stated_profile(picture, data)
    except HighDynamicRange:
        raise
    except DECODER_ERRORS:
        return StatedColours(note=_DAMAGED)
    return _usable(profile, _space_of(picture)) if profile else StatedColours()


def _stated_profile(picture: Pillow.Image, data: bytes) -> bytes:
    """The profile; empty for sRGB and for a file that states nothing. Raises one of DECODER_ERRORS."""
    chunks = {name: body for name, body, _ in png_chunks(data)} if data.startswith(PNG_START) else {}
    if b"cICP" in chunks:
        return _coded_profile(chunks[b"cICP"])
    if profile := picture.info.get("icc_profile") or _profile_of_bmp(picture, data):
        return bytes(profile)
    if b"iCCP" in chunks or _has_profile_parts(picture):
        raise ValueError("a profile that can't be put together")
    if b"gAMA" in chunks and b"sRGB" not in chunks:
        return _gamma_profile(chunks[b"gAMA"], chunks.get(b"cHRM"))
    return _ADOBE.profile() if _is_adobe_by_exif(picture) else b""


def _has_profile_parts(picture: Pillow.Image) -> bool:
    """Whether a JPEG holds parts of a profile, though not all of them."""
    segments = getattr(picture, "applist", ())
    return any(name == "APP2" and body.startswith(b"ICC_PROFILE\0") for name, body in segments)


def _profile_of_bmp(picture: Pillow.Image, data: bytes) -> bytes:
    """The profile in a BMP with a header of version 5."""
    if picture.format != "BMP" or data[14:18] != struct.pack("<I", 124) or data[70:74] != b"DEBM":
        return b""
    start, size = struct.unpack("<II", data[126:134])
    return data[14 + start : 14 + start + size]


def _coded_profile(body: bytes) -> bytes:
    primaries, curve, _, whole_range = body[:4]
    if curve in _HIGH_DYNAMIC_RANGE:
        raise HighDynamicRange("a picture of high dynamic range; save it as sRGB")
    if whole_range != 1:
        raise ValueError("numbers of a part of the range")
    space = RgbSpace(name=f"cICP {primaries}/{curve}", primaries=_PRIMARIES[primaries], curve=_CURVES[curve])
    return space.profile()


def _gamma_profile(gamma_body: bytes, chroma_body: bytes | None) -> bytes:
    gamma = struct.unpack(">I", gamma_body)[0] / 100_000
    primaries, white = [*SRGB_PRIMARIES], D65
    if chroma_body is not None:
        values = [value / 100_000 for value in struct.unpack(">8I", chroma_body)]
        white, *primaries = zip(values[::2], values[1::2], strict=True)
    usual = abs(gamma - _USUAL_GAMMA) < _GAMMA_NEAR
    if usual and np.abs(np.subtract((white, *primaries), (D65, *SRGB_PRIMARIES))).max() < _NEAR:
        return b""
    curve = SRGB_CURVE if usual else (1 / gamma,)
    return RgbSpace(name=f"gAMA {gamma:g}", primaries=tuple(primaries), curve=curve, white=white).profile()


def _is_adobe_by_exif(picture: Pillow.Image) -> bool:
    """Whether a camera states Adobe RGB as cameras do: not calibrated, and the index R03."""
    if not picture.info.get("exif"):
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exif = picture.getexif()
        space = exif.get_ifd(0x8769).get(_COLOUR_SPACE)
        index = exif.get_ifd(_INTEROPERABILITY).get(1, "")
    return space == 2 or (space == _UNCALIBRATED and str(index).strip("\0 ") == _ADOBE_INDEX)


def _space_of(picture: Pillow.Image) -> str:
    """The space of a picture's numbers, as ICC names it."""
    if picture.mode == "CMYK":
        return "CMYK"
    return "GRAY" if picture.mode in ("1", "L", "LA", "La") or picture.mode.startswith("I") else "RGB"


def _usable(profile: bytes, space: str) -> StatedColours:
    """The colours by a profile; as stored, with a note, if it is damaged or of another kind of numbers."""
    try:
        kind, name, plain = _described(profile)
    except (ImageCms.PyCMSError, *DECODER_ERRORS):
        return StatedColours(note=_DAMAGED)
    # Grey pictures often carry the RGB profile of the program that made them grey.
    if kind != space and (kind, space) != ("RGB", "GRAY"):
        return StatedColours(note=f"a colour profile for {kind} (colours as stored)")
    return StatedColours() if plain else StatedColours(profile=profile, note=f"colours of {name} to sRGB")


@lru_cache(maxsize=64)
def _described(profile: bytes) -> tuple[str, str, bool]:
    """The space of a profile, its name, and whether it is sRGB.

    Raises PyCMSError or one of DECODER_ERRORS.
    """
    opened = ImageCms.getOpenProfile(io.BytesIO(profile))
    mode = _mode_of(profile)
    name = one_line(ImageCms.getProfileDescription(opened).strip(), _MOST_NAME) or "an unnamed profile"
    sample = _lattice(mode)
    done = ImageCms.applyTransform(sample, _transform(profile, mode))
    if mode == "CMYK":
        return "CMYK", name, False
    change = np.abs(np.asarray(done).astype(int) - np.asarray(sample.convert("RGB")))
    plain = bool(change.max() <= _SRGB_MOST and change.mean() <= _SRGB_MEAN)
    return {"RGB": "RGB", "L": "GRAY"}[mode], name, plain


@lru_cache(maxsize=64)
def _mode_of(profile: bytes) -> str:
    """Pillow's mode of the numbers that a profile is for. Raises ValueError for other kinds."""
    space = ImageCms.getOpenProfile(io.BytesIO(profile)).profile.xcolor_space.strip()
    modes = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
    if space not in modes:
        raise ValueError(f"a profile for {space}")
    return modes[space]


@lru_cache(maxsize=64)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform:
    source, target = ImageCms.getOpenProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    return ImageCms.buildTransform(source, target, mode, "RGB", _INTENT, _FLAGS)


def _lattice(mode: str) -> Pillow.Image:
    """StatedColours from all over the cube, or all greys."""
    if mode != "RGB":
        return Pillow.fromarray(np.arange(256, dtype=np.uint8)[None]).convert(mode)
    side: NDArray[np.uint8] = np.linspace(0, 255, _LATTICE).astype(np.uint8)
    return Pillow.fromarray(np.stack(np.meshgrid(side, side, side), -1).reshape(1, -1, 3))
