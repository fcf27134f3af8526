from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import skimage.data
from PIL import Image as Pillow

from natocc.files.content.webp import fault_of_webp
from natocc.geometry import Image

PHOTO = np.ascontiguousarray(skimage.data.astronaut()[:256, :256])


def webp(rgb: Image = PHOTO, **options: object) -> bytes:
    stream = io.BytesIO()
    Pillow.fromarray(rgb).save(stream, "WEBP", **options)
    return stream.getvalue()


def fault(data: bytes) -> str:
    return fault_of_webp(Pillow.open(io.BytesIO(data)), data)


LOSSY, LOSSLESS = webp(quality=90), webp(lossless=True)


def test_whole_files_have_no_fault() -> None:
    matte = np.where(np.indices((256, 256))[0] < 128, np.uint8(255), np.uint8(0))
    for data in (LOSSY, LOSSLESS, webp(np.dstack([PHOTO, matte])), webp(exif=b"Exif\0\0" + bytes(99))):
        assert fault(data) == ""


@pytest.mark.parametrize("data", [LOSSY, LOSSLESS])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.7, 0.99])
def test_a_download_that_stopped_is_found(data: bytes, share: float) -> None:
    kept = int(len(data) * share)
    assert fault(data[:kept] + bytes(len(data) - kept)) == "its pixel data end in zeros"


def test_a_plain_ground_may_end_in_zeros() -> None:
    plain = np.concatenate([PHOTO, np.full((1200, 256, 3), 255, np.uint8)])
    data = webp(plain, quality=100, method=0)
    assert data.endswith(bytes(32)) and fault(data) == ""


def test_ones_in_place_of_pixels_are_found() -> None:
    for data in (LOSSY, LOSSLESS):
        assert fault(data[:5000] + b"\xff" * 512 + data[5512:]) == "a part of its pixel data is ones"


def test_the_lengths_must_fit() -> None:
    picture = Pillow.fromarray(PHOTO)
    assert fault_of_webp(picture, LOSSY[:-99]).endswith(f"of its {len(LOSSY):,} bytes")
    for parts in (bytes(8), b"ABCD\x09\0\0\0"):
        longer = LOSSY[:4] + struct.pack("<I", len(LOSSY)) + LOSSY[8:] + parts
        assert fault_of_webp(picture, longer) == "its parts do not fill it"
