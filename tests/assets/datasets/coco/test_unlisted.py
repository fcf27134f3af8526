from __future__ import annotations

from pathlib import Path

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
