from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from assets.problems import BadInput, Problem
from tasks.training.harmoniser.data.checks import (
    LeftOut,
    check_files,
    check_sides,
    require_items,
    share_of_mask,
    usable_regions,
)
from tests.raw_trees import disc, encoded, portrait, write


def picture(path: Path, height: int, width: int, turn: int = 1) -> Path:
    exif = Pillow.Exif()
    exif[0x0112] = turn
    return write(path, encoded(portrait(height, width), exif=exif))


def check(folder: Path, *pictures: tuple[int, int, int]) -> str:
    names = ("composite", "mask", "real picture")
    files = {
        name: picture(folder / f"{name}.jpg", *form) for name, form in zip(names, pictures, strict=False)
    }
    try:
        check_files(files)
    except BadInput as error:
        return f"{Path(error.where).name} {error.expected}, {error.got}"
    return ""


ADVICE = "the real picture turned by its EXIF orientation {}; save it upright, without EXIF"
LIST = "composite, mask and real picture of one"


@pytest.mark.parametrize(
    ("pictures", "fault"),
    [
        ([(40, 60, 1)] * 3, ""),
        ([(40, 60, 1), (40, 60, 1), (60, 40, 6)], ""),
        ([(40, 60, 6), (40, 60, 6), (40, 60, 6)], ""),
        ([(40, 60, 1), (40, 50, 1), (40, 60, 1)], f"composite.jpg {LIST} size, 60x40, 50x40, 60x40"),
        ([(40, 60, 1), (40, 60, 1), (40, 60, 6)],
         f"real picture.jpg {LIST} size, 60x40, 60x40, 40x60; {ADVICE.format(6)}"),
        ([(40, 60, 1), (40, 60, 1), (40, 60, 3)], f"real picture.jpg {LIST} frame, {ADVICE.format(3)}"),
        ([(40, 40, 1), (40, 40, 1), (40, 40, 8)], f"real picture.jpg {LIST} frame, {ADVICE.format(8)}"),
        ([(40, 60, 6), (40, 60, 6), (40, 60, 8)], f"composite.jpg {LIST} frame, several EXIF turns"),
        ([(15, 60, 1)] * 3, " sides of 16 pixels at least, 60x15"),
    ],
)  # fmt: skip
def test_sizes_and_frames_of_one_scene(
    tmp_path: Path, pictures: list[tuple[int, int, int]], fault: str
) -> None:
    assert check(tmp_path, *pictures) == fault


def test_a_file_without_a_header_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jpg", b"text")
    with pytest.raises(BadInput) as caught:
        check_files({"mask": path, "photograph": path})
    assert caught.value.where == str(path)
    with pytest.raises(BadInput) as caught:
        share_of_mask(path)
    assert caught.value.where == str(path)


def test_regions_need_foreground_and_surroundings(tmp_path: Path) -> None:
    assert usable_regions({"a": 0.001, "b": 0.5, "c": 1.0}) == ("b",)
    expected = "expected a foreground of 0.5% to 95% of the picture, got"
    for share, got in (
        (0.0, "an empty mask"),
        (1.0, "a mask that is white all over"),
        (0.97, "97.00% of it"),
    ):
        with pytest.raises(BadInput, match=f"^{expected} {got}$"):
            usable_regions({"mask": share})
    with pytest.raises(BadInput, match="sides of 16 pixels"):
        check_sides(16, 15)
    share, notes = share_of_mask(write(tmp_path / "m.png", encoded(disc(40, 40) // 255, "PNG")))
    assert share == pytest.approx(np.pi / 4 * 0.36, abs=0.03) and notes == ("values 0 and 1",)


def test_what_is_left_out_is_counted_by_kind() -> None:
    left_out = LeftOut()
    for name in "abcd":
        left_out.add(BadInput("a mask", "an empty mask"), name)
    left_out.add(BadInput("a mask", "another"), "e")
    assert [str(problem) for problem in left_out.problems("folder")] == [
        "folder: expected a mask, got an empty mask in 4 (a, b, c, …)",
        "e: expected a mask, got another",
    ]


def test_a_source_of_which_nothing_is_left_is_an_error() -> None:
    require_items("folder", "masks", ["a"], ())
    problems = [Problem(path=f"{n}", expected="a mask", got="none") for n in range(5)]
    with pytest.raises(
        ValueError, match=r"^folder: expected masks, got none that can be used; 0: .*; 2: [^;]*$"
    ):
        require_items("folder", "masks", [], problems)
