"""What annotators are shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.problems import BadInput
from natocc.codecs import decode_rgb
from tasks.review.own.pictures import own_pictures, shown_picture
from tests.raw_trees import encoded, portrait, write


def test_a_plain_jpeg_is_shown_as_it_is_and_another_picture_as_jpeg(tmp_path: Path) -> None:
    data = encoded(portrait(40, 50))
    write(tmp_path / "img/a.jpg", data)
    write(tmp_path / "img/b.png", encoded(portrait(40, 50), "PNG"))
    found = own_pictures(tmp_path, lambda problem: None)
    assert list(found) == ["a", "b"]
    first, second = (shown_picture(path, tmp_path) for path in found.values())
    assert first.jpeg == data and second.size == decode_rgb(second.jpeg).shape[:2] == (40, 50)


def test_a_folder_without_pictures_and_a_broken_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="expected pictures in its folder img, got no such folder"):
        own_pictures(tmp_path, lambda problem: None)
    path = write(tmp_path / "img/a.jpg", b"x")
    with pytest.raises(BadInput, match=r"^img/a\.jpg: expected a photograph"):
        shown_picture(path, tmp_path)
