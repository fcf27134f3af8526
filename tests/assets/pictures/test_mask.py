from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from assets.pictures.mask import read_mask, read_stored_mask
from assets.problems import BadInput
from natocc.geometry import Image
from tests.png_files import GREY, GREY_ALPHA, PALETTE, RGB, RGB_ALPHA, bmp, png
from tests.raw_trees import disc, encoded, mask_bytes, portrait, sixteen_bit_png, write

PLANE = disc(40, 60)
SMALL = disc(40, 60, 0.3)
ZERO, FULL = PLANE * 0, PLANE * 0 + 255
INSIDE = PLANE // 255


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_mask(path)
    return str(caught.value)


def rgba(red: Image, green: Image, blue: Image, alpha: Image) -> Image:
    return np.dstack([red, green, blue, alpha])


def palette_mask(colours: list[int], plane: Image) -> bytes:
    return png(plane, PALETTE, PLTE=bytes(colours))


def saved(picture: Pillow.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


ALPHA, COLOUR = "mask in the alpha channel", "one colour on black"


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (encoded(PLANE, "PNG"), ()),
        (mask_bytes(PLANE), ("three channels",)),
        (encoded(INSIDE, "PNG"), ("values 0 and 1",)),
        (mask_bytes(INSIDE), ("three channels", "values 0 and 1")),
        (encoded(PLANE > 0, "PNG"), ()),
        (encoded(rgba(PLANE, PLANE, PLANE, FULL), "PNG"), ("three channels",)),
        (encoded(np.dstack([PLANE, FULL]), "PNG"), ()),
        (sixteen_bit_png(PLANE), ("16 bits a channel",)),
        (cv2.imencode(".png", PLANE.astype(np.uint16))[1].tobytes(), ()),
        (cv2.imencode(".png", INSIDE.astype(np.uint16))[1].tobytes(), ("values 0 and 1",)),
        (sixteen_bit_png(np.dstack([PLANE] * 3)), ("three channels", "16 bits a channel")),
        (
            cv2.imencode(".png", np.dstack([INSIDE.astype(np.uint16)] * 3))[1].tobytes(),
            ("three channels", "values 0 and 1"),
        ),
        (encoded(PLANE, "BMP"), ()),
    ],
)
def test_masks_of_all_kinds_become_0_and_255(tmp_path: Path, data: bytes, notes: tuple[str, ...]) -> None:
    mask, found = read_mask(write(tmp_path / "m.png", data))
    assert mask.dtype == np.uint8
    assert np.array_equal(mask, PLANE)
    assert found == notes


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (encoded(rgba(FULL, FULL, FULL, PLANE), "PNG"), (ALPHA,)),
        (encoded(rgba(ZERO, ZERO, ZERO, PLANE), "PNG"), (ALPHA,)),
        (encoded(rgba(FULL, ZERO, ZERO, PLANE), "PNG"), (ALPHA,)),
        (encoded(rgba(FULL, FULL, FULL, INSIDE), "PNG"), (ALPHA, "values 0 and 1")),
        (encoded(np.dstack([FULL, PLANE]), "PNG"), (ALPHA,)),
        (encoded(rgba(FULL, FULL, FULL, PLANE), "WEBP", lossless=True, exact=True), (ALPHA,)),
        (
            png(rgba(FULL, FULL, FULL, PLANE).astype(np.uint16) * 257, RGB_ALPHA, 16),
            (ALPHA, "16 bits a channel"),
        ),
        (png(np.dstack([FULL, PLANE]).astype(np.uint16) * 257, GREY_ALPHA, 16), (ALPHA, "16 bits a channel")),
        (png(INSIDE, PALETTE, PLTE=b"\xff" * 6, tRNS=b"\0"), ("palette", ALPHA)),
        (bmp(rgba(ZERO, ZERO, ZERO, PLANE).reshape(40, -1), 60, 32, []), (ALPHA,)),
    ],
)
def test_a_mask_in_the_alpha_channel_is_read(tmp_path: Path, data: bytes, notes: tuple[str, ...]) -> None:
    mask, found = read_mask(write(tmp_path / "m.png", data))
    assert np.array_equal(mask, PLANE) and found == notes


