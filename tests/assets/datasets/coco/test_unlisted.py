from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.datasets.coco.reader import read_objects
from assets.problems import Problem
from tests.raw_trees import add_objects, annotation, write

FILE = "COCO/annotations/instances_sample.json"


def test_annotations_without_a_photograph_and_photographs_in_no_list_are_counted(tmp_path: Path) -> None:
    add_objects(tmp_path, [annotation(1), annotation(3, image=2), annotation(2, image=2), annotation(4)])
    for name in ("77.jpg", "a.PNG", "Thumbs.db", "._77.jpg"):
        write(tmp_path / "COCO/sample" / name, b"x")
    problems: list[Problem] = []
    assert len(list(read_objects(tmp_path, problems.append))) == 2
    assert [str(problem) for problem in problems] == [
        f"{FILE}: expected the photograph of each annotation, got 2 annotations without a photograph "
        "(annotation 2 of sample/000000000002.jpg, annotation 3 of sample/000000000002.jpg); "
        "add the photographs, or take the lines out",
        "COCO/sample: expected each picture in the images of its annotation file, "
        "got 2 pictures that no annotation file lists (77.jpg, a.PNG); list them under images, or take them out",
    ]
    assert {problem.action for problem in problems} == {"unmatched"}


@pytest.mark.parametrize(
    ("place", "got"),
    [
        (Path.mkdir, "a folder"),
        (os.mkfifo, "a named pipe"),
        (lambda path: path.symlink_to("x"), "a link to nothing"),
    ],
)
def test_what_lies_in_place_of_a_photograph_is_named(
    tmp_path: Path, place: Callable[[Path], object], got: str
) -> None:
    add_objects(tmp_path, [annotation(1), annotation(2, image=2)])
    place(tmp_path / "COCO/sample/000000000002.jpg")
    problems: list[Problem] = []
    assert [thing.id for thing in read_objects(tmp_path, problems.append)] == ["000000000001"]
    refused = [str(problem) for problem in problems if problem.action == "refused"]
    assert refused == [f"{FILE} annotation 2: expected a photograph sample/000000000002.jpg, got {got}"]


def test_other_files_and_folders_beside_the_photographs_are_counted(tmp_path: Path) -> None:
    listed = [{"id": 1, "file_name": "000000000001.jpg"}, {"id": 2, "file_name": "sub/000000000002.jpg"}]
    add_objects(tmp_path, [], images=[image | {"height": 200, "width": 300} for image in listed])
    strangers = ("notes.txt", "natocc.csv.old", "9.webp", "sub/3.jpg", "masks/1.png", "sub/000000000001.jpg")
    for name in ("sub/000000000002.jpg", "sub/.DS_Store", *strangers):
        write(tmp_path / "COCO/sample" / name, b"x")
    problems: list[Problem] = []
    assert list(read_objects(tmp_path, problems.append)) == []
    assert [str(problem).partition(", got ")[2] for problem in problems] == [
        "3 pictures that no annotation file lists (masks/1.png, sub/000000000001.jpg, sub/3.jpg); "
        "list them under images, or take them out",
        "3 files that no reader reads (9.webp, natocc.csv.old, notes.txt); "
        "rename or move them as docs/raw-data.md says, or take them out",
    ]
