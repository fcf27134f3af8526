from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from assets.plain_images import plain_jpeg, plain_png
from tests.raw_trees import disc, encoded, mask_bytes, portrait


def test_the_usual_kinds_give_the_pixels_that_pillow_gives() -> None:
    jpeg = encoded(portrait())
    assert np.array_equal(plain_jpeg(jpeg), np.asarray(Pillow.open(io.BytesIO(jpeg))))  # type: ignore[arg-type]
    for data in (mask_bytes(disc(64, 80)), encoded(disc(64, 80), "PNG"), encoded(portrait(), "PNG")):
        found, meant = plain_png(data), np.asarray(Pillow.open(io.BytesIO(data)))
        assert found is not None and found.shape == meant.shape
        assert np.array_equal(found, meant)


def saved(picture: Pillow.Image, form: str, **options: object) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form, **options)
    return stream.getvalue()


def with_exif() -> bytes:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    return saved(Pillow.fromarray(portrait()), "JPEG", exif=exif)


@pytest.mark.parametrize(
    "data",
    [
        encoded(portrait())[:-300],
        encoded(portrait(), "PNG"),
        saved(Pillow.fromarray(portrait()).convert("L"), "JPEG"),
        saved(Pillow.fromarray(portrait()).convert("CMYK"), "JPEG"),
        with_exif(),
        b"text",
    ],
    ids=["cut", "png", "grey", "cmyk", "exif", "text"],
)
def test_odd_photographs_are_left_to_others(data: bytes) -> None:
    assert plain_jpeg(data) is None


PNG = mask_bytes(disc(64, 80))


@pytest.mark.parametrize(
    "data",
    [
        PNG[:-8],
        PNG[: len(PNG) // 2],
        PNG[:60] + b"\0" + PNG[61:],
        saved(Pillow.fromarray(disc(64, 80)).convert("1"), "PNG"),
        saved(Pillow.fromarray(disc(64, 80)).convert("P"), "PNG"),
        saved(Pillow.fromarray(portrait()).convert("RGBA"), "PNG"),
        encoded(portrait()),
        b"",
    ],
    ids=["no end", "half", "damaged", "1 bit", "palette", "alpha", "jpeg", "empty"],
)
def test_odd_masks_are_left_to_others(data: bytes) -> None:
    assert plain_png(data) is None