@pytest.mark.parametrize(
    "data",
    [
        encoded(rgba(PLANE, PLANE, PLANE, PLANE), "PNG"),
        encoded(rgba(PLANE, ZERO, ZERO, PLANE), "PNG"),
        encoded(np.dstack([PLANE, PLANE]), "PNG"),
        png(PLANE, GREY, tRNS=b"\0\0"),
        png(np.dstack([PLANE] * 3), RGB, tRNS=b"\0" * 6),
        png(INSIDE, GREY, 1, tRNS=b"\0\0"),
        png(INSIDE * 3, GREY, 2, tRNS=b"\0\0"),
        png(PLANE.astype(np.uint16) * 257, GREY, 16, tRNS=b"\0\0"),
        png(np.dstack([PLANE] * 3).astype(np.uint16) * 257, RGB, 16, tRNS=b"\0" * 6),
        encoded(rgba(PLANE, PLANE, PLANE, np.where(PLANE > 0, 255, 200).astype(np.uint8)), "PNG"),
    ],
)
def test_colours_and_alpha_that_agree_are_one_mask(tmp_path: Path, data: bytes) -> None:
    assert np.array_equal(read_mask(write(tmp_path / "m.png", data))[0], PLANE)


def test_under_a_soft_edge_the_alpha_decides(tmp_path: Path) -> None:
    soft = cv2.GaussianBlur(PLANE, (0, 0), 2)
    brush = np.where(soft > 0, 255, 0).astype(np.uint8)
    mask, notes = read_mask(write(tmp_path / "m.png", encoded(rgba(brush, brush, brush, soft), "PNG")))
    assert np.array_equal(mask, np.where(soft > 127, 255, 0)) and "grey edges" in notes


@pytest.mark.parametrize(
    "data",
    [
        encoded(rgba(PLANE, PLANE, PLANE, SMALL), "PNG"),
        encoded(rgba(SMALL, SMALL, SMALL, PLANE), "PNG"),
        encoded(rgba(PLANE, PLANE, PLANE, 255 - PLANE), "PNG"),
        png(np.dstack([PLANE, SMALL]).astype(np.uint16) * 257, GREY_ALPHA, 16),
        png(PLANE, GREY, tRNS=b"\0\xff"),
        png(INSIDE, PALETTE, PLTE=b"\0\0\0\xff\xff\xff", tRNS=b"\xff\0"),
        png(INSIDE * 3, GREY, 2, tRNS=b"\0\3"),
    ],
)
def test_colours_and_alpha_that_differ_are_refused(tmp_path: Path, data: bytes) -> None:
    text = refusal(write(tmp_path / "m.png", data))
    assert text.startswith(
        "expected a mask in its colours, in its alpha, or the same in both, got two that differ, "
    )
    assert text.endswith(" white in its alpha; save the right one as a grey PNG without alpha")


