from __future__ import annotations

import os
from pathlib import Path

from assets.problems import Problem
from assets.reading.folders import by_stem, files_below, first_folder, is_text, order, pictures_in, relative


def test_pictures_come_by_number_and_everything_else_is_a_problem(tmp_path: Path) -> None:
    for name in ("10.jpg", "9.PNG", "a.jpg", ".hidden.jpg", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "folder.jpg").mkdir()
    problems: list[Problem] = []
    found = pictures_in(tmp_path, tmp_path, problems.append)
    assert [path.name for path in found] == ["9.PNG", "10.jpg", "a.jpg"]
    assert sorted((problem.path, problem.got) for problem in problems) == [
        ("folder.jpg", "a folder"),
        ("notes.txt", "another file"),
    ]
    assert {problem.action for problem in problems} == {"refused"}


def test_a_name_that_is_not_utf_8_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.jpg")).touch()
    problems: list[Problem] = []
    assert pictures_in(tmp_path, tmp_path, problems.append) == []
    assert [problem.got for problem in problems] == ["other bytes"]
    assert not is_text(os.fsdecode(b"\xff")) and is_text("ä")


def test_the_first_file_of_a_name_is_kept_and_the_second_reported(tmp_path: Path) -> None:
    problems: list[Problem] = []
    paths = [tmp_path / name for name in ("a.jpg", "b.jpg", "a.png")]
    assert by_stem(paths, tmp_path, problems.append) == {"a": paths[0], "b": paths[1]}
    assert [str(problem) for problem in problems] == [
        "a.png: expected a name of its own, got the name of a.jpg"
    ]


def test_the_first_existing_folder_counts_and_a_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "c").mkdir()
    assert first_folder(tmp_path, "a", "b", "c") == tmp_path / "c"
    assert first_folder(tmp_path, "a", "b") is None


def test_numbers_sort_before_names() -> None:
    paths = [Path("x/b.jpg"), Path("x/10.jpg"), Path("x/2.jpg")]
    assert [path.name for path in sorted(paths, key=order)] == ["2.jpg", "10.jpg", "b.jpg"]


def test_paths_are_relative_to_the_raw_folder() -> None:
    assert relative(Path("/raw/a/b.jpg"), Path("/raw")) == "a/b.jpg"


def test_files_below_are_found_once_without_clutter_and_what_natocc_wrote(tmp_path: Path) -> None:
    for name in ("a.txt", "a.jpg", "b/a.txt", "b/c/a.txt", "bank/bank.json", "bank/a.txt", ".git/a.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "b/loop").symlink_to(tmp_path)
    found = files_below(tmp_path, lambda name: name.endswith(".txt"))
    assert list(found) == ["a.txt", "b/a.txt", "b/c/a.txt"]
    assert list(files_below(tmp_path / "none", lambda name: True)) == []
