from __future__ import annotations

from pathlib import Path

import pytest

from assets.datasets.celebamask.parts import PartFiles
from assets.problems import Problem
from natocc.masks.policy import PARTS


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "masks"
    folder.mkdir()
    return folder


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()


def read(folder: Path, *stems: str) -> tuple[list[list[str]], list[str]]:
    """Files of each photograph, relative to the folder, and the problems."""
    problems: list[Problem] = []
    parts = PartFiles(folder, stems, folder.parent, problems.append)
    found = [
        [path.relative_to(folder).as_posix() for path in parts.masks_of(stem).values()] for stem in stems
    ]
    parts.finish()
    return found, [str(problem) for problem in problems]


def test_masks_in_the_layout_of_the_download_come_by_photograph_and_part(folder: Path) -> None:
    put(folder, "0/00007_skin.png", "0/00007_hair.png", "0/00008_skin.png", "1/02000_nose.png")
    found, problems = read(folder, "7", "8", "2000")
    assert found == [["0/00007_hair.png", "0/00007_skin.png"], ["0/00008_skin.png"], ["1/02000_nose.png"]]
    assert problems == []


def test_masks_in_other_places_belong_to_the_photograph_of_their_name(folder: Path) -> None:
    put(folder, "7_skin.png", "mine/ada_l_eye.png", "5/00007_hair.png")
    found, problems = read(folder, "7", "ada", "9")
    assert found == [["5/00007_hair.png", "7_skin.png"], ["mine/ada_l_eye.png"], []]
    assert problems == []


def test_a_padded_duplicate_of_a_photograph_gets_the_same_masks(folder: Path) -> None:
    put(folder, "0/00007_skin.png")
    assert read(folder, "7", "007") == ([["0/00007_skin.png"]] * 2, [])


def test_a_second_file_of_a_part_is_a_problem_and_not_used(folder: Path) -> None:
    put(folder, "0/00007_skin.png", "7_skin.png")
    found, problems = read(folder, "7")
    assert found == [["0/00007_skin.png"]]
    assert problems == [
        "masks/7_skin.png: expected one file a part, got a second one beside masks/0/00007_skin.png"
    ]


def test_masks_without_a_photograph_are_counted_in_one_line(folder: Path) -> None:
    put(folder, "0/00001_skin.png", "0/00001_hair.png", "1/02001_skin.png", "mine/ada_skin.png")
    assert read(folder)[1] == [
        "masks: expected a photograph for each mask, got 4 masks without a photograph "
        "(0/00001_hair.png, 0/00001_skin.png, 1/02001_skin.png, …); name them like the photographs, or remove them"
    ]


def test_other_spellings_of_photograph_and_part_are_found(folder: Path) -> None:
    put(folder, "0/00007-Skin.PNG", "7_hair_mask.jpg", "mine/ADA_skin.bmp", "mine/ada b.nose.webp")
    found, problems = read(folder, "7", "ada", "Ada_B")
    assert found == [["7_hair_mask.jpg", "0/00007-Skin.PNG"], ["mine/ADA_skin.bmp"], ["mine/ada b.nose.webp"]]
    assert problems == []


def test_other_files_and_folders_among_the_masks_are_problems(folder: Path) -> None:
    put(folder, "0/notes.txt", "0/7_ear.png", "0/.hidden")
    (folder / "0/inner").mkdir()
    assert read(folder)[1] == [
        "masks/0/inner: expected a part mask (.jpeg, .jpg, .png, .bmp, .webp), got a folder",
        "masks/0/notes.txt: expected a part mask (.jpeg, .jpg, .png, .bmp, .webp), got another file",
        "masks: expected names that end in a part (…_skin.png), got 1 mask of no known part (0/7_ear.png); "
        f"the parts are {', '.join(PARTS)}",
    ]
