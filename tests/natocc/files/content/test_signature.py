from __future__ import annotations

import io

import pytest
from PIL import Image as Pillow

from natocc.files.content.signature import describe_foreign
from tests.raw_trees import encoded, portrait


@pytest.mark.parametrize("form", ["GIF", "TIFF", "AVIF"])
def test_pictures_of_other_formats_are_named(form: str) -> None:
    stream = io.BytesIO()
    Pillow.fromarray(portrait(16, 16)).save(stream, form)
    assert describe_foreign(stream.getvalue()).split()[1] == f"{form};"


@pytest.mark.parametrize(
    ("data", "got"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC; save it as PNG"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "a video, or another media file"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "a Git LFS pointer; run git lfs pull"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html>", "an HTML page: the download failed; fetch the file again"),
        (bytes(99), "zeros alone, as a download that stopped leaves them; fetch the file again"),
        (b"PK\x03\x04rest", "a zip archive; unpack it"),
        (b"<svg>", "an SVG or another XML file; save it as PNG"),
    ],
)
def test_other_files_are_named_with_what_to_do(data: bytes, got: str) -> None:
    assert describe_foreign(data) == got


@pytest.mark.parametrize("data", [b"", b"text", encoded(portrait(16, 16)), encoded(portrait(16, 16), "BMP")])
def test_of_what_is_unknown_nothing_is_said(data: bytes) -> None:
    assert describe_foreign(data) == ""
