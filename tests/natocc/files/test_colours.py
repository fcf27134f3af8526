from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from natocc.files.colours import HighDynamicRange, colours_of
from natocc.files.pictures import open_picture
from natocc.files.rgb_spaces import SRGB_CURVE, SRGB_PRIMARIES, RgbSpace

P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))
PROPHOTO = ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001))
D50 = (0.3457, 0.3585)
PIXEL = (60, 150, 90)


def space(name: str) -> bytes:
    spaces = {
        "Display P3": RgbSpace(name=name, primaries=P3, curve=SRGB_CURVE),
        "Adobe RGB": RgbSpace(name=name, primaries=ADOBE, curve=(563 / 256,)),
        "ProPhoto": RgbSpace(name=name, primaries=PROPHOTO, curve=(1.8,), white=D50),
    }
    return spaces[name].profile()


def cmyk_profile() -> bytes:
    """Ink on paper: Lab of the 16 corners of the cube."""
    corners = np.stack(np.meshgrid(*[[0, 1]] * 4, indexing="ij"), -1).reshape(-1, 4)
    light = 1 - 0.9 * np.minimum(1, corners @ [0.3, 0.4, 0.1, 1.0])
    tint = [
        (128 + np.clip(corners @ weights, -1, 1) * 90) for weights in ([-0.4, 0.8, 0, 0], [-0.5, 0, 1.0, 0])
    ]
    table = np.stack([light * 255, *tint], 1).round().astype(np.uint8).tobytes()
    ramp = bytes(range(256))
    matrix = struct.pack(">9i", *(65536 * int(i in (0, 4, 8)) for i in range(9)))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + matrix + ramp * 4 + table + ramp * 3
    text = b"desc" + bytes(4) + struct.pack(">I", 4) + b"ink\0" + bytes(79)
    tags = {
        b"desc": text,
        b"A2B0": lut,
        b"wtpt": b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061),
    }
    listed, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        listed += name + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI4s4s4s", start + len(body), 0x02400000, b"prtr", b"CMYK", b"Lab ")
    head += (
        struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp")
        + bytes(28)
        + struct.pack(">3i", 63190, 65536, 54061)
    )
    return head.ljust(128, b"\0") + listed + body


