from __future__ import annotations

from pathlib import Path

from assets.datasets.places import read_places, similar_place
from tests.raw_trees import whole_tree, write


def test_readers_own_the_folders_that_are_there(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    places = read_places(tmp_path)
    assert {"RealOcc/image", "RealOcc/mask", "COCO/sample", "11k-hands/Hands", "dtd/images"} <= places.folders
    assert not {"RealOcc/img", "COCO/images/sample", "RealOcc-Wild/image"} & places.folders
    assert {"RealOcc", "COCO", "COCO/annotations", "."} <= places.above


def test_of_several_folders_the_one_that_is_read_counts(tmp_path: Path) -> None:
    for name in ("RealOcc/img/1.jpg", "RealOcc/images/1.jpg", "RealOcc/masks/1.png", "COCO/images/a/1.jpg"):
        write(tmp_path / name, b"x")
    write(tmp_path / "COCO/annotations/instances_a.json", b"{}")
    places = read_places(tmp_path)
    assert {"RealOcc/img", "RealOcc/masks", "COCO/images/a"} <= places.folders
    assert "RealOcc/images" not in places.folders


def test_tables_lists_and_papers_are_known(tmp_path: Path) -> None:
    whole_tree(tmp_path)
    write(tmp_path / "WO_train.txt", b"0\n")
    write(tmp_path / "CelebAMask-HQ-mine.TXT", b"0\n")
    places = read_places(tmp_path)
    read = ("WO_train.txt", "CelebAMask-HQ/CelebAMask-HQ-pose-anno.txt", "RealOcc/split/val.txt")
    passed = ("dtd/README", "CelebAMask-HQ-mine.TXT", "COCO/annotations/stuff_val2017.json", "notes.md")
    assert all(map(places.has_file, (*read, *passed)))
    assert not any(map(places.has_file, ("list.txt", "RealOcc/split/train.txt", "dtd/a.jpg")))
    strangers = ("notice-test.csv", "README.json", "COCO/annotations/captions_test.txt")
    assert not any(map(places.has_file, strangers))


def test_a_folder_of_its_own_resembles_nothing() -> None:
    assert [similar_place(name) for name in ("backup", "COCO/test2017", "RealOcc-Wide")] == [
        *("", "", "RealOcc-Wild")
    ]
