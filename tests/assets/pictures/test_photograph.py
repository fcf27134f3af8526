from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import skimage.data
from PIL import Image as Pillow

from assets.pictures.photograph import read_image
from assets.problems import BadInput
from natocc.files.rgb_spaces import SRGB_CURVE, SRGB_PRIMARIES, RgbSpace
from natocc.geometry import Image
from tests.png_files import RGB, bmp_with_alpha, png
from tests.raw_trees import disc, encoded, portrait, sixteen_bit_png, write

TURNS = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1),
    6: lambda a: np.rot90(a),
    7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
    8: lambda a: np.rot90(a, -1),
}


def stored(image: Image, form: str, orientation: int) -> bytes:
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    return encoded(image, form, exif=exif)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_image(path)
    return str(caught.value)


def test_a_plain_jpeg_is_itself_and_rgb(tmp_path: Path) -> None:
    data = encoded(portrait())
    picture = read_image(write(tmp_path / "a.b c.JPG", data))
    assert picture.data == data and picture.plain_jpeg and picture.notes == ()
    assert picture.rgb.dtype == np.uint8 and picture.rgb.shape == (160, 160, 3)
    assert np.abs(picture.rgb.astype(int) - portrait()).mean() < 3


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_upright(tmp_path: Path, form: str, orientation: int) -> None:
    upright = portrait(120, 80)
    laid = np.ascontiguousarray(TURNS[orientation](upright))
    picture = read_image(write(tmp_path / "x.jpg", stored(laid, form, orientation)))
    assert picture.rgb.shape == upright.shape
    assert np.abs(picture.rgb.astype(int) - upright).mean() < 3
    assert ("EXIF rotation" in picture.notes) == (orientation != 1)
    assert picture.plain_jpeg == (form == "JPEG" and orientation == 1)


@pytest.mark.parametrize("orientation", [0, 9])
def test_an_orientation_that_means_nothing_turns_nothing(tmp_path: Path, orientation: int) -> None:
    picture = read_image(write(tmp_path / "x.jpg", stored(portrait(120, 80), "JPEG", orientation)))
    assert picture.rgb.shape == (120, 80, 3) and picture.notes == () and picture.plain_jpeg


def test_a_damaged_exif_block_is_noted_and_still_turns_the_picture(tmp_path: Path) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    block = exif.tobytes()
    count = block.index(b"\x01\x12") - 2
    hurt = block[:count] + b"\x00\x09" + block[count + 2 :]
    upright = portrait(120, 80)
    picture = read_image(
        write(tmp_path / "x.jpg", encoded(np.ascontiguousarray(TURNS[6](upright)), exif=hurt))
    )
    assert picture.notes == ("damaged EXIF", "EXIF rotation")
    assert np.abs(picture.rgb.astype(int) - upright).mean() < 3


def test_a_block_that_is_no_exif_at_all_is_noted(tmp_path: Path) -> None:
    picture = read_image(write(tmp_path / "x.jpg", encoded(portrait(), exif=b"Exif\0\0nonsense")))
    assert picture.notes == ("damaged EXIF",)
    assert picture.rgb.shape == (160, 160, 3)


def test_colours_of_another_space_become_srgb_and_the_file_is_not_kept(tmp_path: Path) -> None:
    wide = RgbSpace(name="wide", primaries=((0.64, 0.33), (0.21, 0.71), (0.15, 0.06)), curve=SRGB_CURVE)
    own = RgbSpace(name="own", primaries=SRGB_PRIMARIES, curve=SRGB_CURVE)
    plain = read_image(write(tmp_path / "x.jpg", encoded(portrait())))
    same = read_image(write(tmp_path / "x.jpg", encoded(portrait(), icc_profile=own.profile())))
    assert np.array_equal(same.rgb, plain.rgb) and same.plain_jpeg and same.notes == ()
    for form in ("JPEG", "PNG"):
        other = read_image(write(tmp_path / "x.jpg", encoded(portrait(), form, icc_profile=wide.profile())))
        assert other.notes[-1] == "colours of wide to sRGB" and not other.plain_jpeg
        assert np.abs(other.rgb.astype(int) - plain.rgb).mean() > 2
    damaged = read_image(write(tmp_path / "x.jpg", encoded(portrait(), icc_profile=b"nonsense")))
    assert damaged.notes == ("a damaged colour profile (colours as stored)",) and not damaged.plain_jpeg
    assert np.array_equal(damaged.rgb, plain.rgb)


def test_a_padded_scan_is_read_but_the_file_is_not_kept(tmp_path: Path) -> None:
    data = encoded(portrait())
    padded = read_image(write(tmp_path / "x.jpg", data[:-2] + bytes(40) + data[-2:]))
    assert padded.notes == ("bytes after the last pixel",) and not padded.plain_jpeg


def test_rows_of_missing_data_that_were_saved_again_are_refused(tmp_path: Path) -> None:
    cut = portrait()
    cut[100:] = 128
    for form in ("JPEG", "PNG", "BMP"):
        got = refusal(write(tmp_path / "x.jpg", encoded(cut, form)))
        assert "rows are the grey of missing data" in got, form


