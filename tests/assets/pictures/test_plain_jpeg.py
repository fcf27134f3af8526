from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from assets.pictures.plain_jpeg import plain_jpeg
from tests.raw_trees import encoded, portrait


def test_the_usual_kinds_give_the_pixels_that_pillow_gives() -> None:
    jpeg = encoded(portrait())
    assert np.array_equal(plain_jpeg(jpeg), np.asarray(Pillow.open(io.BytesIO(jpeg))))  # type: ignore[arg-type]


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
