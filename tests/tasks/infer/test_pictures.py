from __future__ import annotations

from pathlib import Path

import pytest

from assets.problems import Problem
from tasks.infer.pictures import input_pictures


def files(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x")
    return folder


def test_folders_give_their_pictures_by_name_and_report_the_rest(tmp_path: Path) -> None:
    folder = files(tmp_path / "a", "10.jpg", "9.png", "notes.txt")
    problems: list[Problem] = []
    found = input_pictures([folder, folder / "9.png"], tmp_path / "out", problems.append)
    assert [one.path.name for one in found] == ["9.png", "10.jpg"]
    assert [one.mask.name for one in found] == ["9.png", "10.png"]
    assert [problem.path for problem in problems] == ["notes.txt"]


def test_masks_of_one_name_are_refused(tmp_path: Path) -> None:
    folder, other = files(tmp_path / "a", "1.jpg"), files(tmp_path / "b", "1.png")
    with pytest.raises(
        ValueError, match=r"b/1\.png: expected names that differ before their ending, got .*a/1\.jpg"
    ):
        input_pictures([folder, other], tmp_path / "out", lambda problem: None)


def test_a_picture_is_never_replaced(tmp_path: Path) -> None:
    folder = files(tmp_path / "a", "1.png")
    with pytest.raises(ValueError, match=r"got one where .*a/1\.png would replace a picture"):
        input_pictures([folder / "1.png"], folder, lambda problem: None)


def test_folders_without_pictures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="IMAGES: expected a picture, got folders without one"):
        input_pictures([files(tmp_path / "a", "x.txt")], tmp_path / "out", lambda problem: None)
