from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from assets.pictures.plain_jpeg import rgb_of_jpeg
from assets.problems import BadInput
from natocc.files.jpeg import SoundJpeg
from tests.raw_trees import encoded, portrait


def read(data: bytes) -> SoundJpeg | None:
    return rgb_of_jpeg(Pillow.open(io.BytesIO(data)), data, "a photograph")


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("progressive", [False, True])
def test_the_usual_kinds_give_the_pixels_that_pillow_gives(subsampling: str, progressive: bool) -> None:
    data = encoded(portrait(), subsampling=subsampling, progressive=progressive)
    found = read(data)
    assert found is not None and found.clean
    assert np.array_equal(found.pixels, np.asarray(Pillow.open(io.BytesIO(data))))


def saved(picture: Pillow.Image, form: str) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, form)
    return stream.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        encoded(portrait(), "PNG"),
        saved(Pillow.fromarray(portrait()).convert("L"), "JPEG"),
        saved(Pillow.fromarray(portrait()).convert("CMYK"), "JPEG"),
    ],
    ids=["png", "grey", "cmyk"],
)
def test_odd_photographs_are_left_to_others(data: bytes) -> None:
    assert read(data) is None


def test_a_damaged_one_is_refused() -> None:
    with pytest.raises(BadInput, match=r"got a damaged image \(the file ends within its pixels\); fetch"):
        read(encoded(portrait())[:-300])
