from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pillow

from assets.pictures.header import Header, read_header
from assets.problems import BadInput
from tests.raw_trees import encoded, portrait, write


@pytest.mark.parametrize(("turn", "upright"), [(1, (60, 40)), (3, (60, 40)), (6, (40, 60)), (9, (60, 40))])
def test_the_size_is_that_of_the_turned_picture(tmp_path: Path, turn: int, upright: tuple[int, int]) -> None:
    exif = Pillow.Exif()
    exif[0x0112] = turn
    header = read_header(write(tmp_path / "a.jpg", encoded(portrait(40, 60), exif=exif)))
    assert (header.stored, header.upright) == ((60, 40), upright)
    assert header.orientation == (turn if turn < 9 else 1)


def test_a_picture_without_exif_is_upright_and_text_has_no_header(tmp_path: Path) -> None:
    assert read_header(write(tmp_path / "a.png", encoded(portrait(40, 60), "PNG"))) == Header(60, 40)
    with pytest.raises(BadInput, match="expected a picture, got a file without the header"):
        read_header(write(tmp_path / "a.png", b"text"))
    with pytest.raises(BadInput, match="expected a picture, got a Git LFS pointer; run git lfs pull"):
        read_header(write(tmp_path / "a.png", b"version https://git-lfs.github.com/spec/v1"))
