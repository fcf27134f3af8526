from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from natocc.files.jpeg_header import read_jpeg_header, without_profile

NOISE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)


def jpeg(mode: str = "RGB", flat: bool = False, **options: object) -> bytes:
    stream = io.BytesIO()
    Pillow.fromarray(NOISE * 0 + 200 if flat else NOISE).convert(mode).save(stream, "JPEG", **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("options", "unit"),
    [
        ({"subsampling": "4:4:4"}, (8, 8)),
        ({"subsampling": "4:2:2"}, (16, 8)),
        ({"subsampling": "4:2:0"}, (16, 16)),
        ({"mode": "L"}, (8, 8)),
        ({"progressive": True}, (16, 16)),
        ({"subsampling": "4:2:0", "comment": b"\xff\xda\xff\xd9"}, (16, 16)),
    ],
)
def test_the_unit_of_a_scan_follows_from_the_sampling(
    options: dict[str, object], unit: tuple[int, int]
) -> None:
    data = jpeg(**options)  # type: ignore[arg-type]
    header = read_jpeg_header(data)
    assert header is not None and header.unit == unit and not header.restarts
    scan = data.rindex(b"\xff\xda", 0, header.scan)
    assert header.scan == scan + 2 + int.from_bytes(data[scan + 2 : scan + 4], "big")


def test_restarts_are_seen() -> None:
    header = read_jpeg_header(jpeg(restart_marker_rows=1))
    assert header is not None and header.restarts


def test_zeros_are_pixels_where_they_stand_for_blocks_without_detail() -> None:
    expected = [(jpeg(), False), (jpeg(flat=True, optimize=True), True), (jpeg(progressive=True), True)]
    for data, pixels in expected:
        header = read_jpeg_header(data)
        assert header is not None and header.zeros_are_pixels is pixels


def test_a_header_cut_anywhere_is_none_or_whole() -> None:
    data = jpeg()
    whole = read_jpeg_header(data)
    assert whole is not None
    for end in range(0, whole.scan - 12, 7):
        assert read_jpeg_header(data[:end]) is None


def test_the_profile_is_taken_out_and_nothing_else() -> None:
    plain, options = jpeg(), {"icc_profile": b"profile " * 9000}
    profiled = jpeg(**options)  # type: ignore[arg-type]
    assert len(profiled) > len(plain) + 72000
    assert without_profile(profiled) == without_profile(plain) == plain
    for cut in (b"", b"\xff\xd8", profiled[:30], b"text"):
        assert without_profile(cut) == cut