def grey_profile(gamma: float) -> bytes:
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"grey\0" + bytes(79)
    tags = {
        b"desc": text,
        b"kTRC": curve,
        b"wtpt": b"XYZ " + bytes(4) + struct.pack(">3i", 63190, 65536, 54061),
    }
    listed, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, value in tags.items():
        listed += name + struct.pack(">II", start + len(body), len(value))
        body += value + bytes(-len(value) % 4)
    head = struct.pack(">I4xI4s4s4s", start + len(body), 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    head += (
        struct.pack(">6H4s", 2000, 1, 1, 0, 0, 0, b"acsp")
        + bytes(28)
        + struct.pack(">3i", 63190, 65536, 54061)
    )
    return head.ljust(128, b"\0") + listed + body


def picture(form: str, mode: str = "RGB", pixel: tuple[int, ...] = PIXEL, **options: object) -> bytes:
    plane = np.full((16, 16, len(pixel)), pixel, np.uint8).squeeze()
    stream = io.BytesIO()
    Pillow.fromarray(plane, mode).save(stream, form, **options)
    return stream.getvalue()


def converted(data: bytes) -> tuple[tuple[int, ...], str]:
    """The first pixel in sRGB, and the note."""
    opened = open_picture(data, ("JPEG", "PNG", "WEBP", "BMP"))
    colours = colours_of(opened, data)
    return colours.to_srgb(opened).getpixel((0, 0)), colours.note  # type: ignore[return-value]


def near(pixel: tuple[int, ...], expected: tuple[int, ...], most: int = 2) -> bool:
    return len(pixel) == 3 and max(abs(a - b) for a, b in zip(pixel, expected, strict=True)) <= most


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunks(*chunks: tuple[bytes, bytes], **options: object) -> bytes:
    data = picture("PNG", **options)  # type: ignore[arg-type]
    return data[:33] + b"".join(chunk(*one) for one in chunks) + data[33:]


# By the matrices of the spaces, without rounding on the way.
EXPECTED = {"Display P3": (0, 153, 84), "Adobe RGB": (0, 151, 88), "ProPhoto": (0, 180, 97)}


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_profile_is_applied(form: str, name: str) -> None:
    options = {"quality": 100} if form != "PNG" else {}
    pixel, note = converted(picture(form, icc_profile=space(name), **options))
    assert near(pixel, EXPECTED[name], 4), pixel
    assert note == f"colours of {name} to sRGB"


def test_profiles_of_srgb_change_nothing_whatever_their_names() -> None:
    own = RgbSpace(name="Camera", primaries=SRGB_PRIMARIES, curve=SRGB_CURVE).profile()
    library = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (own, library):
        assert converted(picture("PNG", icc_profile=profile)) == (PIXEL, "")
        assert converted(picture("PNG", "L", (90,), icc_profile=profile)) == ((90, 90, 90), "")


def test_grey_profiles_are_applied_to_grey_pictures() -> None:
    pixel, note = converted(picture("PNG", "L", (90,), icc_profile=grey_profile(1.0)))
    assert near(pixel, (160, 160, 160)) and note == "colours of grey to sRGB"
    assert converted(picture("PNG", "L", (90,))) == ((90, 90, 90), "")
    wide = converted(picture("PNG", "L", (90,), icc_profile=space("Adobe RGB")))[0]
    assert near(wide, (90, 90, 90), 3)


def test_cmyk_is_converted_by_its_profile_and_without_one_as_before() -> None:
    paper, ink = (0, 0, 0, 0), (0, 255, 255, 0)
    profile = cmyk_profile()
    white, note = converted(picture("JPEG", "CMYK", paper, icc_profile=profile, quality=100))
    assert near(white, (255, 255, 255), 4) and note == "colours of ink to sRGB"
    red = converted(picture("JPEG", "CMYK", ink, icc_profile=profile, quality=100))[0]
    assert red[0] > red[1] + 50
    plain, note = converted(picture("JPEG", "CMYK", ink, quality=100))
    assert near(plain, (255, 0, 0), 4) and note == ""
    assert red != plain


@pytest.mark.parametrize("profile", [b"not a profile", space("Adobe RGB")[:200], b"\0" * 128])
def test_a_damaged_profile_is_noted_and_colours_stay(profile: bytes) -> None:
    note = "a damaged colour profile (colours as stored)"
    for form in ("PNG", "JPEG"):
        pixel, found = converted(picture(form, icc_profile=profile))
        assert near(pixel, PIXEL, 3) and found == note
    half = picture("JPEG", icc_profile=space("Adobe RGB")).replace(b"ICC_PROFILE\0\1\1", b"ICC_PROFILE\0\1\2")
    assert converted(half)[1] == note


def test_a_profile_for_other_numbers_is_noted_and_colours_stay() -> None:
    assert converted(picture("PNG", icc_profile=cmyk_profile())) == (
        PIXEL,
        "a colour profile for CMYK (colours as stored)",
    )
    assert converted(picture("PNG", icc_profile=grey_profile(1.0)))[1] == (
        "a colour profile for GRAY (colours as stored)"
    )


def test_a_png_states_its_colours_by_numbers() -> None:
    srgb = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
    wide = struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
    usual, linear = (b"gAMA", struct.pack(">I", 45455)), (b"gAMA", struct.pack(">I", 100_000))
    assert converted(with_chunks(usual)) == (PIXEL, "")
    assert converted(with_chunks(usual, (b"cHRM", srgb))) == (PIXEL, "")
    assert converted(with_chunks((b"sRGB", b"\0"), linear)) == (PIXEL, "")
    assert near(converted(with_chunks(usual, (b"cHRM", wide)))[0], (0, 151, 88), 4)
    bright, note = converted(with_chunks(linear))
    assert near(bright, (133, 202, 160)) and note == "colours of gAMA 1 to sRGB"
    assert near(
        converted(with_chunks((b"cICP", bytes([12, 13, 0, 1])), linear))[0], EXPECTED["Display P3"], 4
    )
    assert converted(with_chunks((b"cICP", bytes([1, 13, 0, 1])))) == (PIXEL, "")
    for damaged in ((b"cICP", b"\1"), (b"cICP", bytes([77, 13, 0, 1])), (b"gAMA", bytes(4))):
        assert converted(with_chunks(damaged))[1] == "a damaged colour profile (colours as stored)"


@pytest.mark.parametrize("curve", [16, 18])
def test_high_dynamic_range_is_refused(curve: int) -> None:
    data = with_chunks((b"cICP", bytes([9, curve, 0, 1])))
    with pytest.raises(HighDynamicRange, match="save it as sRGB"):
        converted(data)


@pytest.mark.parametrize(
    ("space_tag", "index", "adobe"),
    [(65535, "R03", True), (65535, "R98", False), (1, "", False), (2, "", True)],
)
def test_cameras_state_adobe_rgb_in_exif(space_tag: int, index: str, adobe: bool) -> None:
    exif = Pillow.Exif()
    details = exif.get_ifd(0x8769)
    details[0xA001] = space_tag
    if index:
        details[0xA005] = {1: index}
    data = picture("JPEG", exif=exif.tobytes(), quality=100)
    assert converted(data)[1] == ("colours of Adobe RGB by EXIF to sRGB" if adobe else "")


def test_the_profile_in_a_bmp_is_applied(tmp_path: Path) -> None:
    plain, profile = picture("BMP"), space("Adobe RGB")
    pixels = plain[54:]
    head = bytearray(124)
    head[:40] = plain[14:54]
    head[:4] = struct.pack("<I", 124)
    head[56:60] = b"DEBM"
    head[112:120] = struct.pack("<II", 124 + len(pixels), len(profile))
    start = 14 + 124
    file = b"BM" + struct.pack("<IHHI", start + len(pixels) + len(profile), 0, 0, start)
    pixel, note = converted(file + bytes(head) + pixels + profile)
    assert near(pixel, EXPECTED["Adobe RGB"], 4) and note == "colours of Adobe RGB to sRGB"


def test_the_same_bytes_give_the_same_pixels() -> None:
    data = picture("PNG", icc_profile=space("Display P3"))
    assert converted(data) == converted(data)
