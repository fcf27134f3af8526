from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from assets.pictures.mask import read_mask
from assets.problems import BadInput
from natocc.geometry import Image
from tests.raw_trees import disc, encoded, mask_bytes, portrait, sixteen_bit_png, write

PLANE = disc(40, 60)


def refusal(path: Path) -> str:
    with pytest.raises(BadInput) as caught:
        read_mask(path)
    return str(caught.value)


def palette_mask(colours: list[int], plane: Image) -> bytes:
    picture = Pillow.fromarray(plane).convert("L")
    picture = Pillow.frombytes("P", picture.size, picture.tobytes())
    picture.putpalette(colours + [0] * (768 - len(colours)))
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("data", "notes"),
    [
        (encoded(PLANE, "PNG"), ()),
        (mask_bytes(PLANE), ("three channels",)),
        (encoded(PLANE // 255, "PNG"), ("values 0 and 1",)),
        (mask_bytes(PLANE // 255), ("three channels", "values 0 and 1")),
        (encoded(PLANE > 0, "PNG"), ()),
        (encoded(np.dstack([PLANE] * 3 + [PLANE * 0 + 255]), "PNG"), ("three channels",)),
        (encoded(np.dstack([PLANE, PLANE * 0 + 255]), "PNG"), ()),
        (palette_mask([0, 0, 0, 255, 255, 255], PLANE // 255), ("palette",)),
        (palette_mask([0, 0, 0, 128, 0, 0], PLANE // 255), ("palette", "values 0 and 1")),
        (sixteen_bit_png(PLANE), ("16 bits a channel",)),
        (cv2.imencode(".png", PLANE.astype(np.uint16))[1].tobytes(), ()),
        (cv2.imencode(".png", (PLANE // 255).astype(np.uint16))[1].tobytes(), ("values 0 and 1",)),
        (sixteen_bit_png(np.dstack([PLANE] * 3)), ("three channels", "16 bits a channel")),
        (
            cv2.imencode(".png", np.dstack([PLANE.astype(np.uint16) // 255] * 3))[1].tobytes(),
            ("three channels", "values 0 and 1"),
        ),
    ],
)
def test_masks_of_all_kinds_become_0_and_255(tmp_path: Path, data: bytes, notes: tuple[str, ...]) -> None:
    mask, found = read_mask(write(tmp_path / "m.png", data))
    assert mask.dtype == np.uint8
    assert np.array_equal(mask, PLANE)
    assert found == notes


def test_grey_edges_are_cut_above_127(tmp_path: Path) -> None:
    soft = cv2.GaussianBlur(PLANE, (0, 0), 2)
    soft[20, 30], soft[20, 31] = 127, 128
    mask, notes = read_mask(write(tmp_path / "m.png", encoded(soft, "PNG")))
    assert notes == ("grey edges",)
    assert np.array_equal(mask, np.where(soft > 127, 255, 0))


def test_an_all_zero_mask_is_returned_as_such(tmp_path: Path) -> None:
    mask, notes = read_mask(write(tmp_path / "m.png", encoded(PLANE * 0, "PNG")))
    assert not mask.any() and notes == ()


def test_a_picture_that_is_no_mask_is_named(tmp_path: Path) -> None:
    path = tmp_path / "m.png"
    expected = "expected a mask of 0 and 255, or of 0 and 1, got values up to"
    assert refusal(write(path, encoded(PLANE // 255 * 18, "PNG"))) == f"{expected} 18"
    assert refusal(write(path, encoded(PLANE // 2, "PNG"))) == f"{expected} 127"
    assert refusal(write(path, encoded(portrait(), "PNG"))) == (
        "expected a mask with equal channels, got a coloured picture"
    )
    three = palette_mask([0, 0, 0, 128, 0, 0, 0, 128, 0], PLANE // 255 * 2)
    assert "got a coloured picture" in refusal(write(path, three))
    assert refusal(write(path, b"")) == "expected a mask, got an empty file"
    assert "got a damaged image" in refusal(write(path, mask_bytes(PLANE)[:-40]))


def test_a_mask_with_too_few_rows_is_refused_though_others_fill_them_up(tmp_path: Path) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", 40, 40, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * 40) * 20)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    text = refusal(write(tmp_path / "mask.png", data))
    assert text.startswith("expected a mask, got a damaged")