def test_an_alpha_that_hides_everything_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "m.png", encoded(rgba(PLANE, PLANE, PLANE, ZERO), "PNG"))
    assert "got a mask in its colours and an alpha that is transparent everywhere; save" in refusal(path)
    assert not read_mask(write(path, encoded(rgba(FULL, FULL, FULL, ZERO), "PNG")))[0].any(), "an empty mask"
    text = refusal(write(path, encoded(rgba(FULL, FULL, FULL, PLANE // 2), "PNG")))
    assert text.endswith("got in its alpha values up to 127")


@pytest.mark.parametrize(
    ("colours", "values", "depth", "notes"),
    [
        ([0, 0, 0, 255, 255, 255], INSIDE, 8, ("palette",)),
        ([255, 255, 255, 0, 0, 0], 1 - INSIDE, 8, ("palette",)),
        ([255, 255, 255, 0, 0, 0], 1 - INSIDE, 1, ("palette",)),
        ([0, 0, 0, 128, 0, 0], INSIDE, 8, ("palette", COLOUR)),
        ([255, 0, 0, 0, 0, 0], 1 - INSIDE, 8, ("palette", COLOUR)),
        ([0, 128, 0, 0, 0, 0, 9, 9, 9], 1 - INSIDE, 4, ("palette", COLOUR)),
        ([0, 0, 0, 1, 1, 1], INSIDE, 8, ("palette", "values 0 and 1")),
    ],
)  # fmt: skip
def test_a_palette_is_read_by_its_colours(
    tmp_path: Path, colours: list[int], values: Image, depth: int, notes: tuple[str, ...]
) -> None:
    path = write(tmp_path / "m.png", png(values, PALETTE, depth, PLTE=bytes(colours)))
    mask, found = read_mask(path)
    assert np.array_equal(mask, PLANE) and found == notes


def test_one_colour_on_black_is_the_same_mask_with_and_without_a_palette(tmp_path: Path) -> None:
    picture = Pillow.fromarray(np.dstack([PLANE, ZERO, ZERO]))
    for form in ("PNG", "BMP"):
        for one in (picture, picture.quantize(2)):
            mask, notes = read_mask(write(tmp_path / "m.png", saved(one, form)))
            assert np.array_equal(mask, PLANE) and COLOUR in notes, (form, one.mode)


@pytest.mark.parametrize("palette", [[(0, 0, 0), (255, 255, 255)], [(255, 255, 255), (0, 0, 0)]])
def test_a_bmp_of_one_bit_is_read_by_its_table(tmp_path: Path, palette: list[tuple[int, int, int]]) -> None:
    white = palette.index((255, 255, 255))
    rows = np.packbits(INSIDE if white else 1 - INSIDE, axis=-1)
    mask, _ = read_mask(write(tmp_path / "m.png", bmp(rows, 60, 1, palette)))
    assert np.array_equal(mask, PLANE)


def test_a_bmp_that_pillow_misreads_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "m.png", bmp(INSIDE, 60, 8, [(0, 0, 0), (255, 255, 255)]))
    assert refusal(path).endswith("got a BMP of 8 bits a pixel with a palette of few colours; save it as PNG")


@pytest.mark.parametrize(
    "data",
    [
        encoded(portrait(), "PNG"),
        palette_mask([0, 0, 0, 128, 0, 0, 0, 128, 0], INSIDE + (SMALL // 255)),
        palette_mask([255, 0, 0, 0, 0, 255], INSIDE),
        palette_mask([255, 255, 255, 255, 0, 0], INSIDE),
        palette_mask([0, 0, 0, 255, 255, 255, 255, 0, 0], INSIDE + (SMALL // 255)),
        encoded(np.dstack([FULL, ZERO, ZERO]), "PNG"),
        encoded(rgba(portrait(40, 60)[..., 0], ZERO, ZERO, PLANE), "PNG"),
    ],
)  # fmt: skip
def test_other_colours_are_refused(tmp_path: Path, data: bytes) -> None:
    text = refusal(write(tmp_path / "m.png", data))
    assert text == "expected a mask with equal channels, or of one colour on black, got a coloured picture"


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_a_mask_with_an_exif_turn_is_refused(tmp_path: Path, form: str) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 3
    path = write(tmp_path / "m.png", encoded(PLANE, form, exif=exif))
    assert refusal(path) == (
        "expected a mask without an EXIF turn, got EXIF orientation 3; save it upright, without EXIF"
    )
    exif[0x0112] = 1
    assert read_mask(write(path, encoded(PLANE, "PNG", exif=exif)))[0].any()


def test_grey_edges_are_cut_above_127(tmp_path: Path) -> None:
    soft = cv2.GaussianBlur(PLANE, (0, 0), 2)
    soft[20, 30], soft[20, 31] = 127, 128
    mask, notes = read_mask(write(tmp_path / "m.png", encoded(soft, "PNG")))
    assert notes == ("grey edges",)
    assert np.array_equal(mask, np.where(soft > 127, 255, 0))
    assert np.array_equal(read_stored_mask(tmp_path / "m.png").stored, soft)


def test_an_all_zero_mask_is_returned_as_such(tmp_path: Path) -> None:
    mask, notes = read_mask(write(tmp_path / "m.png", encoded(ZERO, "PNG")))
    assert not mask.any() and notes == ()
    clear = np.dstack([FULL] * 3 + [ZERO])
    assert not read_mask(write(tmp_path / "m.webp", encoded(clear, "WEBP", lossless=True, exact=True)))[
        0
    ].any()


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_a_lossy_file_that_is_black_may_have_lost_its_mask(tmp_path: Path, form: str) -> None:
    text = refusal(write(tmp_path / "m.png", encoded(ZERO, form)))
    assert (
        text == "expected a mask of 0 and 255 in a JPEG or a lossy WebP, got black all over; save it as PNG"
    )


def test_deep_values_below_the_first_of_8_bits_are_no_empty_mask(tmp_path: Path) -> None:
    data = cv2.imencode(".png", (PLANE > 0) * np.uint16(256))[1].tobytes()
    assert refusal(write(tmp_path / "m.png", data)).endswith("got 16-bit values up to 256")


def test_a_picture_that_is_no_mask_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m.png"
    expected = "expected a mask of 0 and 255, or of 0 and 1, got values up to"
    assert refusal(write(path, encoded(INSIDE * 18, "PNG"))) == f"{expected} 18"
    assert refusal(write(path, encoded(PLANE // 2, "PNG"))) == f"{expected} 127"
    assert refusal(write(path, b"")) == "expected a mask, got an empty file"
    assert "got a damaged image" in refusal(write(path, mask_bytes(PLANE)[:-40]))


def test_a_mask_with_too_few_rows_is_refused_though_others_fill_them_up(tmp_path: Path) -> None:
    data = bytearray(png(np.full((20, 40), 255, np.uint8), GREY))
    whole = png(np.full((40, 40), 255, np.uint8), GREY)
    data[8:33] = whole[8:33]
    text = refusal(write(tmp_path / "mask.png", bytes(data)))
    assert text.startswith("expected a mask, got a damaged")


@pytest.mark.parametrize("quality", [30, 80, 100])
def test_a_lossy_webp_of_black_and_white_is_no_coloured_picture(tmp_path: Path, quality: int) -> None:
    mask, notes = read_mask(write(tmp_path / "m.webp", encoded(PLANE, "WEBP", quality=quality)))
    assert (mask != PLANE).mean() < 0.01 and "three channels" in notes


def test_tints_of_a_lossless_file_are_colours(tmp_path: Path) -> None:
    tinted = np.dstack([PLANE, PLANE, np.maximum(PLANE, 1)])
    assert "a coloured picture" in refusal(write(tmp_path / "m.png", encoded(tinted, "PNG")))


@pytest.mark.parametrize(("form", "quality"), [("JPEG", 75), ("WEBP", 80), ("WEBP", 95)])
def test_values_0_and_1_do_not_survive_lossy_compression(tmp_path: Path, form: str, quality: int) -> None:
    text = refusal(write(tmp_path / "m.png", encoded(INSIDE, form, quality=quality)))
    assert text == (
        "expected a mask of 0 and 255 in a JPEG or a lossy WebP, got values 0 and 1, which its compression "
        "does not keep; save it as PNG"
    )
    lossless = write(tmp_path / "m.webp", encoded(np.dstack([INSIDE] * 3), "WEBP", lossless=True))
    assert np.array_equal(read_mask(lossless)[0], PLANE)
