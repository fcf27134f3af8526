from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image as Pillow

from assets.pictures.decode import open_sound, picture_bytes
from assets.problems import BadInput
from tests.raw_trees import encoded, portrait, write


def refusal(data: bytes) -> str:
    with pytest.raises(BadInput) as caught:
        open_sound(data, "a picture")
    return str(caught.value)


def test_a_file_is_read_or_named(tmp_path: Path) -> None:
    assert picture_bytes(write(tmp_path / "a.jpg", b"abc"), "a picture") == b"abc"
    with pytest.raises(BadInput, match="expected a picture, got an empty file"):
        picture_bytes(write(tmp_path / "a.jpg", b""), "a picture")
    with pytest.raises(BadInput, match="expected a picture, got a file that can't be read"):
        picture_bytes(tmp_path / "gone.jpg", "a picture")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP"])
def test_accepted_formats_come_decoded(form: str) -> None:
    assert open_sound(encoded(portrait(40, 30), form), "a picture").size == (30, 40)


def test_other_formats_are_never_tried() -> None:
    gif = io.BytesIO()
    Pillow.fromarray(portrait(40, 30)).save(gif, "GIF")
    assert refusal(gif.getvalue()) == "expected a picture, got a GIF; save it as PNG"
    assert refusal(b"text").endswith("got 4 bytes that are no JPEG, PNG, WEBP, BMP image")
    assert "its header is invalid" in refusal(encoded(portrait(40, 30), "PNG")[:20])


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_an_animation_is_refused(form: str) -> None:
    frames = [Pillow.fromarray(portrait(40, 30)), Pillow.new("RGB", (30, 40))]
    stream = io.BytesIO()
    frames[0].save(stream, form, save_all=True, append_images=frames[1:])
    assert refusal(stream.getvalue()) == (
        "expected a picture, got 2 frames; save the one that is meant as a picture of its own"
    )


def test_the_preview_of_a_camera_is_no_animation() -> None:
    picture, stream = Pillow.fromarray(portrait(40, 30)), io.BytesIO()
    picture.save(stream, "MPO", save_all=True, append_images=[picture.reduce(2)])
    assert open_sound(stream.getvalue(), "a picture").size == (30, 40)
