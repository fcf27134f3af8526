from __future__ import annotations

from pathlib import Path

import pytest

from assets.review.coco import read_coco
from assets.review.index import COCO_FILE
from assets.review.labelme import read_labelme
from tests.raw_trees import write
from tests.reviews import answers, exported

GOT = "got an answer in another place or under another name; move or rename it, or take it out"


@pytest.mark.parametrize(
    "name", ["images/00000.JSON", "images/00000.json.txt", "done/00000.json", "0.Json", "images/x/7.json (1)"]
)
def test_a_labelme_file_that_is_not_read_is_named(tmp_path: Path, name: str) -> None:
    folder, _ = exported(tmp_path, "labelme")
    write(folder / name, b"{}")
    found, problems = answers(read_labelme, folder)
    assert len(found) == 3
    assert problems == [f"{name}: expected a face's answer as .json in images or beside review.json, {GOT}"]


@pytest.mark.parametrize(
    "name", ["notes/todo.json", "images/00000.json~", "images/00000.jpg", ".x/00000.json"]
)
def test_other_files_are_no_answers_of_labelme(tmp_path: Path, name: str) -> None:
    folder, _ = exported(tmp_path, "labelme")
    if not (folder / name).exists():
        write(folder / name, b"{}")
    assert answers(read_labelme, folder)[1] == []


@pytest.mark.parametrize(
    "name", ["instances_default.json", "annotations/instances_Train.json", "annotations.JSON"]
)
def test_a_coco_file_that_is_not_read_is_named(tmp_path: Path, name: str) -> None:
    folder, _ = exported(tmp_path, "coco")
    write(folder / name, b"{}")
    # LabelMe's files are of another format.
    write(folder / "images/00000.json", b"{}")
    found, problems = answers(read_coco, folder)
    assert len(found) == 3
    assert problems == [
        f"{name}: expected answers in {COCO_FILE} or annotations/instances_default.json, {GOT}"
    ]
