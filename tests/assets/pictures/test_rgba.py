from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from assets.pictures.rgba import read_rgba
from assets.problems import BadInput
from tests.png_files import GREY, png


def write(path: Path, alpha: list[list[int]], mode: str = "RGBA") -> Path:
    planes = np.zeros((*np.shape(alpha), 4), np.uint8)
    planes[..., 0], planes[..., 3] = 200, alpha
    Pillow.fromarray(planes).convert(mode).save(path)
    return path


def test_colours_are_kept_under_transparent_pixels(tmp_path: Path) -> None:
    rgb, alpha, picture = read_rgba(write(tmp_path / "a.png", [[0, 255], [0, 128]]))
    assert (rgb == (200, 0, 0)).all() and alpha.tolist() == [[0, 255], [0, 128]]
    # As a photograph the picture lies on white.
    assert picture.rgb[0, 0].tolist() == [255, 255, 255]


@pytest.mark.parametrize(
    ("alpha", "mode", "got"),
    [
        ([[0, 255]], "RGB", "a picture without one"),
        ([[0, 127]], "RGBA", "one that is transparent everywhere"),
        ([[128, 255]], "RGBA", "one that is opaque everywhere"),
    ],
)
def test_an_alpha_that_cuts_nothing_out_is_refused(
    tmp_path: Path, alpha: list[list[int]], mode: str, got: str
) -> None:
    with pytest.raises(BadInput, match=f"^expected a picture with an alpha channel, got {got}$"):
        read_rgba(write(tmp_path / "a.png", alpha, mode))


def test_the_limits_are_the_caller_s(tmp_path: Path) -> None:
    path = write(tmp_path / "a.png", [[3, 200]])
    assert read_rgba(path, empty=0)[1].tolist() == [[3, 200]]
    with pytest.raises(BadInput, match="opaque"):
        read_rgba(path, full=2)
    with pytest.raises(BadInput, match="transparent"):
        read_rgba(path, empty=200)


@pytest.mark.parametrize("depth", [2, 16])
def test_a_transparent_colour_is_alpha(tmp_path: Path, depth: int) -> None:
    top = 2**depth - 1
    planes = np.array([[0, top, top - 1]], np.uint16)
    (tmp_path / "a.png").write_bytes(png(planes, GREY, depth, tRNS=top.to_bytes(2, "big")))
    assert read_rgba(tmp_path / "a.png")[1].tolist() == [[255, 0, 255]]


def test_alpha_turns_with_the_picture(tmp_path: Path) -> None:
    planes = np.zeros((1, 2, 4), np.uint8)
    planes[0, 1] = 255
    exif = Pillow.Exif()
    exif[0x0112] = 6
    Pillow.fromarray(planes).save(tmp_path / "a.png", exif=exif)
    rgb, alpha, picture = read_rgba(tmp_path / "a.png")
    assert alpha.tolist() == [[0], [255]] and rgb.shape == picture.rgb.shape == (2, 1, 3)