def test_greyscale_palette_alpha_and_cmyk_become_rgb(tmp_path: Path) -> None:
    rgb = portrait()
    picture = Pillow.fromarray(rgb)
    grey = np.repeat(np.asarray(picture.convert("L"))[..., None], 3, axis=2)
    cases = {
        "greyscale": (picture.convert("L"), "JPEG", grey, 3),
        "CMYK": (picture.convert("CMYK"), "JPEG", rgb, 6),
        "palette": (picture.convert("P"), "PNG", rgb, 16),
        "alpha channel": (picture.convert("RGBA"), "PNG", rgb, 0),
        "greyscale with alpha": (picture.convert("LA"), "PNG", grey, 0),
    }
    for name, (image, form, expected, tolerance) in cases.items():
        stream = io.BytesIO()
        image.save(stream, form)
        read = read_image(write(tmp_path / "x.jpg", stream.getvalue()))
        assert name in read.notes and not read.plain_jpeg
        assert np.abs(read.rgb.astype(int) - expected).mean() <= tolerance, name


def test_transparent_pixels_lie_on_white(tmp_path: Path) -> None:
    rgba = np.dstack([portrait(), disc(160, 160)])
    read = read_image(write(tmp_path / "x.png", encoded(rgba, "PNG")))
    assert (read.rgb[0, 0] == 255).all()
    assert np.array_equal(read.rgb[80, 80], portrait()[80, 80])


def test_a_transparent_colour_lies_on_white_and_is_noted(tmp_path: Path) -> None:
    deep = portrait(16, 16).astype(np.uint16) * 257 | 1
    deep[:8] = 0
    read = read_image(write(tmp_path / "x.png", png(deep, RGB, 16, tRNS=bytes(6))))
    assert (read.rgb[:8] == 255).all() and np.array_equal(read.rgb[8:], portrait(16, 16)[8:])
    assert read.notes == ("PNG", "16 bits a channel", "transparent colour")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "BMP"])
def test_what_shows_nothing_is_refused(tmp_path: Path, form: str) -> None:
    clear = np.dstack([portrait(), np.zeros((160, 160), np.uint8)])
    if form == "BMP":
        data = bmp_with_alpha(clear)
    else:
        data = encoded(clear, form, **({"lossless": True, "exact": True} if form == "WEBP" else {}))
    path = tmp_path / "x.jpg"
    assert refusal(write(path, data)) == "expected a photograph, got one that is transparent everywhere"
    assert refusal(write(path, encoded(clear[..., :3] // 255 * 0 + 7, form))).endswith(
        "one single colour, 7,7,7"
    )


def test_smaller_numbers_in_sixteen_bits_are_refused(tmp_path: Path) -> None:
    data = png(portrait().astype(np.uint16), RGB, 16)
    assert "got 16 bits a channel, values up to 25" in refusal(write(tmp_path / "x.png", data))


@pytest.mark.parametrize("grey", [False, True])
def test_sixteen_bits_keep_their_upper_eight(tmp_path: Path, grey: bool) -> None:
    image = skimage.data.camera()[::4, ::4] if grey else portrait()
    read = read_image(write(tmp_path / "x.png", sixteen_bit_png(image)))
    expected = np.repeat(image[..., None], 3, axis=2) if grey else image
    assert np.array_equal(read.rgb, expected)
    assert read.notes == ("PNG", "16 bits a channel", *(("greyscale",) if grey else ()))


def test_a_file_that_is_no_picture_is_named(tmp_path: Path) -> None:
    data = encoded(portrait())
    path = tmp_path / "x.jpg"
    assert refusal(write(path, b"")) == "expected a photograph, got an empty file"
    assert refusal(write(path, b"not a picture")) == (
        "expected a photograph, got 13 bytes that are no JPEG, PNG, WEBP, BMP image"
    )
    gif = io.BytesIO()
    Pillow.fromarray(portrait()).save(gif, "GIF")
    assert refusal(write(path, gif.getvalue())) == "expected a photograph, got a GIF; save it as PNG"
    assert refusal(write(path, data[: len(data) // 2])).startswith(
        "expected a photograph, got a damaged image (the file ends within its pixels); fetch"
    )
    assert refusal(tmp_path / "gone.jpg") == (
        "expected a photograph, got a file that can't be read (No such file or directory)"
    )
    (tmp_path / "link.jpg").symlink_to("gone.jpg")
    assert refusal(tmp_path / "link.jpg") == "expected a photograph, got a link to nothing"
    assert "got a folder" in refusal(tmp_path)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP"])
def test_a_picture_cut_anywhere_is_refused(tmp_path: Path, form: str) -> None:
    data = encoded(portrait(40, 40), form)
    for end in range(1, len(data) - 40, 37):
        assert refusal(write(tmp_path / "x.jpg", data[:end])).startswith("expected a photograph, got ")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP"])
def test_no_flipped_byte_raises_anything_but_a_refusal(tmp_path: Path, form: str) -> None:
    data = bytearray(
        stored(portrait(24, 24), form, 6) if form in ("JPEG", "PNG") else encoded(portrait(24, 24), form)
    )
    for position in range(0, min(400, len(data)), 3):
        hurt = bytearray(data)
        hurt[position] ^= 0xFF
        try:
            assert read_image(write(tmp_path / "x.jpg", bytes(hurt))).rgb.dtype == np.uint8
        except BadInput as error:
            assert error.expected == "a photograph"
