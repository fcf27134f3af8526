from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from natocc.codecs import decode_rgb, encode_jpeg, encode_png, encode_png_rgb
from natocc.geometry import Box, Image
from natocc.photometric.jpeg_history import compress_on_grid, jpeg_quality

QUALITIES = range(30, 101)


def photograph() -> Image:
    return np.ascontiguousarray(skimage.data.astronaut()[:200, 100:260])


def by_pillow(quality: int, **options: object) -> bytes:
    file = io.BytesIO()
    Pillow.fromarray(photograph()).save(file, "JPEG", quality=quality, **options)  # type: ignore[arg-type]
    return file.getvalue()


def test_the_quality_that_wrote_a_file_is_read_from_it() -> None:
    for quality in QUALITIES:
        assert jpeg_quality(encode_jpeg(photograph(), quality)) == quality
        assert jpeg_quality(by_pillow(quality)) == quality


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}, {"subsampling": 0}])
def test_the_kind_of_file_does_not_matter(options: dict[str, object]) -> None:
    for quality in (30, 60, 75, 92, 99):
        assert jpeg_quality(by_pillow(quality, **options)) == quality


def test_a_grey_file_a_thumbnail_and_a_comment_do_not_mislead() -> None:
    grey = cv2.imencode(".jpg", photograph()[..., 0], [cv2.IMWRITE_JPEG_QUALITY, 64])[1].tobytes()
    assert jpeg_quality(grey) == 64
    thumbnail = by_pillow(31)
    inner = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    assert len(thumbnail) < 65000
    assert jpeg_quality(by_pillow(80)[:2] + inner + by_pillow(80)[2:]) == 80


def test_tables_of_another_maker_give_the_nearest_quality() -> None:
    table = [max(1, round(entry * 1.03)) for entry in Pillow.open(io.BytesIO(by_pillow(70))).quantization[0]]  # type: ignore[attr-defined]
    file = io.BytesIO()
    Pillow.fromarray(photograph()).save(file, "JPEG", qtables=[table, table])
    assert jpeg_quality(file.getvalue()) in (68, 69, 70)


def test_what_is_no_jpeg_has_no_quality() -> None:
    for data in (
        b"",
        b"\xff",
        b"\xff\xd8",
        b"GIF89a",
        encode_png_rgb(photograph()),
        encode_png(photograph()[..., 0]),
    ):
        assert jpeg_quality(data) is None


def test_a_file_cut_anywhere_gives_its_quality_or_none() -> None:
    data = by_pillow(55)
    answers = [jpeg_quality(data[:size]) for size in range(len(data))]
    known = answers.index(55)
    assert set(answers[:known]) == {None} and set(answers[known:]) == {55}


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    for start in (b"", b"\xff\xd8", b"\xff\xd8\xff\xdb"):
        answer = jpeg_quality(start + data)
        assert answer is None or 1 <= answer <= 100


def test_blocks_fall_where_they_fall_in_the_whole_picture() -> None:
    # Blocks of 16 pixels, each flat, come through unharmed only where the coding's blocks meet them.
    rng = np.random.default_rng(0)
    cells = rng.integers(30, 220, (12, 12), dtype=np.uint8)
    picture = cv2.cvtColor(cells.repeat(16, 0).repeat(16, 1), cv2.COLOR_GRAY2RGB)
    for box in (Box(0, 0, 160, 128), Box(5, 0, 100, 90), Box(16, 37, 170, 150), Box(31, 15, 32, 192)):
        region = np.ascontiguousarray(picture[box.slices])
        aligned = cv2.absdiff(compress_on_grid(region, box, 60), region)
        assert aligned.max() <= 12, box
    shifted = compress_on_grid(region := np.ascontiguousarray(picture[:96, :96]), Box(5, 3, 101, 99), 60)
    assert cv2.absdiff(shifted, region)[16:-16, 16:-16].max() > 25


def test_inside_it_equals_the_compressed_picture() -> None:
    picture = np.ascontiguousarray(skimage.data.astronaut())
    whole = decode_rgb(encode_jpeg(picture, 70))
    box = Box(101, 67, 350, 300)
    region = compress_on_grid(np.ascontiguousarray(picture[box.slices]), box, 70)
    # Blocks that lie wholly in the box, without the pixels whose colour mixes with the neighbours'.
    inner = (slice(80 - 67 + 2, 288 - 67 - 2), slice(112 - 101 + 2, 336 - 101 - 2))
    assert cv2.absdiff(region[inner], np.ascontiguousarray(whole[box.slices][inner])).max() <= 1


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (97, 33), (2048, 300)])
def test_any_size_keeps_its_size_and_lower_quality_differs_more(size: tuple[int, int]) -> None:
    tile = np.resize(photograph(), (*size, 3))
    errors = []
    for quality in (30, 70, 98):
        coded = compress_on_grid(tile, Box(3, 9, 3 + size[1], 9 + size[0]), quality)
        assert coded.shape == tile.shape and coded.dtype == np.uint8
        errors.append(float(np.abs(coded.astype(int) - tile).mean()))
    assert errors[0] >= errors[1] >= errors[2]


def test_nothing_and_plain_grey_stay() -> None:
    assert compress_on_grid(np.zeros((0, 0, 3), np.uint8), Box(4, 4, 4, 4), 50).size == 0
    grey = np.full((70, 50, 3), 128, np.uint8)
    assert cv2.absdiff(compress_on_grid(grey, Box(7, 7, 57, 77), 50), grey).max() <= 1
